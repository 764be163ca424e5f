package recall

import (
	"errors"
	"fmt"

	"cosmossdk.io/collections"

	recallv1 "github.com/filiera-chain/filiera/api/recall/v1"
	"github.com/filiera-chain/filiera/module"
)

// invariants are the truths that no act may break.
func (r *Recall) invariants() []module.Invariant {
	return []module.Invariant{
		{Name: "recalls are numbered without a gap, and spread as they say", Check: r.recallsHold},
		{Name: "acknowledgements, notices and lifts are counted", Check: r.countsHold},
	}
}

func (r *Recall) recallsHold(rd *module.Reader) error {
	next := uint64(1)
	err := r.recalls.Walk(rd, nil, func(n uint64, x *recallv1.Recall) (bool, error) {
		if n != next || x.GetNumber() != n {
			return true, fmt.Errorf("recall %d stands where %d should, and says it is %d", n, next, x.GetNumber())
		}
		next++
		s, err := r.lineage.Spread(rd, n)
		if err == nil && (s == nil || s.GetDrill() != x.GetDrill() || s.GetOver() != isOver(x)) {
			err = fmt.Errorf("recall %d is %v and spreads as %v", n, x, s)
		}
		has, err2 := r.drills.Has(rd, collections.Join(x.GetOpenedBy(), n))
		if err = errors.Join(err, err2); err == nil && has != (x.GetDrill() && x.GetState() == recallv1.State_STATE_OPEN) {
			err = fmt.Errorf("recall %d is %v, and among the drills that are open: %v", n, x, has)
		}
		return err != nil, err
	})
	if err != nil {
		return err
	}
	last, err := r.Last(rd)
	if err == nil && last != next-1 {
		err = fmt.Errorf("the last recall is %d and %d is counted", next-1, last)
	}
	return err
}

func (r *Recall) countsHold(rd *module.Reader) error {
	type counts struct{ acks, late, notices, lifts uint32 }
	got := map[uint64]*counts{}
	of := func(n uint64) *counts {
		if got[n] == nil {
			got[n] = &counts{}
		}
		return got[n]
	}
	err := module.Each(rd, r.acknowledgements, func(a *recallv1.Acknowledgement) {
		of(a.GetRecall()).acks++
		if a.GetLate() {
			of(a.GetRecall()).late++
		}
	})
	if err != nil {
		return err
	}
	if err := module.Each(rd, r.notices, func(n *recallv1.Notice) { of(n.GetRecall()).notices++ }); err != nil {
		return err
	}
	if err := module.Each(rd, r.lifts, func(l *recallv1.LiftRecord) { of(l.GetRecall()).lifts++ }); err != nil {
		return err
	}
	return r.recalls.Walk(rd, nil, func(n uint64, x *recallv1.Recall) (bool, error) {
		if want := (counts{x.GetAcknowledgements(), x.GetLateAcknowledgements(), x.GetNotices(), x.GetLifts()}); *of(n) != want {
			return true, fmt.Errorf("recall %d counts %v, and there are %v", n, want, *of(n))
		}
		if x.GetNotice() > x.GetNotices() {
			return true, fmt.Errorf("notice %d of recall %d stands, and there are %d", x.GetNotice(), n, x.GetNotices())
		}
		return false, nil
	})
}
