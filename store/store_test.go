package store

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	dbm "github.com/cosmos/cosmos-db"
	"pgregory.net/rapid"

	"github.com/filiera-chain/filiera/store/storetest"
)

// fataler is the part of testing.T and rapid.T that helpers need.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func must(t fataler, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v", err)
	}
}

func mustOpen(t fataler, db dbm.DB, opts Options) *Store {
	t.Helper()
	s, err := Open(db, opts)
	must(t, err)
	return s
}

// commit writes changes (a nil value deletes) as the next block.
func commit(t fataler, s *Store, changes map[string][]byte) []byte {
	t.Helper()
	b := s.Branch()
	for k, v := range changes {
		if v == nil {
			must(t, b.Delete([]byte(k)))
		} else {
			must(t, b.Set([]byte(k), v))
		}
	}
	root, err := s.Prepare(s.Height()+1, b)
	must(t, err)
	must(t, s.Commit())
	return root
}

// checkAll compares a store with the model: root, every value, order both ways, and one proof of each kind.
func checkAll(t fataler, s *Store, m storetest.Model) {
	t.Helper()
	if got, want := s.AppHash(), m.Root(); !bytes.Equal(got, want) {
		t.Fatalf("height %d has root %x, the model %x", s.Height(), got, want)
	}
	keys := m.Keys()
	must(t, s.View(func(v *View) error {
		checkOrder(t, v, m, keys, false)
		slices.Reverse(keys)
		checkOrder(t, v, m, keys, true)
		for _, k := range keys {
			got, err := v.Get([]byte(k))
			must(t, err)
			if got == nil || string(got) != m[k] {
				t.Fatalf("key %q has value %q, the model %q", k, got, m[k])
			}
		}
		return nil
	}))
	must(t, s.Verify())
}

func checkOrder(t fataler, kv KV, m storetest.Model, keys []string, reverse bool) {
	t.Helper()
	open := kv.Iterator
	if reverse {
		open = kv.ReverseIterator
	}
	it, err := open(nil, nil)
	must(t, err)
	defer it.Close()
	for _, k := range keys {
		if !it.Valid() || string(it.Key()) != k || string(it.Value()) != m[k] {
			t.Fatalf("iterator (reverse %v) does not show key %q where the model has it", reverse, k)
		}
		it.Next()
	}
	if it.Valid() {
		t.Fatalf("iterator (reverse %v) shows key %q, which the model does not have", reverse, it.Key())
	}
	must(t, it.Error())
}

// keyGen makes keys that crowd together: prefixes of one another, shared beginnings, single bits apart.
func keyGen() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`[ab]{1,6}`),
		rapid.StringMatching(`g(0123|0124|9)[0-3]{1,4}`),
		rapid.Custom(func(t *rapid.T) string {
			return string(rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 0x7f, 0x80, 0xfe, 0xff}), 1, 4).Draw(t, "bytes"))
		}),
	)
}

func valueGen() *rapid.Generator[string] {
	return rapid.OneOf(rapid.Just(""), rapid.StringN(0, 8, 20))
}

// machine runs random operations on a store and on the model.
type machine struct {
	db   dbm.DB
	opts Options
	s    *Store
	m    storetest.Model
	prev storetest.Model // before the last commit; nil: it cannot be taken back
	held []held
}

// held is a view that stays open over commits and rollbacks, with the state it must keep showing.
type held struct {
	v *View
	m storetest.Model
}

func (x *machine) hold(*rapid.T) {
	x.held = append(x.held, held{&View{at: at{x.s, x.s.enter()}}, x.m})
}

func (x *machine) release(t *rapid.T) {
	if len(x.held) == 0 {
		return
	}
	i := rapid.IntRange(0, len(x.held)-1).Draw(t, "view")
	x.s.leave(x.held[i].v.snap)
	x.held = slices.Delete(x.held, i, i+1)
}

