package lineage

import (
	"fmt"

	"cosmossdk.io/collections"

	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	"github.com/filiera-chain/filiera/module"
)

// invariants are the truths that no act and no block may break.
func (l *Lineage) invariants() []module.Invariant {
	return []module.Invariant{
		{Name: "every edge stands both ways, and somebody tells it", Check: l.edgesHold},
		{Name: "every mark is of a recall that counts it", Check: l.marksHold},
		{Name: "what spreads has something left to look at, and what has settled has not", Check: l.queuesHold},
		{Name: "a recall that has settled reaches its targets and all that was made of them", Check: l.reachHolds},
	}
}

func (l *Lineage) edgesHold(rd *module.Reader) error {
	there := 0
	err := l.madeOf.Walk(rd, nil, func(k edge, e *lineagev1.Edge) (bool, error) {
		there++
		has, err := l.wentInto.Has(rd, collections.Join4(k.K3(), k.K4(), k.K1(), k.K2()))
		if err == nil && (!has || !e.GetBook() && e.GetEvents() == 0) {
			err = fmt.Errorf("%v stands one way only, or nobody tells it", k)
		}
		return err != nil, err
	})
	if err != nil {
		return err
	}
	back := 0
	err = l.wentInto.Walk(rd, nil, func(edge) (bool, error) { back++; return false, nil })
	if err == nil && there != back {
		err = fmt.Errorf("%d edges stand one way and %d the other", there, back)
	}
	return err
}

func (l *Lineage) marksHold(rd *module.Reader) error {
	marked, reached := map[uint64]uint64{}, map[uint64]uint64{}
	err := l.marks.Walk(rd, nil, func(k markKey, m *lineagev1.Mark) (bool, error) {
		if m.GetBatch().GetGtin() != k.K1() || m.GetBatch().GetLot() != k.K2() || m.GetRecall() != k.K3() || m.GetHeight() == 0 || m.GetTarget() && m.GetVia() != nil {
			return true, fmt.Errorf("the mark of %v says %v", k, m)
		}
		has, err := l.ofRecall.Has(rd, collections.Join3(k.K3(), k.K1(), k.K2()))
		if err == nil && !has {
			err = fmt.Errorf("the mark of %v is not listed", k)
		}
		marked[k.K3()]++
		if m.GetReached() {
			reached[k.K3()]++
		}
		return err != nil, err
	})
	if err != nil {
		return err
	}
	listed := map[uint64]uint64{}
	err = l.ofRecall.Walk(rd, nil, func(k ofKey) (bool, error) { listed[k.K1()]++; return false, nil })
	if err != nil {
		return err
	}
	return l.spreads.Walk(rd, nil, func(n uint64, s *lineagev1.Spread) (bool, error) {
		lost := !s.GetOver() && (s.GetReached() != reached[n] || s.GetCleared() != 0)
		if s.GetRecall() != n || lost || s.GetMarked() != marked[n]+s.GetCleared() || listed[n] != marked[n] {
			return true, fmt.Errorf("recall %d says %v; %d are marked, %d reached, %d listed", n, s, marked[n], reached[n], listed[n])
		}
		return false, nil
	})
}

func (l *Lineage) queuesHold(rd *module.Reader) error {
	queued := map[uint64]uint64{}
	err := l.queue.Walk(rd, nil, func(k stepKey, v *lineagev1.Visit) (bool, error) {
		s, err := l.spreads.Get(rd, k.K1())
		if err == nil && (k.K2() < s.GetHead() || k.K2() >= s.GetTail() || v.GetBatch() == nil) {
			err = fmt.Errorf("step %d of recall %d lies outside %d to %d", k.K2(), k.K1(), s.GetHead(), s.GetTail())
		}
		queued[k.K1()]++
		return err != nil, err
	})
	if err != nil {
		return err
	}
	waves := 0
	err = l.spreads.Walk(rd, nil, func(n uint64, s *lineagev1.Spread) (bool, error) {
		left := s.GetTail() - s.GetHead()
		has, err := l.spreading.Has(rd, collections.Join(classOf(s), n))
		works := left > 0 || s.GetOver() && s.GetCleared() < s.GetMarked()
		if err == nil && (queued[n] != left || has != works || s.GetHead() > s.GetTail() || !s.GetOver() && (s.GetSettledHeight() == 0) != works) {
			err = fmt.Errorf("recall %d has %d steps left of %v, and spreads: %v", n, queued[n], s, has)
		}
		if has {
			waves++
		}
		return err != nil, err
	})
	if err != nil {
		return err
	}
	return l.spreading.Walk(rd, nil, func(k waveKey) (bool, error) {
		waves--
		if waves < 0 {
			return true, fmt.Errorf("recall %d spreads as class %d, and is none", k.K2(), k.K1())
		}
		return false, nil
	})
}

// reachHolds looks at recalls that have settled: what passes one on passes it to
// all that was made of it, and what it reaches was a target or has who passes it on.
func (l *Lineage) reachHolds(rd *module.Reader) error {
	settled := map[uint64]bool{}
	err := l.spreads.Walk(rd, nil, func(n uint64, s *lineagev1.Spread) (bool, error) {
		settled[n] = s.GetHead() == s.GetTail() && !s.GetOver()
		return false, nil
	})
	if err != nil {
		return err
	}
	return l.marks.Walk(rd, nil, func(_ markKey, m *lineagev1.Mark) (bool, error) {
		if !settled[m.GetRecall()] {
			return false, nil
		}
		err := l.markHolds(rd, m)
		return err != nil, err
	})
}

func (l *Lineage) markHolds(rd *module.Reader, m *lineagev1.Mark) error {
	if passes(m) {
		made, _, err := l.WentInto(rd, m.GetBatch(), nil, 1<<30)
		if err != nil {
			return err
		}
		for _, id := range made {
			of, err := l.Mark(rd, m.GetRecall(), id)
			if err != nil {
				return err
			}
			if !of.GetReached() {
				return fmt.Errorf("recall %d reaches %v and not %v, which was made of it", m.GetRecall(), m.GetBatch(), id)
			}
		}
	}
	if !m.GetReached() || m.GetTarget() {
		return nil
	}
	parents, more, err := l.MadeOf(rd, m.GetBatch(), nil, maxParents)
	if err != nil || more {
		return err
	}
	for _, id := range parents {
		of, err := l.Mark(rd, m.GetRecall(), id)
		if err != nil || passes(of) {
			return err
		}
	}
	return fmt.Errorf("recall %d reaches %v, and nothing passes it on to it", m.GetRecall(), m.GetBatch())
}
