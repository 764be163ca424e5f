package proof_test

import (
	"bytes"
	"testing"

	dbm "github.com/cosmos/cosmos-db"

	"github.com/filiera-chain/filiera/store"
	"github.com/filiera-chain/filiera/store/proof"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// seeds are the wire forms of good proofs, and their root.
func seeds(t testing.TB) (root []byte, wires [][]byte) {
	s, err := store.Open(dbm.NewMemDB(), store.Options{})
	must(t, err)
	b := s.Branch()
	for i := range 30 {
		must(t, b.Set([]byte{'k', byte(i * 3), byte(i)}, bytes.Repeat([]byte{'v'}, i%4)))
	}
	root, err = s.Prepare(1, b)
	must(t, err)
	must(t, s.Commit())
	must(t, s.View(func(v *store.View) error {
		for _, c := range []struct {
			start, end []byte
			limit      int
		}{{nil, nil, 0}, {[]byte("k"), []byte("l"), 3}, {[]byte("k\x20"), []byte("k\x30"), 0}, {[]byte("z"), nil, 0}, {nil, []byte("a"), 0}} {
			p, err := v.ProveRange(c.start, c.end, c.limit)
			must(t, err)
			raw, err := p.MarshalBinary()
			must(t, err)
			wires = append(wires, raw)
		}
		return nil
	}))
	return root, wires
}

// FuzzRangeProof reads any bytes: no panic, one form only, and what verifies against the root is what the state holds.
func FuzzRangeProof(f *testing.F) {
	root, wires := seeds(f)
	for _, w := range wires {
		f.Add(w)
	}
	f.Add([]byte{})
	f.Add([]byte{1, 0, 0})
	f.Add([]byte{1, 7, 0})
	f.Add([]byte{2, 0, 0})
	f.Add([]byte{1, 0, 0x80, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		var p proof.RangeProof
		if p.UnmarshalBinary(data) != nil {
			return
		}
		again, err := p.MarshalBinary()
		if err != nil || !bytes.Equal(again, data) {
			t.Fatalf("read %x and wrote %x, %v", data, again, err)
		}
		pairs, err := proof.VerifyRange(root, &p, nil, nil)
		if err != nil {
			return
		}
		for i, pair := range pairs {
			if want := bytes.Repeat([]byte{'v'}, i%4); !bytes.Equal(pair.Key, []byte{'k', byte(i * 3), byte(i)}) || !bytes.Equal(pair.Value, want) {
				t.Fatalf("a forged pair %x=%x was accepted", pair.Key, pair.Value)
			}
		}
	})
}

func TestRangeProofsThatBlowUpAreRefused(t *testing.T) {
	root, wires := seeds(t)
	var good proof.RangeProof
	must(t, good.UnmarshalBinary(wires[0]))
	deep := append([]byte(nil), 1, 0)
	deep = append(deep, 0x92, 0x4e)                  // 10,002 proofs
	deep = append(deep, 0, 1, 'k', 0, 0, 0xd0, 0x0f) // the first with 2,000 steps
	for range 2000 {
		deep = append(deep, 0)
		deep = append(deep, root...)
	}
	for range 10_001 {
		deep = append(deep, 1, 0, 0, 0xd0, 0x0f, 0) // each further one shares them all
	}
	var p proof.RangeProof
	if p.UnmarshalBinary(deep) == nil {
		t.Fatalf("a proof of 20 million steps in %d bytes was read", len(deep))
	}
	for _, raw := range [][]byte{nil, {1}, {1, 8, 0}, {1, 1, 0}, {1, 2, 0}, {1, 4, 0}, {1, 0, 0, 0}, {1, 0, 0x80, 0x00}, {1, 0, 0xff, 0xff, 0xff, 0xff, 0x0f}} {
		if p.UnmarshalBinary(raw) == nil {
			t.Errorf("%x was read as a range proof", raw)
		}
	}
}
