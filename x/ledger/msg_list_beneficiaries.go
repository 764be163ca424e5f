package ledger

import (
	"cosmossdk.io/collections"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/module"
)

func checkListBeneficiaries(m *ledgerv1.MsgListBeneficiaries) error {
	if err := checkLineID("call", m.GetCall()); err != nil {
		return err
	}
	if n := len(m.GetAdd()) + len(m.GetRemove()); n == 0 || n > maxListed {
		return ErrShape.With("there are %d beneficiaries; one act lists or strikes out 1 to %d", n, maxListed)
	}
	seen := map[string]bool{}
	for _, list := range [][]string{m.GetAdd(), m.GetRemove()} {
		for _, b := range list {
			if err := checkBeneficiary("beneficiary", b); err != nil {
				return err
			}
			if seen[b] {
				return ErrShape.With("beneficiary %s stands there twice", b)
			}
			seen[b] = true
		}
	}
	return checkActID("act", m.GetAct())
}

// listBeneficiaries says for whom a call's reserve is.
func (l *Ledger) listBeneficiaries(ctx *module.Context, m *ledgerv1.MsgListBeneficiaries) error {
	c, err := l.openedLine(ctx, "call", m.GetCall())
	if err != nil {
		return err
	}
	if c.GetLevel() != ledgerv1.BudgetLevel_BUDGET_LEVEL_CALL {
		return ErrTree.With("%s is a %s; only a call has a reserve", c.GetId(), budget.LevelWord(c.GetLevel()))
	}
	if err := l.maySpeak(ctx, c.GetBody(), "say for whom a reserve is"); err != nil {
		return err
	}
	if _, err := l.cite(ctx, m.GetAct(), budget.Prenotazione, c, italianToday(ctx)); err != nil {
		return err
	}
	for _, b := range m.GetAdd() {
		if err := l.setListed(ctx, c.GetId(), b, m.GetAct(), true); err != nil {
			return err
		}
	}
	for _, b := range m.GetRemove() {
		if err := l.setListed(ctx, c.GetId(), b, m.GetAct(), false); err != nil {
			return err
		}
	}
	return l.checkReserve(ctx, c.GetId())
}

func (l *Ledger) setListed(ctx *module.Context, call, beneficiary, act string, listed bool) error {
	s, err := l.share(ctx, call, beneficiary)
	if err != nil {
		return err
	}
	if s.GetListed() == listed {
		return ErrTree.With("%s is %s already in %s", beneficiary, map[bool]string{true: "listed", false: "not listed"}[listed], call)
	}
	s.Listed, s.Act = listed, act
	if err := l.shares.Set(ctx, collections.Join(call, beneficiary), s); err != nil {
		return err
	}
	if listed {
		return l.addUnlisted(ctx, call, -s.GetHeld())
	}
	return l.addUnlisted(ctx, call, s.GetHeld())
}

func (l *Ledger) share(ctx *module.Context, call, beneficiary string) (*ledgerv1.CallShare, error) {
	s, err := module.Find(ctx, l.shares, collections.Join(call, beneficiary))
	if err == nil && s == nil {
		s = &ledgerv1.CallShare{Call: call, Beneficiary: beneficiary}
	}
	return s, err
}

func (l *Ledger) addUnlisted(ctx *module.Context, call string, cents int64) error {
	if cents == 0 {
		return nil
	}
	s, err := l.share(ctx, call, "")
	if err != nil {
		return err
	}
	s.Held += cents
	return l.shares.Set(ctx, collections.Join(call, ""), s)
}

// hold notes that a grant's beneficiary holds more or less in its call, and refuses
// more than the cap.
func (l *Ledger) hold(ctx *module.Context, grant *ledgerv1.BudgetLine, cents int64) error {
	if cents == 0 || grant.GetCall() == "" {
		return nil
	}
	s, err := l.share(ctx, grant.GetCall(), grant.GetBeneficiary())
	if err != nil {
		return err
	}
	s.Held += cents
	if cents > 0 {
		c, err := l.line(ctx, "call", grant.GetCall())
		if err != nil {
			return err
		}
		if c.GetBeneficiaryCap() != 0 && s.GetHeld() > c.GetBeneficiaryCap() {
			return capBroken(c, s)
		}
	}
	if err := l.shares.Set(ctx, collections.Join(grant.GetCall(), grant.GetBeneficiary()), s); err != nil || s.GetListed() {
		return err
	}
	return l.addUnlisted(ctx, grant.GetCall(), cents)
}

func capBroken(c *ledgerv1.BudgetLine, s *ledgerv1.CallShare) error {
	return ErrCap.With("I6: %s would hold %s of %s; the cap is %s for each beneficiary", s.GetBeneficiary(), budget.Euro(s.GetHeld(), "en"), c.GetId(), budget.Euro(c.GetBeneficiaryCap(), "en"))
}

// checkReserve refuses when what is kept for listed beneficiaries is given to others.
func (l *Ledger) checkReserve(ctx *module.Context, call string) error {
	c, err := l.line(ctx, "call", call)
	if err != nil || c.GetReserve() == 0 {
		return err
	}
	s, err := l.share(ctx, call, "")
	if err != nil || s.GetHeld() == 0 {
		return err
	}
	a, err := l.amountsOf(ctx, c)
	if err != nil {
		return err
	}
	total := budget.Held(a.GetSubtree())
	if free := total - c.GetReserve(); s.GetHeld() > free {
		return ErrReserve.With("I7: beneficiaries that are not listed would hold %s of %s; of its %s, %s is kept for listed ones, which leaves %s",
			budget.Euro(s.GetHeld(), "en"), call, budget.Euro(total, "en"), budget.Euro(c.GetReserve(), "en"), budget.Euro(max(free, 0), "en"))
	}
	return nil
}
