package store

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"cosmossdk.io/collections"
	corestore "cosmossdk.io/collections/corecompat"
	dbm "github.com/cosmos/cosmos-db"

	"github.com/filiera-chain/filiera/store/proof"
	"github.com/filiera-chain/filiera/store/storetest"
)

func pairs(t *testing.T, it corestore.Iterator, err error) string {
	t.Helper()
	must(t, err)
	defer it.Close()
	var out []string
	for ; it.Valid(); it.Next() {
		out = append(out, string(it.Key())+"="+string(it.Value()))
	}
	must(t, it.Error())
	return strings.Join(out, " ")
}

func expect(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: got %q, expected %q", what, got, want)
	}
}

// abc is a store with a, c and e committed.
func abc(t *testing.T) *Store {
	s := mustOpen(t, dbm.NewMemDB(), Options{})
	commit(t, s, map[string][]byte{"a": []byte("1"), "c": []byte("3"), "e": []byte("5")})
	return s
}

func TestBranchesLayChangesOverWhatIsBelow(t *testing.T) {
	s := abc(t)
	b := s.Branch()
	must(t, b.Set([]byte("b"), []byte("2")))
	must(t, b.Delete([]byte("c")))
	n := b.Branch()
	must(t, n.Set([]byte("c"), []byte{}))
	must(t, n.Delete([]byte("a")))
	must(t, n.Set([]byte("e"), []byte("five")))
	it, err := n.Iterator(nil, nil)
	expect(t, "nested, ascending", pairs(t, it, err), "b=2 c= e=five")
	it, err = n.ReverseIterator([]byte("b"), []byte("e"))
	expect(t, "nested, descending, a range", pairs(t, it, err), "c= b=2")
	it, err = b.Iterator([]byte("a"), []byte("e"))
	expect(t, "below", pairs(t, it, err), "a=1 b=2")
	n.Write()
	it, err = b.ReverseIterator(nil, nil)
	expect(t, "below, written", pairs(t, it, err), "e=five c= b=2")
	if got := n.Changes(); len(got) != 0 {
		t.Fatalf("the written branch still holds %d changes", len(got))
	}
	ch := b.Changes()
	if len(ch) != 4 || string(ch[0].Key) != "a" || ch[0].Value != nil || ch[2].Value == nil {
		t.Fatalf("changes %q", ch)
	}
	it, err = s.Branch().Iterator(nil, nil)
	expect(t, "committed", pairs(t, it, err), "a=1 c=3 e=5")
	b.Discard()
	it, err = b.Iterator(nil, nil)
	expect(t, "discarded", pairs(t, it, err), "a=1 c=3 e=5")
}

func TestAnIteratorShowsTheStateAtItsCreation(t *testing.T) {
	b := abc(t).Branch()
	must(t, b.Set([]byte("b"), []byte("2")))
	it, err := b.Iterator(nil, nil)
	must(t, err)
	must(t, b.Set([]byte("d"), []byte("4")))
	must(t, b.Delete([]byte("c")))
	must(t, b.Set([]byte("b"), []byte("two")))
	expect(t, "open iterator", pairs(t, it, nil), "a=1 b=2 c=3 e=5")
	it, err = b.Iterator(nil, nil)
	expect(t, "new iterator", pairs(t, it, err), "a=1 b=two d=4 e=5")
}

func TestABranchKeepsItsOwnCopies(t *testing.T) {
	b := abc(t).Branch()
	key, value := []byte("key"), []byte("value")
	must(t, b.Set(key, value))
	key[0], value[0] = 'X', 'X'
	got, err := b.Get([]byte("key"))
	must(t, err)
	expect(t, "value", string(got), "value")
}

