package module_test

import (
	"errors"
	"strings"
	"testing"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

func TestErrorMatchesItsDeclaration(t *testing.T) {
	declared := module.NewError("x", 1, "bad", "something is bad")
	said := declared.With("lot %q is bad", "L1")
	if !errors.Is(said, declared) {
		t.Error("a sentence must match its declaration")
	}
	if errors.Is(said, module.NewError("x", 2, "worse", "")) {
		t.Error("a sentence must not match another declaration")
	}
	if got := module.AsError(said); got.ID() != "x.bad" || got.Error() != `lot "L1" is bad` {
		t.Errorf("AsError = %s: %s", got.ID(), got)
	}
	if got := module.AsError(errors.New("disk")); !errors.Is(got, module.ErrInternal) {
		t.Errorf("a foreign error is internal, got %s", got.ID())
	}
}

func TestCollisionsAreRefused(t *testing.T) {
	act := module.On(func(*registryv1.MsgEnrol) error { return nil }, func(*module.Context, *registryv1.MsgEnrol) error { return nil })
	one := module.NewError("a", 1, "one", "")
	cases := map[string][]*module.Module{
		"two modules":     {{Name: "a"}, {Name: "a"}},
		"handled by both": {{Name: "a", Acts: []module.Act{act}}, {Name: "b", Acts: []module.Act{act}}},
		"share a 1":       {{Name: "a", Errors: []*module.Error{one, module.NewError("a", 1, "two", "")}}},
		"share a.one":     {{Name: "a", Errors: []*module.Error{one, module.NewError("a", 2, "one", "")}}},
		"code 0":          {{Name: "a", Errors: []*module.Error{module.NewError("a", 0, "zero", "")}}},
	}
	for want, list := range cases {
		if err := module.CheckTable(list); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", want, err)
		}
	}
	if err := module.CheckTable([]*module.Module{{Name: "a", Acts: []module.Act{act}, Errors: []*module.Error{one}}, {Name: "b"}}); err != nil {
		t.Errorf("no collision: %v", err)
	}
}

func TestUnknownFieldsAreRefusedAtAnyDepth(t *testing.T) {
	codec := module.Record[registryv1.Participant]()
	p := &registryv1.Participant{Id: "x", AlternateIds: []*registryv1.AlternateID{{Value: "1"}}}
	clean, err := codec.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := codec.Decode(clean); err != nil {
		t.Fatalf("clean record: %v", err)
	}
	if _, err := codec.Decode(append(clean, 0xf8, 0x07, 0x01)); err == nil {
		t.Error("an unknown field must be refused")
	}
	p.AlternateIds[0].ProtoReflect().SetUnknown([]byte{0xf8, 0x07, 0x01})
	if err := module.NoUnknown(p); err == nil {
		t.Error("an unknown field inside must be refused")
	}
}

func TestShapes(t *testing.T) {
	slugs := map[string]bool{"amap-apc": true, "a1b": true, "": false, "ab": false, "-abc": false, "abc-": false, "Abc": false, "à-b": false, strings.Repeat("a", 41): false}
	for s, ok := range slugs {
		if err := module.CheckSlug("id", s, 3, 40); (err == nil) != ok {
			t.Errorf("slug %q: %v", s, err)
		}
	}
	dates := map[string]bool{"2026-11-23": true, "2026-02-30": false, "2026-2-3": false, "": false, "2024-02-29": true, "23/11/2026": false}
	for s, ok := range dates {
		if err := module.CheckDate("date", s); (err == nil) != ok {
			t.Errorf("date %q: %v", s, err)
		}
	}
	texts := map[string]bool{"ok": true, "": false, "a\x00": false, "\xff": false, "perché": true, strings.Repeat("é", 11): false}
	for s, ok := range texts {
		if err := module.CheckText("text", s, 1, 10); (err == nil) != ok {
			t.Errorf("text %q: %v", s, err)
		}
	}
	for s, ok := range map[string]bool{"044003": true, "44003": false, "04400x": false} {
		if err := module.CheckMunicipality("place", s); (err == nil) != ok {
			t.Errorf("municipality %q: %v", s, err)
		}
	}
	if module.Within(10, 10, 0) != true || module.Within(9, 10, 0) || module.Within(20, 10, 20) {
		t.Error("a span holds its first second and not its last")
	}
}
