package lineage

import (
	"cosmossdk.io/collections"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	"github.com/filiera-chain/filiera/module"
)

// maxParents bounds how many batches are looked at to find that one is made of
// nothing any more that is recalled. Made of more, it stays recalled.
const maxParents = 256

// Call begins a recall at its targets, which it marks at once. The number is new.
func (l *Lineage) Call(ctx *module.Context, recall uint64, isDrill bool, targets []*basev1.BatchID) error {
	s := &lineagev1.Spread{Recall: recall, Drill: isDrill, BegunAt: ctx.Time, BegunHeight: ctx.Height}
	for _, id := range targets {
		if err := l.reach(ctx, s, id, nil); err != nil {
			return err
		}
	}
	return l.putSpread(ctx, s)
}

// Lift lets a batch out of a recall, alone or with what was made of it and of
// nothing else that the recall reaches.
func (l *Lineage) Lift(ctx *module.Context, recall uint64, id *basev1.BatchID, withMade bool, number uint32) error {
	m, err := l.Mark(ctx, recall, id)
	if err != nil {
		return err
	}
	if m == nil || !m.GetReached() {
		return ErrNoMark.With("recall %d does not reach lot %s of GTIN %s, or not yet", recall, clip(id.GetLot()), clip(id.GetGtin()))
	}
	to := lineagev1.Lift_LIFT_ALONE
	if withMade {
		to = lineagev1.Lift_LIFT_WITH_MADE
	}
	if m.GetLift() >= to {
		return ErrLifted.With("lot %s of GTIN %s was let out of recall %d by its lift %d", id.GetLot(), id.GetGtin(), recall, m.GetLiftNumber())
	}
	m.Lift, m.LiftNumber = to, number
	if err := l.putMark(ctx, m); err != nil || !withMade {
		return err
	}
	s, err := l.spreads.Get(ctx, recall)
	if err != nil {
		return err
	}
	if err := l.push(ctx, s, id); err != nil {
		return err
	}
	return l.putSpread(ctx, s)
}

// End says that a recall was unfounded, or a drill is done: none of its marks holds
// any more. Blocks clear them away, a bounded number in each, so that they do not
// pile up on batches.
func (l *Lineage) End(ctx *module.Context, recall uint64) error {
	s, err := l.spreads.Get(ctx, recall)
	if err != nil || s.GetOver() {
		return err
	}
	if s.GetHead() != s.GetTail() {
		if err := l.spreading.Remove(ctx, collections.Join(classOf(s), recall)); err != nil {
			return err
		}
	}
	if err := l.spreading.Set(ctx, collections.Join(over, recall)); err != nil {
		return err
	}
	s.Over = true
	return l.putSpread(ctx, s)
}

// reach marks a batch that a recall comes to by what it is made of; via is nil for
// a target. The caller keeps s.
func (l *Lineage) reach(ctx *module.Context, s *lineagev1.Spread, id, via *basev1.BatchID) error {
	m, err := l.Mark(ctx, s.GetRecall(), id)
	if err != nil || m.GetReached() {
		return err
	}
	if m == nil {
		m = &lineagev1.Mark{Recall: s.GetRecall(), Batch: id, Target: via == nil, At: ctx.Time, Height: ctx.Height}
		s.Marked++
		if err := l.ofRecall.Set(ctx, collections.Join3(s.GetRecall(), id.GetGtin(), id.GetLot())); err != nil {
			return err
		}
	}
	m.Reached, m.Via = true, via
	s.Reached++
	if err := l.putMark(ctx, m); err != nil || !passes(m) {
		return err
	}
	return l.push(ctx, s, id)
}

// recheck takes a mark back when nothing passes the recall on to its batch any
// more, and gives how many it looked at.
func (l *Lineage) recheck(ctx *module.Context, s *lineagev1.Spread, id *basev1.BatchID) (int, error) {
	m, err := l.Mark(ctx, s.GetRecall(), id)
	if err != nil || !m.GetReached() || m.GetTarget() {
		return 0, err
	}
	parents, more, err := l.MadeOf(ctx, id, nil, maxParents)
	if err != nil || more {
		return len(parents), err
	}
	for i, p := range parents {
		of, err := l.Mark(ctx, s.GetRecall(), p)
		if err != nil || passes(of) {
			return i + 1, err
		}
	}
	passed := passes(m)
	m.Reached = false
	s.Reached--
	if err := l.putMark(ctx, m); err != nil || !passed {
		return len(parents), err
	}
	return len(parents), l.push(ctx, s, id)
}

// push puts a batch at the end of what is to be looked at.
func (l *Lineage) push(ctx *module.Context, s *lineagev1.Spread, id *basev1.BatchID) error {
	if s.GetHead() == s.GetTail() {
		s.SettledAt, s.SettledHeight = 0, 0
		if err := l.spreading.Set(ctx, collections.Join(classOf(s), s.GetRecall())); err != nil {
			return err
		}
	}
	k := collections.Join(s.GetRecall(), s.GetTail())
	s.Tail++
	return l.queue.Set(ctx, k, &lineagev1.Visit{Batch: id})
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
