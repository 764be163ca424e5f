package registers

import (
	"crypto/sha256"
	"encoding/binary"
	"testing"

	"pgregory.net/rapid"
)

type leaves []Hash

func (l leaves) Leaf(i uint64) (Hash, error) { return l[i], nil }

func some(n int) leaves {
	out := make(leaves, n)
	for i := range out {
		out[i] = Entry{Row: sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(i)))}.Leaf()
	}
	return out
}

// plain is RFC 9162's definition, word by word.
func plain(l leaves) Hash {
	switch len(l) {
	case 0:
		return Empty()
	case 1:
		return l[0]
	}
	k := int(half(uint64(len(l))))
	return Node(plain(l[:k]), plain(l[k:]))
}

func TestTheLogIsThatOfTheStandard(t *testing.T) {
	for n := range 70 {
		l := some(n)
		if got, err := Range(l, 0, uint64(n)); err != nil || got != plain(l) {
			t.Fatalf("%d leaves: %x, %v", n, got, err)
		}
		for i := range n {
			path, err := Inclusion(l, uint64(i), uint64(n))
			if err != nil || CheckInclusion(l[i], uint64(i), uint64(n), path, plain(l)) != nil {
				t.Fatalf("leaf %d of %d: %v", i, n, err)
			}
		}
		for m := 1; m <= n; m++ {
			path, err := Consistency(l, uint64(m), uint64(n))
			if err != nil {
				t.Fatal(err)
			}
			if err := CheckConsistency(uint64(m), uint64(n), plain(l[:m]), plain(l), path); err != nil {
				t.Fatalf("%d in %d: %v", m, n, err)
			}
		}
	}
}

// However a log is appended to, its root is that of its leaves.
func TestAppendsComeToTheSameRoot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := some(rapid.IntRange(1, 400).Draw(t, "size"))
		var f Frontier
		size := uint64(0)
		for size < uint64(len(l)) {
			added := uint64(rapid.IntRange(1, len(l)-int(size)).Draw(t, "added"))
			roots, err := Subtrees(l, size, size+added)
			if err != nil {
				t.Fatal(err)
			}
			if f, err = f.Append(size, added, roots); err != nil {
				t.Fatal(err)
			}
			size += added
			if f.Root() != plain(l[:size]) {
				t.Fatalf("after %d entries the root is %x", size, f.Root())
			}
		}
	})
}

// A proof of one thing is no proof of another: another leaf, place, size or root, or
// one bit of any hash.
func TestProofsAreOfOneThingOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(2, 200).Draw(t, "size")
		i := rapid.Uint64Range(0, n-1).Draw(t, "leaf")
		m := rapid.Uint64Range(1, n-1).Draw(t, "earlier")
		l := some(int(n))
		root := plain(l)
		in, _ := Inclusion(l, i, n)
		con, _ := Consistency(l, m, n)
		bad := rapid.IntRange(0, HashLen*8-1).Draw(t, "bit")
		flip := func(h Hash) Hash { h[bad/8] ^= 1 << (bad % 8); return h }
		for k := range in {
			other := append([]Hash{}, in...)
			if other[k] = flip(other[k]); CheckInclusion(l[i], i, n, other, root) == nil {
				t.Fatal("a changed path of inclusion holds")
			}
		}
		for k := range con {
			other := append([]Hash{}, con...)
			if other[k] = flip(other[k]); CheckConsistency(m, n, plain(l[:m]), root, other) == nil {
				t.Fatal("a changed path of consistency holds")
			}
		}
		for _, err := range []error{
			CheckInclusion(flip(l[i]), i, n, in, root), CheckInclusion(l[i], i, n, in, flip(root)), CheckInclusion(l[i], (i+1)%n, n, in, root), CheckInclusion(l[i], i, n, append(in, root), root),
			CheckInclusion(l[i], n, n, in, root), CheckConsistency(m, n, flip(plain(l[:m])), root, con), CheckConsistency(m, n, plain(l[:m]), flip(root), con),
			CheckConsistency(m, n, plain(l[:m]), root, append(con, root)), CheckConsistency(0, n, Empty(), root, con),
		} {
			if err == nil {
				t.Fatal("a proof of something else holds")
			}
		}
	})
}

func TestAppendsThatDoNotFit(t *testing.T) {
	l := some(5)
	roots, _ := Subtrees(l, 0, 5)
	f, err := Frontier(nil).Append(0, 5, roots)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		second(f.Append(4, 1, l[:1])), second(f.Append(5, 0, nil)), second(f.Append(5, 2, l[:1])), second(f.Append(5, 3, l[:1])), second(f.Append(5, MaxSize, l[:1])),
	} {
		if err == nil {
			t.Error("an append that does not fit is taken")
		}
	}
}

func second(_ Frontier, err error) error { return err }
