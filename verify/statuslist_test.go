package verify

import (
	"bytes"
	"encoding/json"
	"testing"

	dbm "github.com/cosmos/cosmos-db"
	"google.golang.org/protobuf/proto"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/store"
)

// provenList proves list 1 of body, of which index 0 is revoked, 4095 is
// suspended and 4096 is neither; list 2 and another body's stand beside it.
func provenList(t testing.TB, list uint32) ([]byte, Trust) {
	t.Helper()
	s, err := store.Open(dbm.NewMemDB(), store.Options{})
	must(t, err)
	b := s.Branch()
	put := func(certifier string, list, index uint32, e *certv1.StatusEntry) {
		raw, err := proto.Marshal(e)
		must(t, err)
		must(t, b.Set(statekey.StatusEntry(certifier, list, index), raw))
	}
	put("body", 1, 0, &certv1.StatusEntry{Attestation: "a", Revoked: true})
	put("body", 1, 4095, &certv1.StatusEntry{Attestation: "b", Suspended: true})
	put("body", 1, 4096, &certv1.StatusEntry{Attestation: "c"})
	put("body", 2, 7, &certv1.StatusEntry{Attestation: "d", Revoked: true})
	put("body-two", 1, 8, &certv1.StatusEntry{Attestation: "e", Revoked: true})
	_, err = s.Prepare(1, b)
	must(t, err)
	must(t, s.Commit())
	h := sign(t, s.AppHash(), voted())
	var raw []byte
	must(t, s.View(func(v *store.View) (err error) {
		raw, err = ProveStatusList("body", list, v, h)
		return err
	}))
	return raw, Trust{ValidatorsHash: h.Validators.Hash(), ChainID: chainID}
}

func TestAProvenStatusListTellsItsBits(t *testing.T) {
	raw, trust := provenList(t, 1)
	r, err := CheckStatusList(raw, trust)
	must(t, err)
	if r.Entries != 3 || !r.Revoked.Has(0) || !r.Suspended.Has(4095) || r.Revoked.Has(4095) || r.Suspended.Has(4096) || r.Revoked.Has(7) || r.Revoked.Has(8) {
		t.Errorf("%d entries", r.Entries)
	}
	none, trust := provenList(t, 9)
	r, err = CheckStatusList(none, trust)
	must(t, err)
	if r.Entries != 0 || *r.Revoked != (StatusBits{}) {
		t.Errorf("a list without entries has %d", r.Entries)
	}
}

func TestAChangedProofOfAStatusListFails(t *testing.T) {
	raw, trust := provenList(t, 1)
	other, _ := provenList(t, 2)
	var p, q StatusListProof
	must(t, json.Unmarshal(raw, &p))
	must(t, json.Unmarshal(other, &q))
	for name, change := range map[string]func(p *StatusListProof){
		"another list":          func(p *StatusListProof) { p.List = 2 },
		"list 0":                func(p *StatusListProof) { p.List = 0 },
		"another certifier":     func(p *StatusListProof) { p.Certifier = "body-two" },
		"a certifier with zero": func(p *StatusListProof) { p.Certifier = "body\x00" },
		"another format":        func(p *StatusListProof) { p.Format = Format },
		"another chain":         func(p *StatusListProof) { p.ChainID = "other" },
		"a part of another":     func(p *StatusListProof) { p.Parts[0] = q.Parts[0] },
		"parts in disorder":     func(p *StatusListProof) { p.Parts[0], p.Parts[1] = p.Parts[1], p.Parts[0] },
		"a part left out":       func(p *StatusListProof) { p.Parts = p.Parts[1:] },
		"a byte of a part":      func(p *StatusListProof) { p.Parts[0][len(p.Parts[0])/2] ^= 1 },
		"a byte of the header":  func(p *StatusListProof) { p.Header[len(p.Header)-3] ^= 1 },
		"a byte of the commit":  func(p *StatusListProof) { p.Commit[len(p.Commit)-3] ^= 1 },
		"another validator":     func(p *StatusListProof) { p.Validators[0].PublicKey[0] ^= 1 },
		"no validators":         func(p *StatusListProof) { p.Validators = nil },
	} {
		var c StatusListProof
		must(t, json.Unmarshal(raw, &c))
		change(&c)
		changed, err := json.Marshal(c)
		must(t, err)
		if _, err := CheckStatusList(changed, trust); err == nil {
			t.Errorf("it holds with %s", name)
		}
	}
	for name, bad := range map[string][]byte{
		"space": append(bytes.Clone(raw), ' '), "nothing": nil, "a list": []byte("[]"), "members": bytes.Repeat([]byte{','}, maxPunctuation+1),
	} {
		if _, err := CheckStatusList(bad, trust); err == nil {
			t.Errorf("it holds with %s", name)
		}
	}
	if _, err := CheckStatusList(raw, Trust{ValidatorsHash: make([]byte, 32)}); err == nil {
		t.Error("it holds for other validators")
	}
	if _, err := CheckStatusList(raw, Trust{}); err == nil {
		t.Error("it holds with nothing trusted")
	}
}

func FuzzCheckStatusList(f *testing.F) {
	raw, trust := provenList(f, 1)
	f.Add(raw)
	f.Add([]byte(`{"format":"filiera-status-list/1"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if r, err := CheckStatusList(data, trust); err == nil && !bytes.Equal(data, raw) {
			t.Fatalf("another proof holds: %+v", r)
		}
	})
}
