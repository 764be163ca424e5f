package store

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	dbm "github.com/cosmos/cosmos-db"
	ics23 "github.com/cosmos/ics23/go"
	"pgregory.net/rapid"

	"github.com/filiera-chain/filiera/store/proof"
	"github.com/filiera-chain/filiera/store/storetest"
)

// withState is a store at height 1 with the given state.
func withState(t fataler, m storetest.Model, opts Options) *Store {
	t.Helper()
	s := mustOpen(t, dbm.NewMemDB(), opts)
	changes := map[string][]byte{}
	for k, v := range m {
		changes[k] = []byte(v)
	}
	commit(t, s, changes)
	return s
}

func view(t fataler, s *Store, fn func(v *View)) {
	t.Helper()
	must(t, s.View(func(v *View) error {
		fn(v)
		return nil
	}))
}

func TestProofsVerify(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := storetest.Model(rapid.MapOfN(keyGen(), valueGen(), 0, 60).Draw(t, "state"))
		s := withState(t, m, Options{maxLeaves: 3, MemoryBudget: rapid.SampledFrom([]int64{0, 1}).Draw(t, "budget")})
		view(t, s, func(v *View) {
			for range 10 {
				checkProof(t, v, m, keyGen().Draw(t, "key"))
			}
			for k := range m {
				checkProof(t, v, m, k)
			}
		})
	})
}

// checkProof verifies the proof of one key with our verifier and with plain ICS23, and sees the opposite claims refused.
func checkProof(t fataler, v *View, m storetest.Model, k string) {
	t.Helper()
	root, key := m.Root(), []byte(k)
	p, err := v.Prove(key)
	must(t, err)
	if value, ok := m[k]; ok {
		must(t, proof.VerifyMembership(root, p, key, []byte(value)))
		shown := value
		if value == "" {
			shown = string(proof.EmptyValue())
		}
		if !ics23.VerifyMembership(ics23.TendermintSpec, root, p, key, []byte(shown)) {
			t.Fatalf("ICS23 refuses the membership of key %q", k)
		}
		if proof.VerifyMembership(root, p, key, []byte(value+"x")) == nil || proof.VerifyMembership(root, p, []byte(k+"x"), []byte(value)) == nil {
			t.Fatalf("a wrong value or key was accepted in place of %q", k)
		}
		if proof.VerifyAbsence(root, p, key) == nil {
			t.Fatalf("key %q is there, and its absence was accepted", k)
		}
		return
	}
	must(t, proof.VerifyAbsence(root, p, key))
	if len(m) > 0 && !ics23.VerifyNonMembership(ics23.TendermintSpec, root, p, key) {
		t.Fatalf("ICS23 refuses the absence of key %q", k)
	}
	for other := range m {
		if proof.VerifyAbsence(root, p, []byte(other)) == nil {
			t.Fatalf("key %q is there, and the proof for %q passed for its absence", other, k)
		}
		np := decodeProof(t, encodeProof(t, p))
		np.GetNonexist().Key = []byte(other)
		if proof.VerifyAbsence(root, np, []byte(other)) == nil {
			t.Fatalf("key %q is there, and a relabelled proof passed for its absence", other)
		}
	}
}

func TestAbsenceNeedsTrueNeighbours(t *testing.T) {
	m := storetest.Model{"a": "1", "c": "3", "e": "5", "g": "7"}
	s := withState(t, m, Options{})
	exist := map[string]*ics23.ExistenceProof{}
	view(t, s, func(v *View) {
		for k := range m {
			p, err := v.Prove([]byte(k))
			must(t, err)
			exist[k] = p.GetExist()
		}
	})
	for _, c := range []struct{ left, key, right string }{
		{"a", "c", "e"}, {"a", "d", "g"}, {"", "c", "e"}, {"c", "e", ""}, {"", "d", "e"}, {"c", "d", ""}, {"", "e", ""}, {"c", "b", "e"}, {"e", "d", "c"},
	} {
		p := &ics23.CommitmentProof{Proof: &ics23.CommitmentProof_Nonexist{Nonexist: &ics23.NonExistenceProof{
			Key: []byte(c.key), Left: exist[c.left], Right: exist[c.right],
		}}}
		if proof.VerifyAbsence(m.Root(), p, []byte(c.key)) == nil {
			t.Errorf("absence of %q between %q and %q was accepted", c.key, c.left, c.right)
		}
	}
}

