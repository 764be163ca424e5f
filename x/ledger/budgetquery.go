package ledger

import (
	"cosmossdk.io/collections"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/module"
)

// queryBudget answers a tree, now or at a day or height.
func (l *Ledger) queryBudget(rd *module.Reader, q *ledgerv1.BudgetRequest) (*ledgerv1.BudgetState, error) {
	if q.GetLine() != "" {
		if _, err := l.line(rd, "line", q.GetLine()); err != nil {
			return nil, err
		}
	}
	if err := optionalDate("as_of", q.GetAsOf()); err != nil {
		return nil, shape(err)
	}
	if q.GetAtHeight() < 0 || q.GetDownTo() < 0 || q.GetDownTo() > ledgerv1.BudgetLevel_BUDGET_LEVEL_GRANT {
		return nil, ErrShape.With("at_height is %d and down_to %d; write a height, and a level", q.GetAtHeight(), q.GetDownTo())
	}
	lines, err := budget.Gather(bookOf{l, rd}, budget.View{Line: q.GetLine(), AsOf: q.GetAsOf(), AtHeight: q.GetAtHeight(), DownTo: q.GetDownTo()})
	return &ledgerv1.BudgetState{Lines: lines}, err
}

// queryCheckBudget reckons the whole book again.
func (l *Ledger) queryCheckBudget(rd *module.Reader, _ *ledgerv1.BudgetCheckRequest) (*ledgerv1.BudgetCheck, error) {
	c, err := budget.Check(bookOf{l, rd})
	if err == nil {
		c.Height = rd.Height
	}
	return c, err
}

// bookOf is the book as package budget reads it.
type bookOf struct {
	l  *Ledger
	rd *module.Reader
}

func (b bookOf) Line(id string) (*ledgerv1.BudgetLine, error) {
	return module.Find(b.rd, b.l.lines, id)
}

func (b bookOf) Amounts(parent, id string) (*ledgerv1.BudgetAmounts, error) {
	return b.l.amountsAt(b.rd, parent, id)
}

func (b bookOf) Children(parent string, most int) ([]budget.Child, error) {
	var out []budget.Child
	err := b.l.amounts.Walk(b.rd, collections.NewPrefixedPairRange[string, string](parent), func(k pairOfText, a *ledgerv1.BudgetAmounts) (bool, error) {
		if len(out) >= most {
			return true, ErrLimit.With("%q has more than %d lines right below it; ask for fewer levels", parent, most)
		}
		out = append(out, budget.Child{ID: k.K2(), Amounts: a})
		return false, nil
	})
	return out, err
}

func (b bookOf) Days(line, until string, fn func(string, int64, *ledgerv1.BudgetAmounts) error) error {
	return b.l.days.Walk(b.rd, collections.NewPrefixedTripleRange[string, string, uint64](line), func(k dayKey, a *ledgerv1.BudgetAmounts) (bool, error) {
		if until != "" && k.K2() > until {
			return true, nil
		}
		err := fn(k.K2(), int64(k.K3()), a)
		return err != nil, err
	})
}

func (b bookOf) EachLine(fn func(*ledgerv1.BudgetLine, *ledgerv1.BudgetAmounts) error) error {
	return b.l.lines.Walk(b.rd, nil, func(_ string, line *ledgerv1.BudgetLine) (bool, error) {
		a, err := b.l.amountsOf(b.rd, line)
		if err == nil {
			err = fn(line, a)
		}
		return err != nil, err
	})
}

func (b bookOf) EachMovement(fn func(*ledgerv1.Movement) error) error {
	return b.l.movements.Walk(b.rd, nil, func(_ uint64, m *ledgerv1.Movement) (bool, error) {
		err := fn(m)
		return err != nil, err
	})
}

func (b bookOf) EachPosition(fn func(*ledgerv1.Position) error) error {
	return b.l.positions.Walk(b.rd, nil, func(_ string, p *ledgerv1.Position) (bool, error) {
		err := fn(p)
		return err != nil, err
	})
}

func (b bookOf) EachDay(fn func(line, day string, a *ledgerv1.BudgetAmounts) error) error {
	return b.l.days.Walk(b.rd, nil, func(k dayKey, a *ledgerv1.BudgetAmounts) (bool, error) {
		err := fn(k.K1(), k.K2(), a)
		return err != nil, err
	})
}

func (b bookOf) EachShare(fn func(*ledgerv1.CallShare) error) error {
	return b.l.shares.Walk(b.rd, nil, func(_ pairOfText, s *ledgerv1.CallShare) (bool, error) {
		err := fn(s)
		return err != nil, err
	})
}

func (b bookOf) Act(id string) (*ledgerv1.Act, error) { return b.l.Act(b.rd, id) }
