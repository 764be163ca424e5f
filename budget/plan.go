package budget

import (
	"fmt"
	"slices"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
)

// Ask is a movement to be turned into entries, with the records that it names.
type Ask struct {
	Kind ledgerv1.MovementKind
	// Line is where it acts, To the other line, Pot where money returns to.
	Line, To, Pot *ledgerv1.BudgetLine
	// Position is what it acts upon; of a prenotazione or impegno, the new one's id
	// stands in NewPosition.
	Position    *ledgerv1.Position
	NewPosition string
	// Reservation is what an impegno comes out of; nil for what is available.
	Reservation *ledgerv1.Position
	Final       bool
	// Cents and Interest; 0 stands for all that there is, where the kind has an end.
	Cents, Interest int64
	// Corrects is what a rettifica undoes, of which Undone cents are undone already.
	Corrects *ledgerv1.Movement
	Undone   int64
}

// Plan gives the entries of a movement, or says which truth it would break. What
// stands on the lines' accounts is for whoever enters them to hold against it.
func Plan(a *Ask) ([]*ledgerv1.BudgetLeg, error) {
	if a.Cents < 0 || a.Cents > MaxCents || a.Interest < 0 || a.Interest > MaxCents {
		return nil, fmt.Errorf("I8: %s cents and %d cents of interest; amounts are above 0 and at most %s", fmt.Sprint(a.Cents), a.Interest, Euro(MaxCents, "en"))
	}
	if a.Cents == 0 && !slices.Contains([]ledgerv1.MovementKind{Annullamento, Scadenza, Economia, Revoca, Rettifica}, a.Kind) {
		return nil, fmt.Errorf("I8: a %s of 0; amounts are above 0", KindWord(a.Kind))
	}
	switch a.Kind {
	case Stanziamento, Riparto, Riduzione, Trasferimento, Riassegnazione:
		return planEndowment(a)
	case Prenotazione, Impegno:
		return planBinding(a)
	case Rettifica:
		return planUndoing(a)
	}
	return planSpending(a)
}

func leg(from *ledgerv1.BudgetLine, out ledgerv1.BudgetAccount, to *ledgerv1.BudgetLine, in ledgerv1.BudgetAccount, cents int64) *ledgerv1.BudgetLeg {
	return &ledgerv1.BudgetLeg{FromLine: from.GetId(), FromAccount: out, ToLine: to.GetId(), ToAccount: in, Cents: cents}
}

// parentOf is the id of the line right above; "" for a root.
func parentOf(l *ledgerv1.BudgetLine) string {
	if n := len(l.GetPath()); n > 0 {
		return l.GetPath()[n-1]
	}
	return ""
}

// RootOf is the id of the line at the top.
func RootOf(l *ledgerv1.BudgetLine) string {
	if len(l.GetPath()) > 0 {
		return l.GetPath()[0]
	}
	return l.GetId()
}

// Under says whether a line is another one, or below it.
func Under(l, above *ledgerv1.BudgetLine) bool {
	return l.GetId() == above.GetId() || slices.Contains(l.GetPath(), above.GetId())
}

func planEndowment(a *Ask) ([]*ledgerv1.BudgetLeg, error) {
	l, to := a.Line, a.To
	one := func(g *ledgerv1.BudgetLeg) ([]*ledgerv1.BudgetLeg, error) { return []*ledgerv1.BudgetLeg{g}, nil }
	switch a.Kind {
	case Stanziamento:
		if parentOf(l) != "" {
			return nil, fmt.Errorf("I2: %s is below %s; money enters the book on its root %s, and goes down by riparto", l.GetId(), parentOf(l), RootOf(l))
		}
		return one(leg(l, Funding, l, Available, a.Cents))
	case Riparto:
		if to == nil || parentOf(to) != l.GetId() {
			return nil, fmt.Errorf("I2: a riparto gives from a line to one right below it; %s is not right below %s", to.GetId(), l.GetId())
		}
		return one(leg(l, Available, to, Available, a.Cents))
	case Riduzione:
		if parentOf(l) == "" {
			return one(leg(l, Available, l, Funding, a.Cents))
		}
		return one(leg(l, Available, &ledgerv1.BudgetLine{Id: parentOf(l)}, Available, a.Cents))
	case Trasferimento:
		if to == nil || RootOf(l) != RootOf(to) || Under(l, to) || Under(to, l) {
			return nil, fmt.Errorf("I3: a trasferimento goes between two lines of one book of which neither is above the other; %s and %s are not", l.GetId(), to.GetId())
		}
		return one(leg(l, Available, to, Available, a.Cents))
	}
	return one(leg(l, Savings, l, Available, a.Cents)) // riassegnazione
}

