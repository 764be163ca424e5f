package ledger

import (
	"time"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/module"
)

// maxExpiries bounds the reservations that run out in one block; the others do in
// the next one, and nothing is committed out of them meanwhile.
const maxExpiries = 200

// endBlock gives back what is left of reservations whose last day has gone by.
func (l *Ledger) endBlock(ctx *module.Context) error {
	today := italianToday(ctx)
	var gone []pairOfText
	err := l.expiries.Walk(ctx, nil, func(k pairOfText) (bool, error) {
		if k.K1() >= today || len(gone) == maxExpiries {
			return true, nil
		}
		gone = append(gone, k)
		return false, nil
	})
	if err != nil {
		return err
	}
	for _, k := range gone {
		if err := l.expiries.Remove(ctx, k); err != nil {
			return err
		}
		if err := l.expire(ctx, k.K2(), k.K1()); err != nil {
			return err
		}
	}
	return nil
}

func (l *Ledger) expire(ctx *module.Context, id, last string) error {
	p, err := l.position(ctx, "position", id)
	if err != nil || budget.Of(p.GetAmounts(), budget.Reserved) == 0 {
		return err
	}
	n, err := l.nextMovement(ctx)
	if err != nil {
		return err
	}
	mv := &ledgerv1.Movement{
		Number: n, Kind: budget.Scadenza, Act: p.GetAct(), Date: max(dayAfter(last), p.GetLast()), Position: id, Set: n, RecordedAt: ctx.Time, RecordedHeight: ctx.Height,
	}
	if mv.Legs, err = budget.Plan(&budget.Ask{Kind: budget.Scadenza, Position: p}); err != nil {
		return err
	}
	return l.enter(ctx, &movementSet{first: n}, mv)
}

// dayAfter is the day after a day that is well written.
func dayAfter(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, 1).Format(time.DateOnly)
}
