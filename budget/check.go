package budget

import (
	"fmt"
	"slices"

	"github.com/filiera-chain/filiera/acts"
	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
)

// Book is a whole book, to be reckoned again. Each method tells all its records:
// lines by id, movements by number, days by line, day and height.
type Book interface {
	EachLine(fn func(*ledgerv1.BudgetLine, *ledgerv1.BudgetAmounts) error) error
	EachMovement(fn func(*ledgerv1.Movement) error) error
	EachPosition(fn func(*ledgerv1.Position) error) error
	EachDay(fn func(line, day string, a *ledgerv1.BudgetAmounts) error) error
	EachShare(fn func(*ledgerv1.CallShare) error) error
	// Act is nil for one that is not there.
	Act(id string) (*ledgerv1.Act, error)
}

// truth numbers, I1 to I9.
const (
	i1 = iota
	i2
	i3
	i4
	i5
	i6
	i7
	i8
	i9
)

var says = [...]string{
	"an action's money stands on its interventions, all of it",
	"a line gives no more than it has; what it has and what it gave add up",
	"what leaves one line enters another: transfers change no total",
	"reserved ≤ allocated, liquidated ≤ committed, paid ≤ liquidated, on every day",
	"a movement cites an act that is there, in force, competent, and not younger",
	"no beneficiary holds more than a call's cap, and its project costs enough",
	"what a call keeps for listed beneficiaries goes to them",
	"amounts are whole cents above nothing",
	"what is saved or revoked returns exactly, to a pot that is named",
}

// Check reckons a whole book again from its movements, and says of each truth
// whether it holds. Only a book that cannot be read is an error.
func Check(b Book) (*ledgerv1.BudgetCheck, error) {
	c := &checker{book: b, lines: map[string]*checkedLine{}, positions: map[string]*ledgerv1.Position{}, undone: map[uint64]int64{}, old: map[uint64]int64{}, authorities: map[uint64]authority{}}
	for i, s := range says {
		c.out.Findings = append(c.out.Findings, &ledgerv1.BudgetFinding{Invariant: fmt.Sprintf("I%d", i+1), Says: s, Holds: true})
	}
	for _, step := range []func() error{c.readLines, c.replay, c.sums, c.comparePositions, c.days, c.shares} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return &c.out, nil
}

// checkedLine is a line as stored, and as its movements make it.
type checkedLine struct {
	line     *ledgerv1.BudgetLine
	stored   *ledgerv1.BudgetAmounts
	own, sub []int64
	// bound is what its reservations and commitments hold.
	bound []int64
}

type checker struct {
	book  Book
	out   ledgerv1.BudgetCheck
	order []string
	lines map[string]*checkedLine
	// positions as movements make them.
	positions map[string]*ledgerv1.Position
	// undone cents, and all cents, by number of movement.
	undone, old map[uint64]int64
	// authorities that movements took.
	authorities map[uint64]authority
}

// hold notes a check of truth i, and what breaks it, the first time.
func (c *checker) hold(i int, ok bool, format string, args ...any) {
	f := c.out.Findings[i]
	if f.Checks++; !ok && f.Holds {
		f.Holds, f.Broken = false, fmt.Sprintf(format, args...)
	}
}

func (c *checker) readLines() error {
	return c.book.EachLine(func(l *ledgerv1.BudgetLine, a *ledgerv1.BudgetAmounts) error {
		c.out.Lines++
		c.order = append(c.order, l.GetId())
		c.lines[l.GetId()] = &checkedLine{line: l, stored: a}
		return nil
	})
}

// at gives a line, or notes that an entry names one that is not there.
func (c *checker) at(id string) *checkedLine {
	if l := c.lines[id]; l != nil {
		return l
	}
	c.hold(i2, false, "an entry is on the line %s, which is not there", id)
	return &checkedLine{line: &ledgerv1.BudgetLine{Id: id}}
}

// replay enters every movement again.
func (c *checker) replay() error {
	return c.book.EachMovement(func(m *ledgerv1.Movement) error {
		c.out.Movements++
		c.hold(i8, m.GetNumber() == c.out.Movements, "movement %d stands where %d must", m.GetNumber(), c.out.Movements)
		if err := c.cited(m); err != nil {
			return err
		}
		c.returned(m)
		total := int64(0)
		for _, g := range m.GetLegs() {
			c.hold(i8, g.GetCents() > 0, "movement %d has an entry of %d cents", m.GetNumber(), g.GetCents())
			total += g.GetCents()
			c.enter(m, g)
		}
		c.hold(i8, total == m.GetCents() && total > 0, "movement %d says %s, and its entries come to %s", m.GetNumber(), Plain(m.GetCents()), Plain(total))
		c.old[m.GetNumber()] = m.GetCents()
		return nil
	})
}

