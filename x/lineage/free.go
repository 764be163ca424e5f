package lineage

import (
	"context"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	"github.com/filiera-chain/filiera/module"
)

// Free refuses a batch that is recalled, whether its mark has arrived or not, and,
// while a recall spreads, one of which not enough could be looked at. The batch
// need not be registered.
func (l *Lineage) Free(ctx context.Context, id *basev1.BatchID) error {
	marks, err := l.MarksOn(ctx, id)
	if err != nil {
		return err
	}
	let := map[uint64]bool{}
	for _, m := range marks {
		let[m.GetRecall()] = m.GetLift() != lineagev1.Lift_LIFT_UNSPECIFIED
		if !holds(m) {
			continue
		}
		s, err := l.spreads.Get(ctx, m.GetRecall())
		if err != nil {
			return err
		}
		if classOf(s) == live {
			return ErrRecalled.With("lot %s of GTIN %s is under recall %d since %s%s; it moves no further", id.GetLot(), id.GetGtin(), m.GetRecall(), module.Day(m.GetAt()), by(m.GetVia()))
		}
	}
	waves, more, err := l.waves(ctx, live, maxWaves)
	if err != nil || len(waves) == 0 {
		return err
	}
	params, err := l.registry.Params(ctx)
	if err != nil {
		return err
	}
	budget := int(params.GetRecallStepsBack())
	for _, recall := range waves {
		if let[recall] {
			continue
		}
		from, err := l.lookBack(ctx, recall, id, &budget)
		if err != nil {
			return err
		}
		if from != nil {
			return ErrRecalled.With("lot %s of GTIN %s is made of lot %s of GTIN %s, which is under recall %d; it moves no further", id.GetLot(), id.GetGtin(), from.GetLot(), from.GetGtin(), recall)
		}
		if budget < 0 {
			break
		}
	}
	if budget < 0 || more {
		return ErrSpreading.With("recall %d is spreading, and lot %s of GTIN %s is made of more batches than could be looked at in one act (%d); try again in a few blocks, when it has arrived", waves[0], id.GetLot(), id.GetGtin(), params.GetRecallStepsBack())
	}
	return nil
}

func by(via *basev1.BatchID) string {
	if via == nil {
		return ""
	}
	return ", being made of lot " + via.GetLot() + " of GTIN " + via.GetGtin()
}

// lookBack walks up from a batch, breadth first, until a batch that passes the
// recall on, which it gives. It ends below zero when there was more to look at.
func (l *Lineage) lookBack(ctx context.Context, recall uint64, id *basev1.BatchID, budget *int) (*basev1.BatchID, error) {
	type lot struct{ gtin, lot string }
	seen := map[lot]bool{{id.GetGtin(), id.GetLot()}: true}
	for queue := []*basev1.BatchID{id}; len(queue) > 0; queue = queue[1:] {
		parents, more, err := l.MadeOf(ctx, queue[0], nil, *budget)
		if err != nil {
			return nil, err
		}
		*budget -= len(parents)
		for _, p := range parents {
			if seen[lot{p.GetGtin(), p.GetLot()}] {
				continue
			}
			seen[lot{p.GetGtin(), p.GetLot()}] = true
			m, err := l.Mark(ctx, recall, p)
			if err != nil {
				return nil, err
			}
			if passes(m) {
				return p, nil
			}
			if m.GetLift() != lineagev1.Lift_LIFT_WITH_MADE {
				queue = append(queue, p)
			}
		}
		if more {
			*budget = -1
			return nil, nil
		}
	}
	return nil, nil
}
