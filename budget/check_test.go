package budget

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
)

// paper is a book in memory.
type paper struct {
	lines     []*ledgerv1.BudgetLine
	amounts   map[string]*ledgerv1.BudgetAmounts
	movements []*ledgerv1.Movement
	positions []*ledgerv1.Position
	days      []paperDay
	shares    []*ledgerv1.CallShare
	acts      map[string]*ledgerv1.Act
}

type paperDay struct {
	line, day string
	a         *ledgerv1.BudgetAmounts
}

func (b *paper) EachLine(fn func(*ledgerv1.BudgetLine, *ledgerv1.BudgetAmounts) error) error {
	for _, l := range b.lines {
		if err := fn(l, b.amounts[l.GetId()]); err != nil {
			return err
		}
	}
	return nil
}

func each[T any](list []T, fn func(T) error) error {
	for _, x := range list {
		if err := fn(x); err != nil {
			return err
		}
	}
	return nil
}

func (b *paper) EachMovement(fn func(*ledgerv1.Movement) error) error { return each(b.movements, fn) }
func (b *paper) EachPosition(fn func(*ledgerv1.Position) error) error { return each(b.positions, fn) }
func (b *paper) EachShare(fn func(*ledgerv1.CallShare) error) error   { return each(b.shares, fn) }

func (b *paper) EachDay(fn func(line, day string, a *ledgerv1.BudgetAmounts) error) error {
	return each(b.days, func(d paperDay) error { return fn(d.line, d.day, d.a) })
}

func (b *paper) Act(id string) (*ledgerv1.Act, error) { return b.acts[id], nil }

const dgr, decree = "regione-marche:dgr:1:2024", "regione-marche:decreto-dirigenziale:2:2024"

// newPaper is a book that holds: an action with two interventions, one of them with a
// call whose grant was paid in part, saved, and is of a listed beneficiary.
func newPaper() *paper {
	line := func(id string, level ledgerv1.BudgetLevel, path ...string) *ledgerv1.BudgetLine {
		return &ledgerv1.BudgetLine{Id: id, Level: level, Path: path, Body: "regione-marche", Act: dgr}
	}
	call, grant := line("call", 5, "act", "one"), line("grant", 6, "act", "one", "call")
	call.Call, call.BeneficiaryCap, call.MinProjectCost, call.Reserve = "call", 100, 50, 20
	grant.Call, grant.Beneficiary, grant.ProjectCost = "call", "ente-1", 60
	b := &paper{
		lines: []*ledgerv1.BudgetLine{line("act", 2), call, grant, line("one", 3, "act"), line("two", 3, "act")}, amounts: map[string]*ledgerv1.BudgetAmounts{},
		acts: map[string]*ledgerv1.Act{
			dgr:    {Id: dgr, Kind: ledgerv1.ActKind_ACT_KIND_DGR, Body: "regione-marche", Date: "2024-01-01", InForceFrom: "2024-01-01"},
			decree: {Id: decree, Kind: ledgerv1.ActKind_ACT_KIND_DECRETO_DIRIGENZIALE, Body: "regione-marche", Date: "2024-01-02", InForceFrom: "2024-01-02"},
		},
		shares: []*ledgerv1.CallShare{{Call: "call", Beneficiary: "ente-1", Held: 30, Listed: true}},
	}
	move := func(kind ledgerv1.MovementKind, act, day string, legs ...*ledgerv1.BudgetLeg) {
		m := &ledgerv1.Movement{Number: uint64(len(b.movements) + 1), Kind: kind, Legs: legs, Act: act, Date: day}
		for _, g := range legs {
			m.Cents += g.GetCents()
			m.Position = g.GetFromPosition() + g.GetToPosition()
			if g.GetFromPosition() == g.GetToPosition() {
				m.Position = g.GetFromPosition()
			}
		}
		b.movements = append(b.movements, m)
	}
	leg := func(from string, out ledgerv1.BudgetAccount, to string, in ledgerv1.BudgetAccount, cents int64, positions ...string) *ledgerv1.BudgetLeg {
		g := &ledgerv1.BudgetLeg{FromLine: from, FromAccount: out, ToLine: to, ToAccount: in, Cents: cents}
		if len(positions) == 2 {
			g.FromPosition, g.ToPosition = positions[0], positions[1]
		}
		return g
	}
	move(Stanziamento, dgr, "2024-01-01", leg("act", Funding, "act", Available, 200))
	move(Riparto, dgr, "2024-01-01", leg("act", Available, "one", Available, 150))
	move(Riparto, dgr, "2024-01-01", leg("act", Available, "two", Available, 50))
	move(Trasferimento, dgr, "2024-01-03", leg("two", Available, "one", Available, 10))
	move(Riparto, decree, "2024-01-04", leg("one", Available, "call", Available, 90))
	move(Riparto, decree, "2024-01-04", leg("call", Available, "grant", Available, 60))
	move(Impegno, decree, "2024-01-05", leg("grant", Available, "grant", Committed, 40, "", "i"))
	move(Liquidazione, decree, "2024-01-06", leg("grant", Committed, "grant", Liquidated, 10, "i", "i"))
	move(Pagamento, decree, "2024-01-07", leg("grant", Liquidated, "grant", Paid, 10, "i", "i"))
	move(Economia, decree, "2024-01-08", leg("grant", Committed, "call", Savings, 30, "i", ""))
	b.positions = []*ledgerv1.Position{{Id: "i", Kind: ledgerv1.Position_KIND_COMMITMENT, Line: "grant", Amounts: []int64{0, 0, 0, 0, 10}, Last: "2024-01-08"}}
	b.addUp()
	return b
}

