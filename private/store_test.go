package private

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/filiera-chain/filiera/commitment"
)

const secret = "Farina di grano duro 71 %, uova 29 %: 12,50 EUR al kg"

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func keyOf(t testing.TB, name string) *ecdsa.PrivateKey {
	t.Helper()
	seed := sha256.Sum256([]byte(name))
	k, err := crypto.ToECDSA(seed[:])
	must(t, err)
	return k
}

func opening(field, value string) (*commitment.Opening, Name) {
	o := &commitment.Opening{
		Place: commitment.Place{ChainID: "test-1", Participant: "maker", Subject: commitment.Batch("08012345678907", "A"), Field: field},
		Form:  commitment.Text, Value: []byte(value),
	}
	o.Salt = sha256.Sum256([]byte(field + value))
	return o, Name{sha256.Sum256([]byte("record")), field}
}

// spellings are the ways in which a value may hide in a file.
func spellings(value string) map[string][]byte {
	wide := utf16.Encode([]rune(value))
	var le, be []byte
	for _, u := range wide {
		le, be = binary.LittleEndian.AppendUint16(le, u), binary.BigEndian.AppendUint16(be, u)
	}
	out := map[string][]byte{
		"raw": []byte(value), "hex": []byte(hex.EncodeToString([]byte(value))), "HEX": []byte(strings.ToUpper(hex.EncodeToString([]byte(value)))),
		"UTF-16LE": le, "UTF-16BE": be,
	}
	// In base64 a value looks different at each of three offsets; the middle of
	// each does not depend on what stands around it.
	for i := range 3 {
		coded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", i) + value))
		out["base64 at "+string(rune('0'+i))] = []byte(coded[4 : len(coded)-4])
	}
	return out
}

// find names the files under dir that hold the value in any spelling.
func find(t *testing.T, dir, value string) (found []string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		for name, s := range spellings(value) {
			if bytes.Contains(raw, s) {
				found = append(found, path+": "+name)
			}
		}
		return err
	}))
	return found
}

func TestTheSearchFindsWhatIsThere(t *testing.T) {
	for name, s := range spellings(secret) {
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, "x"), append([]byte("before"), append(s, "after"...)...), 0o600))
		if len(find(t, dir, secret)) == 0 {
			t.Errorf("the value goes unseen as %s", name)
		}
	}
	o, _ := opening("price", secret)
	raw, err := o.Encode()
	must(t, err)
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "x"), raw, 0o600))
	if len(find(t, dir, secret)) == 0 {
		t.Error("the value goes unseen in an opening")
	}
}

func TestAnOpeningIsKeptAndErased(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, keyOf(t, "maker"))
	must(t, err)
	o, n := opening("price", secret)
	other, m := opening("recipe", "another "+secret)
	must(t, s.Put(n, o))
	must(t, s.Put(n, o)) // again is once
	must(t, s.Put(m, other))
	if err := s.Put(n, &commitment.Opening{Place: o.Place, Form: o.Form, Value: []byte("x")}); !errors.Is(err, ErrKept) {
		t.Errorf("another value takes its place: %v", err)
	}
	s, err = Open(dir, keyOf(t, "maker")) // as another process would
	must(t, err)
	got, err := s.Get(n)
	must(t, err)
	sum := o.Commitment()
	must(t, got.Check(sum[:]))
	if list, err := s.List(); err != nil || len(list) != 2 || list[0] != n || list[1] != m {
		t.Errorf("kept %v (%v)", list, err)
	}
	if f := find(t, dir, secret); len(f) > 0 {
		t.Errorf("the value stands in clear before it is erased: %v", f)
	}
	sealed, err := os.ReadFile(s.path(n, valueSuffix))
	must(t, err)
	wrapped, err := os.ReadFile(s.path(n, keySuffix))
	must(t, err)

	had, err := s.Erase(n)
	must(t, err)
	if !had {
		t.Error("nothing was there to erase")
	}
	if _, err := s.Get(n); !errors.Is(err, ErrNotKept) {
		t.Errorf("after erasing: %v", err)
	}
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(raw, sealed[nonceSize:nonceSize+16]) || bytes.Contains(raw, wrapped[nonceSize:nonceSize+16]) {
			t.Errorf("%s still holds ciphertext of it", path)
		}
		return err
	}))
	// The ciphertext, as a backup would have it, is of no use with all that the
	// store still has.
	must(t, os.WriteFile(s.path(n, valueSuffix), sealed, 0o600))
	if _, err := s.Get(n); !errors.Is(err, ErrNotKept) {
		t.Errorf("a copy of the ciphertext opens without its key: %v", err)
	}
	if _, err := s.Erase(n); err != nil {
		t.Error(err)
	}
	if had, err := s.Erase(n); had || err != nil {
		t.Errorf("erasing twice: %t %v", had, err)
	}
	got, err = s.Get(m)
	must(t, err)
	sum = other.Commitment()
	must(t, got.Check(sum[:])) // the rest is untouched
}

