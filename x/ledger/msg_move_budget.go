package ledger

import (
	"slices"

	"cosmossdk.io/collections"
	"google.golang.org/protobuf/proto"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/module"
)

// moveBudget records a set of movements, all or none.
func (l *Ledger) moveBudget(ctx *module.Context, m *ledgerv1.MsgMoveBudget) (proto.Message, error) {
	first, err := l.nextMovement(ctx)
	if err != nil {
		return nil, err
	}
	set := &movementSet{first: first}
	out := &ledgerv1.MoveBudgetResult{}
	for i, n := range m.GetMovements() {
		mv, err := l.move(ctx, set, n)
		if err != nil {
			return nil, inPart("movement", i, len(m.GetMovements()), err)
		}
		out.Numbers, out.Positions = append(out.Numbers, mv.GetNumber()), append(out.Positions, mv.GetPosition())
	}
	return out, l.checkSet(ctx, set)
}

// movementSet is what was touched by movements that are recorded together.
type movementSet struct {
	first uint64
	// wholes are (action, day) on which its own accounts must come out even.
	wholes []pairOfText
	calls  []string
	// walked counts the later days that were read.
	walked int
}

func note[T comparable](list []T, x T) []T {
	if slices.Contains(list, x) {
		return list
	}
	return append(list, x)
}

func (l *Ledger) nextMovement(ctx *module.Context) (uint64, error) {
	has, err := l.last.Has(ctx)
	if err != nil || !has {
		return 1, err
	}
	n, err := l.last.Get(ctx)
	return n + 1, err
}

// move records one movement.
func (l *Ledger) move(ctx *module.Context, set *movementSet, n *ledgerv1.NewMovement) (*ledgerv1.Movement, error) {
	mv := &ledgerv1.Movement{
		Kind: n.GetKind(), Act: n.GetAct(), Date: n.GetDate(), Position: n.GetPosition(), Ref: n.GetRef(), Note: n.GetNote(), Corrects: n.GetCorrects(),
		Set: set.first, RecordedBy: ctx.Signer.Participant, KeyLabel: ctx.Signer.KeyLabel, RecordedAt: ctx.Time, RecordedHeight: ctx.Height,
	}
	if mv.Date == "" {
		mv.Date = italianToday(ctx)
	}
	if today := module.Day(ctx.Time + aheadOfUTC); mv.GetDate() > today {
		return nil, ErrDates.With("date is %s and today is %s; what has not happened is not recorded", mv.GetDate(), today)
	}
	var err error
	if mv.Number, err = l.nextMovement(ctx); err != nil {
		return nil, err
	}
	ask, err := l.ask(ctx, n, mv)
	if err != nil {
		return nil, err
	}
	if err := l.mayMove(ctx, ask, mv); err != nil {
		return nil, err
	}
	if mv.Legs, err = budget.Plan(ask); err != nil {
		return nil, broken(err)
	}
	if err := l.openPosition(ctx, n, mv, ask); err != nil {
		return nil, err
	}
	return mv, l.enter(ctx, set, mv)
}

// ask finds every record that a movement names.
func (l *Ledger) ask(ctx *module.Context, n *ledgerv1.NewMovement, mv *ledgerv1.Movement) (*budget.Ask, error) {
	a := &budget.Ask{Kind: n.GetKind(), Cents: n.GetCents(), Interest: n.GetInterest(), Final: n.GetFinal()}
	opens := n.GetKind() == budget.Prenotazione || n.GetKind() == budget.Impegno
	line := n.GetLine()
	var err error
	switch {
	case n.GetCorrects() != 0:
		return a, l.askUndoing(ctx, a, n, mv)
	case n.GetReservation() != "":
		if a.Reservation, err = l.position(ctx, "reservation", n.GetReservation()); err != nil {
			return nil, err
		}
		if err := checkReservation(ctx, a.Reservation, mv.GetDate()); err != nil {
			return nil, err
		}
		if line, err = sameLine(line, a.Reservation); err != nil {
			return nil, err
		}
		if n.GetToLine() != "" {
			line = n.GetToLine()
		}
	case !opens && n.GetPosition() != "":
		if a.Position, err = l.position(ctx, "position", n.GetPosition()); err != nil {
			return nil, err
		}
		if line, err = sameLine(line, a.Position); err != nil {
			return nil, err
		}
	}
	if opens {
		if mv.Position == "" {
			mv.Position = budget.KindWord(n.GetKind()) + "-" + decimal(mv.GetNumber())
		}
		a.NewPosition = mv.GetPosition()
	}
	if a.Line, err = l.openedLine(ctx, "line", line); err != nil {
		return nil, err
	}
	return a, l.askOthers(ctx, a, n)
}

