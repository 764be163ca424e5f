package ledger_test

import (
	"fmt"
	"strings"
	"testing"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/x/ledger"
)

// ask asks the module's question.
func (w *treasury) ask(q *ledgerv1.BudgetRequest) (*ledgerv1.BudgetState, error) {
	for _, question := range w.ledger.Module().Queries {
		if question.Method == "Budget" {
			out, err := question.Answer(w.Reader(), q)
			if err != nil {
				return nil, err
			}
			return out.(*ledgerv1.BudgetState), nil
		}
	}
	return nil, fmt.Errorf("no question Budget")
}

func TestThePlanOfAction122(t *testing.T) {
	w := newTreasury(t)
	w.endow()
	w.transfer()
	for _, c := range []struct {
		line, asOf string
		want       int64
	}{
		{"1.2.2", "", 18_000_000},
		{"1.2.2.1", "", 9_450_000},
		{"1.2.2.2", "", 8_550_000},
		{"1.2.2.1", "2024-02-25", 11_000_000},
		{"1.2.2.2", "2024-02-25", 7_000_000},
		{"1.2.2", "2024-02-25", 18_000_000},
		{"1.2.2.1", "2024-02-26", 9_450_000},
		{"1.2.2", "2023-02-21", 0},
	} {
		if got := budget.Endowment(w.state(c.line, c.asOf, 0).GetSubtree()); got != euros(c.want) {
			t.Errorf("%s as of %q: %s; want %d.00", c.line, c.asOf, budget.Plain(got), c.want)
		}
	}
	w.move(mv(budget.Riparto, "1.2.2.1", 269065221, to("bdd"), citing(w.decree), dated("2025-02-11")))
	w.stands("bdd", map[ledgerv1.BudgetAccount]int64{budget.Available: 269065221})
}

// What takes a decision of the government to do takes one to undo.
func TestADecreeUndoesNoTransfer(t *testing.T) {
	w := newTreasury(t)
	w.fundProject()
	made := w.move(mv(budget.Trasferimento, "bdd", euros(10), to("1.2.2.2"), citing(change), dated("2025-02-12")))
	undo := func(act string) *ledgerv1.NewMovement {
		return mv(budget.Rettifica, "", 0, citing(act), dated("2025-02-13"), func(m *ledgerv1.NewMovement) { m.Corrects = made.GetNumbers()[0] })
	}
	w.Refuses(ledger.ErrCited, by(region), set(undo(w.decree)))
	w.move(undo(change))
}

// A book may begin with its action.
func TestAnActionMayBeARoot(t *testing.T) {
	w := newTreasury(t)
	w.open("solo", ledgerv1.BudgetLevel_BUDGET_LEVEL_ACTION, "")
	w.open("solo.1", ledgerv1.BudgetLevel_BUDGET_LEVEL_INTERVENTION, "solo")
	w.Refuses(ledger.ErrWhole, by(region), set(mv(budget.Stanziamento, "solo", 5)))
	w.move(mv(budget.Stanziamento, "solo", 5), mv(budget.Riparto, "solo", 5, to("solo.1")))
	w.stands("solo.1", map[ledgerv1.BudgetAccount]int64{budget.Available: 5})
	w.Refuses(ledger.ErrNeutral, by(region), set(mv(budget.Trasferimento, "solo.1", 5, to("1.2.2.1"))))
}

// Sums stay numbers, however often the largest amount enters.
func TestABookHasABound(t *testing.T) {
	w := newTreasury(t)
	for range 8 {
		w.move(mv(budget.Stanziamento, "pr", budget.MaxCents))
	}
	w.Refuses(ledger.ErrAmount, by(region), set(mv(budget.Stanziamento, "pr", 1)))
}

// fund brings the call all that DGR 248/2024 gave it.
func (w *treasury) fund() {
	w.T.Helper()
	w.endow()
	w.transfer()
	w.move(mv(budget.Riparto, "1.2.2.2", euros(8_550_000), to("bando"), citing(change), dated("2024-02-26")))
}

