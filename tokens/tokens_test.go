package tokens

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var at = time.Unix(1_795_000_000, 0)

func add(t *testing.T, f *File, key string, lifetime time.Duration) (string, Token) {
	t.Helper()
	secret, token, err := f.Add(key, "ERP", lifetime, at, nil)
	if err != nil {
		t.Fatal(err)
	}
	return secret, token
}

func TestATokenIsFoundByItsSecretOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tokens")
	f := Open(dir)
	if _, err := f.Find("filiera_00000000_x", at); !errors.Is(err, ErrUnknown) {
		t.Fatalf("in no folder: %v", err)
	}
	secret, token := add(t, f, "cantina", 0)
	if got, err := f.Find(secret, at); err != nil || got != token || got.Key != "cantina" {
		t.Fatalf("%+v %v", got, err)
	}
	for name, wrong := range map[string]string{
		"empty": "", "the id": token.ID, "another secret": secret[:len(secret)-1] + "!", "the hash": token.SHA256,
		"another id": strings.Replace(secret, token.ID, "ffffffff", 1), "with more": secret + "A",
	} {
		if _, err := f.Find(wrong, at); !errors.Is(err, ErrUnknown) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Another process adds and revokes; the node sees it at once.
func TestChangesOfOthersAreSeen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tokens")
	node, other := Open(dir), Open(dir)
	first, _ := add(t, other, "cantina", 0)
	if _, err := node.Find(first, at); err != nil {
		t.Fatal(err)
	}
	second, token := add(t, other, "frantoio", 0)
	if _, err := node.Find(second, at); err != nil {
		t.Fatal(err)
	}
	if err := other.Revoke(token.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := node.Find(second, at); !errors.Is(err, ErrUnknown) {
		t.Fatalf("after it was revoked: %v", err)
	}
	if list, err := node.List(); err != nil || len(list) != 1 || list[0].Label != "ERP" {
		t.Fatalf("%v %v", list, err)
	}
	if err := other.Revoke(token.ID); !errors.Is(err, ErrUnknown) {
		t.Errorf("revoked twice: %v", err)
	}
	if err := other.Revoke("../../etc"); !errors.Is(err, ErrUnknown) {
		t.Errorf("a path: %v", err)
	}
}

func TestATokenExpires(t *testing.T) {
	f := Open(t.TempDir())
	secret, _ := add(t, f, "cantina", time.Hour)
	if _, err := f.Find(secret, at.Add(59*time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Find(secret, at.Add(time.Hour)); !errors.Is(err, ErrUnknown) {
		t.Fatalf("after its time: %v", err)
	}
	if _, _, err := f.Add("cantina", "", -time.Hour, at, nil); err == nil {
		t.Error("a lifetime in the past was taken")
	}
}

func TestNoSecretIsKept(t *testing.T) {
	dir := t.TempDir()
	secret, token := add(t, Open(dir), "cantina", 0)
	path := filepath.Join(dir, token.ID+".json")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, random, _ := strings.Cut(strings.TrimPrefix(secret, "filiera_"), "_")
	if strings.Contains(string(raw), random) {
		t.Error("the file holds the secret")
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v %v", info.Mode(), err)
	}
	left, err := filepath.Glob(filepath.Join(dir, ".new-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left over: %v %v", left, err)
	}
}

// FuzzReadToken reads any file in a token's place.
func FuzzReadToken(f *testing.F) {
	f.Add([]byte(`{"id":"0123abcd","key":"cantina","sha256":"` + strings.Repeat("a", 64) + `","created_at":1}`))
	f.Add([]byte(`{"id":"0123abcd"} {}`))
	f.Add([]byte("\xff"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "0123abcd.json"), raw, 0o600); err != nil {
			t.Fatal(err)
		}
		list, err := Open(dir).List()
		if err == nil && (len(list) != 1 || list[0].ID != "0123abcd") {
			t.Fatalf("%v", list)
		}
	})
}
