package budget

import (
	"fmt"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
)

// planReturn plans an economia, a revoca or a recupero: what returns, exactly, and
// to a pot that is named.
func planReturn(a *Ask, at *ledgerv1.BudgetLine, has func(ledgerv1.BudgetAccount) int64) ([]*ledgerv1.BudgetLeg, error) {
	id := a.Position.GetId()
	if a.Pot == nil {
		return nil, fmt.Errorf("I9: name the pot that the %s of %s goes to: its own line or one above it", KindWord(a.Kind), id)
	}
	switch a.Kind {
	case Economia:
		return planSaving(a, at, has)
	case Revoca:
		return planRevocation(a, at, has)
	case Recupero:
		if due := has(ToRecover); a.Cents > due {
			return nil, fmt.Errorf("I9: %s is to be recovered of %s, and the recupero is of %s", Euro(due, "en"), id, Euro(a.Cents, "en"))
		}
		g := leg(at, ToRecover, a.Pot, Savings, a.Cents)
		g.FromPosition = id
		out := []*ledgerv1.BudgetLeg{g}
		if a.Interest > 0 {
			out = append(out, leg(&ledgerv1.BudgetLine{Id: RootOf(a.Pot)}, InterestSource, a.Pot, Interest, a.Interest))
		}
		return out, nil
	}
	return nil, fmt.Errorf("there is no kind of movement %d", a.Kind)
}

// planSaving ends a commitment: it returns what was committed and not paid, to the cent.
func planSaving(a *Ask, at *ledgerv1.BudgetLine, has func(ledgerv1.BudgetAccount) int64) ([]*ledgerv1.BudgetLeg, error) {
	id, rest := a.Position.GetId(), has(Committed)
	if due := has(Liquidated); due > 0 {
		return nil, fmt.Errorf("I9: %s of %s is liquidated and not paid; pay it, or undo the liquidazione, before the economia", Euro(due, "en"), id)
	}
	if rest == 0 {
		return nil, fmt.Errorf("I9: nothing of %s is left to save: %s is paid", id, Euro(has(Paid), "en"))
	}
	if a.Cents != 0 && a.Cents != rest {
		all := rest + has(Paid)
		return nil, fmt.Errorf("I9: %s committed − %s paid = %s is saved of %s, and the economia is of %s", Euro(all, "en"), Euro(has(Paid), "en"), Euro(rest, "en"), id, Euro(a.Cents, "en"))
	}
	g := leg(at, Committed, a.Pot, Savings, rest)
	g.FromPosition = id
	return []*ledgerv1.BudgetLeg{g}, nil
}

// planRevocation takes a grant back, all or part: first what is not liquidated, then
// what is not paid; what is paid is to be recovered.
func planRevocation(a *Ask, at *ledgerv1.BudgetLine, has func(ledgerv1.BudgetAccount) int64) ([]*ledgerv1.BudgetLeg, error) {
	id, all := a.Position.GetId(), has(Committed)+has(Liquidated)+has(Paid)
	cents := a.Cents
	if cents == 0 {
		cents = all
	}
	if cents > all || all == 0 {
		return nil, fmt.Errorf("I9: %s committed + %s liquidated + %s paid = %s stands on %s, and the revoca is of %s",
			Euro(has(Committed), "en"), Euro(has(Liquidated), "en"), Euro(has(Paid), "en"), Euro(all, "en"), id, Euro(cents, "en"))
	}
	var out []*ledgerv1.BudgetLeg
	for _, from := range []ledgerv1.BudgetAccount{Committed, Liquidated, Paid} {
		part := min(cents, has(from))
		if part == 0 {
			continue
		}
		cents -= part
		g := leg(at, from, a.Pot, Savings, part)
		if g.FromPosition = id; from == Paid {
			g.ToLine, g.ToAccount, g.ToPosition = at.GetId(), ToRecover, id
		}
		out = append(out, g)
	}
	return out, nil
}

// planUndoing turns a movement around, the last entry first. Part of one can be
// undone where it has a single entry.
func planUndoing(a *Ask) ([]*ledgerv1.BudgetLeg, error) {
	m := a.Corrects
	if m.GetKind() == Rettifica || m.GetKind() == Scadenza {
		return nil, fmt.Errorf("movement %d is a %s; a rettifica undoes what an act made, so record that again instead", m.GetNumber(), KindWord(m.GetKind()))
	}
	left := m.GetCents() - a.Undone
	cents := a.Cents
	if cents == 0 {
		cents = left
	}
	if cents > left || left == 0 {
		return nil, fmt.Errorf("I9: movement %d is of %s, of which %s is undone already; the rettifica is of %s", m.GetNumber(), Euro(m.GetCents(), "en"), Euro(a.Undone, "en"), Euro(cents, "en"))
	}
	if len(m.GetLegs()) > 1 && cents != m.GetCents() {
		return nil, fmt.Errorf("movement %d has %d entries and is undone whole, %s; the rettifica is of %s", m.GetNumber(), len(m.GetLegs()), Euro(m.GetCents(), "en"), Euro(cents, "en"))
	}
	var out []*ledgerv1.BudgetLeg
	for i := len(m.GetLegs()) - 1; i >= 0; i-- {
		g := m.GetLegs()[i]
		n := g.GetCents()
		if len(m.GetLegs()) == 1 {
			n = cents
		}
		out = append(out, &ledgerv1.BudgetLeg{
			FromLine: g.GetToLine(), FromAccount: g.GetToAccount(), FromPosition: g.GetToPosition(),
			ToLine: g.GetFromLine(), ToAccount: g.GetFromAccount(), ToPosition: g.GetFromPosition(), Cents: n,
		})
	}
	return out, nil
}