func give(i int) *ledgerv1.NewMovement {
	return mv(budget.Riparto, "bando", euros(45_000), to(fmt.Sprintf("g-%03d", i)), citing(change), dated("2024-03-01"))
}

func TestA191stGrantDoesNotFit(t *testing.T) {
	w := newTreasury(t)
	w.openCall(euros(45_000), 0)
	w.fund()
	var all []*ledgerv1.NewMovement
	var grants []*ledgerv1.NewBudgetLine
	for i := 1; i <= 191; i++ {
		grants = append(grants, grant(fmt.Sprintf("g-%03d", i), name(i), euros(60_000)))
		if i <= 190 {
			all = append(all, give(i))
		}
	}
	w.Do(by(region), opening(grants...))
	w.move(all...)
	w.stands("bando", nil)
	_, err := w.Try(by(region), set(give(191)))
	if err == nil || !strings.Contains(err.Error(), "bando has 0.00 € available, and the riparto is of 45,000.00 €: 45,000.00 € is missing") {
		t.Errorf("the 191st grant: %v", err)
	}
	w.Refuses(ledger.ErrGiven, by(region), set(give(191)))
	if got := budget.Held(w.state("bando", "", 0).GetSubtree()); got != 190*euros(45_000) {
		t.Errorf("190 grants come to %s", budget.Plain(got))
	}
}

func TestReserveOfTheVillages(t *testing.T) {
	w := newTreasury(t)
	w.openCall(euros(45_000), euros(1_000_000))
	w.fund()
	w.Do(by(region), &ledgerv1.MsgListBeneficiaries{Call: "bando", Add: []string{name(1)}, Act: change})
	w.openGrant("g-001", name(1), euros(45_000))
	w.openGrant("g-002", name(2), euros(45_000))
	// 7,550,000.00 are for whom the list does not have
	w.move(mv(budget.Riduzione, "bando", euros(7_520_000), citing(change), dated("2024-03-01")))
	w.move(give(1))
	_, err := w.Try(by(region), set(give(2)))
	if err == nil || !strings.Contains(err.Error(), "would hold 45,000.00 € of bando; of its 1,030,000.00 €, 1,000,000.00 € is kept for listed ones, which leaves 30,000.00 €") {
		t.Errorf("a grant out of the reserve: %v", err)
	}
	w.Refuses(ledger.ErrReserve, by(region), set(give(2)))
	w.Refuses(ledger.ErrCap, by(region), set(mv(budget.Riparto, "bando", 1, to("g-001"), citing(change), dated("2024-03-01"))))
	w.Refuses(ledger.ErrCap, by(region), opening(grant("g-003", name(3), euros(45_000)-1)))
}