func (c *checker) enter(m *ledgerv1.Movement, g *ledgerv1.BudgetLeg) {
	from, to := c.at(g.GetFromLine()), c.at(g.GetToLine())
	c.hold(i3, RootOf(from.line) == RootOf(to.line), "movement %d goes from %s to %s, which are of two books", m.GetNumber(), g.GetFromLine(), g.GetToLine())
	from.own = Add(from.own, g.GetFromAccount(), -g.GetCents())
	left := Of(from.own, g.GetFromAccount())
	i := i4
	if g.GetFromAccount() == Available {
		i = i2
	}
	c.hold(i, left >= 0 || g.GetFromAccount() >= Funding, "after movement %d %s has %s %s", m.GetNumber(), g.GetFromLine(), Plain(left), AccountWord(g.GetFromAccount()))
	to.own = Add(to.own, g.GetToAccount(), g.GetCents())
	c.bind(m, g.GetFromPosition(), g.GetFromAccount(), -g.GetCents())
	c.bind(m, g.GetToPosition(), g.GetToAccount(), g.GetCents())
}

// bind changes what a reservation or commitment holds.
func (c *checker) bind(m *ledgerv1.Movement, id string, a ledgerv1.BudgetAccount, cents int64) {
	if id == "" {
		return
	}
	p := c.positions[id]
	if p == nil {
		p = &ledgerv1.Position{Id: id}
		c.positions[id] = p
	}
	p.Amounts = Add(p.Amounts, a, cents)
	c.hold(i4, Of(p.Amounts, a) >= 0, "after movement %d %s has %s %s", m.GetNumber(), id, Plain(Of(p.Amounts, a)), AccountWord(a))
	c.hold(i4, m.GetDate() >= p.Last, "movement %d of %s is dated %s, before the one of %s", m.GetNumber(), id, m.GetDate(), p.Last)
	p.Last = m.GetDate()
}

// cited holds the act of a movement against it, with what was on the ledger when the
// movement was recorded.
func (c *checker) cited(m *ledgerv1.Movement) error {
	if m.GetKind() == Scadenza {
		return nil // nobody's act: the reservation's own last day
	}
	a, err := c.book.Act(m.GetAct())
	if err != nil {
		return err
	}
	if a == nil || len(m.GetLegs()) == 0 {
		c.hold(i5, false, "movement %d cites %s, which is not there", m.GetNumber(), m.GetAct())
		return nil
	}
	then := &ledgerv1.Act{Id: a.GetId(), Kind: a.GetKind(), Body: a.GetBody(), Date: a.GetDate(), InForceFrom: a.GetInForceFrom(), InForceTo: a.GetInForceTo()}
	for _, r := range a.GetChanges() {
		if r.GetDeclaredHeight() <= m.GetRecordedHeight() && (r.GetWithdrawnAt() == 0 || r.GetWithdrawnHeight() > m.GetRecordedHeight()) {
			r := &ledgerv1.Relation{From: r.GetFrom(), Kind: r.GetKind(), To: r.GetTo(), EffectiveFrom: r.GetEffectiveFrom()}
			then.Changes = append(then.Changes, r)
		}
	}
	standing, _ := acts.At(then, m.GetDate())
	c.hold(i5, standing == acts.InForce && m.GetDate() >= a.GetDate(), "movement %d of %s cites %s, which %s on that day", m.GetNumber(), m.GetDate(), a.GetId(), standing)
	needs := authority{m.GetKind(), Authorised(m.GetKind(), c.at(m.GetLegs()[0].GetFromLine()).line, c.at(m.GetLegs()[0].GetToLine()).line)}
	if m.GetKind() == Rettifica { // as competent as for what it undoes
		needs = c.authorities[m.GetCorrects()]
	}
	c.authorities[m.GetNumber()] = needs
	err = Competent(a, needs.kind, needs.at.GetLevel(), needs.at.GetBody())
	c.hold(i5, err == nil, "movement %d: %v", m.GetNumber(), err)
	return nil
}

// authority is what an act must be competent for.
type authority struct {
	kind ledgerv1.MovementKind
	at   *ledgerv1.BudgetLine
}

// returned holds what a movement gives back against what stood there before it.
func (c *checker) returned(m *ledgerv1.Movement) {
	switch m.GetKind() {
	case Rettifica:
		c.undone[m.GetCorrects()] += m.GetCents()
		c.hold(i9, c.undone[m.GetCorrects()] <= c.old[m.GetCorrects()], "of movement %d, of %s, %s is undone", m.GetCorrects(), Plain(c.old[m.GetCorrects()]), Plain(c.undone[m.GetCorrects()]))
	case Economia, Revoca:
		before := c.positions[m.GetPosition()]
		rest := Of(before.GetAmounts(), Committed) + Of(before.GetAmounts(), Liquidated)
		toPot, toRecover := int64(0), int64(0)
		for _, g := range m.GetLegs() {
			if g.GetToAccount() == ToRecover {
				toRecover += g.GetCents()
			} else {
				toPot += g.GetCents()
			}
			c.hold(i9, g.GetToAccount() == ToRecover || slices.Contains(append(slices.Clone(c.at(g.GetFromLine()).line.GetPath()), g.GetFromLine()), g.GetToLine()),
				"movement %d returns to %s, which is not above %s", m.GetNumber(), g.GetToLine(), g.GetFromLine())
		}
		exact := toPot == rest && toRecover == 0
		if m.GetKind() == Revoca {
			exact = toRecover == 0 && toPot <= rest || toPot == rest && toRecover <= Of(before.GetAmounts(), Paid)
		}
		c.hold(i9, exact, "movement %d returns %s to the pot and %s to recover; %s was committed and not paid", m.GetNumber(), Plain(toPot), Plain(toRecover), Plain(rest))
	}
}
