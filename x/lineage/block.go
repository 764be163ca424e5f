package lineage

import (
	"cosmossdk.io/collections"

	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	"github.com/filiera-chain/filiera/module"
)

// maxWaves bounds how many recalls of one class one block serves.
const maxWaves = 64

// endBlock takes recalls further: at most recall_steps_per_block for all of them,
// shared evenly, those that count before drills.
func (l *Lineage) endBlock(ctx *module.Context) error {
	var budget int
	for _, class := range [...]uint32{live, drill, over} {
		list, _, err := l.waves(ctx, class, maxWaves)
		if err != nil {
			return err
		}
		if len(list) > 0 && budget == 0 {
			params, err := l.registry.Params(ctx)
			if err != nil {
				return err
			}
			budget = int(params.GetRecallStepsPerBlock())
		}
		for i, recall := range list {
			share := budget / (len(list) - i)
			if share == 0 && budget > 0 {
				share = 1
			}
			used, err := l.work(ctx, recall, share)
			if err != nil {
				return err
			}
			if budget -= used; budget <= 0 {
				return nil
			}
		}
	}
	return nil
}

// work takes one recall up to so many steps further, and gives how many it took.
// It may look at maxParents batches more.
func (l *Lineage) work(ctx *module.Context, recall uint64, budget int) (int, error) {
	s, err := l.spreads.Get(ctx, recall)
	if err != nil {
		return 0, err
	}
	if s.GetOver() {
		return l.clear(ctx, s, budget)
	}
	used := 0
	for used < budget && s.GetHead() < s.GetTail() {
		n, err := l.visit(ctx, s, budget-used)
		if err != nil {
			return used, err
		}
		used += n
	}
	s.Steps += uint64(used)
	if s.GetHead() == s.GetTail() {
		s.SettledAt, s.SettledHeight = ctx.Time, ctx.Height
		if s.GetFirstSettledHeight() == 0 {
			s.FirstSettledAt, s.FirstSettledHeight = ctx.Time, ctx.Height
		}
		if err := l.spreading.Remove(ctx, collections.Join(classOf(s), recall)); err != nil {
			return used, err
		}
	}
	return used, l.putSpread(ctx, s)
}

// clear takes away what is left of a recall that is over: steps first, then marks.
func (l *Lineage) clear(ctx *module.Context, s *lineagev1.Spread, budget int) (used int, err error) {
	for ; used < budget && s.GetHead() < s.GetTail(); s.Head++ {
		used++
		if err := l.queue.Remove(ctx, collections.Join(s.GetRecall(), s.GetHead())); err != nil {
			return used, err
		}
	}
	var marked []ofKey
	of := new(collections.Range[ofKey]).Prefix(collections.TriplePrefix[uint64, string, string](s.GetRecall()))
	err = l.ofRecall.Walk(ctx, of, func(k ofKey) (bool, error) {
		if len(marked) >= budget-used {
			return true, nil
		}
		marked = append(marked, k)
		return false, nil
	})
	if err != nil {
		return used, err
	}
	for _, k := range marked {
		used++
		s.Cleared++
		if err := l.ofRecall.Remove(ctx, k); err != nil {
			return used, err
		}
		if err := l.marks.Remove(ctx, collections.Join3(k.K2(), k.K3(), s.GetRecall())); err != nil {
			return used, err
		}
	}
	if s.GetHead() == s.GetTail() && s.GetCleared() == s.GetMarked() {
		if err := l.spreading.Remove(ctx, collections.Join(over, s.GetRecall())); err != nil {
			return used, err
		}
	}
	return used, l.putSpread(ctx, s)
}

// visit looks at descendants of the batch at the head: all, or as many as there
// are steps for.
func (l *Lineage) visit(ctx *module.Context, s *lineagev1.Spread, budget int) (int, error) {
	k := collections.Join(s.GetRecall(), s.GetHead())
	v, err := l.queue.Get(ctx, k)
	if err != nil {
		return 0, err
	}
	used, more, err := l.descend(ctx, s, v, budget)
	if err != nil {
		return used, err
	}
	if more {
		return used, l.queue.Set(ctx, k, v)
	}
	s.Head++
	return used, l.queue.Remove(ctx, k)
}

// descend looks at descendants of v's batch: it marks them where the batch passes
// the recall on, and else sees whether anything still does.
func (l *Lineage) descend(ctx *module.Context, s *lineagev1.Spread, v *lineagev1.Visit, budget int) (used int, more bool, err error) {
	m, err := l.Mark(ctx, s.GetRecall(), v.GetBatch())
	if err != nil {
		return 1, false, err
	}
	made, more, err := l.WentInto(ctx, v.GetBatch(), v.GetAfter(), max(budget-1, 1))
	if err != nil {
		return 1, false, err
	}
	on := passes(m)
	used = 1
	for i, id := range made {
		used++
		v.After = id
		if on {
			err = l.reach(ctx, s, id, v.GetBatch())
		} else {
			var looked int
			looked, err = l.recheck(ctx, s, id)
			used += looked
		}
		if err != nil {
			return used, false, err
		}
		if used >= budget && i+1 < len(made) {
			return used, true, nil
		}
	}
	return used, more, nil
}