// TestLifeOfAGrant follows one from the reservation to the recovery.
func TestLifeOfAGrant(t *testing.T) {
	w := newTreasury(t)
	w.openCall(euros(45_000), 0)
	w.fund()
	w.openGrant("g-001", name(1), euros(45_000))
	later := func(d string) []option { return []option{citing(w.decree), dated(d)} }
	w.move(mv(budget.Prenotazione, "bando", euros(90_000), append(later("2025-03-01"), as("p-1"))...))
	w.stands("bando", map[ledgerv1.BudgetAccount]int64{budget.Available: euros(8_460_000), budget.Reserved: euros(90_000)})
	w.Refuses(ledger.ErrPhase, by(region), set(mv(budget.Impegno, "", euros(90_001), append(later("2025-04-01"), outOf("p-1"), to("g-001"), as("i-1"))...)))
	w.move(mv(budget.Impegno, "", euros(45_000), append(later("2025-04-01"), outOf("p-1"), to("g-001"), as("i-1"), final)...))
	w.stands("bando", map[ledgerv1.BudgetAccount]int64{budget.Available: euros(8_505_000)})
	w.stands("g-001", map[ledgerv1.BudgetAccount]int64{budget.Committed: euros(45_000)})
	w.Refuses(ledger.ErrPhase, by(region), set(on(budget.Pagamento, "i-1", 1, later("2025-05-01")...)))
	w.Refuses(ledger.ErrPhase, by(region), set(on(budget.Liquidazione, "i-1", euros(45_000)+1, later("2025-05-01")...)))
	w.Refuses(ledger.ErrOrder, by(region), set(on(budget.Liquidazione, "i-1", euros(1), later("2025-03-31")...)))
	w.move(on(budget.Liquidazione, "i-1", euros(30_000), later("2025-05-01")...), on(budget.Pagamento, "i-1", euros(20_000), later("2025-05-02")...))
	_, err := w.Try(by(region), set(on(budget.Pagamento, "i-1", euros(10_000)+1, later("2025-05-03")...)))
	if err == nil || !strings.Contains(err.Error(), "I4: i-1 has 10,000.00 € liquidated, and the pagamento is of 10,000.01 €") {
		t.Errorf("a payment over what is liquidated: %v", err)
	}
	w.Refuses(ledger.ErrReturned, by(region), set(on(budget.Economia, "i-1", 0, append(later("2025-06-01"), pot("bando"))...)))
	w.move(on(budget.Pagamento, "i-1", euros(10_000), later("2025-05-03")...))
	w.Refuses(ledger.ErrReturned, by(region), set(on(budget.Economia, "i-1", euros(15_000)-1, append(later("2025-06-01"), pot("bando"))...)))
	w.Refuses(ledger.ErrReturned, by(region), set(on(budget.Economia, "i-1", 0, append(later("2025-06-01"), pot("bdd"))...)))
	saved := w.move(on(budget.Economia, "i-1", euros(15_000), append(later("2025-06-01"), pot("bando"))...))
	w.stands("bando", map[ledgerv1.BudgetAccount]int64{budget.Available: euros(8_505_000), budget.Savings: euros(15_000)})
	// that was a mistake: undone, and the grant is revoked instead
	w.move(mv(budget.Rettifica, "", 0, append(later("2025-06-02"), func(m *ledgerv1.NewMovement) { m.Corrects = saved.GetNumbers()[0] })...))
	w.Refuses(ledger.ErrReturned, by(region), set(mv(budget.Rettifica, "", 0, append(later("2025-06-02"), func(m *ledgerv1.NewMovement) { m.Corrects = saved.GetNumbers()[0] })...)))
	w.move(on(budget.Revoca, "i-1", 0, append(later("2025-07-01"), pot("bando"))...))
	w.stands("g-001", map[ledgerv1.BudgetAccount]int64{budget.ToRecover: euros(30_000)})
	w.stands("bando", map[ledgerv1.BudgetAccount]int64{budget.Available: euros(8_505_000), budget.Savings: euros(15_000)})
	w.Refuses(ledger.ErrReturned, by(region), set(on(budget.Recupero, "i-1", euros(30_000)+1, append(later("2025-08-01"), pot("bando"))...)))
	w.move(on(budget.Recupero, "i-1", euros(30_000), append(later("2025-08-01"), pot("bando"), func(m *ledgerv1.NewMovement) { m.Interest = 12345 })...))
	w.stands("bando", map[ledgerv1.BudgetAccount]int64{budget.Available: euros(8_505_000), budget.Savings: euros(45_000), budget.Interest: 12345})
	if got := budget.Endowment(w.state("pr", "", 0).GetSubtree()); got != euros(18_000_000) {
		t.Errorf("the programme has %s after it all", budget.Plain(got))
	}
	w.move(mv(budget.Riassegnazione, "bando", euros(45_000), later("2025-09-01")...))
	w.stands("bando", map[ledgerv1.BudgetAccount]int64{budget.Available: euros(8_550_000), budget.Interest: 12345})
}

