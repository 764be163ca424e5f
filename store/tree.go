package store

import (
	"fmt"
	"sync"
	"sync/atomic"
)

// source is the state as of one height.
type source interface {
	// scan calls fn with the pairs of [start, end) in order; fn may keep both slices.
	scan(start, end []byte, fn func(key, value []byte) error) error
}

// tree holds what all versions of the trie share: its limits and the account of resident memory. Roots are passed in.
type tree struct {
	maxLeaves int
	workers   int
	budget    int64
	resident  atomic.Int64  // bytes of nodes and packed leaves of the current tree
	clock     atomic.Uint32 // one tick per commit; buckets remember the tick of their last use
	loads     atomic.Uint64
	evictions atomic.Uint64
}

// packedOf returns the packed leaves of a bucket, from memory or rebuilt from the flat table. Several goroutines may load the same
// bucket at once: they come to the same bytes, and the first one counts.
func (t *tree) packedOf(n *node, src source) (*packed, error) {
	if now := t.clock.Load(); n.bucket.used.Load() != now {
		n.bucket.used.Store(now)
	}
	if p := n.bucket.data.Load(); p != nil {
		return p, nil
	}
	start, end := prefixRange(n.bucket.prefix, n.bit)
	ls := make([]leaf, 0, n.count)
	var buf []byte
	err := src.scan(start, end, func(key, value []byte) error {
		var h hash
		h, buf = leafHash(buf, key, value)
		ls = append(ls, leaf{key, h})
		if len(ls) > int(n.count) {
			return errTooMany
		}
		return nil
	})
	if err != nil && err != errTooMany {
		return nil, fmt.Errorf("store: reading keys %x to %x: %w", start, end, err)
	}
	return t.settle(n, ls)
}

// settle puts leaves read from the flat table back into their bucket, after checking them against its root hash.
func (t *tree) settle(n *node, ls []leaf) (*packed, error) {
	if len(ls) != int(n.count) || hashLeaves(ls, 0) != n.hash {
		start, end := prefixRange(n.bucket.prefix, n.bit)
		return nil, fmt.Errorf("%w: the keys from %x to %x do not match the hash the tree has for them; restore this node from a snapshot", ErrCorrupt, start, end)
	}
	p := packLeaves(ls, n.sharedBytes())
	t.loads.Add(1)
	if n.bucket.data.CompareAndSwap(nil, p) {
		t.resident.Add(int64(cap(p.b)))
	}
	return p, nil
}

// descend walks to the only bucket that may hold the key; nil for an empty tree.
func descend(n *node, key []byte) *node {
	for n != nil && n.bucket == nil {
		n = n.child(bitAt(key, n.bit))
	}
	return n
}

// inside is the divergence of a change whose key lies within the prefix of its bucket.
const inside = ^uint32(0)

// change is one key that a block sets or deletes.
type change struct {
	key   []byte
	value []byte // nil: deleted
	old   []byte // in a delta: the value before; nil: absent
	leaf  hash   // of key and value, when set
	div   uint32 // the bit at which the key leaves the tree as it is, or inside
	same  bool   // changes nothing: drop it
}

