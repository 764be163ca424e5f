package units_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/units"
)

const gtin = "08012345678907"

// toyRoot is RFC 6962 section 2.1 word for word.
func toyRoot(leaves []units.Leaf) units.Hash {
	if len(leaves) == 1 {
		return sha256.Sum256(binary.BigEndian.AppendUint32(append(append([]byte{0}, leaves[0].ID[:]...), leaves[0].Tip[:]...), leaves[0].Number))
	}
	k := 1
	for k*2 < len(leaves) {
		k *= 2
	}
	l, r := toyRoot(leaves[:k]), toyRoot(leaves[k:])
	return sha256.Sum256(append(append([]byte{1}, l[:]...), r[:]...))
}

func key(b byte) (k units.Key) {
	for i := range k {
		k[i] = b
	}
	return k
}

// toyRun makes the leaves of n items in order, and their serial numbers.
func toyRun(n int) (leaves []units.Leaf, hashes []units.Hash, serials map[units.ID]string) {
	coder, serials := key(1).Coder(gtin, "L1"), map[units.ID]string{}
	for i := range n {
		s := fmt.Sprintf("S%d", i)
		l := units.LeafOf(gtin, "L1", s, coder.Code(s), uint32(i)+1)
		leaves, serials[l.ID] = append(leaves, l), s
	}
	slices.SortFunc(leaves, func(a, b units.Leaf) int { return strings.Compare(string(a.ID[:]), string(b.ID[:])) })
	for _, l := range leaves {
		hashes = append(hashes, l.Hash())
	}
	return leaves, hashes, serials
}

func TestTheTreeIsThatOfTheRFC(t *testing.T) {
	for n := 1; n <= 70; n++ {
		leaves, hashes, serials := toyRun(n)
		root := toyRoot(leaves)
		if got := units.RootOf(hashes); got != root {
			t.Fatalf("%d items: the root is %s; the RFC gives %s", n, got, root)
		}
		for i, l := range leaves {
			p := &units.Presence{Run: 1, Place: units.Place{Index: uint32(i), Path: units.PathOf(hashes, i)}, Tip: l.Tip, Number: l.Number}
			if err := p.Check(units.IDOf(gtin, "L1", serials[l.ID]), root, uint32(n)); err != nil {
				t.Fatalf("item %d of %d: %v", i, n, err)
			}
			for _, wrong := range []struct {
				id    units.ID
				count uint32
			}{{units.IDOf(gtin, "L2", serials[l.ID]), uint32(n)}, {l.ID, uint32(n) * 2}, {l.ID, uint32(i)}} {
				if p.Check(wrong.id, root, wrong.count) == nil {
					t.Fatalf("item %d of %d is proven as %x of %d", i, n, wrong.id, wrong.count)
				}
			}
		}
	}
}

func neighbour(leaves []units.Leaf, hashes []units.Hash, i int) *units.Neighbour {
	return &units.Neighbour{Leaf: leaves[i], Place: units.Place{Index: uint32(i), Path: units.PathOf(hashes, i)}}
}

