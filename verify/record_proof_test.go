package verify

import (
	"bytes"
	"strings"
	"testing"

	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/store"
)

// proveKeys proves keys of the story's state.
func (w *world) proveKeys(t testing.TB, keys ...[]byte) ([]byte, Trust) {
	t.Helper()
	s := w.lay(t)
	h := sign(t, s.AppHash(), voted())
	var raw []byte
	must(t, s.View(func(v *store.View) error {
		p, err := ProveRecords(Live(v), keys, v, h)
		if err != nil {
			return err
		}
		raw, err = p.Encode()
		return err
	}))
	return raw, Trust{ValidatorsHash: h.Validators.Hash(), ChainID: chainID}
}

func TestARecordIsProvenAlone(t *testing.T) {
	there, absent := statekey.Batch(gtin, lot), statekey.Batch(gtin, "NONE")
	raw, trust := story().proveKeys(t, absent, there)
	values, at, err := CheckRecordProof(raw, trust, there, absent)
	must(t, err)
	if !bytes.Contains(values[0], []byte(lot)) || values[1] != nil || at.Height != stateHeight {
		t.Errorf("%q %q at %d", values[0], values[1], at.Height)
	}
	if _, _, err := CheckRecordProof(raw, trust, statekey.Product(gtin)); err == nil {
		t.Error("a record that is not in the proof is taken")
	}
	other := trust
	other.ValidatorsHash = bytes.Repeat([]byte{1}, 32)
	if _, _, err := CheckRecordProof(raw, other, there); err == nil {
		t.Error("other validators are taken")
	}
	if _, _, err := CheckRecordProof(raw, Trust{}, there); err == nil {
		t.Error("no trust is enough")
	}
	for name, change := range map[string]func(string) string{
		"a space":        func(s string) string { return " " + s },
		"another format": func(s string) string { return strings.Replace(s, "record/1", "record/2", 1) },
		"a bundle":       func(s string) string { return strings.Replace(s, RecordFormat, Format, 1) },
		"another chain":  func(s string) string { return strings.Replace(s, chainID, "x"+chainID[1:], 1) },
		"another value":  func(s string) string { return strings.Replace(s, `"value":"0a`, `"value":"0b`, 1) },
		"no records":     func(s string) string { return s[:strings.Index(s, `"records":[`)+11] + "]}" },
		"cut":            func(s string) string { return s[:len(s)/2] },
	} {
		bad := change(string(raw))
		if _, _, err := CheckRecordProof([]byte(bad), trust, there); err == nil || bad == string(raw) {
			t.Errorf("%s is taken", name)
		}
	}
}

func FuzzCheckRecordProof(f *testing.F) {
	key := statekey.Batch(gtin, lot)
	raw, trust := story().proveKeys(f, key)
	f.Add(raw)
	f.Add([]byte(`{"format":"filiera-record/1"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, _, err := CheckRecordProof(b, trust, key); err == nil && !bytes.Equal(b, raw) {
			t.Errorf("another proof is taken: %s", b)
		}
	})
}