// inspect finds out, for every change, where it meets the tree, whether it alters anything, and its new leaf hash. The changes
// are shared out to the workers in runs; each fills its own, so the result does not depend on timing.
func (t *tree) inspect(root *node, changes []change, src source) error {
	const grain = 128
	if len(changes) <= grain || t.workers <= 1 {
		return t.inspectRun(root, changes, src)
	}
	var next atomic.Int64
	errs := make([]error, t.workers)
	var wg sync.WaitGroup
	for w := range t.workers {
		wg.Go(func() {
			for errs[w] == nil {
				from := int(next.Add(grain)) - grain
				if from >= len(changes) {
					return
				}
				errs[w] = t.inspectRun(root, changes[from:min(from+grain, len(changes))], src)
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tree) inspectRun(root *node, changes []change, src source) error {
	var buf []byte
	for i := range changes {
		c := &changes[i]
		if c.value != nil {
			c.leaf, buf = leafHash(buf, c.key, c.value)
		}
		if err := t.locate(root, c, src); err != nil {
			return err
		}
	}
	return nil
}

func (t *tree) locate(root *node, c *change, src source) error {
	n := descend(root, c.key)
	if n == nil {
		c.div, c.same = 0, c.value == nil
		return nil
	}
	if d := critBit(c.key, n.bucket.prefix, 0); d < n.bit {
		c.div, c.same = d, c.value == nil
		return nil
	}
	c.div = inside
	p, err := t.packedOf(n, src)
	if err != nil {
		return err
	}
	i, found := p.find(c.key[n.sharedBytes():], int(n.count))
	if !found {
		c.same = c.value == nil
		return nil
	}
	c.same = c.value != nil && hash(p.hashAt(i)) == c.leaf
	return nil
}

// run is one batch of changes entering the tree.
type run struct {
	*tree
	delta atomic.Int64  // change of resident bytes
	spare chan struct{} // tokens for extra goroutines
}

// apply returns the tree after the changes (inspected, sorted, without no-ops) and the change of its resident size.
func (t *tree) apply(root *node, changes []change) (*node, int64, error) {
	r := &run{tree: t, spare: make(chan struct{}, max(t.workers-1, 0))}
	out, err := r.apply(root, changes, &scratch{})
	return out, r.delta.Load(), err
}

// scratch is memory that one goroutine reuses from bucket to bucket.
type scratch struct {
	leaves, merged []leaf
	keys           []byte
}

func (r *run) apply(n *node, ch []change, sc *scratch) (*node, error) {
	if len(ch) == 0 {
		return n, nil
	}
	if n == nil {
		return r.build(ch, sc), nil
	}
	if div, right, ok := firstDivergence(ch, n.bit); ok {
		return r.diverge(n, ch, div, right, sc)
	}
	if n.bucket != nil {
		return r.mergeBucket(n, ch, sc)
	}
	at := splitChanges(ch, n.bit)
	l, rt, err := r.both(n, ch, at, sc)
	if err != nil {
		return nil, err
	}
	r.delta.Add(-nodeSize)
	return r.join(n.bit, l, rt, sc)
}

// both applies the two halves of a batch to the two children, side by side if the batch is big and a worker is free.
func (r *run) both(n *node, ch []change, at int, sc *scratch) (l, rt *node, err error) {
	const worthIt = 256
	if at >= worthIt && len(ch)-at >= worthIt {
		select {
		case r.spare <- struct{}{}:
			return r.parallel(n, ch, at, sc)
		default:
		}
	}
	if l, err = r.apply(n.left, ch[:at], sc); err != nil {
		return nil, nil, err
	}
	rt, err = r.apply(n.right, ch[at:], sc)
	return l, rt, err
}

func (r *run) parallel(n *node, ch []change, at int, sc *scratch) (l, rt *node, err error) {
	var lerr error
	done := make(chan struct{})
	go func() { //filiera:parallel the halves are disjoint and joined below
		defer close(done)
		l, lerr = r.apply(n.left, ch[:at], &scratch{})
		<-r.spare
	}()
	rt, err = r.apply(n.right, ch[at:], sc)
	<-done
	if lerr != nil {
		err = lerr
	}
	return l, rt, err
}

// firstDivergence finds the lowest bit, before bit, at which some change leaves the subtree, and the side to which it goes.
func firstDivergence(ch []change, bit uint32) (div uint32, right, ok bool) {
	at := -1
	for i := range ch {
		if ch[i].div < bit {
			bit, at = ch[i].div, i
		}
	}
	if at < 0 {
		return 0, false, false
	}
	return bit, bitAt(ch[at].key, bit) == 1, true
}

// splitChanges returns the index of the first change with a 1 in bit.
func splitChanges(ch []change, bit uint32) int {
	lo, hi := 0, len(ch)
	for lo < hi {
		mid := (lo + hi) / 2
		if bitAt(ch[mid].key, bit) == 1 {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

// diverge puts the changes that part from n's prefix at bit div beside n; the others go on into n. All keys of n and all
// those others have the same value in that bit, so the batch splits there.
func (r *run) diverge(n *node, ch []change, div uint32, right bool, sc *scratch) (*node, error) {
	at := splitChanges(ch, div)
	in, out := ch[:at], ch[at:]
	if !right {
		in, out = out, in
	}
	inner, err := r.apply(n, in, sc)
	if err != nil {
		return nil, err
	}
	beside := r.build(out, sc)
	if right {
		return r.join(div, inner, beside, sc)
	}
	return r.join(div, beside, inner, sc)
}

// build makes a subtree of the keys that ch sets.
func (r *run) build(ch []change, sc *scratch) *node {
	ls := sc.merged[:0]
	for i := range ch {
		if ch[i].value != nil {
			ls = append(ls, leaf{ch[i].key, ch[i].leaf})
		}
	}
	sc.merged = ls
	return r.pack(ls)
}

func (r *run) pack(ls []leaf) *node {
	n := buildSorted(ls, r.maxLeaves, r.clock.Load())
	if n != nil {
		r.delta.Add(weight(n))
	}
	return n
}

// mergeBucket enters changes into a bucket; the outcome may be nothing, a bucket, or, grown too big, an inner node.
func (r *run) mergeBucket(n *node, ch []change, sc *scratch) (*node, error) {
	ls, keys, err := n.unpack(sc.leaves[:0], sc.keys[:0])
	if err != nil {
		return nil, err
	}
	sc.leaves, sc.keys = ls, keys
	out := sc.merged[:0]
	for i := range ch {
		c := &ch[i]
		for len(ls) > 0 && string(ls[0].key) < string(c.key) {
			out, ls = append(out, ls[0]), ls[1:]
		}
		if len(ls) > 0 && string(ls[0].key) == string(c.key) {
			ls = ls[1:]
		}
		if c.value != nil {
			out = append(out, leaf{c.key, c.leaf})
		}
	}
	out = append(out, ls...)
	sc.merged = out
	r.delta.Add(-weight(n))
	return r.pack(out), nil
}

// join links two subtrees under an inner node. A missing side leaves the other one alone (the path is compressed), and two
// small buckets become one when both are in memory.
func (r *run) join(bit uint32, l, rt *node, sc *scratch) (*node, error) {
	if l == nil {
		return rt, nil
	}
	if rt == nil {
		return l, nil
	}
	if uint64(l.count)+uint64(rt.count) > maxCount {
		return nil, fmt.Errorf("store: more than %d keys", uint64(maxCount))
	}
	if l.bucket != nil && rt.bucket != nil && int(l.count+rt.count) <= r.maxLeaves {
		if n, ok := r.fuse(l, rt, sc); ok {
			return n, nil
		}
	}
	r.delta.Add(nodeSize)
	return newInner(bit, l, rt), nil
}

func (r *run) fuse(a, b *node, sc *scratch) (*node, bool) {
	ls, keys, err := a.unpack(sc.leaves[:0], sc.keys[:0])
	if err != nil {
		return nil, false
	}
	at := len(keys)
	// The second bucket builds its keys behind the first one's; growing moves them, so make room first.
	p := b.bucket.data.Load()
	if p == nil {
		return nil, false
	}
	more := make([]byte, 0, len(p.b)+int(b.count)*len(b.bucket.prefix))
	if ls, _, err = b.unpack(ls, more); err != nil {
		return nil, false
	}
	sc.leaves, sc.keys = ls, keys[:at]
	r.delta.Add(-weight(a) - weight(b))
	return r.pack(ls), true
}

// weight is the resident size of a subtree that was just built, or of one bucket.
func weight(n *node) int64 {
	if n.bucket == nil {
		return n.cost() + weight(n.left) + weight(n.right)
	}
	w := n.cost()
	if p := n.bucket.data.Load(); p != nil {
		w += int64(cap(p.b))
	}
	return w
}
