package ledger

import (
	"context"

	"cosmossdk.io/collections"
	"google.golang.org/protobuf/proto"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/module"
)

type (
	pairOfText = collections.Pair[string, string]
	// dayKey is (line, day, height).
	dayKey = collections.Triple[string, string, uint64]
)

type budgetTables struct {
	// lines: id -> line.
	lines collections.Map[string, *ledgerv1.BudgetLine]
	// amounts: (line above, line) -> what stands on it; a root is below "".
	amounts collections.Map[pairOfText, *ledgerv1.BudgetAmounts]
	// days: (line, day, height) -> what movements of that day, recorded at that
	// height, added. Every day and height follows from their sums.
	days collections.Map[dayKey, *ledgerv1.BudgetAmounts]
	// movements: number -> movement.
	movements collections.Map[uint64, *ledgerv1.Movement]
	// ofLine: (line, number) of every movement that has an entry on the line.
	ofLine collections.KeySet[collections.Pair[string, uint64]]
	// ofAct: (act, number).
	ofAct collections.KeySet[collections.Pair[string, uint64]]
	// positions: id -> reservation or commitment.
	positions collections.Map[string, *ledgerv1.Position]
	// expiries: (last day, reservation).
	expiries collections.KeySet[pairOfText]
	// shares: (call, beneficiary) -> what it holds; "" is all that are not listed.
	shares collections.Map[pairOfText, *ledgerv1.CallShare]
	// corrected: number of a movement -> how much of it was undone.
	corrected collections.Map[uint64, *ledgerv1.Corrected]
	// refs: (root, reference of the accounts office) -> number.
	refs collections.Map[pairOfText, uint64]
	// ofBeneficiary: (beneficiary, line).
	ofBeneficiary collections.KeySet[pairOfText]
	// last is the number of the last movement.
	last collections.Item[uint64]
}

func newBudgetTables(b *collections.SchemaBuilder) budgetTables {
	str, num := collections.StringKey, collections.Uint64Key
	texts := collections.PairKeyCodec(str, str)
	numbered := collections.PairKeyCodec(str, num)
	return budgetTables{
		lines:         collections.NewMap(b, collections.NewPrefix(40), "budget_lines", str, module.Record[ledgerv1.BudgetLine]()),
		amounts:       collections.NewMap(b, collections.NewPrefix(41), "budget_amounts", texts, module.Record[ledgerv1.BudgetAmounts]()),
		days:          collections.NewMap(b, collections.NewPrefix(42), "budget_days", collections.TripleKeyCodec(str, str, num), module.Record[ledgerv1.BudgetAmounts]()),
		movements:     collections.NewMap(b, collections.NewPrefix(43), "movements", num, module.Record[ledgerv1.Movement]()),
		ofLine:        collections.NewKeySet(b, collections.NewPrefix(44), "movements_of_line", numbered),
		ofAct:         collections.NewKeySet(b, collections.NewPrefix(45), "movements_of_act", numbered),
		positions:     collections.NewMap(b, collections.NewPrefix(46), "positions", str, module.Record[ledgerv1.Position]()),
		expiries:      collections.NewKeySet(b, collections.NewPrefix(47), "expiries", texts),
		shares:        collections.NewMap(b, collections.NewPrefix(48), "call_shares", texts, module.Record[ledgerv1.CallShare]()),
		corrected:     collections.NewMap(b, collections.NewPrefix(49), "corrected", num, module.Record[ledgerv1.Corrected]()),
		refs:          collections.NewMap(b, collections.NewPrefix(50), "budget_refs", texts, collections.Uint64Value),
		ofBeneficiary: collections.NewKeySet(b, collections.NewPrefix(51), "lines_of_beneficiary", texts),
		last:          collections.NewItem(b, collections.NewPrefix(52), "last_movement", collections.Uint64Value),
	}
}

func (l *Ledger) budgetActs() []module.Act {
	return []module.Act{
		module.On(checkOpenLines, l.openLines),
		module.On(checkAmendLine, l.amendLine),
		module.On(checkCloseLine, l.closeLine),
		module.On(checkListBeneficiaries, l.listBeneficiaries),
		module.OnResult(checkMoveBudget, l.moveBudget),
	}
}

func (l *Ledger) budgetQueries() []module.Query {
	return []module.Query{module.Ask("Budget", l.queryBudget), module.Ask("CheckBudget", l.queryCheckBudget)}
}

func (l *Ledger) budgetRecords(rd *module.Reader, announce func(proto.Message)) error {
	err := module.Each(rd, l.lines, func(b *ledgerv1.BudgetLine) { announce(&ledgerv1.BudgetLineChanged{Line: b}) })
	if err != nil {
		return err
	}
	if err := module.Each(rd, l.positions, func(p *ledgerv1.Position) { announce(&ledgerv1.PositionChanged{Position: p}) }); err != nil {
		return err
	}
	return module.Each(rd, l.movements, func(m *ledgerv1.Movement) { announce(&ledgerv1.BudgetMoved{Movement: m}) })
}

// line finds a line of the budget or refuses.
func (l *Ledger) line(ctx context.Context, field, id string) (*ledgerv1.BudgetLine, error) {
	b, err := module.Find(ctx, l.lines, id)
	if err == nil && b == nil {
		err = ErrLine.With("%s is %q; no line of the budget has this id, so open it first", field, clip(id))
	}
	return b, err
}

// openedLine is line, and refuses one that is closed.
func (l *Ledger) openedLine(ctx context.Context, field, id string) (*ledgerv1.BudgetLine, error) {
	b, err := l.line(ctx, field, id)
	if err == nil && b.GetClosedByAct() != "" {
		err = ErrClosed.With("%s is %s, which %s closed at height %d; nothing moves on it any more", field, id, b.GetClosedByAct(), b.GetClosedHeight())
	}
	return b, err
}

func (l *Ledger) putLine(ctx *module.Context, b *ledgerv1.BudgetLine) error {
	ctx.Emit(&ledgerv1.BudgetLineChanged{Line: b})
	return l.lines.Set(ctx, b.GetId(), b)
}

func (l *Ledger) position(ctx context.Context, field, id string) (*ledgerv1.Position, error) {
	p, err := module.Find(ctx, l.positions, id)
	if err == nil && p == nil {
		err = ErrPosition.With("%s is %q; no reservation or commitment has this id", field, clip(id))
	}
	return p, err
}

// amountsOf gives what stands on a line; never nil.
func (l *Ledger) amountsOf(ctx context.Context, b *ledgerv1.BudgetLine) (*ledgerv1.BudgetAmounts, error) {
	return l.amountsAt(ctx, above(b), b.GetId())
}

func (l *Ledger) amountsAt(ctx context.Context, parent, id string) (*ledgerv1.BudgetAmounts, error) {
	a, err := module.Find(ctx, l.amounts, collections.Join(parent, id))
	if err == nil && a == nil {
		a = &ledgerv1.BudgetAmounts{}
	}
	return a, err
}

// above is the id of the line right above; "" for a root.
func above(b *ledgerv1.BudgetLine) string {
	if n := len(b.GetPath()); n > 0 {
		return b.GetPath()[n-1]
	}
	return ""
}
