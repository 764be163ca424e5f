package store

import (
	"cmp"
	"slices"
)

// sweep brings the tree below its budget: it forgets the packed leaves of the buckets not touched for longest, keeping their root
// hashes. It frees an eighth more than it must, so that sweeps are rare. Only the writer calls it, between blocks; readers
// that hold packed leaves keep them, and others read them back from the flat table.
func (t *tree) sweep(root *node) {
	if t.resident.Load() <= t.budget || root == nil {
		return
	}
	ages := map[uint32]int64{}
	total := survey(root, ages)
	t.resident.Store(total)
	if total <= t.budget {
		return
	}
	oldest := make([]uint32, 0, len(ages))
	//filiera:unordered the keys are sorted below
	for used := range ages {
		oldest = append(oldest, used)
	}
	now := t.clock.Load()
	slices.SortFunc(oldest, func(a, b uint32) int { return cmp.Compare(now-b, now-a) })
	limit := map[uint32]bool{}
	for goal := total - t.budget + t.budget/8; goal > 0 && len(oldest) > 0; oldest = oldest[1:] {
		limit[oldest[0]] = true
		goal -= ages[oldest[0]]
	}
	t.evict(root, limit, total-(t.budget-t.budget/8))
}

// survey sums the resident bytes of a tree, and those of packed leaves by the tick of their last use.
func survey(n *node, ages map[uint32]int64) int64 {
	w := n.cost()
	if n.bucket == nil {
		return w + survey(n.left, ages) + survey(n.right, ages)
	}
	if p := n.bucket.data.Load(); p != nil {
		w += int64(cap(p.b))
		ages[n.bucket.used.Load()] += int64(cap(p.b))
	}
	return w
}

// evict forgets packed leaves last used at one of the given ticks until goal bytes are free; it returns what is left of the goal.
func (t *tree) evict(n *node, ticks map[uint32]bool, goal int64) int64 {
	if goal <= 0 {
		return goal
	}
	if n.bucket == nil {
		return t.evict(n.right, ticks, t.evict(n.left, ticks, goal))
	}
	p := n.bucket.data.Load()
	if p == nil || !ticks[n.bucket.used.Load()] {
		return goal
	}
	n.bucket.data.Store(nil)
	t.resident.Add(-int64(cap(p.b)))
	t.evictions.Add(1)
	return goal - int64(cap(p.b))
}
