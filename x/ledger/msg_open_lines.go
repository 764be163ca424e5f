package ledger

import (
	"slices"

	"cosmossdk.io/collections"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/module"
)

// openLines adds lines to the tree, all or none.
func (l *Ledger) openLines(ctx *module.Context, m *ledgerv1.MsgOpenLines) error {
	for i, line := range m.GetLines() {
		if err := l.openLine(ctx, line); err != nil {
			return inPart("line", i, len(m.GetLines()), err)
		}
	}
	return nil
}

func (l *Ledger) openLine(ctx *module.Context, m *ledgerv1.NewBudgetLine) error {
	old, err := module.Find(ctx, l.lines, m.GetId())
	if err != nil {
		return err
	}
	if old != nil {
		return ErrLineTwice.With("%s is open since height %d: %s", m.GetId(), old.GetOpenedHeight(), old.GetTitle())
	}
	b := &ledgerv1.BudgetLine{
		Id: m.GetId(), Level: m.GetLevel(), Title: m.GetTitle(), Body: m.GetBody(), Cup: m.GetCup(), Beneficiary: m.GetBeneficiary(), ProjectCost: m.GetProjectCost(),
		BeneficiaryCap: m.GetBeneficiaryCap(), MinProjectCost: m.GetMinProjectCost(), Reserve: m.GetReserve(), Act: m.GetAct(),
		OpenedBy: ctx.Signer.Participant, KeyLabel: ctx.Signer.KeyLabel, OpenedAt: ctx.Time, OpenedHeight: ctx.Height,
	}
	if m.GetParent() != "" {
		if err := l.hang(ctx, b, m.GetParent()); err != nil {
			return err
		}
	}
	if b.GetLevel() == ledgerv1.BudgetLevel_BUDGET_LEVEL_CALL {
		b.Call = b.GetId()
	}
	if err := l.maySpeak(ctx, b.GetBody(), "open a line of its budget"); err != nil {
		return err
	}
	if _, err := l.cite(ctx, b.GetAct(), budget.Prenotazione, b, italianToday(ctx)); err != nil {
		return err
	}
	if err := l.checkCost(ctx, b); err != nil {
		return err
	}
	if err := l.amounts.Set(ctx, collections.Join(above(b), b.GetId()), &ledgerv1.BudgetAmounts{}); err != nil {
		return err
	}
	if b.GetBeneficiary() != "" {
		if err := l.ofBeneficiary.Set(ctx, collections.Join(b.GetBeneficiary(), b.GetId())); err != nil {
			return err
		}
	}
	return l.putLine(ctx, b)
}

// hang puts a line below another one.
func (l *Ledger) hang(ctx *module.Context, b *ledgerv1.BudgetLine, parent string) error {
	p, err := l.openedLine(ctx, "parent", parent)
	if err != nil {
		return err
	}
	if p.GetLevel() >= b.GetLevel() {
		return ErrTree.With("%s is a %s and %s would be a %s below it; from the whole to the part they are programme, action, intervention, project, call, grant",
			parent, budget.LevelWord(p.GetLevel()), b.GetId(), budget.LevelWord(b.GetLevel()))
	}
	b.Path, b.Body, b.Call = append(slices.Clone(p.GetPath()), parent), p.GetBody(), p.GetCall()
	return nil
}

// checkCost refuses a grant whose project costs less than its call asks for.
func (l *Ledger) checkCost(ctx *module.Context, b *ledgerv1.BudgetLine) error {
	if b.GetLevel() != ledgerv1.BudgetLevel_BUDGET_LEVEL_GRANT || b.GetCall() == "" {
		return nil
	}
	c, err := l.line(ctx, "call", b.GetCall())
	if err == nil && b.GetProjectCost() < c.GetMinProjectCost() {
		err = ErrCap.With("I6: the project of %s costs %s; %s asks for at least %s", b.GetBeneficiary(), budget.Euro(b.GetProjectCost(), "en"), c.GetId(), budget.Euro(c.GetMinProjectCost(), "en"))
	}
	return err
}

// italianToday is the day in Italy by the block's time, at least.
func italianToday(ctx *module.Context) string { return module.Day(ctx.Time + behindRome) }

// cite finds the act that a movement or a line rests on, and refuses one that is not
// in force on the day, or not competent for it.
func (l *Ledger) cite(ctx *module.Context, id string, k ledgerv1.MovementKind, at *ledgerv1.BudgetLine, date string) (*ledgerv1.Act, error) {
	a, err := l.act(ctx, "act", id)
	if err != nil {
		return nil, err
	}
	if err := budget.InForce(a, date); err != nil {
		return nil, broken(err)
	}
	return a, broken(budget.Competent(a, k, at.GetLevel(), at.GetBody()))
}
