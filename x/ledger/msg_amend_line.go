package ledger

import (
	"cosmossdk.io/collections"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/module"
)

// Bounds of what one line remembers, and of the grants that a lower cap is held
// against.
const (
	maxLinePast  = 32
	maxShareWalk = 20_000
)

func checkAmendLine(m *ledgerv1.MsgAmendLine) error {
	if err := checkLineID("id", m.GetId()); err != nil {
		return err
	}
	return checkTerms(0, m)
}

// amendLine changes what a line says, and keeps what it said.
func (l *Ledger) amendLine(ctx *module.Context, m *ledgerv1.MsgAmendLine) error {
	b, err := l.openedLine(ctx, "id", m.GetId())
	if err != nil {
		return err
	}
	if err := checkTerms(b.GetLevel(), m); err != nil {
		return err
	}
	if err := l.maySpeak(ctx, b.GetBody(), "change a line of its budget"); err != nil {
		return err
	}
	if _, err := l.cite(ctx, m.GetAct(), budget.Prenotazione, b, italianToday(ctx)); err != nil {
		return err
	}
	if len(b.GetPast()) >= maxLinePast {
		return ErrLimit.With("%s was changed %d times, which is the most", b.GetId(), maxLinePast)
	}
	b.Past = append(b.Past, &ledgerv1.BudgetLineChange{
		Title: b.GetTitle(), Cup: b.GetCup(), ProjectCost: b.GetProjectCost(), BeneficiaryCap: b.GetBeneficiaryCap(), MinProjectCost: b.GetMinProjectCost(), Reserve: b.GetReserve(),
		Act: m.GetAct(), ChangedBy: ctx.Signer.Participant, KeyLabel: ctx.Signer.KeyLabel, ChangedAt: ctx.Time, ChangedHeight: ctx.Height,
	})
	b.Title, b.Cup, b.ProjectCost, b.BeneficiaryCap, b.MinProjectCost, b.Reserve = m.GetTitle(), m.GetCup(), m.GetProjectCost(), m.GetBeneficiaryCap(), m.GetMinProjectCost(), m.GetReserve()
	if err := l.checkCost(ctx, b); err != nil {
		return err
	}
	if err := l.putLine(ctx, b); err != nil {
		return err
	}
	if b.GetLevel() != ledgerv1.BudgetLevel_BUDGET_LEVEL_CALL {
		return nil
	}
	if err := l.checkShares(ctx, b); err != nil {
		return err
	}
	return l.checkReserve(ctx, b.GetId())
}

// checkShares refuses a cap that somebody holds more than already.
func (l *Ledger) checkShares(ctx *module.Context, c *ledgerv1.BudgetLine) error {
	if c.GetBeneficiaryCap() == 0 {
		return nil
	}
	n := 0
	return l.shares.Walk(ctx, collections.NewPrefixedPairRange[string, string](c.GetId()), func(k pairOfText, s *ledgerv1.CallShare) (bool, error) {
		if n++; n > maxShareWalk {
			return true, ErrLimit.With("%s has more than %d beneficiaries; its cap cannot be changed any more", c.GetId(), maxShareWalk)
		}
		if k.K2() != "" && s.GetHeld() > c.GetBeneficiaryCap() {
			return true, capBroken(c, s)
		}
		return false, nil
	})
}

func checkCloseLine(m *ledgerv1.MsgCloseLine) error {
	if err := checkLineID("id", m.GetId()); err != nil {
		return err
	}
	return checkActID("act", m.GetAct())
}

// closeLine ends a line on which nothing is left to do, itself and all below it.
func (l *Ledger) closeLine(ctx *module.Context, m *ledgerv1.MsgCloseLine) error {
	b, err := l.openedLine(ctx, "id", m.GetId())
	if err != nil {
		return err
	}
	if err := l.maySpeak(ctx, b.GetBody(), "close a line of its budget"); err != nil {
		return err
	}
	if _, err := l.cite(ctx, m.GetAct(), budget.Prenotazione, b, italianToday(ctx)); err != nil {
		return err
	}
	a, err := l.amountsOf(ctx, b)
	if err != nil {
		return err
	}
	for i, cents := range a.GetSubtree() {
		account := ledgerv1.BudgetAccount(i + 1)
		if cents != 0 && account != budget.Paid && account != budget.Interest {
			return ErrTree.With("%s still has %s %s, itself or below it; only a line on which everything is paid or gone back is closed", b.GetId(), budget.Euro(cents, "en"), budget.AccountWord(account))
		}
	}
	err = l.eachChild(ctx, b.GetId(), func(id string) error {
		child, err := l.line(ctx, "child", id)
		if err == nil && child.GetClosedByAct() == "" {
			err = ErrTree.With("%s below %s is open; close it first", id, b.GetId())
		}
		return err
	})
	if err != nil {
		return err
	}
	b.ClosedByAct, b.ClosedHeight = m.GetAct(), ctx.Height
	return l.putLine(ctx, b)
}

func (l *Ledger) eachChild(ctx *module.Context, id string, fn func(child string) error) error {
	n := 0
	return l.amounts.Walk(ctx, collections.NewPrefixedPairRange[string, string](id), func(k pairOfText, _ *ledgerv1.BudgetAmounts) (bool, error) {
		if n++; n > maxShareWalk {
			return true, ErrLimit.With("%s has more than %d lines right below it", id, maxShareWalk)
		}
		err := fn(k.K2())
		return err != nil, err
	})
}