// ICS23 itself lets a leaf prefix run on: the tail of a real key, from a byte that reads as its length, then passes for a key.
func TestTheTailOfAKeyDoesNotPassForAKey(t *testing.T) {
	key := "real\x05forge"
	m := storetest.Model{key: "value", "other": "1"}
	view(t, withState(t, m, Options{}), func(v *View) {
		p, err := v.Prove([]byte(key))
		must(t, err)
		ep := p.GetExist()
		ep.Leaf.Prefix = append([]byte{0, byte(len(key))}, "real"...)
		ep.Key = []byte("forge")
		if !ics23.VerifyMembership(ics23.TendermintSpec, m.Root(), p, ep.Key, []byte("value")) {
			t.Fatalf("ICS23 now refuses the forgery: this test has lost its subject")
		}
		if proof.VerifyMembership(m.Root(), p, ep.Key, []byte("value")) == nil {
			t.Fatalf("the forgery was accepted")
		}
		forged := &proof.RangeProof{Pairs: []*ics23.ExistenceProof{ep}}
		if _, err := VerifyRange(m.Root(), forged, nil, nil); err == nil {
			t.Fatalf("the forgery was accepted in a range")
		}
	})
}

func TestEveryAlteredByteOfAProofIsRefused(t *testing.T) {
	m := storetest.Model{}
	for i := range 40 {
		m[fmt.Sprintf("lot/%03d", i*7)] = strings.Repeat("v", i%3)
	}
	view(t, withState(t, m, Options{maxLeaves: 4}), func(v *View) {
		for _, k := range []string{"lot/007", "lot/000", "lot/008", "a", "z"} {
			p, err := v.Prove([]byte(k))
			must(t, err)
			raw := encodeProof(t, p)
			for i := range raw {
				for bit := range 8 {
					flipped := bytes.Clone(raw)
					flipped[i] ^= 1 << bit
					var q ics23.CommitmentProof
					if q.Unmarshal(flipped) != nil || bytes.Equal(encodeProof(t, &q), raw) {
						continue // not a proof, or the same one with a field that nobody reads
					}
					value, in := m[k]
					err := proof.VerifyAbsence(m.Root(), &q, []byte(k))
					if in {
						err = proof.VerifyMembership(m.Root(), &q, []byte(k), []byte(value))
					}
					if err == nil {
						t.Fatalf("key %q: the flip of bit %d of byte %d was accepted", k, bit, i)
					}
				}
			}
		}
	})
}

func encodeProof(t fataler, p *ics23.CommitmentProof) []byte {
	t.Helper()
	raw, err := p.Marshal()
	must(t, err)
	return raw
}

func decodeProof(t fataler, raw []byte) *ics23.CommitmentProof {
	t.Helper()
	p := &ics23.CommitmentProof{}
	must(t, p.Unmarshal(raw))
	return p
}

func TestDeepTreesAreProvenToo(t *testing.T) {
	m := storetest.Model{}
	long := strings.Repeat("\x55", 40)
	m[long] = "deep"
	for i := range len(long) {
		for bit := range 8 {
			k := []byte(long[:i+1])
			k[i] ^= 1 << bit
			m[string(k)] = "side"
		}
	}
	view(t, withState(t, m, Options{}), func(v *View) {
		p, err := v.Prove([]byte(long))
		must(t, err)
		if n := len(p.GetExist().Path); n <= 128 {
			t.Fatalf("a path of %d steps is not deep", n)
		}
		must(t, proof.VerifyMembership(m.Root(), p, []byte(long), []byte("deep")))
		rp, err := v.ProveRange(nil, nil, 0)
		must(t, err)
		got, err := VerifyRange(m.Root(), rp, nil, nil)
		must(t, err)
		if len(got) != len(m) {
			t.Fatalf("%d of %d keys", len(got), len(m))
		}
	})
}

func TestTheEmptyTreeIsProven(t *testing.T) {
	s := mustOpen(t, dbm.NewMemDB(), Options{})
	empty := sha256.Sum256(nil)
	if !bytes.Equal(s.AppHash(), empty[:]) {
		t.Fatalf("root %x", s.AppHash())
	}
	other := withState(t, storetest.Model{"a": "1"}, Options{})
	view(t, s, func(v *View) {
		p, err := v.Prove([]byte("a"))
		must(t, err)
		must(t, proof.VerifyAbsence(s.AppHash(), p, []byte("a")))
		if proof.VerifyAbsence(other.AppHash(), p, []byte("a")) == nil {
			t.Fatalf("a proof without neighbours was accepted for a tree that has keys")
		}
		rp, err := v.ProveRange(nil, nil, 0)
		must(t, err)
		if got, err := VerifyRange(s.AppHash(), rp, nil, nil); err != nil || len(got) != 0 {
			t.Fatalf("empty range: %v, %v", got, err)
		}
		if _, err := VerifyRange(other.AppHash(), rp, nil, nil); err == nil {
			t.Fatalf("an empty range was accepted for a tree that has keys")
		}
	})
}
