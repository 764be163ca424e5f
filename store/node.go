package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"sort"
	"sync/atomic"
)

// leaf is one key of the tree with the hash of its leaf.
type leaf struct {
	key  []byte
	hash hash
}

// node is a vertex of the resident tree: an inner node (two children) or, at the bottom, a bucket of up to maxLeaves
// leaves in packed form. Nodes never change once linked to a root, so every committed height is a tree of its own that
// shares what did not change; only a bucket's packed data comes and goes (it can always be read back from the flat table).
type node struct {
	hash        hash
	left, right *node
	bucket      *bucket // nil for an inner node
	count       uint32  // leaves below
	bit         uint32  // inner: the bit that decides the side; bucket: how many leading bits its keys share
}

// bucket is a bottom subtree. Which leaves make a bucket has no influence on hashes: the shape of the trie, and so
// every hash, depends on the set of keys alone.
type bucket struct {
	prefix []byte // the shared bits, as cut by cutPrefix
	data   atomic.Pointer[packed]
	used   atomic.Uint32 // clock of the last touch, for eviction
}

// packed holds the leaves of a bucket in order, in one block of memory without pointers: the leaf hashes (32 bytes each),
// then the end offsets of the key suffixes (2 bytes each, little endian), then the suffixes. A suffix is the key
// without the whole bytes that the bucket shares.
type packed struct{ b []byte }

const (
	hashLen = 32
	// Sizes that the memory budget counts: a node, and a bucket with its packed header (with allocator rounding).
	nodeSize   = 64
	bucketSize = nodeSize + 40 + 16 + 24
)

// sharedBytes returns how many whole bytes the keys of a bucket share.
func (n *node) sharedBytes() int {
	if n.bit == wholeKey(len(n.bucket.prefix)) {
		return len(n.bucket.prefix)
	}
	return int(n.bit / 9)
}

func (n *node) child(bit byte) *node {
	if bit == 0 {
		return n.left
	}
	return n.right
}

// cost is what the node itself weighs in the memory budget, without the packed data of a bucket.
func (n *node) cost() int64 {
	if n.bucket == nil {
		return nodeSize
	}
	return bucketSize + int64(len(n.bucket.prefix))
}

// newInner joins two subtrees at a bit and hashes them.
func newInner(bit uint32, l, r *node) *node {
	return &node{hash: innerHash(&l.hash, &r.hash), left: l, right: r, count: l.count + r.count, bit: bit}
}

// splitLeaves returns the first bit in which the leaves (at least two, sorted) differ and the index of the first leaf with a
// 1 there. from is a number of leading bytes known to be equal.
func splitLeaves(ls []leaf, from int) (at int, bit uint32) {
	bit = critBit(ls[0].key, ls[len(ls)-1].key, from)
	at = 1 + sort.Search(len(ls)-2, func(i int) bool { return bitAt(ls[i+1].key, bit) == 1 })
	return at, bit
}

// hashLeaves returns the root of the trie over sorted leaves.
func hashLeaves(ls []leaf, from int) hash {
	if len(ls) == 1 {
		return ls[0].hash
	}
	if len(ls) == 2 {
		return innerHash(&ls[0].hash, &ls[1].hash)
	}
	at, bit := splitLeaves(ls, from)
	l, r := hashLeaves(ls[:at], int(bit/9)), hashLeaves(ls[at:], int(bit/9))
	return innerHash(&l, &r)
}

// newBucket packs sorted leaves into a bucket.
func newBucket(ls []leaf, used uint32) *node {
	first, last := ls[0].key, ls[len(ls)-1].key
	bit := critBit(first, last, 0)
	n := &node{count: uint32(len(ls)), bit: bit, bucket: &bucket{prefix: cutPrefix(first, bit)}}
	n.hash = hashLeaves(ls, int(bit/9))
	n.bucket.used.Store(used)
	n.bucket.data.Store(packLeaves(ls, n.sharedBytes()))
	return n
}

// newStub is a bucket whose leaves are in the flat table only.
func newStub(prefix []byte, bit, count uint32, h hash) *node {
	return &node{count: count, bit: bit, hash: h, bucket: &bucket{prefix: prefix}}
}

func packLeaves(ls []leaf, shared int) *packed {
	size := len(ls) * (hashLen + 2)
	for i := range ls {
		size += len(ls[i].key) - shared
	}
	b := make([]byte, len(ls)*(hashLen+2), size)
	ends := b[len(ls)*hashLen:]
	end := 0
	for i := range ls {
		copy(b[i*hashLen:], ls[i].hash[:])
		end += len(ls[i].key) - shared
		binary.LittleEndian.PutUint16(ends[2*i:], uint16(end))
		b = append(b, ls[i].key[shared:]...)
	}
	return &packed{b}
}

// suffix returns the i-th key of n leaves without the shared bytes.
func (p *packed) suffix(i, n int) []byte {
	ends := p.b[n*hashLen : n*(hashLen+2)]
	from := 0
	if i > 0 {
		from = int(binary.LittleEndian.Uint16(ends[2*i-2:]))
	}
	to := int(binary.LittleEndian.Uint16(ends[2*i:]))
	return p.b[n*(hashLen+2):][from:to]
}

func (p *packed) hashAt(i int) []byte { return p.b[i*hashLen : (i+1)*hashLen] }

// find returns the place of a key (given without the shared bytes) among n leaves, and whether it is there.
func (p *packed) find(suffix []byte, n int) (int, bool) {
	i := sort.Search(n, func(i int) bool { return bytes.Compare(p.suffix(i, n), suffix) >= 0 })
	return i, i < n && bytes.Equal(p.suffix(i, n), suffix)
}

// errNotResident tells that a bucket must be loaded first; callers load before they unpack.
var errNotResident = errors.New("store: a bucket was used before its leaves were loaded")

// unpack appends the leaves of a bucket to out; their keys are built in buf, which is returned grown.
func (n *node) unpack(out []leaf, buf []byte) ([]leaf, []byte, error) {
	p := n.bucket.data.Load()
	if p == nil {
		return nil, nil, errNotResident
	}
	count, shared := int(n.count), n.bucket.prefix[:n.sharedBytes()]
	need := len(p.b) - count*(hashLen+2) + count*len(shared)
	if cap(buf)-len(buf) < need {
		buf = make([]byte, 0, max(2*need, 4096))
	}
	for i := range count {
		at := len(buf)
		buf = append(append(buf, shared...), p.suffix(i, count)...)
		out = append(out, leaf{key: buf[at:len(buf):len(buf)], hash: hash(p.hashAt(i))})
	}
	return out, buf, nil
}

// maxCount is the number of keys past which counts would overflow.
const maxCount = math.MaxUint32
