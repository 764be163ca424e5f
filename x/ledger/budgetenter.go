package ledger

import (
	"strconv"

	"cosmossdk.io/collections"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/module"
)

func decimal(n uint64) string { return strconv.FormatUint(n, 10) }

// enter writes a movement that is planned and authorised: its entries, what follows
// from them, and the indexes.
func (l *Ledger) enter(ctx *module.Context, set *movementSet, mv *ledgerv1.Movement) error {
	for _, g := range mv.GetLegs() {
		if mv.Cents += g.GetCents(); mv.Cents > budget.MaxCents {
			return ErrAmount.With("I8: the movement comes to more than %s", budget.Euro(budget.MaxCents, "en"))
		}
		if err := l.enterLeg(ctx, set, mv, g); err != nil {
			return err
		}
		for _, line := range []string{g.GetFromLine(), g.GetToLine()} {
			if err := l.ofLine.Set(ctx, collections.Join(line, mv.GetNumber())); err != nil {
				return err
			}
		}
	}
	if err := l.enterRef(ctx, mv); err != nil {
		return err
	}
	if n := mv.GetCorrects(); n != 0 {
		c, err := module.Find(ctx, l.corrected, n)
		if err != nil {
			return err
		}
		if err := l.corrected.Set(ctx, n, &ledgerv1.Corrected{Movement: n, Cents: c.GetCents() + mv.GetCents()}); err != nil {
			return err
		}
	}
	if err := l.ofAct.Set(ctx, collections.Join(mv.GetAct(), mv.GetNumber())); err != nil {
		return err
	}
	if err := l.last.Set(ctx, mv.GetNumber()); err != nil {
		return err
	}
	ctx.Emit(&ledgerv1.BudgetMoved{Movement: mv})
	return l.movements.Set(ctx, mv.GetNumber(), mv)
}

// enterRef refuses what the accounts office entered before under the same name.
func (l *Ledger) enterRef(ctx *module.Context, mv *ledgerv1.Movement) error {
	if mv.GetRef() == "" {
		return nil
	}
	line, err := l.line(ctx, "line", mv.GetLegs()[0].GetFromLine())
	if err != nil {
		return err
	}
	key := collections.Join(budget.RootOf(line), mv.GetRef())
	if has, err := l.refs.Has(ctx, key); err != nil {
		return err
	} else if has {
		n, err := l.refs.Get(ctx, key)
		if err != nil {
			return err
		}
		return ErrRefTwice.With("ref is %q, which movement %d has already; an entry of the accounts is recorded once", mv.GetRef(), n)
	}
	return l.refs.Set(ctx, key, mv.GetNumber())
}

// enterLeg moves the money of one entry, along both lines up to their roots.
func (l *Ledger) enterLeg(ctx *module.Context, set *movementSet, mv *ledgerv1.Movement, g *ledgerv1.BudgetLeg) error {
	from, err := l.openedLine(ctx, "line", g.GetFromLine())
	if err != nil {
		return err
	}
	to := from
	if g.GetToLine() != from.GetId() {
		if to, err = l.openedLine(ctx, "to_line", g.GetToLine()); err != nil {
			return err
		}
	}
	if err := l.checkStands(ctx, set, mv, g, from); err != nil {
		return err
	}
	if err := l.enterPositions(ctx, mv, g); err != nil {
		return err
	}
	var sums additions
	sums.add(from, g.GetFromAccount(), -g.GetCents())
	sums.add(to, g.GetToAccount(), g.GetCents())
	if err := l.enterSums(ctx, mv.GetDate(), &sums); err != nil {
		return err
	}
	for _, side := range []struct {
		line    *ledgerv1.BudgetLine
		account ledgerv1.BudgetAccount
		cents   int64
	}{{from, g.GetFromAccount(), -g.GetCents()}, {to, g.GetToAccount(), g.GetCents()}} {
		if side.line.GetLevel() == ledgerv1.BudgetLevel_BUDGET_LEVEL_ACTION {
			set.wholes = note(set.wholes, collections.Join(side.line.GetId(), mv.GetDate()))
		}
		if side.line.GetCall() != "" {
			set.calls = note(set.calls, side.line.GetCall())
		}
	}
	return l.enterShares(ctx, g, from, to)
}

// enterShares notes what the beneficiaries of grants hold.
func (l *Ledger) enterShares(ctx *module.Context, g *ledgerv1.BudgetLeg, from, to *ledgerv1.BudgetLine) error {
	held := func(b *ledgerv1.BudgetLine, a ledgerv1.BudgetAccount) int64 {
		if b.GetLevel() == ledgerv1.BudgetLevel_BUDGET_LEVEL_GRANT && a <= budget.Paid {
			return g.GetCents()
		}
		return 0
	}
	less, more := held(from, g.GetFromAccount()), held(to, g.GetToAccount())
	if from.GetId() == to.GetId() {
		return l.hold(ctx, from, more-less)
	}
	if err := l.hold(ctx, from, -less); err != nil {
		return err
	}
	return l.hold(ctx, to, more)
}