func TestWhatMayNotBeStoredIsRefused(t *testing.T) {
	b := abc(t).Branch()
	for name, err := range map[string]error{
		"empty key":      b.Set(nil, []byte("v")),
		"long key":       b.Set(make([]byte, MaxKeyLen+1), []byte("v")),
		"nil value":      b.Set([]byte("k"), nil),
		"long value":     b.Set([]byte("k"), make([]byte, MaxValueLen+1)),
		"reserved value": b.Set([]byte("k"), proof.EmptyValue()),
		"delete nothing": b.Delete([]byte{}),
	} {
		if err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	if _, err := b.Get(nil); err == nil {
		t.Errorf("reading the empty key was accepted")
	}
	if _, err := b.Iterator([]byte{}, nil); err == nil {
		t.Errorf("an empty start was accepted")
	}
	must(t, b.Set(make([]byte, MaxKeyLen), []byte("v")))
}

func TestPrefixIsAWindow(t *testing.T) {
	s := mustOpen(t, dbm.NewMemDB(), Options{})
	b := s.Branch()
	w := Prefix(Prefix(b, []byte{1}), []byte{0xff})
	for _, k := range []string{"\x00", "a", "\xff", "\xff\xff"} {
		must(t, w.Set([]byte(k), []byte("in")))
	}
	must(t, b.Set([]byte{1, 0xfe}, []byte("out")))
	must(t, b.Set([]byte{1, 0xff}, []byte("out")))
	must(t, b.Set([]byte{2}, []byte("out")))
	it, err := w.Iterator(nil, nil)
	expect(t, "all", pairs(t, it, err), "\x00=in a=in \xff=in \xff\xff=in")
	it, err = w.ReverseIterator([]byte("a"), []byte("\xff\xff"))
	expect(t, "range, descending", pairs(t, it, err), "\xff=in a=in")
	must(t, w.Delete([]byte("a")))
	if has, err := w.Has([]byte("a")); has || err != nil {
		t.Fatalf("deleted key: %v, %v", has, err)
	}
	if v, err := b.Get([]byte{1, 0xff, 0xff}); string(v) != "in" || err != nil {
		t.Fatalf("below the window: %q, %v", v, err)
	}
	if w.Set(nil, []byte("v")) == nil || w.Delete(nil) == nil {
		t.Fatalf("the empty key was accepted")
	}
	if _, err := w.Get(nil); err == nil {
		t.Fatalf("the empty key was read")
	}
	last := Prefix(b, []byte{0xff, 0xff})
	must(t, last.Set([]byte{0xff}, []byte("end")))
	it, err = last.Iterator(nil, nil)
	expect(t, "at the end of all keys", pairs(t, it, err), "\xff=end")
}

func TestPrepareCanBeRepeatedAndReplaced(t *testing.T) {
	s := abc(t)
	if s.Commit() == nil {
		t.Fatalf("a commit with nothing prepared was accepted")
	}
	first := s.Branch()
	must(t, first.Set([]byte("x"), []byte("round 0")))
	r0, err := s.Prepare(2, first)
	must(t, err)
	again, err := s.Prepare(2, first)
	must(t, err)
	if !bytes.Equal(r0, again) {
		t.Fatalf("preparing twice gave %x and %x", r0, again)
	}
	second := s.Branch()
	must(t, second.Set([]byte("y"), []byte("round 1")))
	_, err = s.Prepare(2, second)
	must(t, err)
	must(t, s.Commit())
	checkAll(t, s, storetest.Model{"a": "1", "c": "3", "e": "5", "y": "round 1"})
	for _, h := range []int64{-1, 0, 1, 2, 4} {
		if _, err := s.Prepare(h, second); err == nil {
			t.Fatalf("height %d after 2 was accepted", h)
		}
	}
	if _, err := s.Prepare(3, second.Branch()); err == nil {
		t.Fatalf("a nested branch was accepted")
	}
	if _, err := s.Prepare(3, abc(t).Branch()); err == nil {
		t.Fatalf("another store's branch was accepted")
	}
	must(t, s.Close())
	if _, err := s.Prepare(3, second); err == nil {
		t.Fatalf("a closed store prepared a block")
	}
}

func TestAViewRefusesToWriteAndToOutliveItsFunction(t *testing.T) {
	s := abc(t)
	var kept *View
	must(t, s.View(func(v *View) error {
		kept = v
		if v.Set([]byte("a"), []byte("2")) == nil || v.Delete([]byte("a")) == nil {
			t.Fatalf("a view was written")
		}
		return nil
	}))
	if _, err := kept.Get([]byte("a")); err == nil {
		t.Fatalf("a view was read after its end")
	}
	if _, err := kept.Iterator(nil, nil); err == nil {
		t.Fatalf("a view was iterated after its end")
	}
	if _, err := kept.ProveRange(nil, nil, 0); err == nil {
		t.Fatalf("a view proved after its end")
	}
}

// service hands out one KV, as a module's context does.
type service struct{ kv KV }

func (s *service) OpenKVStore(context.Context) corestore.KVStore { return s.kv }

func TestCollectionsSitOnAWindow(t *testing.T) {
	s := mustOpen(t, dbm.NewMemDB(), Options{})
	b := s.Branch()
	sv := &service{}
	sb := collections.NewSchemaBuilder(sv)
	set := collections.NewKeySet(sb, collections.NewPrefix(1), "set", collections.StringKey)
	m := collections.NewMap(sb, collections.NewPrefix(2), "map", collections.PairKeyCodec(collections.StringKey, collections.Uint64Key), collections.StringValue)
	_, err := sb.Build()
	must(t, err)
	sv.kv = Prefix(b, []byte("m/"))
	ctx := context.Background()
	must(t, set.Set(ctx, "one"))
	must(t, m.Set(ctx, collections.Join("lot", uint64(7)), "seven"))
	must(t, m.Set(ctx, collections.Join("lot", uint64(9)), "nine"))
	_, err = s.Prepare(1, b)
	must(t, err)
	must(t, s.Commit())
	must(t, s.View(func(v *View) error {
		sv.kv = Prefix(v, []byte("m/"))
		has, err := set.Has(ctx, "one")
		must(t, err)
		it, err := m.Iterate(ctx, collections.NewPrefixedPairRange[string, uint64]("lot").Descending())
		must(t, err)
		values, err := it.Values()
		must(t, err)
		if !has || strings.Join(values, " ") != "nine seven" {
			t.Fatalf("collections read %v, %q", has, values)
		}
		return nil
	}))
}
