package ledger_test

import (
	"fmt"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/module/moduletest"
)

const (
	region = "regione-marche"
	mapo   = "regione-marche:dgr:203:2023"
	change = "regione-marche:dgr:248:2024"
	decree = "regione-marche:decreto-dirigenziale:14.TDI:2025"
)

// cents of euros.
func euros(e int64) int64 { return e * 100 }

// treasury is a world with the acts and the lines of action 1.2.2, and no money.
type treasury struct {
	*world
	decree string
}

func newTreasury(t moduletest.T) *treasury {
	t.Helper()
	return newTreasuryOn(newWorld(t))
}

func newTreasuryOn(of *world) *treasury {
	w := &treasury{world: of}
	w.put(dgr("203", "2023-02-22"))
	w.put(dgr("248", "2024-02-26"))
	w.decree = w.put(act(ledgerv1.ActKind_ACT_KIND_DECRETO_DIRIGENZIALE, region, "14", "2025-02-11"))
	w.open("pr", ledgerv1.BudgetLevel_BUDGET_LEVEL_PROGRAMME, "")
	w.open("1.2.2", ledgerv1.BudgetLevel_BUDGET_LEVEL_ACTION, "pr")
	w.open("1.2.2.1", ledgerv1.BudgetLevel_BUDGET_LEVEL_INTERVENTION, "1.2.2")
	w.open("1.2.2.2", ledgerv1.BudgetLevel_BUDGET_LEVEL_INTERVENTION, "1.2.2")
	w.open("bdd", ledgerv1.BudgetLevel_BUDGET_LEVEL_PROJECT, "1.2.2.1")
	return w
}

func line(id string, level ledgerv1.BudgetLevel, parent string) *ledgerv1.NewBudgetLine {
	m := &ledgerv1.NewBudgetLine{Id: id, Level: level, Parent: parent, Title: "Line " + id, Act: mapo}
	if parent == "" {
		m.Body = region
	}
	return m
}

func opening(lines ...*ledgerv1.NewBudgetLine) *ledgerv1.MsgOpenLines {
	return &ledgerv1.MsgOpenLines{Lines: lines}
}

func (w *treasury) open(id string, level ledgerv1.BudgetLevel, parent string) {
	w.T.Helper()
	w.Do(by(region), opening(line(id, level, parent)))
}

// openCall opens the call of the integrated digital services.
func (w *treasury) openCall(limit, reserve int64) {
	w.T.Helper()
	m := line("bando", ledgerv1.BudgetLevel_BUDGET_LEVEL_CALL, "1.2.2.2")
	m.BeneficiaryCap, m.MinProjectCost, m.Reserve = limit, limit, reserve
	w.Do(by(region), opening(m))
}

func (w *treasury) openGrant(id, beneficiary string, cost int64) {
	w.T.Helper()
	w.Do(by(region), opening(grant(id, beneficiary, cost)))
}

func grant(id, beneficiary string, cost int64) *ledgerv1.NewBudgetLine {
	m := line(id, ledgerv1.BudgetLevel_BUDGET_LEVEL_GRANT, "bando")
	m.Beneficiary, m.ProjectCost = beneficiary, cost
	return m
}

// mv is a movement; the act and the day are those of DGR 203/2023 until changed.
func mv(kind ledgerv1.MovementKind, from string, cents int64, change ...func(*ledgerv1.NewMovement)) *ledgerv1.NewMovement {
	m := &ledgerv1.NewMovement{Kind: kind, Line: from, Cents: cents, Act: mapo, Date: "2023-02-22"}
	for _, c := range change {
		c(m)
	}
	return m
}

// on is a movement about a reservation or commitment.
func on(kind ledgerv1.MovementKind, position string, cents int64, change ...func(*ledgerv1.NewMovement)) *ledgerv1.NewMovement {
	m := mv(kind, "", cents, change...)
	m.Position = position
	return m
}

type option = func(*ledgerv1.NewMovement)

func to(id string) option     { return func(m *ledgerv1.NewMovement) { m.ToLine = id } }
func pot(id string) option    { return func(m *ledgerv1.NewMovement) { m.Pot = id } }
func as(id string) option     { return func(m *ledgerv1.NewMovement) { m.Position = id } }
func outOf(id string) option  { return func(m *ledgerv1.NewMovement) { m.Reservation = id } }
func owed(id string) option   { return func(m *ledgerv1.NewMovement) { m.Beneficiary = id } }
func citing(id string) option { return func(m *ledgerv1.NewMovement) { m.Act = id } }
func dated(d string) option   { return func(m *ledgerv1.NewMovement) { m.Date = d } }
func final(m *ledgerv1.NewMovement) {
	m.Final = true
}

func set(list ...*ledgerv1.NewMovement) *ledgerv1.MsgMoveBudget {
	return &ledgerv1.MsgMoveBudget{Movements: list}
}

func (w *treasury) move(list ...*ledgerv1.NewMovement) *ledgerv1.MoveBudgetResult {
	w.T.Helper()
	return w.Do(by(region), set(list...)).(*ledgerv1.MoveBudgetResult)
}

// endow gives the action its 18,000,000.00: 11,000,000.00 and 7,000,000.00.
func (w *treasury) endow() {
	w.T.Helper()
	w.move(mv(budget.Stanziamento, "pr", euros(18_000_000)), mv(budget.Riparto, "pr", euros(18_000_000), to("1.2.2")),
		mv(budget.Riparto, "1.2.2", euros(11_000_000), to("1.2.2.1")), mv(budget.Riparto, "1.2.2", euros(7_000_000), to("1.2.2.2")))
}

// transfer moves 1,550,000.00 as DGR 248/2024 does.
func (w *treasury) transfer() {
	w.T.Helper()
	w.move(mv(budget.Trasferimento, "1.2.2.1", euros(1_550_000), to("1.2.2.2"), citing(change), dated("2024-02-26")))
}

// state asks for a line.
func (w *treasury) state(id, asOf string, height int64) *ledgerv1.BudgetAmounts {
	w.T.Helper()
	out, err := w.ask(&ledgerv1.BudgetRequest{Line: id, AsOf: asOf, AtHeight: height})
	if err != nil || len(out.GetLines()) == 0 {
		w.T.Fatalf("the budget of %s: %v, %v", id, out, err)
	}
	return out.GetLines()[0].GetAmounts()
}

// stands asserts what stands on accounts of a line, "available 9,450,000.00".
func (w *treasury) stands(id string, want map[ledgerv1.BudgetAccount]int64) {
	w.T.Helper()
	own := w.state(id, "", 0).GetOwn()
	for a := budget.Available; a <= budget.Interest; a++ {
		if got := budget.Of(own, a); got != want[a] {
			w.T.Errorf("%s has %s %s; want %s", id, budget.Plain(got), budget.AccountWord(a), budget.Plain(want[a]))
		}
	}
}

func name(i int) string { return fmt.Sprintf("comune-%03d", i) }
