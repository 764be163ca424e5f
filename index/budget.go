package index

import (
	"context"
	"strings"

	"google.golang.org/protobuf/proto"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
)

// BudgetLineFilter chooses lines of the budget; the zero value of a field does not
// filter.
type BudgetLineFilter struct {
	// Under has a line and all below it.
	Under            string
	Level            ledgerv1.BudgetLevel
	Beneficiary, CUP string
}

// BudgetLines implements Model; in order of id.
func (db *DB) BudgetLines(ctx context.Context, f BudgetLineFilter, p Page) (List[*ledgerv1.BudgetLine], error) {
	l := &listing{name: "budget_lines", selects: "id, record", from: "budget_lines", key: textKey("id")}
	l.filter(f.Under != "", "path LIKE ?", "%/"+f.Under+"/%")
	l.filter(f.Level != 0, "level = ?", int64(f.Level))
	l.filter(f.Beneficiary != "", "beneficiary = ?", f.Beneficiary)
	l.filter(f.CUP != "", "cup = ?", f.CUP)
	return list(ctx, db, l, p, byText[ledgerv1.BudgetLine](1))
}

// MovementFilter chooses movements; the zero value of a field does not filter. Days
// are YYYY-MM-DD.
type MovementFilter struct {
	// Line has those with an entry on it, Under those with one on it or below it.
	Line, Under        string
	Kind               ledgerv1.MovementKind
	Act, Position, Ref string
	Beneficiary        string
	// From and To bound the days, both ends included.
	From, To string
}

// Movements implements Model; the latest by day first, of one day the last recorded.
func (db *DB) Movements(ctx context.Context, f MovementFilter, p Page) (List[*ledgerv1.Movement], error) {
	l := &listing{name: "budget_movements", selects: "day, number, record", from: "budget_movements", key: []keyColumn{{"day", 't'}, {"number", 'i'}}, desc: true}
	l.filter(f.Line != "", "number IN (SELECT number FROM budget_entries WHERE line = ?)", f.Line)
	l.filter(f.Under != "", "number IN (SELECT e.number FROM budget_entries e JOIN budget_lines b ON b.id = e.line WHERE b.path LIKE ?)", "%/"+f.Under+"/%")
	l.filter(f.Beneficiary != "", "(number IN (SELECT e.number FROM budget_entries e JOIN budget_lines b ON b.id = e.line WHERE b.beneficiary = ?) OR position IN (SELECT id FROM budget_positions WHERE beneficiary = ?))",
		f.Beneficiary, f.Beneficiary)
	l.filter(f.Kind != 0, "kind = ?", int64(f.Kind))
	l.filter(f.Act != "", "act = ?", f.Act)
	l.filter(f.Position != "", "position = ?", f.Position)
	l.filter(f.Ref != "", "ref = ?", f.Ref)
	l.filter(f.From != "", "day >= ?", f.From)
	l.filter(f.To != "", "day <= ?", f.To)
	return list(ctx, db, l, p, func(s scanner) (*ledgerv1.Movement, []any, error) {
		var day string
		var number int64
		var b []byte
		if err := s.Scan(&day, &number, &b); err != nil {
			return nil, nil, err
		}
		m := new(ledgerv1.Movement)
		return m, []any{day, number}, proto.Unmarshal(b, m)
	})
}

// PositionFilter chooses reservations and commitments; the zero value of a field
// does not filter.
type PositionFilter struct {
	Kind              ledgerv1.Position_Kind
	Line, Beneficiary string
	// Open leaves out those on which nothing is bound any more.
	Open bool
}

// Positions implements Model; in order of id.
func (db *DB) Positions(ctx context.Context, f PositionFilter, p Page) (List[*ledgerv1.Position], error) {
	l := &listing{name: "budget_positions", selects: "id, record", from: "budget_positions", key: textKey("id")}
	l.filter(f.Kind != 0, "kind = ?", int64(f.Kind))
	l.filter(f.Line != "", "line = ?", f.Line)
	l.filter(f.Beneficiary != "", "beneficiary = ?", f.Beneficiary)
	l.filter(f.Open, "closed = 0")
	return list(ctx, db, l, p, byText[ledgerv1.Position](1))
}

// budget writes what an act changed in the budget.
func (p *projection) budget(a proto.Message) error {
	switch a := a.(type) {
	case *ledgerv1.BudgetLineChanged:
		b := a.GetLine()
		path := "/" + strings.Join(append(append([]string{}, b.GetPath()...), b.GetId()), "/") + "/"
		p.findable("budget_line", b.GetId(), b.GetTitle(), b.GetId(), b.GetCup())
		return p.record(tBudgetLines, b, b.GetId(), path, int64(b.GetLevel()), b.GetBeneficiary(), b.GetCup())
	case *ledgerv1.BudgetMoved:
		m := a.GetMovement()
		for _, g := range m.GetLegs() {
			p.put(tBudgetEntries, g.GetFromLine(), int64(m.GetNumber()))
			p.put(tBudgetEntries, g.GetToLine(), int64(m.GetNumber()))
		}
		return p.record(tBudgetMovements, m, int64(m.GetNumber()), int64(m.GetKind()), m.GetDate(), m.GetAct(), m.GetPosition(), m.GetRef(), m.GetCents(), m.GetRecordedHeight())
	case *ledgerv1.PositionChanged:
		x := a.GetPosition()
		return p.record(tBudgetPositions, x, x.GetId(), int64(x.GetKind()), x.GetLine(), x.GetBeneficiary(), flag(x.GetClosed()))
	}
	return nil
}
