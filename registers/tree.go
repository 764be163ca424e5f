package registers

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/bits"
)

// HashLen is the length of every hash here.
const HashLen = sha256.Size

// MaxSize bounds the entries of a register.
const MaxSize = 1 << 40

// Hash is a leaf, a node or a root.
type Hash = [HashLen]byte

// Entry is what the log holds of a row.
type Entry struct {
	// Key is the hash of the row's key, zero where the register has none.
	Key Hash
	// Row is the hash of the row's words and their salt.
	Row Hash
}

// Leaf is the hash of an entry.
func (e Entry) Leaf() Hash {
	var b [1 + 2*HashLen]byte
	copy(b[1:], e.Key[:])
	copy(b[1+HashLen:], e.Row[:])
	return sha256.Sum256(b[:])
}

// Node is the hash of two nodes.
func Node(left, right Hash) Hash {
	var b [1 + 2*HashLen]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[1+HashLen:], right[:])
	return sha256.Sum256(b[:])
}

// Empty is the root of a register without entries.
func Empty() Hash { return sha256.Sum256(nil) }

// Frontier is the roots of the perfect subtrees that a log is made of, the largest
// first: one for each bit of its size that is set.
type Frontier []Hash

// Spans gives the sizes of the perfect subtrees that make [from, to) when they are put
// after from entries, in order.
func Spans(from, to uint64) []uint64 {
	var out []uint64
	for from < to {
		span := uint64(1) << bits.TrailingZeros64(from|1<<62)
		for span > to-from {
			span >>= 1
		}
		out = append(out, span)
		from += span
	}
	return out
}

// Append gives the frontier of a log of size entries after adding those whose
// subtrees' roots are given, in the order of Spans. It refuses a frontier that is not
// of the size, and roots that are not as many as the spans are.
func (f Frontier) Append(size, added uint64, roots []Hash) (Frontier, error) {
	if len(f) != bits.OnesCount64(size) {
		return nil, fmt.Errorf("a log of %d entries has %d subtrees; %d are given", size, bits.OnesCount64(size), len(f))
	}
	if added == 0 || size > MaxSize || added > MaxSize-size {
		return nil, fmt.Errorf("%d entries after %d; a register takes 1 to %d in all", added, size, uint64(MaxSize))
	}
	spans := Spans(size, size+added)
	if len(roots) != len(spans) {
		return nil, fmt.Errorf("%d entries after %d are %d subtrees; %d are given", added, size, len(spans), len(roots))
	}
	out := append(Frontier{}, f...)
	for i, span := range spans {
		h := roots[i]
		for ; size&span != 0; span <<= 1 {
			h = Node(out[len(out)-1], h)
			out = out[:len(out)-1]
			size &^= span
		}
		out = append(out, h)
		size |= span
	}
	return out, nil
}

// Root is the root of the log.
func (f Frontier) Root() Hash {
	if len(f) == 0 {
		return Empty()
	}
	root := f[len(f)-1]
	for i := len(f) - 2; i >= 0; i-- {
		root = Node(f[i], root)
	}
	return root
}

// Reader gives leaves by their position.
type Reader interface {
	Leaf(i uint64) (Hash, error)
}

// Range is the root of the leaves [from, to): RFC 9162's MTH, which for the whole log
// is its root.
func Range(r Reader, from, to uint64) (Hash, error) {
	switch n := to - from; {
	case to < from:
		return Hash{}, errors.New("the range ends before it begins")
	case n == 0:
		return Empty(), nil
	case n == 1:
		return r.Leaf(from)
	}
	// leaves are hashed as they come, so that a million of them need no tree in memory
	var stack []Hash
	size := uint64(0)
	for i := from; i < to; i++ {
		h, err := r.Leaf(i)
		if err != nil {
			return Hash{}, err
		}
		for bit := uint64(1); size&bit != 0; bit <<= 1 {
			h = Node(stack[len(stack)-1], h)
			stack = stack[:len(stack)-1]
		}
		stack = append(stack, h)
		size++
	}
	return Frontier(stack).Root(), nil
}

// Subtrees gives the roots that Append asks for, of the leaves [from, to).
func Subtrees(r Reader, from, to uint64) ([]Hash, error) {
	var out []Hash
	for _, span := range Spans(from, to) {
		h, err := Range(r, from, from+span)
		if err != nil {
			return nil, err
		}
		out = append(out, h)
		from += span
	}
	return out, nil
}

// half is the largest power of two below n.
func half(n uint64) uint64 { return 1 << (bits.Len64(n-1) - 1) }
