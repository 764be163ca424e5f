package main

import (
	"slices"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/client"
)

// movementIn makes a record of a movement that a node answered.
func movementIn(m *client.Movement) (*ledgerv1.Movement, error) {
	out := &ledgerv1.Movement{
		Number: uint64(m.Number), Cents: int64(m.Cents), Act: m.Act, Date: m.Date, Position: m.Position, Ref: m.Ref, Note: m.Note, Corrects: uint64(m.Corrects), Set: uint64(m.Set),
	}
	if out.Kind = budget.Scadenza; string(m.Kind) != budget.KindWord(budget.Scadenza) {
		var err error
		if out.Kind, err = budget.ParseKind(string(m.Kind)); err != nil {
			return nil, err
		}
	}
	for _, g := range m.Legs {
		out.Legs = append(out.Legs, &ledgerv1.BudgetLeg{FromLine: g.FromLine, FromPosition: g.FromPosition, ToLine: g.ToLine, ToPosition: g.ToPosition, Cents: int64(g.Cents)})
	}
	return out, nil
}

func sortMovements(list []*ledgerv1.Movement) {
	slices.SortFunc(list, func(a, b *ledgerv1.Movement) int { return int(int64(a.GetNumber()) - int64(b.GetNumber())) })
}