func TestAReservationRunsOut(t *testing.T) {
	w := newTreasury(t)
	w.fundProject()
	w.move(mv(budget.Prenotazione, "bdd", euros(10), citing(w.decree), dated("2025-03-01"), as("p-1"), func(m *ledgerv1.NewMovement) { m.Expires = "2026-11-24" }))
	w.move(mv(budget.Impegno, "", euros(4), citing(w.decree), dated("2025-03-02"), outOf("p-1"), owed("impresa"), as("i-1")))
	w.EndBlock(24 * 3600)
	w.EndBlock(24 * 3600)
	w.stands("bdd", map[ledgerv1.BudgetAccount]int64{budget.Available: euros(100) - euros(10), budget.Reserved: euros(6), budget.Committed: euros(4)})
	w.Refuses(ledger.ErrOrder, by(region), set(mv(budget.Impegno, "", euros(1), citing(w.decree), dated("2026-11-24"), outOf("p-1"), owed("impresa"))))
	w.EndBlock(1)
	w.stands("bdd", map[ledgerv1.BudgetAccount]int64{budget.Available: euros(96), budget.Committed: euros(4)})
	if got := budget.Of(w.state("bdd", "2026-11-24", 0).GetOwn(), budget.Reserved); got != euros(6) {
		t.Errorf("on its last day the reservation holds %s", budget.Plain(got))
	}
}

// fundProject gives the project 100.00.
func (w *treasury) fundProject() {
	w.T.Helper()
	w.endow()
	w.move(mv(budget.Riparto, "1.2.2.1", euros(100), to("bdd"), citing(w.decree), dated("2025-02-11")))
}

func TestRefusedMovements(t *testing.T) {
	w := newTreasury(t)
	w.openCall(euros(45_000), 0)
	w.fundProject()
	later := []option{citing(w.decree), dated("2025-02-12")}
	for _, c := range []struct {
		name string
		want *module.Error
		by   string
		set  []*ledgerv1.NewMovement
	}{
		{"money on the action itself", ledger.ErrWhole, region, []*ledgerv1.NewMovement{mv(budget.Riduzione, "1.2.2.1", 1)}},
		{"more than there is", ledger.ErrGiven, region, []*ledgerv1.NewMovement{mv(budget.Riparto, "1.2.2.1", euros(11_000_000), append(later, to("bdd"), citing(mapo))...)}},
		{"a second movement that does not fit", ledger.ErrGiven, region, []*ledgerv1.NewMovement{
			mv(budget.Prenotazione, "bdd", euros(60), later...), mv(budget.Trasferimento, "bdd", euros(60), append(later, to("bando"))...),
		}},
		{"a transfer to the line above", ledger.ErrNeutral, region, []*ledgerv1.NewMovement{mv(budget.Trasferimento, "bdd", 1, append(later, to("1.2.2.1"), citing(mapo))...)}},
		{"a riparto past a level", ledger.ErrGiven, region, []*ledgerv1.NewMovement{mv(budget.Riparto, "1.2.2", 1, append(later, to("bdd"))...)}},
		{"an appropriation to a part", ledger.ErrGiven, region, []*ledgerv1.NewMovement{mv(budget.Stanziamento, "bdd", 1, to(""), citing(mapo))}},
		{"a movement before its act", ledger.ErrCited, region, []*ledgerv1.NewMovement{mv(budget.Prenotazione, "bdd", 1, citing(w.decree), dated("2025-02-10"))}},
		{"before the money was there", ledger.ErrPhase, region, []*ledgerv1.NewMovement{mv(budget.Prenotazione, "bdd", 1, dated("2025-02-10"))}},
		{"tomorrow", ledger.ErrDates, region, []*ledgerv1.NewMovement{mv(budget.Prenotazione, "bdd", 1, dated("2026-11-24"))}},
		{"a decree that moves an intervention", ledger.ErrCited, region, []*ledgerv1.NewMovement{mv(budget.Trasferimento, "1.2.2.1", 1, append(later, to("1.2.2.2"))...)}},
		{"no such act", ledger.ErrAct, region, []*ledgerv1.NewMovement{mv(budget.Prenotazione, "bdd", 1, citing("regione-marche:dgr:1:2023"))}},
		{"nothing", ledger.ErrAmount, region, []*ledgerv1.NewMovement{mv(budget.Prenotazione, "bdd", 0, later...)}},
		{"less than nothing", ledger.ErrAmount, region, []*ledgerv1.NewMovement{mv(budget.Prenotazione, "bdd", -1, later...)}},
		{"a commitment to nobody", ledger.ErrPosition, region, []*ledgerv1.NewMovement{mv(budget.Impegno, "bdd", 1, later...)}},
		{"a commitment of a call", ledger.ErrCap, region, []*ledgerv1.NewMovement{mv(budget.Impegno, "bando", 1, append(later, owed(name(1)))...)}},
		{"somebody else's money", ledger.ErrSpeak, "comune-di-jesi", []*ledgerv1.NewMovement{mv(budget.Prenotazione, "bdd", 1, later...)}},
		{"a field of another kind", ledger.ErrShape, region, []*ledgerv1.NewMovement{mv(budget.Prenotazione, "bdd", 1, append(later, pot("bdd"))...)}},
		{"a name of a person", ledger.ErrShape, region, []*ledgerv1.NewMovement{mv(budget.Impegno, "bdd", 1, append(later, owed("person:RSSMRA80A01H501U"))...)}},
	} {
		before := w.state("pr", "", 0)
		_, err := w.Try(by(c.by), set(c.set...))
		if module.AsError(err).ID() != c.want.ID() {
			t.Errorf("%s: %v; want %s", c.name, err, c.want.ID())
		}
		if got := w.state("pr", "", 0); got.String() != before.String() {
			t.Errorf("%s: was refused and moved money", c.name)
		}
	}
}

