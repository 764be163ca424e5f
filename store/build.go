package store

// buildSorted builds the subtree over sorted leaves; nil for none.
func buildSorted(ls []leaf, maxLeaves int, used uint32) *node {
	if len(ls) == 0 {
		return nil
	}
	if len(ls) <= maxLeaves {
		return newBucket(ls, used)
	}
	at, bit := splitLeaves(ls, 0)
	return newInner(bit, buildSorted(ls[:at], maxLeaves, used), buildSorted(ls[at:], maxLeaves, used))
}

// builder builds a tree from leaves and ready subtrees that arrive in key order, with memory for the right edge only. The
// stack holds finished subtrees; between two neighbours stands the bit in which they differ, and these bits grow
// towards the top: an item that differs from the last one in a lower bit closes everything above that bit.
type builder struct {
	maxLeaves int
	keep      bool // keep packed leaves (a bulk load into memory) or only their roots
	stack     []pile
	loose     []leaf // leaves not yet packed, in order; piles point into it
	last      []byte // last key or prefix added
	used      uint32
}

// pile is a finished subtree on the builder's stack: a node, or a run of loose leaves.
type pile struct {
	bit    uint32 // where it parts from the pile below; meaningless at the bottom
	n      *node
	lo, hi int
}

func (b *builder) addLeaf(key []byte, h hash) {
	b.close(key)
	b.loose = append(b.loose, leaf{key: key, hash: h})
	b.push(key, pile{lo: len(b.loose) - 1, hi: len(b.loose)})
}

func (b *builder) addNode(n *node) {
	b.close(n.bucket.prefix)
	b.push(n.bucket.prefix, pile{n: n})
}

func (b *builder) push(key []byte, p pile) {
	if len(b.stack) > 0 {
		p.bit = critBit(b.last, key, 0)
	}
	b.stack = append(b.stack, p)
	b.last = key
}

// close joins the piles that part above the bit in which the next key differs from the last one.
func (b *builder) close(next []byte) {
	if len(b.stack) == 0 {
		return
	}
	bit := critBit(b.last, next, 0)
	for len(b.stack) > 1 && b.stack[len(b.stack)-1].bit > bit {
		b.joinTop()
	}
	if len(b.loose) > 64*b.maxLeaves+1024 {
		b.compact()
	}
}

func (b *builder) joinTop() {
	l, r := b.stack[len(b.stack)-2], b.stack[len(b.stack)-1]
	b.stack = b.stack[:len(b.stack)-1]
	top := &b.stack[len(b.stack)-1]
	if l.n == nil && r.n == nil && r.hi-l.lo <= b.maxLeaves {
		top.hi = r.hi
		return
	}
	top.n, top.lo, top.hi = newInner(r.bit, b.node(l), b.node(r)), 0, 0
}

// node turns a pile into a node, packing loose leaves.
func (b *builder) node(p pile) *node {
	if p.n != nil {
		return p.n
	}
	n := newBucket(b.loose[p.lo:p.hi], b.used)
	if !b.keep {
		n.bucket.data.Store(nil)
	}
	return n
}

// compact drops the leaves that have been packed from the loose list.
func (b *builder) compact() {
	at := 0
	for i := range b.stack {
		p := &b.stack[i]
		if p.n != nil {
			continue
		}
		n := copy(b.loose[at:], b.loose[p.lo:p.hi])
		p.lo, p.hi = at, at+n
		at += n
	}
	clear(b.loose[at:])
	b.loose = b.loose[:at]
}

// finish returns the root; nil if nothing was added.
func (b *builder) finish() *node {
	if len(b.stack) == 0 {
		return nil
	}
	for len(b.stack) > 1 {
		b.joinTop()
	}
	return b.node(b.stack[0])
}
