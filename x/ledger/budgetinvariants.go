package ledger

import (
	"fmt"

	"cosmossdk.io/collections"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/module"
)

func (l *Ledger) budgetInvariants() []module.Invariant {
	return []module.Invariant{
		{Name: "the budget's truths I1 to I9 hold over the whole book", Check: l.budgetHolds},
		{Name: "every movement is found by its lines and its act, and by no other", Check: l.movementsAreFound},
	}
}

func (l *Ledger) budgetHolds(rd *module.Reader) error {
	c, err := budget.Check(bookOf{l, rd})
	if err != nil {
		return err
	}
	for _, f := range c.GetFindings() {
		if !f.GetHolds() {
			return fmt.Errorf("%s, %s: %s", f.GetInvariant(), f.GetSays(), f.GetBroken())
		}
	}
	return nil
}

func (l *Ledger) movementsAreFound(rd *module.Reader) error {
	want, has := 0, 0
	err := l.movements.Walk(rd, nil, func(n uint64, m *ledgerv1.Movement) (bool, error) {
		seen := []string{}
		for _, g := range m.GetLegs() {
			seen = note(note(seen, g.GetFromLine()), g.GetToLine())
		}
		for _, line := range seen {
			if there, err := l.ofLine.Has(rd, collections.Join(line, n)); err != nil || !there {
				return true, fmt.Errorf("movement %d is not found by its line %s (%w)", n, line, err)
			}
		}
		want += len(seen) + 1
		there, err := l.ofAct.Has(rd, collections.Join(m.GetAct(), n))
		if err != nil || !there {
			return true, fmt.Errorf("movement %d is not found by its act %s (%w)", n, m.GetAct(), err)
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	for _, set := range []collections.KeySet[collections.Pair[string, uint64]]{l.ofLine, l.ofAct} {
		err := set.Walk(rd, nil, func(collections.Pair[string, uint64]) (bool, error) {
			has++
			return false, nil
		})
		if err != nil {
			return err
		}
	}
	if want != has {
		return fmt.Errorf("movements are to be found %d times, and are %d times", want, has)
	}
	return nil
}
