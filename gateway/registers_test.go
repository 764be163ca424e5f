package gateway

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
)

// wasteRegister commits a register with two appends.
func (w *world) wasteRegister() {
	r := &ledgerv1.Register{
		Id: "rifiuti-2026", Kind: ledgerv1.RegisterKind_REGISTER_KIND_WASTE, Title: "Rifiuti", Body: "comune-di-jesi", Columns: []string{"codice", "kg"}, KeyColumn: "codice", Size: 5, Appends: 2,
		Root: bytes.Repeat([]byte{5}, 32), SortedRoot: bytes.Repeat([]byte{6}, 32), OpenedBy: "comune-di-jesi", OpenedHeight: 3,
	}
	appends := []*ledgerv1.RegisterAppend{
		{Register: r.Id, Number: 1, Size: 3, Root: bytes.Repeat([]byte{4}, 32), AppendedHeight: 4}, {Register: r.Id, Number: 2, FromSize: 3, Size: 5, Root: r.Root, SortedRoot: r.SortedRoot, AppendedHeight: 5},
	}
	state, say := map[string]proto.Message{string(statekey.Register(r.Id)): r}, []proto.Message{index.AnnounceRecord(r)}
	for _, a := range appends {
		state[string(statekey.RegisterAppend(r.Id, a.Number))] = a
		say = append(say, index.AnnounceRecord(a))
	}
	w.commit(action{acts: []proto.Message{&ledgerv1.MsgAppendRegister{}}, state: state, say: say})
}

func TestRegistersAreAnswered(t *testing.T) {
	w := newWorld(t)
	w.story()
	w.wasteRegister()
	w.commit()
	for ask, want := range map[string]string{
		"/v1/registers":                                             `items.0.id=rifiuti-2026 items.0.kind=waste items.1=<nil>`,
		"/v1/registers?kind=tourism":                                `items.0=<nil>`,
		"/v1/registers?body=comune-di-jesi&open=true":               `items.0.size=5`,
		"/v1/registers/rifiuti-2026?proof=true":                     `register.appends=2 proof.format=filiera-record/1`,
		"/v1/registers/rifiuti-2026/appends":                        `items.0.number=2 items.1.size=3`,
		"/v1/registers/rifiuti-2026/appends/2?proof=true&earlier=1": `append.from_size=3 proof.records.2.key=` + fmt.Sprintf("%x", statekey.RegisterAppend("rifiuti-2026", 2)),
		"/v1/search?q=rifiuti&kind=register":                        `items.0.key=rifiuti-2026`,
	} {
		r := w.get(ask)
		for _, one := range fields(want) {
			path, value, _ := strings.Cut(one, "=")
			if got := fmt.Sprint(r.at(path)); r.status != 200 || got != value {
				t.Errorf("%s: %s is %s (status %d); want %s", ask, path, got, r.status, value)
			}
		}
	}
	for ask, want := range map[string]string{
		"/v1/registers/altro": "register.not_found", "/v1/registers/rifiuti-2026/appends/3": "register.not_found", "/v1/registers/rifiuti-2026/appends/1?earlier=1": "earlier.invalid", "/v1/registers?kind=x": "kind.invalid",
	} {
		if r := w.get(ask); fmt.Sprint(r.at("code")) != want {
			t.Errorf("%s: %v; want %s", ask, r.at("code"), want)
		}
	}
}