// addUp makes amounts and days out of the movements.
func (b *paper) addUp() {
	days := map[paperDay]*ledgerv1.BudgetAmounts{}
	paths := map[string][]string{}
	for _, l := range b.lines {
		paths[l.GetId()] = l.GetPath()
		b.amounts[l.GetId()] = &ledgerv1.BudgetAmounts{}
	}
	add := func(line, day string, own, sub []int64) {
		more := &ledgerv1.BudgetAmounts{Own: own, Subtree: sub}
		b.amounts[line] = PlusAmounts(b.amounts[line], more)
		k := paperDay{line: line, day: day}
		days[k] = PlusAmounts(days[k], more)
	}
	for _, m := range b.movements {
		for _, g := range m.GetLegs() {
			for _, side := range []struct {
				line    string
				account ledgerv1.BudgetAccount
				cents   int64
			}{{g.GetFromLine(), g.GetFromAccount(), -g.GetCents()}, {g.GetToLine(), g.GetToAccount(), g.GetCents()}} {
				own, sub := Add(nil, side.account, side.cents), Add(nil, side.account, side.cents)
				if side.account > SubtreeAccounts {
					sub = nil
				}
				add(side.line, m.GetDate(), own, sub)
				for _, up := range paths[side.line] {
					add(up, m.GetDate(), nil, sub)
				}
			}
		}
	}
	b.days = nil
	for k, a := range days {
		b.days = append(b.days, paperDay{k.line, k.day, a})
	}
	slices.SortFunc(b.days, func(x, y paperDay) int { return strings.Compare(x.line+x.day, y.line+y.day) })
}

func brokenOf(t *testing.T, b *paper) string {
	t.Helper()
	c, err := Check(b)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range c.GetFindings() {
		if !f.GetHolds() {
			out = append(out, f.GetInvariant())
		}
	}
	return strings.Join(out, " ")
}

func TestABookThatHolds(t *testing.T) {
	b := newPaper()
	c, err := Check(b)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range c.GetFindings() {
		if !f.GetHolds() || f.GetChecks() == 0 {
			t.Errorf("%s after %d checks: %s", f.GetInvariant(), f.GetChecks(), f.GetBroken())
		}
	}
}

