package store

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	ics23 "github.com/cosmos/ics23/go"
	"pgregory.net/rapid"

	"github.com/filiera-chain/filiera/store/proof"
	"github.com/filiera-chain/filiera/store/storetest"
)

// between lists the keys of [start, end) in a model.
func between(m storetest.Model, start, end []byte) []string {
	return slices.DeleteFunc(m.Keys(), func(k string) bool {
		return k < string(start) || (end != nil && k >= string(end))
	})
}

func drawBound(t *rapid.T, name string) []byte {
	if rapid.IntRange(0, 4).Draw(t, name+" open") == 0 {
		return nil
	}
	return []byte(keyGen().Draw(t, name))
}

func TestRangesAreProvenComplete(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := storetest.Model(rapid.MapOfN(keyGen(), valueGen(), 0, 60).Draw(t, "state"))
		s := withState(t, m, Options{maxLeaves: 3})
		start, end := drawBound(t, "start"), drawBound(t, "end")
		limit := rapid.IntRange(0, 7).Draw(t, "limit")
		view(t, s, func(v *View) {
			if start != nil && end != nil && bytes.Compare(start, end) >= 0 {
				if _, err := v.ProveRange(start, end, limit); err == nil {
					t.Fatalf("a backwards range was proven")
				}
				return
			}
			pages := provePages(t, v, start, end, limit)
			got, err := proof.VerifyPages(m.Root(), pages, start, end)
			must(t, err)
			want := between(m, start, end)
			if len(got) != len(want) {
				t.Fatalf("%d pairs, the model has %d", len(got), len(want))
			}
			for i, k := range want {
				if string(got[i].Key) != k || string(got[i].Value) != m[k] || got[i].Value == nil {
					t.Fatalf("pair %d is %q=%q, the model has %q=%q", i, got[i].Key, got[i].Value, k, m[k])
				}
			}
			if len(pages) > 1 {
				if _, err := proof.VerifyPages(m.Root(), pages[:len(pages)-1], start, end); err == nil {
					t.Fatalf("pages without the last one were accepted")
				}
				if _, err := proof.VerifyPages(m.Root(), pages[1:], start, end); err == nil {
					t.Fatalf("pages without the first one were accepted")
				}
			}
		})
	})
}

// provePages proves a range page by page, each sent over the wire.
func provePages(t fataler, v *View, start, end []byte, limit int) []*RangeProof {
	t.Helper()
	var pages []*RangeProof
	for {
		p, err := v.ProveRange(start, end, limit)
		must(t, err)
		raw, err := p.MarshalBinary()
		must(t, err)
		got := &RangeProof{}
		must(t, got.UnmarshalBinary(raw))
		pages = append(pages, got)
		if p.Next == nil {
			return pages
		}
		start = p.Next
	}
}

// tenKeys is a state of k0 to k9.
func tenKeys() storetest.Model {
	m := storetest.Model{}
	for i := range 10 {
		m[fmt.Sprintf("k%d", i)] = fmt.Sprint(i * i)
	}
	return m
}

func TestEveryChangeToARangeProofIsRefused(t *testing.T) {
	m := tenKeys()
	start, end := []byte("k3"), []byte("k6x")
	for _, limit := range []int{0, 2} {
		view(t, withState(t, m, Options{maxLeaves: 2}), func(v *View) {
			p, err := v.ProveRange(start, end, limit)
			must(t, err)
			raw, err := p.MarshalBinary()
			must(t, err)
			for i := range raw {
				for bit := range 8 {
					flipped := bytes.Clone(raw)
					flipped[i] ^= 1 << bit
					q := &RangeProof{}
					if q.UnmarshalBinary(flipped) != nil {
						continue
					}
					if _, err := VerifyRange(m.Root(), q, start, end); err == nil {
						t.Fatalf("limit %d: the flip of bit %d of byte %d was accepted", limit, bit, i)
					}
				}
				q := &RangeProof{}
				if q.UnmarshalBinary(raw[:i]) == nil || q.UnmarshalBinary(append(bytes.Clone(raw), raw[:i+1]...)) == nil {
					t.Fatalf("a proof cut or lengthened at byte %d was read", i)
				}
			}
		})
	}
}

func TestRangesWithSomethingLeftOutAreRefused(t *testing.T) {
	m := tenKeys()
	start, end := []byte("k2x"), []byte("k7")
	view(t, withState(t, m, Options{}), func(v *View) {
		exist := func(k string) *ics23.ExistenceProof {
			p, err := v.Prove([]byte(k))
			must(t, err)
			return p.GetExist()
		}
		good := func() *RangeProof {
			p, err := v.ProveRange(start, end, 0)
			must(t, err)
			return p
		}
		for name, change := range map[string]func(p *RangeProof){
			"the first pair":          func(p *RangeProof) { p.Pairs = p.Pairs[1:] },
			"a pair in the middle":    func(p *RangeProof) { p.Pairs = slices.Delete(p.Pairs, 1, 2) },
			"the last pair":           func(p *RangeProof) { p.Pairs = p.Pairs[:len(p.Pairs)-1] },
			"all pairs":               func(p *RangeProof) { p.Pairs = nil },
			"the left neighbour":      func(p *RangeProof) { p.Left = nil },
			"the right neighbour":     func(p *RangeProof) { p.Right = nil },
			"a nearer neighbour":      func(p *RangeProof) { p.Left = exist("k1") },
			"order":                   func(p *RangeProof) { slices.Reverse(p.Pairs) },
			"singleness":              func(p *RangeProof) { p.Pairs = append(p.Pairs, p.Pairs[len(p.Pairs)-1]) },
			"the true value":          func(p *RangeProof) { p.Pairs[1].Value = []byte("forged") },
			"a neighbour outside":     func(p *RangeProof) { p.Left, p.Pairs = p.Pairs[0], p.Pairs[1:] },
			"the end, by a Next":      func(p *RangeProof) { p.Next = []byte("k6\x00") },
			"the tail, by a Next":     func(p *RangeProof) { p.Right, p.Pairs, p.Next = nil, p.Pairs[:2], []byte("k6\x00") },
			"the tail, by empty Next": func(p *RangeProof) { p.Right, p.Pairs, p.Next = nil, p.Pairs[:2], []byte{} },
			"a proof":                 func(p *RangeProof) { p.Pairs[1] = nil },
			"a leaf":                  func(p *RangeProof) { p.Pairs[1].Leaf = nil },
			"a step":                  func(p *RangeProof) { p.Pairs[1].Path[0] = nil },
		} {
			p := good()
			if _, err := VerifyRange(m.Root(), p, start, end); err != nil {
				t.Fatalf("the good proof: %v", err)
			}
			change(p)
			if _, err := VerifyRange(m.Root(), p, start, end); err == nil {
				t.Errorf("a proof without %s was accepted", name)
			}
		}
		if _, err := VerifyRange(m.Root(), nil, start, end); err == nil {
			t.Errorf("no proof was accepted")
		}
		if _, err := VerifyRange(m.Root(), good(), start, nil); err == nil {
			t.Errorf("the proof was accepted for a longer range")
		}
		if _, err := VerifyRange(m.Root(), good(), []byte("k1"), end); err == nil {
			t.Errorf("the proof was accepted for an earlier start")
		}
		if _, err := VerifyRange(m.Root()[:31], good(), start, end); err == nil {
			t.Errorf("a short root was accepted")
		}
	})
}