func TestAnActThatEndedMovesNothing(t *testing.T) {
	w := newTreasury(t)
	w.fundProject()
	end := w.put(act(ledgerv1.ActKind_ACT_KIND_DECRETO_DIRIGENZIALE, region, "99", "2025-06-01"))
	w.Do(by(region), relate(end, revokes, w.decree))
	w.move(mv(budget.Prenotazione, "bdd", 1, citing(w.decree), dated("2025-05-31")))
	_, err := w.Try(by(region), set(mv(budget.Prenotazione, "bdd", 1, citing(w.decree), dated("2025-06-01"))))
	if err == nil || !strings.Contains(err.Error(), "was revoked by "+end+" from 2025-06-01") {
		t.Errorf("under a revoked act: %v", err)
	}
}

func TestWhatTheAccountsEnteredIsRecordedOnce(t *testing.T) {
	w := newTreasury(t)
	w.fundProject()
	ref := func(m *ledgerv1.NewMovement) { m.Ref = "2025/123" }
	w.move(mv(budget.Prenotazione, "bdd", 1, citing(w.decree), dated("2025-03-01"), ref))
	w.Refuses(ledger.ErrRefTwice, by(region), set(mv(budget.Prenotazione, "bdd", 1, citing(w.decree), dated("2025-03-01"), ref)))
}

func TestHeightsAreKept(t *testing.T) {
	w := newTreasury(t)
	w.endow()
	before := w.Block.Height
	w.EndBlock(1)
	w.transfer()
	if got := budget.Endowment(w.state("1.2.2.2", "", before).GetSubtree()); got != euros(7_000_000) {
		t.Errorf("at height %d: %s", before, budget.Plain(got))
	}
	if got := budget.Endowment(w.state("1.2.2.2", "2024-02-26", before).GetSubtree()); got != euros(7_000_000) {
		t.Errorf("of that day, as it was known at height %d: %s", before, budget.Plain(got))
	}
}
