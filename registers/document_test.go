package registers

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
)

// book is a small sorted register, and its proofs.
type book struct {
	entries []Entry
	places  []Place
	cells   [][]string
}

var secret = bytes.Repeat([]byte{7}, SecretLen)

func newBook(t *testing.T, n int) *book {
	t.Helper()
	b := &book{}
	for i := range n {
		cells := []string{fmt.Sprintf("targa-%03d", i), "Euro 6"}
		words, err := Words(cells)
		if err != nil {
			t.Fatal(err)
		}
		e := Entry{Key: KeyHash(KeySalt(secret, "veicoli"), cells[0]), Row: RowHash(RowSalt(secret, "veicoli", uint64(i)), words)}
		b.entries, b.cells, b.places = append(b.entries, e), append(b.cells, cells), append(b.places, Place{e.Key, uint64(i)})
	}
	slices.SortFunc(b.places, ComparePlaces)
	return b
}

func (b *book) Leaf(i uint64) (Hash, error) { return b.entries[i].Leaf(), nil }

type sorted []Place

func (s sorted) Leaf(i uint64) (Hash, error) { return s[i].Leaf(), nil }

func (b *book) anchor(t *testing.T, n int) Anchor {
	t.Helper()
	root, err := Range(b, 0, uint64(n))
	if err != nil {
		t.Fatal(err)
	}
	a := Anchor{Size: uint64(n), Root: root}
	if a.SortedRoot, err = Range(sorted(b.places), 0, uint64(len(b.places))); err != nil {
		t.Fatal(err)
	}
	return a
}

func (b *book) neighbour(t *testing.T, position uint64) *NeighbourPart {
	t.Helper()
	p, n := b.places[position], uint64(len(b.places))
	s, err := Inclusion(sorted(b.places), position, n)
	if err != nil {
		t.Fatal(err)
	}
	log, err := Inclusion(b, p.Index, n)
	if err != nil {
		t.Fatal(err)
	}
	return &NeighbourPart{position, Hex(p.Key), p.Index, Hex(b.entries[p.Index].Row), HexPath(s), HexPath(log)}
}

// proofs are one of each kind, about a register of 100 rows.
func proofs(t *testing.T, b *book) []*Document {
	t.Helper()
	path, _ := Inclusion(b, 17, 100)
	con, _ := Consistency(b, 37, 100)
	doc := func(kind string) *Document {
		return &Document{Format: Format, Kind: kind, Register: "veicoli", Append: 2, Ledger: []byte("{}")}
	}
	in, later, none := doc(KindInclusion), doc(KindConsistency), doc(KindAbsence)
	in.Inclusion = &InclusionPart{17, b.cells[17], Hex(RowSalt(secret, "veicoli", 17)), Hex(b.entries[17].Key), HexPath(path)}
	later.Consistency = &EarlierPart{1, HexPath(con)}
	key := KeyHash(KeySalt(secret, "veicoli"), "targa-999")
	at, _ := slices.BinarySearchFunc(b.places, Place{Key: key}, ComparePlaces)
	none.Absence = &AbsencePart{"targa-999", Hex(KeySalt(secret, "veicoli")), Hex(key), b.neighbour(t, uint64(at)-1), b.neighbour(t, uint64(at))}
	return []*Document{in, later, none}
}

// Each kind of proof holds, and fails when any byte of it is changed in any way.
func TestEveryByteOfAProofCounts(t *testing.T) {
	b := newBook(t, 100)
	now, earlier := b.anchor(t, 100), b.anchor(t, 37)
	check := func(raw []byte) error {
		d, err := Decode(raw)
		if err != nil {
			return err
		}
		// what the record proof says is checked by who knows the chain
		if d.Register != "veicoli" || d.Append != 2 || string(d.Ledger) != "{}" || d.Kind == KindConsistency && d.Consistency.Append != 1 {
			return fmt.Errorf("of another record")
		}
		return d.Check(now, earlier, 2, 0)
	}
	for _, d := range proofs(t, b) {
		raw, err := d.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if err := check(raw); err != nil {
			t.Fatalf("%s: %v", d.Kind, err)
		}
		for i := range raw {
			for _, bit := range []byte{1, 2, 0x20, 0x80} {
				other := bytes.Clone(raw)
				if other[i] ^= bit; check(other) == nil {
					t.Fatalf("%s: byte %d changed from %q to %q, and it holds", d.Kind, i, raw[i], other[i])
				}
			}
		}
	}
}

func TestAbsenceAtTheEnds(t *testing.T) {
	b := newBook(t, 9)
	a := b.anchor(t, 9)
	first, last := b.neighbour(t, 0).neighbour(), b.neighbour(t, 8).neighbour()
	low, high := Hash{}, Hash{}
	for i := range high {
		high[i] = 0xff
	}
	for _, err := range []error{CheckAbsence(a, low, nil, first), CheckAbsence(a, high, last, nil), CheckAbsence(Anchor{SortedRoot: Empty()}, low, nil, nil)} {
		if err != nil {
			t.Error(err)
		}
	}
	second := b.neighbour(t, 1).neighbour()
	for i, err := range []error{
		CheckAbsence(a, low, nil, second), CheckAbsence(a, high, first, nil), CheckAbsence(a, low, nil, nil), CheckAbsence(a, first.Place.Key, nil, first), CheckAbsence(a, first.Place.Key, first, second),
		CheckAbsence(a, low, first, second), CheckAbsence(a, high, first, last), CheckAbsence(Anchor{Size: 9, Root: a.Root, SortedRoot: Empty()}, low, nil, first), CheckAbsence(Anchor{SortedRoot: Empty()}, low, first, nil),
	} {
		if err == nil {
			t.Errorf("%d: what shows no absence holds", i)
		}
	}
}

func TestRowsThatAreRefused(t *testing.T) {
	for _, cells := range [][]string{nil, {"\xff"}, make([]string, MaxColumns+1), {string(make([]byte, MaxCell+1))}} {
		if _, err := Words(cells); err == nil {
			t.Errorf("a row of %d cells is taken", len(cells))
		}
	}
	a, _ := Words([]string{"ab", "c"})
	b, _ := Words([]string{"a", "bc"})
	if bytes.Equal(a, b) {
		t.Error("two rows have one form")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"format":"filiera-register/1","kind":"inclusion","register":"a","append":1,"inclusion":{"index":0,"cells":[],"salt":"","key":"","path":[]},"ledger":{}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := Decode(raw)
		if err != nil {
			return
		}
		_ = d.Check(Anchor{Size: 3}, Anchor{Size: 1}, 2, 0)
		if again, err := d.Encode(); err != nil || !bytes.Equal(again, raw) {
			t.Error("a proof has two forms")
		}
	})
}