func (x *machine) check(t *rapid.T) {
	checkAll(t, x.s, x.m)
	for _, h := range x.held {
		if !bytes.Equal(h.v.AppHash(), h.m.Root()) {
			t.Fatalf("a view of height %d has root %x, the model %x", h.v.Height(), h.v.AppHash(), h.m.Root())
		}
		checkOrder(t, h.v, h.m, h.m.Keys(), false)
		for range 3 {
			k := keyGen().Draw(t, "key for the view")
			got, err := h.v.Get([]byte(k))
			must(t, err)
			if want, ok := h.m[k]; string(got) != want || (got != nil) != ok {
				t.Fatalf("a view of height %d has %q=%q, the model %q", h.v.Height(), k, got, want)
			}
			checkProof(t, h.v, h.m, k)
		}
	}
	if len(x.held) == 0 && len(x.s.views) != 0 {
		t.Fatalf("%d snapshots are held for no view", len(x.s.views))
	}
}

func (x *machine) draw(t *rapid.T, b *Branch, m storetest.Model) {
	for range rapid.IntRange(0, 30).Draw(t, "operations") {
		k := keyGen().Draw(t, "key")
		if rapid.IntRange(0, 3).Draw(t, "what") == 0 {
			must(t, b.Delete([]byte(k)))
			delete(m, k)
			continue
		}
		v := valueGen().Draw(t, "value")
		must(t, b.Set([]byte(k), []byte(v)))
		m[k] = v
	}
}

func (x *machine) block(t *rapid.T) {
	b, m := x.s.Branch(), x.m.Clone()
	x.draw(t, b, m)
	nested, mn := b.Branch(), m.Clone()
	x.draw(t, nested, mn)
	checkOrder(t, nested, mn, mn.Keys(), false)
	if rapid.Bool().Draw(t, "write") {
		nested.Write()
		m = mn
	} else {
		nested.Discard()
	}
	checkOrder(t, b, m, m.Keys(), false)
	root, err := x.s.Prepare(x.s.Height()+1, b)
	must(t, err)
	if !bytes.Equal(root, m.Root()) {
		t.Fatalf("prepared root %x, the model %x", root, m.Root())
	}
	if !bytes.Equal(x.s.AppHash(), x.m.Root()) {
		t.Fatalf("preparing moved the committed root")
	}
	if rapid.IntRange(0, 4).Draw(t, "fate") == 0 {
		return // a round that is not decided
	}
	must(t, x.s.Commit())
	x.prev, x.m = x.m, m
}

func (x *machine) reopen(t *rapid.T) {
	if rapid.Bool().Draw(t, "cleanly") {
		must(t, x.s.Close())
	}
	x.s, x.held = mustOpen(t, x.db, x.opts), nil
}

func (x *machine) rollback(t *rapid.T) {
	err := x.s.Rollback()
	if x.prev == nil {
		if err == nil {
			t.Fatalf("a rollback with nothing to take back was accepted")
		}
		return
	}
	must(t, err)
	x.m, x.prev = x.prev, nil
}

func TestRandomOperationsAgreeWithAMap(t *testing.T) {
	for _, opts := range []Options{
		{},
		{maxLeaves: 2, Workers: 3},
		{MemoryBudget: 1, maxLeaves: 3, Workers: 2},
		{MemoryBudget: 4000, maxLeaves: 5},
		{maxLeaves: 2, piece: 60, journal: 20},
	} {
		t.Run(fmt.Sprintf("budget %d, buckets of %d", opts.MemoryBudget, opts.maxLeaves), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				x := &machine{db: dbm.NewMemDB(), opts: opts, m: storetest.Model{}}
				x.s = mustOpen(t, x.db, x.opts)
				t.Repeat(map[string]func(*rapid.T){
					"block":    x.block,
					"reopen":   x.reopen,
					"rollback": x.rollback,
					"hold":     x.hold,
					"release":  x.release,
					"":         x.check,
				})
			})
		})
	}
}
