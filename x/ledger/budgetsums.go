package ledger

import (
	"cosmossdk.io/collections"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/module"
)

// addition is what an entry adds to one line.
type addition struct {
	id, above string
	own, sub  []int64
}

// additions are those of one entry, in the order in which they came.
type additions struct{ list []*addition }

func (s *additions) of(id, above string) *addition {
	for _, a := range s.list {
		if a.id == id {
			return a
		}
	}
	a := &addition{id: id, above: above}
	s.list = append(s.list, a)
	return a
}

// add puts cents on an account of a line, and into the sums of all lines above it.
// Contra accounts are in no sum.
func (s *additions) add(b *ledgerv1.BudgetLine, account ledgerv1.BudgetAccount, cents int64) {
	own := s.of(b.GetId(), above(b))
	own.own = budget.Add(own.own, account, cents)
	if account > budget.SubtreeAccounts {
		return
	}
	own.sub = budget.Add(own.sub, account, cents)
	path := b.GetPath()
	for i, id := range path {
		parent := ""
		if i > 0 {
			parent = path[i-1]
		}
		up := s.of(id, parent)
		up.sub = budget.Add(up.sub, account, cents)
	}
}

// enterSums writes the additions into what stands on the lines, and into their days.
func (l *Ledger) enterSums(ctx *module.Context, date string, s *additions) error {
	for _, a := range s.list {
		if len(a.own) == 0 && len(a.sub) == 0 {
			continue
		}
		more := &ledgerv1.BudgetAmounts{Own: a.own, Subtree: a.sub}
		now, err := l.amountsAt(ctx, a.above, a.id)
		if err != nil {
			return err
		}
		if err := l.amounts.Set(ctx, collections.Join(a.above, a.id), budget.PlusAmounts(now, more)); err != nil {
			return err
		}
		key := collections.Join3(a.id, date, uint64(ctx.Height))
		day, err := module.Find(ctx, l.days, key)
		if err != nil {
			return err
		}
		if err := l.days.Set(ctx, key, budget.PlusAmounts(day, more)); err != nil {
			return err
		}
	}
	return nil
}