func TestAbsenceIsProvenByNeighbours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 50).Draw(t, "items")
		leaves, hashes, serials := toyRun(n)
		root := units.RootOf(hashes)
		serial := rapid.StringMatching(`[A-Z0-9]{1,20}`).Draw(t, "serial")
		id := units.IDOf(gtin, "L1", serial)
		at, present := slices.BinarySearchFunc(leaves, id, func(l units.Leaf, id units.ID) int { return strings.Compare(string(l.ID[:]), string(id[:])) })
		if _, known := serials[id]; known != present {
			t.Fatalf("the order of the leaves loses %s", serial)
		}
		if present {
			return
		}
		a := &units.Absence{Run: 7}
		if at > 0 {
			a.Left = neighbour(leaves, hashes, at-1)
		}
		if at < n {
			a.Right = neighbour(leaves, hashes, at)
		}
		text := (&units.Evidence{Absences: []*units.Absence{a}}).Text()
		e, err := units.Parse(text)
		if err != nil || e.Text() != text {
			t.Fatalf("reading %s again: %v", text, err)
		}
		if err := e.Absences[0].Check(id, root, uint32(n)); err != nil {
			t.Fatalf("%s is not in %d items: %v", serial, n, err)
		}
		// No item of the run can be shown to be absent, by any pair of leaves.
		victim := leaves[rapid.IntRange(0, n-1).Draw(t, "victim")].ID
		i, j := rapid.IntRange(-1, n-1).Draw(t, "left"), rapid.IntRange(0, n).Draw(t, "right")
		lie := &units.Absence{Run: 7}
		if i >= 0 {
			lie.Left = neighbour(leaves, hashes, i)
		}
		if j < n {
			lie.Right = neighbour(leaves, hashes, j)
		}
		if err := lie.Check(victim, root, uint32(n)); !errors.Is(err, units.ErrProof) {
			t.Fatalf("an item of the run is said to be absent between %d and %d: %v", i, j, err)
		}
	})
}

func TestAMangledProofIsRefused(t *testing.T) {
	leaves, hashes, _ := toyRun(37)
	root := units.RootOf(hashes)
	p := &units.Presence{Run: 3, Place: units.Place{Index: 20, Path: units.PathOf(hashes, 20)}, Tip: leaves[20].Tip, Number: leaves[20].Number}
	raw := p.Bytes()
	rapid.Check(t, func(t *rapid.T) {
		b := slices.Clone(raw)
		b[rapid.IntRange(0, len(b)-1).Draw(t, "byte")] ^= byte(1 << rapid.IntRange(0, 7).Draw(t, "bit"))
		q, err := units.ParsePresence(b)
		if err != nil || q.Run != 3 { // the run says only which root to ask for
			return
		}
		if err := q.Check(leaves[20].ID, root, 37); !errors.Is(err, units.ErrProof) {
			t.Fatalf("a proof with a wrong bit holds: %v", err)
		}
	})
	for n := range raw {
		if q, err := units.ParsePresence(raw[:n]); err == nil && q.Check(leaves[20].ID, root, 37) == nil {
			t.Errorf("the first %d bytes of a proof are a proof", n)
		}
	}
}

func TestAProofFitsACode(t *testing.T) {
	p := &units.Presence{Run: units.MaxRuns, Place: units.Place{Index: units.MaxUnits - 1, Path: make([]units.Hash, 24)}}
	text := (&units.Evidence{Presence: p}).Text()
	if len(text) > 1100 {
		t.Errorf("a proof of the largest run has %d characters", len(text))
	}
	// Between digits only: the text stands in an address as it is.
	if strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		t.Errorf("a proof holds characters that an address escapes: %s", text)
	}
}

func TestSerialNumbersDoNotMeet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seen := map[string]bool{}
		k := key(rapid.Byte().Draw(t, "key"))
		for _, tag := range rapid.SliceOfNDistinct(rapid.Uint64Range(0, 1<<40-1), 1, 4, rapid.ID).Draw(t, "tags") {
			s, err := k.Sequence(gtin, tag)
			if err != nil {
				t.Fatal(err)
			}
			from := rapid.Uint32Range(0, units.MaxUnits-100).Draw(t, "from")
			for i := from; i < from+100; i++ {
				serial := s.At(i)
				if _, err := gs1.ParseSerial(serial); err != nil || len(serial) != units.SerialLen {
					t.Fatalf("serial %q: %v", serial, err)
				}
				if seen[serial] {
					t.Fatalf("serial %s twice", serial)
				}
				seen[serial] = true
			}
		}
	})
}