// askOthers finds the other line and the pot.
func (l *Ledger) askOthers(ctx *module.Context, a *budget.Ask, n *ledgerv1.NewMovement) (err error) {
	if n.GetToLine() != "" {
		if a.To, err = l.openedLine(ctx, "to_line", n.GetToLine()); err != nil {
			return err
		}
	}
	if n.GetPot() == "" {
		return nil
	}
	if a.Pot, err = l.openedLine(ctx, "pot", n.GetPot()); err != nil {
		return err
	}
	if !budget.Under(a.Line, a.Pot) {
		return ErrReturned.With("I9: the pot is %s; it is %s itself, or one of the lines above it: %v", a.Pot.GetId(), a.Line.GetId(), a.Line.GetPath())
	}
	return nil
}

// askUndoing finds the movement to undo. Its first entry's line stands for it.
func (l *Ledger) askUndoing(ctx *module.Context, a *budget.Ask, n *ledgerv1.NewMovement, mv *ledgerv1.Movement) error {
	old, err := module.Find(ctx, l.movements, n.GetCorrects())
	if err != nil {
		return err
	}
	if old == nil {
		return ErrMovement.With("corrects is %d; no movement has this number", n.GetCorrects())
	}
	if mv.GetDate() < old.GetDate() {
		return ErrOrder.With("the rettifica is of %s and movement %d of %s; it cannot be older", mv.GetDate(), old.GetNumber(), old.GetDate())
	}
	c, err := module.Find(ctx, l.corrected, old.GetNumber())
	if err != nil {
		return err
	}
	a.Corrects, a.Undone, mv.Position = old, c.GetCents(), old.GetPosition()
	a.Line, err = l.openedLine(ctx, "line", old.GetLegs()[0].GetFromLine())
	return err
}

func sameLine(line string, p *ledgerv1.Position) (string, error) {
	if line != "" && line != p.GetLine() {
		return "", ErrPosition.With("line is %s, and %s stands on %s", line, p.GetId(), p.GetLine())
	}
	return p.GetLine(), nil
}

func checkReservation(ctx *module.Context, r *ledgerv1.Position, date string) error {
	if r.GetKind() != ledgerv1.Position_KIND_RESERVATION {
		return ErrPosition.With("reservation is %s, which is a commitment", r.GetId())
	}
	if last := r.GetExpires(); last != "" && (date > last || italianToday(ctx) > last) {
		return ErrOrder.With("reservation %s ran out on %s, and the movement is of %s; reserve again", r.GetId(), last, date)
	}
	return nil
}

// mayMove refuses a signer who may not, and an act that does not authorise it.
func (l *Ledger) mayMove(ctx *module.Context, a *budget.Ask, mv *ledgerv1.Movement) error {
	if err := l.maySpeak(ctx, a.Line.GetBody(), "move its money"); err != nil {
		return err
	}
	kind, from, to := mv.GetKind(), a.Line, a.To
	if a.Corrects != nil { // as competent as for what it undoes
		kind = a.Corrects.GetKind()
		g := a.Corrects.GetLegs()[0]
		var err error
		if to, err = l.line(ctx, "to_line", g.GetToLine()); err != nil {
			return err
		}
	}
	_, err := l.cite(ctx, mv.GetAct(), kind, budget.Authorised(kind, from, to), mv.GetDate())
	return err
}

// openPosition makes the reservation or commitment that a movement opens.
func (l *Ledger) openPosition(ctx *module.Context, n *ledgerv1.NewMovement, mv *ledgerv1.Movement, a *budget.Ask) error {
	if a.NewPosition == "" {
		return nil
	}
	old, err := module.Find(ctx, l.positions, a.NewPosition)
	if err != nil {
		return err
	}
	if old != nil {
		return ErrRefTwice.With("position is %s, which movement %d opened on %s; choose another id", old.GetId(), old.GetFirstMovement(), old.GetLine())
	}
	p := &ledgerv1.Position{
		Id: a.NewPosition, Kind: ledgerv1.Position_KIND_RESERVATION, Line: a.Line.GetId(), Title: n.GetTitle(), Beneficiary: n.GetBeneficiary(), Cup: n.GetCup(), Reservation: n.GetReservation(),
		Expires: n.GetExpires(), Due: n.GetDue(), Act: mv.GetAct(), Opened: mv.GetDate(), FirstMovement: mv.GetNumber(), Cents: n.GetCents(),
	}
	if own := a.Line.GetBeneficiary(); own != "" {
		if p.Beneficiary != "" && p.Beneficiary != own {
			return ErrPosition.With("beneficiary is %s, and %s is the grant of %s", p.Beneficiary, a.Line.GetId(), own)
		}
		p.Beneficiary = own
	}
	if n.GetKind() == budget.Impegno {
		p.Kind = ledgerv1.Position_KIND_COMMITMENT
		if p.Beneficiary == "" {
			return ErrPosition.With("an impegno is owed to somebody; give its beneficiary")
		}
	}
	if last := p.GetExpires(); last != "" {
		if last < mv.GetDate() || last < italianToday(ctx) {
			return ErrDates.With("expires is %s, which has gone by", last)
		}
		if err := l.expiries.Set(ctx, collections.Join(last, p.GetId())); err != nil {
			return err
		}
	}
	return l.positions.Set(ctx, p.GetId(), p)
}
