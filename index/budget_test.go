package index

import (
	"fmt"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
)

// Lines, movements, reservations and registers are found by what they are about, page
// by page, on both engines; what is announced again takes the place of what was.
func TestTheBudgetAndRegistersAreListed(t *testing.T) {
	eachModel(t, func(t *testing.T, m Model) {
		c := newChain(t, 1, 0)
		line := func(id string, level ledgerv1.BudgetLevel, who string, path ...string) proto.Message {
			return &ledgerv1.BudgetLineChanged{Line: &ledgerv1.BudgetLine{Id: id, Level: level, Beneficiary: who, Path: path, Title: "Voce " + id}}
		}
		list := []proto.Message{
			line("1.2", 2, ""), line("1.2.2", 3, "", "1.2"), line("1.2.20", 3, "", "1.2"), line("g-1", 6, "ente-1", "1.2", "1.2.2"), line("g-2", 6, "ente-2", "1.2", "1.2.20"),
			&ledgerv1.PositionChanged{Position: &ledgerv1.Position{Id: "p", Kind: 1, Line: "1.2.2", Closed: true}}, &ledgerv1.PositionChanged{Position: &ledgerv1.Position{Id: "i", Kind: 2, Line: "1.2.20", Beneficiary: "ente-1"}},
			&ledgerv1.RegisterChanged{Register: &ledgerv1.Register{Id: "rifiuti", Kind: 5, Body: "jesi", ClosedAt: 7}}, &ledgerv1.RegisterChanged{Register: &ledgerv1.Register{Id: "gare", Kind: 2, Body: "jesi"}},
			&ledgerv1.RegisterAppended{Append: &ledgerv1.RegisterAppend{Register: "gare", Number: 1, Size: 3}}, &ledgerv1.RegisterAppended{Append: &ledgerv1.RegisterAppend{Register: "gare", Number: 2, Size: 5}},
		}
		lines := []string{"1.2", "1.2.2", "1.2.20", "g-1", "g-2"}
		for i := range 20 {
			mv := &ledgerv1.Movement{
				Number: uint64(i + 1), Kind: ledgerv1.MovementKind(i%4 + 1), Date: fmt.Sprintf("2024-01-%02d", 20-i), Act: []string{"a", "b"}[i%2], Ref: []string{"", "2024/7"}[i/19], Cents: int64(i + 1),
				Legs: []*ledgerv1.BudgetLeg{{FromLine: "1.2", ToLine: lines[i%5], Cents: int64(i + 1)}},
			}
			if i == 0 {
				mv.Position = "i"
			}
			list = append(list, &ledgerv1.BudgetMoved{Movement: mv})
		}
		c.seal(Block{EndEvents: said(t, list...)})
		apply(t, m, c.blocks)
		for name, f := range map[string]struct {
			filter MovementFilter
			want   int
		}{
			"all": {MovementFilter{}, 20}, "line": {MovementFilter{Line: "g-1"}, 4}, "under a line": {MovementFilter{Under: "1.2.2"}, 8}, "under the root": {MovementFilter{Under: "1.2"}, 20},
			"act": {MovementFilter{Act: "b"}, 10}, "kind": {MovementFilter{Kind: 3}, 5}, "ref": {MovementFilter{Ref: "2024/7"}, 1}, "beneficiary": {MovementFilter{Beneficiary: "ente-1"}, 5},
			"days": {MovementFilter{From: "2024-01-03", To: "2024-01-07"}, 5}, "position": {MovementFilter{Position: "i"}, 1},
		} {
			found := pages(t, 3, func(p Page) (List[*ledgerv1.Movement], error) { return m.Movements(t.Context(), f.filter, p) })
			if len(found) != f.want {
				t.Errorf("%s: %d movements, want %d", name, len(found), f.want)
			}
			if !slices.IsSortedFunc(found, func(a, b *ledgerv1.Movement) int { return -slices.Compare([]byte(a.GetDate()), []byte(b.GetDate())) }) {
				t.Errorf("%s: not the latest first", name)
			}
		}
		under := pages(t, 1, func(p Page) (List[*ledgerv1.BudgetLine], error) {
			return m.BudgetLines(t.Context(), BudgetLineFilter{Under: "1.2.2"}, p)
		})
		open := pages(t, 1, func(p Page) (List[*ledgerv1.Position], error) {
			return m.Positions(t.Context(), PositionFilter{Open: true}, p)
		})
		registers := pages(t, 1, func(p Page) (List[*ledgerv1.Register], error) {
			return m.Registers(t.Context(), RegisterFilter{Body: "jesi", Open: true}, p)
		})
		appends := pages(t, 1, func(p Page) (List[*ledgerv1.RegisterAppend], error) { return m.RegisterAppends(t.Context(), "gare", p) })
		if len(under) != 2 || under[1].GetId() != "g-1" || len(open) != 1 || open[0].GetId() != "i" || len(registers) != 1 || registers[0].GetId() != "gare" || len(appends) != 2 || appends[0].GetNumber() != 2 {
			t.Errorf("lines %v, positions %v, registers %v, appends %v", under, open, registers, appends)
		}
	})
}