func TestCodesAreReadAsTheyAreTyped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := key(9).Coder(gtin, "L1").Code(rapid.String().Draw(t, "serial"))
		typed := strings.NewReplacer("0", "o", "1", "l").Replace(strings.ToLower(code.String()))
		if got, err := units.ParseCode(" " + typed); err != nil || got != code {
			t.Fatalf("%s typed as %q: %q, %v", code, typed, got, err)
		}
		i := rapid.IntRange(0, units.CodeLen-1).Draw(t, "wrong")
		other := rapid.SampledFrom([]byte("0123456789ABCDEFGHJKMNPQRSTVWXYZ")).Filter(func(c byte) bool { return c != code[i] }).Draw(t, "character")
		slip := []byte(code)
		slip[i] = other
		if _, err := units.ParseCode(string(slip)); err == nil {
			t.Fatalf("%s typed as %s is taken for a code", code, slip)
		}
	})
}

func TestAChainOfReveals(t *testing.T) {
	id, code := units.IDOf(gtin, "L1", "S1"), key(1).Coder(gtin, "L1").Code("S1")
	before := units.TokenOf(id, code, 0)
	for n := 1; n <= units.Reveals; n++ {
		token := units.TokenOf(id, code, n)
		if token.Next(id) != before {
			t.Errorf("reveal %d does not lead to the one before it", n)
		}
		if token.Next(units.IDOf(gtin, "L1", "S2")) == before {
			t.Errorf("reveal %d holds for another item", n)
		}
		before = token
	}
}

// TestTheFormsStay holds what is printed on goods: a change here makes every
// label in the shops worthless.
func TestTheFormsStay(t *testing.T) {
	s, err := key(7).Sequence(gtin, 12345)
	if err != nil {
		t.Fatal(err)
	}
	serial := s.At(0)
	code := key(7).Coder(gtin, "L26-001").Code(serial)
	leaf := units.LeafOf(gtin, "L26-001", serial, code, 1)
	h := leaf.Hash()
	got := []string{serial, s.At(9_999_999), code.String(), hex.EncodeToString(leaf.ID[:]), hex.EncodeToString(leaf.Tip[:]), h.String()}
	want := []string{
		"7FD0ENCXCEWQX", "AZYWYSRCAVS1E", "D9D0-4ZXP-VJQ1-V6YR", "b4048f8426e27b9dc4fabb4ce4bd6ca2", "69e812136153bfe0b93f6373520e7639",
		"28e62fd82100deb5a6934968ea9d8323279ea602f8a6ab1f10d8a93a6490ffb7",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q; want %q", got, want)
	}
}

func FuzzParse(f *testing.F) {
	leaves, hashes, _ := toyRun(5)
	p := &units.Presence{Run: 1, Place: units.Place{Index: 2, Path: units.PathOf(hashes, 2)}, Tip: leaves[2].Tip, Number: leaves[2].Number}
	f.Add((&units.Evidence{Presence: p}).Text())
	a := &units.Absence{Run: 1, Left: neighbour(leaves, hashes, 1), Right: neighbour(leaves, hashes, 2)}
	f.Add((&units.Evidence{Absences: []*units.Absence{a, {Run: 2, Right: neighbour(leaves, hashes, 0)}}}).Text())
	f.Add("")
	f.Add("EQEB.EgED")
	f.Fuzz(func(t *testing.T, text string) {
		e, err := units.Parse(text)
		if err != nil {
			return
		}
		if e.Text() != text {
			t.Fatalf("%q is read as %q", text, e.Text())
		}
		id := units.IDOf(gtin, "L1", "S1")
		if e.Presence != nil && e.Presence.Check(id, units.RootOf(hashes), 5) == nil {
			t.Log("an item of the run")
		}
		for _, a := range e.Absences {
			_ = a.Check(id, units.RootOf(hashes), 5)
		}
	})
}

func FuzzParseCode(f *testing.F) {
	f.Add(key(1).Coder(gtin, "L1").Code("S1").String())
	f.Add("oOiIlL--  ")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := units.ParseCode(s)
		if err != nil {
			return
		}
		if again, err := units.ParseCode(c.String()); err != nil || again != c {
			t.Fatalf("%q is read as %s, and that as %s: %v", s, c, again, err)
		}
	})
}