// checkStands refuses an entry that takes more than stands on the account, on its
// day or any later one: what is known now must have been true then.
func (l *Ledger) checkStands(ctx *module.Context, set *movementSet, mv *ledgerv1.Movement, g *ledgerv1.BudgetLeg, from *ledgerv1.BudgetLine) error {
	a, err := l.amountsOf(ctx, from)
	if err != nil {
		return err
	}
	if g.GetFromAccount() >= budget.Funding {
		if whole := g.GetCents() - budget.Of(a.GetOwn(), g.GetFromAccount()); whole > budget.MaxBook {
			return ErrAmount.With("I8: the book of %s would come to %s; it takes at most %s", from.GetId(), budget.Euro(whole, "en"), budget.Euro(budget.MaxBook, "en"))
		}
		return nil
	}
	lowest, day := budget.Of(a.GetOwn(), g.GetFromAccount()), ""
	if g.GetFromPosition() == "" { // a position's own days say it otherwise
		if lowest, day, err = l.lowest(ctx, set, from.GetId(), g.GetFromAccount(), lowest, mv.GetDate()); err != nil {
			return err
		}
	}
	if lowest >= g.GetCents() {
		return nil
	}
	refusal, label := ErrPhase, "I4"
	if k := mv.GetKind(); k == budget.Riparto || k == budget.Riduzione || k == budget.Trasferimento || k == budget.Riassegnazione {
		refusal, label = ErrGiven, "I2"
	}
	when := ""
	if day != "" {
		when = " on " + day
	}
	return refusal.With("%s: %s has %s %s%s, and the %s is of %s: %s is missing", label, from.GetId(), budget.Euro(lowest, "en"), budget.AccountWord(g.GetFromAccount()), when,
		budget.KindWord(mv.GetKind()), budget.Euro(g.GetCents(), "en"), budget.Euro(g.GetCents()-lowest, "en"))
}

// maxLaterDays bounds the days that the entries of a set are held against.
const maxLaterDays = 10_000

// lowest is the least that stood on an account from a day on, and the day on which
// it did; "" for the last day that is known.
func (l *Ledger) lowest(ctx *module.Context, set *movementSet, line string, account ledgerv1.BudgetAccount, now int64, date string) (least int64, day string, err error) {
	least = now
	running, at := now, ""
	later := new(collections.Range[dayKey]).
		StartExclusive(collections.Join3(line, date, ^uint64(0))).
		EndExclusive(collections.Join3(line+"\x01", "", uint64(0))).
		Descending()
	err = l.days.Walk(ctx, later, func(k dayKey, d *ledgerv1.BudgetAmounts) (bool, error) {
		if set.walked++; set.walked > maxLaterDays {
			return true, ErrLimit.With("the movements are held against more than %d entries after %s, the last on %s; date them later, or record fewer at once", maxLaterDays, date, line)
		}
		if at != "" && k.K2() != at && running < least {
			least, day = running, k.K2()
		}
		at = k.K2()
		running -= budget.Of(d.GetOwn(), account)
		return false, nil
	})
	if running < least {
		least, day = running, date
	}
	return least, day, err
}

// enterPositions moves the money of the reservations and commitments of an entry.
func (l *Ledger) enterPositions(ctx *module.Context, mv *ledgerv1.Movement, g *ledgerv1.BudgetLeg) error {
	if id := g.GetFromPosition(); id != "" {
		if err := l.changePosition(ctx, mv, id, g.GetFromAccount(), -g.GetCents()); err != nil {
			return err
		}
	}
	if id := g.GetToPosition(); id != "" {
		return l.changePosition(ctx, mv, id, g.GetToAccount(), g.GetCents())
	}
	return nil
}

func (l *Ledger) changePosition(ctx *module.Context, mv *ledgerv1.Movement, id string, a ledgerv1.BudgetAccount, cents int64) error {
	p, err := l.position(ctx, "position", id)
	if err != nil {
		return err
	}
	if mv.GetDate() < p.GetLast() {
		return ErrOrder.With("the movement is of %s, and %s was last moved on %s; what happens to it goes by order of days", mv.GetDate(), id, p.GetLast())
	}
	if left := budget.Of(p.GetAmounts(), a) + cents; left < 0 {
		return ErrPhase.With("I4: %s has %s %s, and the %s is of %s", id, budget.Euro(left-cents, "en"), budget.AccountWord(a), budget.KindWord(mv.GetKind()), budget.Euro(-cents, "en"))
	}
	p.Amounts, p.Last, p.LastMovement = budget.Add(p.GetAmounts(), a, cents), mv.GetDate(), mv.GetNumber()
	p.Closed = budget.Of(p.Amounts, budget.Reserved)+budget.Of(p.Amounts, budget.Committed)+budget.Of(p.Amounts, budget.Liquidated)+budget.Of(p.Amounts, budget.ToRecover) == 0
	ctx.Emit(&ledgerv1.PositionChanged{Position: p})
	return l.positions.Set(ctx, id, p)
}

// checkSet refuses a set of movements after which a truth about whole lines is broken.
func (l *Ledger) checkSet(ctx *module.Context, set *movementSet) error {
	for _, w := range set.wholes {
		d, err := module.Find(ctx, l.days, collections.Join3(w.K1(), w.K2(), uint64(ctx.Height)))
		if err != nil {
			return err
		}
		for i, cents := range d.GetOwn() {
			if cents != 0 && i < budget.SubtreeAccounts {
				return ErrWhole.With("I1: after these movements %s %s would stand on the action %s itself on %s; give it to its interventions, or take it from them, in the same set",
					budget.Euro(cents, "en"), budget.AccountWord(ledgerv1.BudgetAccount(i+1)), w.K1(), w.K2())
			}
		}
	}
	for _, c := range set.calls {
		if err := l.checkReserve(ctx, c); err != nil {
			return err
		}
	}
	return nil
}
