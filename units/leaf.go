package units

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// Bounds and sizes.
const (
	// MaxUnits is the most items of one run.
	MaxUnits = 10_000_000
	// Reveals is how many reveals of one code can be told apart.
	Reveals = 8
	// HashSize, IDSize and TokenSize are in bytes.
	HashSize  = sha256.Size
	IDSize    = 16
	TokenSize = 16
)

// Hash is a node of the tree, or its root.
type Hash [HashSize]byte

// ID identifies an item: its serial number within its batch.
type ID [IDSize]byte

// Token is a link of the chain that a code gives.
type Token [TokenSize]byte

// String writes the hash in lower-case hex.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// The first bytes of what is hashed, so that no two kinds of hash meet. Leaves
// and nodes begin with 0 and 1.
const (
	serialDomain = "filiera/serial"
	codeDomain   = "filiera/code"
	tokenDomain  = "filiera/token"
)

// IDOf gives the identifier of an item. gtin has 14 digits; lot and serial are of
// GS1 AI 10 and 21. The lot carries its length, so that no two of the three texts
// run into one another.
func IDOf(gtin, lot, serial string) ID {
	var room [96]byte
	b := append(room[:0], serialDomain...)
	b = append(b, gtin...)
	b = append(b, byte(len(lot)))
	b = append(b, lot...)
	b = append(b, serial...)
	sum := sha256.Sum256(b)
	return ID(sum[:IDSize])
}

// Next gives the link after t in the chain of the item.
func (t Token) Next(id ID) Token {
	var room [64]byte
	b := append(append(append(room[:0], tokenDomain...), id[:]...), t[:]...)
	sum := sha256.Sum256(b)
	return Token(sum[:TokenSize])
}

// TokenOf gives the token that the reveal numbered n (from 1 to Reveals) of a code
// shows; for n = 0 the tip.
func TokenOf(id ID, code Code, n int) Token {
	var room [64]byte
	b := append(append(append(room[:0], codeDomain...), id[:]...), code...)
	sum := sha256.Sum256(b)
	t := Token(sum[:TokenSize])
	for ; n < Reveals; n++ {
		t = t.Next(id)
	}
	return t
}

// Leaf is an item as the tree holds it.
type Leaf struct {
	ID  ID
	Tip Token
	// Number is the item's place among those of its run as they were made, from 1:
	// the order of the labels, which that of the leaves is not.
	Number uint32
}

// LeafOf gives the leaf of an item with its code.
func LeafOf(gtin, lot, serial string, code Code, number uint32) Leaf {
	id := IDOf(gtin, lot, serial)
	return Leaf{id, TokenOf(id, code, 0), number}
}

// Hash gives the leaf's hash.
func (l Leaf) Hash() Hash {
	var b [1 + IDSize + TokenSize + 4]byte
	copy(b[1:], l.ID[:])
	copy(b[1+IDSize:], l.Tip[:])
	binary.BigEndian.PutUint32(b[1+IDSize+TokenSize:], l.Number)
	return sha256.Sum256(b[:])
}

// Node hashes two subtrees.
func Node(left, right Hash) Hash {
	var b [1 + 2*HashSize]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[1+HashSize:], right[:])
	return sha256.Sum256(b[:])
}

// Builder gives the root of leaves that come in order, and holds one hash per
// level of the tree. The zero value is empty.
type Builder struct {
	// stack holds the roots of complete subtrees, the largest first; the bits of
	// count say of which sizes they are.
	stack []Hash
	count uint64
}

// Add takes the next hash: of a leaf, or of a complete subtree where all are of
// that size and only the last may be smaller.
func (b *Builder) Add(h Hash) {
	for size := b.count; size&1 == 1; size >>= 1 {
		h = Node(b.stack[len(b.stack)-1], h)
		b.stack = b.stack[:len(b.stack)-1]
	}
	b.stack = append(b.stack, h)
	b.count++
}

// Count is how many were added.
func (b *Builder) Count() uint64 { return b.count }

// Root gives the root of what was added; of nothing, the zero hash.
func (b *Builder) Root() Hash {
	if len(b.stack) == 0 {
		return Hash{}
	}
	h := b.stack[len(b.stack)-1]
	for i := len(b.stack) - 2; i >= 0; i-- {
		h = Node(b.stack[i], h)
	}
	return h
}

// RootOf gives the root of hashes that are all in memory.
func RootOf(hashes []Hash) Hash {
	var b Builder
	for _, h := range hashes {
		b.Add(h)
	}
	return b.Root()
}

// PathOf gives the hashes that lead from the hash at index to the root, the lowest
// first; index lies within hashes.
func PathOf(hashes []Hash, index int) []Hash {
	if len(hashes) <= 1 {
		return nil
	}
	half := 1
	for half*2 < len(hashes) {
		half *= 2
	}
	if index < half {
		return append(PathOf(hashes[:half], index), RootOf(hashes[half:]))
	}
	return append(PathOf(hashes[half:], index-half), RootOf(hashes[:half]))
}
