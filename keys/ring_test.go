package keys

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"
)

const testPassword = "parola di prova"

func testRing(t *testing.T) *Ring {
	t.Helper()
	r, err := Open(filepath.Join(t.TempDir(), "home", "keys"), LightScrypt())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func mustAdd(t *testing.T, r *Ring, name string) Info {
	t.Helper()
	info, err := r.Add(name, testPassword)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func TestAddUnlockShowList(t *testing.T) {
	r := testRing(t)
	b, a := mustAdd(t, r, "bravo"), mustAdd(t, r, "alfa")
	key, err := r.Unlock("bravo", testPassword)
	if err != nil {
		t.Fatal(err)
	}
	if got := infoOf("bravo", &key.PublicKey); got.Address != b.Address || got.PublicKey != b.PublicKey {
		t.Errorf("unlocked %+v, added %+v", got, b)
	}
	pub, _ := hex.DecodeString(b.PublicKey)
	if addr, err := Address(pub); err != nil || addr != b.Address {
		t.Error(addr, err)
	}
	if got, err := r.Show("alfa"); err != nil || got != a {
		t.Errorf("show: %+v %v", got, err)
	}
	list, err := r.List()
	if err != nil || len(list) != 2 || list[0] != a || list[1] != b {
		t.Errorf("list: %+v %v", list, err)
	}
}

func TestModes(t *testing.T) {
	r := testRing(t)
	mustAdd(t, r, "one")
	for path, want := range map[string]os.FileMode{r.dir: 0o700, r.keyPath("one"): 0o600, r.pubPath("one"): 0o600} {
		st, err := os.Stat(path)
		if err != nil || st.Mode().Perm() != want {
			t.Errorf("%s: %v %v, want %v", path, st.Mode().Perm(), err, want)
		}
	}
	entries, _ := os.ReadDir(r.dir)
	if len(entries) != 2 {
		t.Errorf("files left behind: %v", entries)
	}
}

func TestWrongPassword(t *testing.T) {
	r := testRing(t)
	mustAdd(t, r, "one")
	if _, err := r.Unlock("one", "un'altra parola"); !errors.Is(err, ErrPassword) || !strings.Contains(err.Error(), `"one"`) {
		t.Errorf("unlock: %v", err)
	}
	if err := r.Delete("one", "un'altra parola"); !errors.Is(err, ErrPassword) {
		t.Errorf("delete: %v", err)
	}
	if _, err := r.Unlock("one", testPassword); err != nil {
		t.Errorf("the key is gone after a refused delete: %v", err)
	}
	if _, err := r.Add("two", "corta"); err == nil || !strings.Contains(err.Error(), "at least 8") {
		t.Errorf("short password: %v", err)
	}
}

func TestNeverOverwrites(t *testing.T) {
	r := testRing(t)
	mustAdd(t, r, "one")
	before, _ := os.ReadFile(r.keyPath("one"))
	if _, err := r.Add("one", testPassword); !errors.Is(err, ErrExists) {
		t.Errorf("add: %v", err)
	}
	// the race that the first look cannot see
	if err := writeNew(r.keyPath("one"), []byte("x")); !errors.Is(err, os.ErrExist) {
		t.Errorf("write: %v", err)
	}
	if err := createExclusive(r.keyPath("one"), []byte("x")); !errors.Is(err, os.ErrExist) {
		t.Errorf("create: %v", err)
	}
	after, _ := os.ReadFile(r.keyPath("one"))
	if !bytes.Equal(before, after) {
		t.Error("the key file changed")
	}
}

func TestNames(t *testing.T) {
	for _, good := range []string{"a", "0", "amap-apc", "regione_marche.1", strings.Repeat("a", 40)} {
		if err := CheckName(good); err != nil {
			t.Error(err)
		}
	}
	r := testRing(t)
	for _, bad := range []string{"", "A", "../a", "a/b", ".a", "-a", "a b", "à", "a.pub", strings.Repeat("a", 41), "a\x00"} {
		if _, err := r.Add(bad, testPassword); err == nil {
			t.Errorf("%q was accepted", bad)
		}
		if _, err := r.Unlock(bad, testPassword); err == nil || errors.Is(err, ErrNotFound) {
			t.Errorf("unlock %q: %v", bad, err)
		}
	}
	if _, err := r.Unlock("nobody", testPassword); !errors.Is(err, ErrNotFound) {
		t.Errorf("missing key: %v", err)
	}
}

func TestDelete(t *testing.T) {
	r := testRing(t)
	mustAdd(t, r, "one")
	if err := r.Delete("one", testPassword); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(r.dir); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestExportImport(t *testing.T) {
	from, to := testRing(t), testRing(t)
	info := mustAdd(t, from, "one")
	v3, err := from.Export("one")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := to.Import("copy", v3, "un'altra parola", "nuova parola"); !errors.Is(err, ErrPassword) {
		t.Errorf("wrong file password: %v", err)
	}
	got, err := to.Import("copy", v3, testPassword, "nuova parola")
	if err != nil || got.Address != info.Address || got.PublicKey != info.PublicKey {
		t.Fatalf("%+v %v", got, err)
	}
	if _, err := to.Unlock("copy", "nuova parola"); err != nil {
		t.Error(err)
	}
	if _, err := to.Unlock("copy", testPassword); !errors.Is(err, ErrPassword) {
		t.Errorf("the old password opens the copy: %v", err)
	}
}

func TestImportHex(t *testing.T) {
	r := testRing(t)
	const secret = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"
	for name, text := range map[string]string{"a": secret, "b": "0x" + secret + "\r\n", "c": "  " + strings.ToUpper(secret) + "\n"} {
		info, err := r.ImportHex(name, strings.NewReader(text), testPassword)
		if err != nil || info.Address != "0x2c7536E3605D9C16a7a3D7b1898e529396a65c23" {
			t.Errorf("%s: %+v %v", name, info, err)
		}
	}
	for _, bad := range []string{"", secret[:63], secret + "0", strings.Repeat("0", 64), strings.Repeat("f", 64), strings.Repeat("z", 64)} {
		_, err := r.ImportHex("x", strings.NewReader(bad), testPassword)
		if err == nil || (len(bad) > 10 && strings.Contains(err.Error(), bad[:10])) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestPublicFile(t *testing.T) {
	r := testRing(t)
	one := mustAdd(t, r, "one")
	mustAdd(t, r, "two")
	other, _ := os.ReadFile(r.pubPath("two"))

	if err := os.Remove(r.pubPath("one")); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Show("one"); err != nil || got.Address != one.Address || got.PublicKey != "" {
		t.Errorf("show without the public file: %+v %v", got, err)
	}
	if _, err := r.Unlock("one", testPassword); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Show("one"); err != nil || got.PublicKey != one.PublicKey {
		t.Errorf("not rebuilt: %+v %v", got, err)
	}

	// somebody puts another key's public part in place, under the right name
	swapped := bytes.Replace(other, []byte(`"two"`), []byte(`"one"`), 1)
	if err := os.WriteFile(r.pubPath("one"), swapped, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Show("one"); err == nil || !strings.Contains(err.Error(), "another key") {
		t.Errorf("show a swapped public file: %v", err)
	}
	if _, err := r.Unlock("one", testPassword); err == nil || !strings.Contains(err.Error(), "another key") {
		t.Errorf("unlock with a swapped public file: %v", err)
	}
	list, err := r.List()
	if err == nil || len(list) != 1 || list[0].Name != "two" {
		t.Errorf("list: %+v %v", list, err)
	}
	if err := os.WriteFile(r.pubPath("one"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Show("one"); err == nil || !strings.Contains(err.Error(), "not readable") {
		t.Errorf("show a damaged public file: %v", err)
	}
}

func TestKeyFileWithAnotherAddress(t *testing.T) {
	r := testRing(t)
	info := mustAdd(t, r, "one")
	v3, _ := r.Export("one")
	real := strings.ToLower(strings.TrimPrefix(info.Address, "0x"))
	bad := bytes.Replace(v3, []byte(real), []byte(strings.Repeat("11", 20)), 1)
	if _, err := Decrypt(bad, testPassword); err == nil || !strings.Contains(err.Error(), "tampered") {
		t.Errorf("%v", err)
	}
}

func TestAddressOfBadKey(t *testing.T) {
	if _, err := Address(make([]byte, 33)); err == nil {
		t.Error("zeros have an address")
	}
	key, _ := crypto.GenerateKey()
	if _, err := Address(crypto.FromECDSAPub(&key.PublicKey)); err == nil {
		t.Error("an uncompressed key was accepted")
	}
}