// Each truth is found broken where it is, whoever wrote the book.
func TestWhatIsBrokenIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		want  string
		spoil func(*paper)
	}{
		"money on the action":              {"I1", func(b *paper) { b.movements[2].Legs[0].Cents, b.movements[2].Cents = 49, 49; b.addUp() }},
		"a sum that is not":                {"I2", func(b *paper) { b.amounts["one"].Subtree[0]++ }},
		"an amount that is not":            {"I2", func(b *paper) { b.amounts["two"].Own[0]++ }},
		"a day that is not":                {"I2", func(b *paper) { b.days[0].a = &ledgerv1.BudgetAmounts{Own: []int64{1}} }},
		"more given than there is":         {"I2", func(b *paper) { b.movements[3].Legs[0].Cents, b.movements[3].Cents = 60, 60 }},
		"another book's money":             {"I3", func(b *paper) { b.lines[4].Path = nil }},
		"paid and not liquidated":          {"I4", func(b *paper) { b.movements[8].Legs[0].Cents, b.movements[8].Cents = 11, 11 }},
		"a commitment that says too much":  {"I4", func(b *paper) { b.positions[0].Amounts[4]++ }},
		"a commitment that is gone":        {"I4", func(b *paper) { b.positions = nil }},
		"a movement before the one before": {"I4", func(b *paper) { b.movements[8].Date = "2024-01-05" }},
		"an act that is gone":              {"I5", func(b *paper) { delete(b.acts, decree) }},
		"an act that is younger":           {"I5", func(b *paper) { b.acts[decree].Date = "2024-01-06" }},
		"an act that had ended":            {"I5", func(b *paper) { b.acts[decree].InForceTo = "2024-01-05" }},
		"an act that is not competent":     {"I5", func(b *paper) { b.movements[3].Act = decree }},
		"another body's act":               {"I5", func(b *paper) { b.acts[dgr].Body = "comune-di-jesi" }},
		"a decree that undoes a transfer":  {"I5", func(b *paper) { b.undo(1); b.movements[10].Corrects = 4; b.movements[10].Legs[0].Cents = 1 }},
		"more than the cap":                {"I6", func(b *paper) { b.lines[1].BeneficiaryCap = 29 }},
		"a share that is not":              {"I6", func(b *paper) { b.shares[0].Held = 29 }},
		"a project that costs too little":  {"I6", func(b *paper) { b.lines[2].ProjectCost = 49 }},
		"a reserve given to others":        {"I7", func(b *paper) { b.shares[0].Listed, b.lines[1].Reserve = false, 31; b.others(30) }},
		"a movement that is missing":       {"I8", func(b *paper) { b.movements[9].Number = 11 }},
		"a sum of entries that is not":     {"I8", func(b *paper) { b.movements[0].Cents++ }},
		"an entry below nothing":           {"I8", func(b *paper) { b.movements[0].Legs[0].Cents = -1 }},
		"a saving that is not exact":       {"I9", func(b *paper) { b.movements[9].Legs[0].Cents, b.movements[9].Cents = 29, 29 }},
		"a pot that is elsewhere":          {"I9", func(b *paper) { b.movements[9].Legs[0].ToLine = "two" }},
		"more undone than there was":       {"I9", func(b *paper) { b.undo(60); b.undo(60) }},
	} {
		b := newPaper()
		c.spoil(b)
		if got := brokenOf(t, b); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q is found broken; want %s", name, got, c.want)
		}
	}
}

func (b *paper) others(cents int64) {
	b.shares = append(b.shares, &ledgerv1.CallShare{Call: "call", Held: cents})
}

func (b *paper) undo(cents int64) {
	g := proto.Clone(b.movements[5].GetLegs()[0]).(*ledgerv1.BudgetLeg)
	g.FromLine, g.ToLine, g.Cents = g.ToLine, g.FromLine, cents
	b.movements = append(b.movements, &ledgerv1.Movement{Number: uint64(len(b.movements) + 1), Kind: Rettifica, Legs: []*ledgerv1.BudgetLeg{g}, Cents: cents, Act: decree, Date: "2024-01-09", Corrects: 6})
}