func TestFilesAreOverwrittenInPlace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	must(t, os.WriteFile(path, []byte(secret), 0o600))
	link := filepath.Join(dir, "same-blocks") // sees what the blocks hold afterwards
	must(t, os.Link(path, link))
	must(t, shred(path))
	raw, err := os.ReadFile(link)
	must(t, err)
	if len(raw) != len(secret) || bytes.Contains(raw, []byte(secret[:8])) {
		t.Errorf("the blocks hold %q", raw)
	}
}

func TestWhatACrashLeftIsErasedToo(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, keyOf(t, "maker"))
	must(t, err)
	o, n := opening("price", secret)
	must(t, s.Put(n, o))
	left := filepath.Join(dir, n.ID(), tempPrefix+"123")
	must(t, os.WriteFile(left, []byte("half a file"), 0o600))
	if _, err := s.Erase(n); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func TestKeysOpenTheStore(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, keyOf(t, "maker"))
	must(t, err)
	o, n := opening("price", secret)
	must(t, s.Put(n, o))
	if _, err := Open(dir, keyOf(t, "new")); !errors.Is(err, ErrOtherKey) {
		t.Errorf("a stranger's key: %v", err)
	}
	must(t, s.AddKey(keyOf(t, "new")))
	must(t, s.AddKey(keyOf(t, "new")))
	again, err := Open(dir, keyOf(t, "new"))
	must(t, err)
	if _, err := again.Get(n); err != nil {
		t.Errorf("after the rotation: %v", err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "store.json"))
	must(t, err)
	if bytes.Count(raw, []byte("address")) != 2 || bytes.Contains(raw, []byte(hex.EncodeToString(s.key))) {
		t.Errorf("%s", raw)
	}
	must(t, os.WriteFile(filepath.Join(dir, "store.json"), []byte("{}"), 0o600))
	if _, err := Open(dir, keyOf(t, "maker")); err == nil {
		t.Error("a broken store opens")
	}
}

func TestTwoProcessesMakeOneStore(t *testing.T) {
	dir := t.TempDir()
	o, _ := opening("price", secret)
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() {
			s, err := Open(dir, keyOf(t, "maker"))
			if err == nil {
				err = s.Put(Name{sha256.Sum256([]byte{byte(i)}), "price"}, o)
			}
			errs[i] = err
		})
	}
	wg.Wait()
	must(t, errors.Join(errs...))
	s, err := Open(dir, keyOf(t, "maker"))
	must(t, err)
	list, err := s.List()
	must(t, err)
	for _, n := range list {
		if _, err := s.Get(n); err != nil {
			t.Error(err)
		}
	}
	if len(list) != len(errs) {
		t.Errorf("%d kept of %d", len(list), len(errs))
	}
}

func TestAFileInAnothersPlaceDoesNotOpen(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, keyOf(t, "maker"))
	must(t, err)
	a, n := opening("price", secret)
	b, m := opening("recipe", "x")
	must(t, s.Put(n, a))
	must(t, s.Put(m, b))
	for _, suffix := range []string{keySuffix, valueSuffix} {
		must(t, os.Rename(s.path(n, suffix), s.path(m, suffix)))
	}
	if _, err := s.Get(m); err == nil {
		t.Error("one field's files open as another's")
	}
	for _, bad := range []Name{{Field: "../store"}, {Field: ""}, {Field: "a/b"}} {
		if err := s.Put(bad, a); err == nil {
			t.Errorf("%q is taken as a field", bad.Field)
		}
		if _, err := s.Erase(bad); err == nil {
			t.Errorf("%q is taken as a field", bad.Field)
		}
	}
}
