package verify

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"sort"

	"google.golang.org/protobuf/proto"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/module/statekey"
)

// CheckBook reckons the whole book of a state again, from its movements.
func CheckBook(src Source) (*ledgerv1.BudgetCheck, error) { return budget.Check(bookIn{src}) }

// each tells the records of a range.
func each[T any, P interface {
	*T
	proto.Message
}](src Source, rng [2][]byte, fn func(rest []byte, record P) error) error {
	pairs, err := src.Range(rng[0], rng[1])
	if err != nil {
		return err
	}
	for _, p := range pairs {
		m := P(new(T))
		if err := proto.Unmarshal(p.Value, m); err != nil {
			return err
		}
		if err := fn(p.Key[len(rng[0]):], m); err != nil {
			return err
		}
	}
	return nil
}

func (b bookIn) EachLine(fn func(*ledgerv1.BudgetLine, *ledgerv1.BudgetAmounts) error) error {
	lines, _, _, _, _ := statekey.BudgetTables()
	return each(b.src, lines, func(_ []byte, l *ledgerv1.BudgetLine) error {
		parent := ""
		if n := len(l.GetPath()); n > 0 {
			parent = l.GetPath()[n-1]
		}
		a, err := b.Amounts(parent, l.GetId())
		if err != nil {
			return err
		}
		return fn(l, a)
	})
}

func (b bookIn) EachMovement(fn func(*ledgerv1.Movement) error) error {
	_, _, movements, _, _ := statekey.BudgetTables()
	return each(b.src, movements, func(_ []byte, m *ledgerv1.Movement) error { return fn(m) })
}

func (b bookIn) EachPosition(fn func(*ledgerv1.Position) error) error {
	_, _, _, positions, _ := statekey.BudgetTables()
	return each(b.src, positions, func(_ []byte, p *ledgerv1.Position) error { return fn(p) })
}

func (b bookIn) EachDay(fn func(line, day string, a *ledgerv1.BudgetAmounts) error) error {
	_, days, _, _, _ := statekey.BudgetTables()
	return each(b.src, days, func(rest []byte, a *ledgerv1.BudgetAmounts) error {
		line, after, ok := bytes.Cut(rest, []byte{0})
		if !ok || len(after) != 10+1+8 {
			return fmt.Errorf("the key %x is of no day", rest)
		}
		return fn(string(line), string(after[:10]), a)
	})
}

func (b bookIn) EachShare(fn func(*ledgerv1.CallShare) error) error {
	_, _, _, _, shares := statekey.BudgetTables()
	return each(b.src, shares, func(_ []byte, s *ledgerv1.CallShare) error { return fn(s) })
}

func (b bookIn) Act(id string) (*ledgerv1.Act, error) {
	raw, err := b.src.Get(statekey.LedgerAct(id))
	if err != nil || raw == nil {
		return nil, err
	}
	a := new(ledgerv1.Act)
	return a, proto.Unmarshal(raw, a)
}

// Difference is what an act made of a line of the budget.
type Difference struct {
	Line *ledgerv1.BudgetLine
	// Before is what stood on it without the act's movements, After with them, both at
	// the end of the day of the last of them.
	Before, After *ledgerv1.BudgetAmounts
}

// GatherDifference reads what the movements of an act changed, line by line from the
// roots down, and how many there were. more than most is an error.
func GatherDifference(src Source, act string, most int) ([]Difference, int, error) {
	start, end := statekey.MovementsOfAct(act)
	pairs, err := src.Range(start, end)
	if err != nil {
		return nil, 0, err
	}
	if len(pairs) > most {
		return nil, 0, fmt.Errorf("%s authorises %d movements; at most %d are compared", act, len(pairs), most)
	}
	b, last := bookIn{src}, ""
	changed := map[string]*Difference{}
	for _, p := range pairs {
		raw, err := src.Get(statekey.Movement(binary.BigEndian.Uint64(p.Key[len(start):])))
		if err != nil {
			return nil, 0, err
		}
		m := new(ledgerv1.Movement)
		if err := proto.Unmarshal(raw, m); err != nil {
			return nil, 0, err
		}
		last = max(last, m.GetDate())
		for _, g := range m.GetLegs() {
			if err := b.differ(changed, g.GetFromLine(), g.GetFromAccount(), -g.GetCents()); err != nil {
				return nil, 0, err
			}
			if err := b.differ(changed, g.GetToLine(), g.GetToAccount(), g.GetCents()); err != nil {
				return nil, 0, err
			}
		}
	}
	var out []Difference
	for _, d := range changed {
		after := &ledgerv1.BudgetAmounts{}
		err := b.Days(d.Line.GetId(), last, func(_ string, _ int64, a *ledgerv1.BudgetAmounts) error {
			after = budget.PlusAmounts(after, a)
			return nil
		})
		if err != nil {
			return nil, 0, err
		}
		out = append(out, Difference{d.Line, budget.PlusAmounts(after, d.Before), after})
	}
	sort.Slice(out, func(i, j int) bool { return pathOf(out[i].Line) < pathOf(out[j].Line) })
	return out, len(pairs), nil
}

func pathOf(l *ledgerv1.BudgetLine) string {
	s := ""
	for _, id := range l.GetPath() {
		s += id + "\x00"
	}
	return s + l.GetId()
}

// differ takes an entry away from what will stand before, on its line and those above.
func (b bookIn) differ(changed map[string]*Difference, id string, account ledgerv1.BudgetAccount, cents int64) error {
	l, err := b.Line(id)
	if err != nil {
		return err
	}
	if l == nil {
		return fmt.Errorf("the line %s is not there", id)
	}
	for _, id := range append([]string{l.GetId()}, l.GetPath()...) {
		d := changed[id]
		if d == nil {
			line, err := b.Line(id)
			if err != nil {
				return err
			}
			d = &Difference{Line: line, Before: &ledgerv1.BudgetAmounts{}}
			changed[id] = d
		}
		if id == l.GetId() {
			d.Before.Own = budget.Add(d.Before.Own, account, -cents)
		}
		if account <= budget.SubtreeAccounts {
			d.Before.Subtree = budget.Add(d.Before.Subtree, account, -cents)
		}
	}
	return nil
}

// GatherBeneficiary reads the grants of a beneficiary, all of them, and what they
// come to, at the day and height of the view.
func GatherBeneficiary(src Source, beneficiary string, v budget.View) ([]*ledgerv1.BudgetLineState, []int64, error) {
	start, end := statekey.LinesOfBeneficiary(beneficiary)
	pairs, err := src.Range(start, end)
	if err != nil {
		return nil, nil, err
	}
	if len(pairs) > budget.MostLines {
		return nil, nil, fmt.Errorf("%w: %s has %d grants", budget.ErrTooMany, beneficiary, len(pairs))
	}
	b, total := bookIn{src}, []int64{}
	var out []*ledgerv1.BudgetLineState
	for _, p := range pairs {
		v.Line, v.DownTo = string(p.Key[len(start):]), ledgerv1.BudgetLevel_BUDGET_LEVEL_GRANT
		lines, err := budget.Gather(b, v)
		if err != nil {
			return nil, nil, err
		}
		for _, l := range lines {
			out, total = append(out, l), budget.Plus(total, l.GetAmounts().GetSubtree())
		}
	}
	return out, total, nil
}