func planBinding(a *Ask) ([]*ledgerv1.BudgetLeg, error) {
	if a.Kind == Prenotazione {
		g := leg(a.Line, Available, a.Line, Reserved, a.Cents)
		g.ToPosition = a.NewPosition
		return []*ledgerv1.BudgetLeg{g}, nil
	}
	if a.Line.GetLevel() == ledgerv1.BudgetLevel_BUDGET_LEVEL_CALL {
		return nil, fmt.Errorf("I6: %s is a call; what it commits stands on a grant below it, where its cap is held", a.Line.GetId())
	}
	r := a.Reservation
	if r == nil {
		g := leg(a.Line, Available, a.Line, Committed, a.Cents)
		g.ToPosition = a.NewPosition
		return []*ledgerv1.BudgetLeg{g}, nil
	}
	at := &ledgerv1.BudgetLine{Id: r.GetLine()}
	if !Under(a.Line, at) {
		return nil, fmt.Errorf("I4: reservation %s stands on %s, and %s is not below it", r.GetId(), r.GetLine(), a.Line.GetId())
	}
	rest := Of(r.GetAmounts(), Reserved)
	if a.Cents > rest {
		return nil, fmt.Errorf("I4: reservation %s holds %s, and %s is to be committed out of it", r.GetId(), Euro(rest, "en"), Euro(a.Cents, "en"))
	}
	g := leg(at, Reserved, a.Line, Committed, a.Cents)
	g.FromPosition, g.ToPosition = r.GetId(), a.NewPosition
	out := []*ledgerv1.BudgetLeg{g}
	if rest -= a.Cents; a.Final && rest > 0 {
		g := leg(at, Reserved, at, Available, rest)
		g.FromPosition = r.GetId()
		out = append(out, g)
	}
	return out, nil
}

// planSpending plans what acts upon a reservation or a commitment.
func planSpending(a *Ask) ([]*ledgerv1.BudgetLeg, error) {
	p, at := a.Position, &ledgerv1.BudgetLine{Id: a.Position.GetLine()}
	want := ledgerv1.Position_KIND_COMMITMENT
	if a.Kind == Annullamento || a.Kind == Scadenza {
		want = ledgerv1.Position_KIND_RESERVATION
	}
	if p == nil || p.GetKind() != want {
		return nil, fmt.Errorf("I4: a %s acts upon a %s; %q is none", KindWord(a.Kind), map[ledgerv1.Position_Kind]string{1: "reservation", 2: "commitment"}[want], p.GetId())
	}
	has := func(x ledgerv1.BudgetAccount) int64 { return Of(p.GetAmounts(), x) }
	take := func(out ledgerv1.BudgetAccount, to *ledgerv1.BudgetLine, in ledgerv1.BudgetAccount, cents int64) ([]*ledgerv1.BudgetLeg, error) {
		if cents <= 0 || cents > has(out) {
			return nil, fmt.Errorf("I4: %s has %s %s, and the %s is of %s", p.GetId(), Euro(has(out), "en"), AccountWord(out), KindWord(a.Kind), Euro(cents, "en"))
		}
		g := leg(at, out, to, in, cents)
		if g.FromPosition = p.GetId(); in != Available && in != Savings {
			g.ToPosition = p.GetId()
		}
		return []*ledgerv1.BudgetLeg{g}, nil
	}
	switch a.Kind {
	case Annullamento, Scadenza:
		if rest := has(Reserved); a.Cents != 0 && a.Cents != rest {
			return nil, fmt.Errorf("I4: reservation %s holds %s, and all of it is voided; the annullamento is of %s", p.GetId(), Euro(rest, "en"), Euro(a.Cents, "en"))
		}
		return take(Reserved, at, Available, has(Reserved))
	case Liquidazione:
		return take(Committed, at, Liquidated, a.Cents)
	case Pagamento:
		return take(Liquidated, at, Paid, a.Cents)
	case Disimpegno:
		return take(Committed, or(a.Pot, at), Available, a.Cents)
	}
	return planReturn(a, at, has)
}

func or(pot, at *ledgerv1.BudgetLine) *ledgerv1.BudgetLine {
	if pot == nil {
		return at
	}
	return pot
}
