package gateway

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
)

// purse commits a small book: a programme gives a grant, which owes something.
func (w *world) purse() {
	root := &ledgerv1.BudgetLine{Id: "1.2.2", Level: ledgerv1.BudgetLevel_BUDGET_LEVEL_PROGRAMME, Title: "Programme", Body: "regione-marche", Act: testDGR, OpenedHeight: 4}
	grant := &ledgerv1.BudgetLine{Id: "g-1", Level: ledgerv1.BudgetLevel_BUDGET_LEVEL_GRANT, Path: []string{"1.2.2"}, Title: "Grant", Body: "regione-marche", Beneficiary: "comune-di-jesi", Cup: "C11G06000000001", Act: testDGR, OpenedHeight: 4}
	leg := func(from string, out ledgerv1.BudgetAccount, to string, in ledgerv1.BudgetAccount, cents int64) *ledgerv1.BudgetLeg {
		return &ledgerv1.BudgetLeg{FromLine: from, FromAccount: out, ToLine: to, ToAccount: in, Cents: cents}
	}
	owed := leg("g-1", budget.Available, "g-1", budget.Committed, 4000)
	owed.ToPosition = "imp-1"
	state, say, found := map[string]proto.Message{}, []proto.Message{}, [][]byte{}
	put := func(key []byte, m proto.Message) { state[string(key)] = m }
	for i, m := range []*ledgerv1.Movement{
		{Kind: budget.Stanziamento, Legs: []*ledgerv1.BudgetLeg{leg("1.2.2", budget.Funding, "1.2.2", budget.Available, 10000)}, Date: "2023-02-20", Act: testDGR},
		{Kind: budget.Riparto, Legs: []*ledgerv1.BudgetLeg{leg("1.2.2", budget.Available, "g-1", budget.Available, 4500)}, Date: "2024-02-26", Act: testOther},
		{Kind: budget.Impegno, Legs: []*ledgerv1.BudgetLeg{owed}, Date: "2024-02-26", Act: testOther, Position: "imp-1", Ref: "2024/7"},
	} {
		m.Number, m.Cents, m.RecordedHeight = uint64(i+1), m.GetLegs()[0].GetCents(), 5
		put(statekey.Movement(m.Number), m)
		start, _ := statekey.MovementsOfAct(m.GetAct())
		found = append(found, append(start, 0, 0, 0, 0, 0, 0, 0, byte(m.Number)))
		say = append(say, index.AnnounceRecord(m))
	}
	position := &ledgerv1.Position{Id: "imp-1", Kind: ledgerv1.Position_KIND_COMMITMENT, Line: "g-1", Beneficiary: "comune-di-jesi", Amounts: []int64{0, 0, 4000}, Act: testOther, Opened: "2024-02-26", Last: "2024-02-26", FirstMovement: 3, LastMovement: 3, Cents: 4000}
	put(statekey.Position("imp-1"), position)
	day := func(line, date string, a *ledgerv1.BudgetAmounts) {
		start, _ := statekey.BudgetDays(line, "")
		put(append(append(start, date...), 0, 0, 0, 0, 0, 0, 0, 0, 5), a)
	}
	day("1.2.2", "2023-02-20", &ledgerv1.BudgetAmounts{Own: []int64{10000, 0, 0, 0, 0, 0, 0, 0, -10000}, Subtree: []int64{10000}})
	day("1.2.2", "2024-02-26", &ledgerv1.BudgetAmounts{Own: []int64{-4500}, Subtree: []int64{-4000, 0, 4000}})
	day("g-1", "2024-02-26", &ledgerv1.BudgetAmounts{Own: []int64{500, 0, 4000}, Subtree: []int64{500, 0, 4000}})
	put(statekey.BudgetLine("1.2.2"), root)
	put(statekey.BudgetLine("g-1"), grant)
	put(statekey.BudgetAmounts("", "1.2.2"), &ledgerv1.BudgetAmounts{Own: []int64{5500, 0, 0, 0, 0, 0, 0, 0, -10000}, Subtree: []int64{6000, 0, 4000}})
	put(statekey.BudgetAmounts("1.2.2", "g-1"), &ledgerv1.BudgetAmounts{Own: []int64{500, 0, 4000}, Subtree: []int64{500, 0, 4000}})
	start, _ := statekey.LinesOfBeneficiary("comune-di-jesi")
	found = append(found, append(start, "g-1"...))
	say = append(say, index.AnnounceRecord(root), index.AnnounceRecord(grant), index.AnnounceRecord(position))
	w.commit(action{acts: []proto.Message{&ledgerv1.MsgMoveBudget{}}, state: state, index: found, say: say})
}

func TestTheBudgetIsAnswered(t *testing.T) {
	w := newWorld(t)
	w.story()
	w.decisions()
	w.purse()
	w.commit()
	for ask, want := range map[string]string{
		"/v1/budget":                                               `lines.0.line.id=1.2.2 lines.0.total.endowment=10000 lines.0.own.available=5500 lines.0.total.committed=4000 lines.1=<nil>`,
		"/v1/budget?down_to=grant&proof=true":                      `lines.1.line.id=g-1 lines.1.own.available=500 proof.format=filiera-budget/1 proof.target.down_to=grant`,
		"/v1/budget?as_of=2024-02-25&down_to=grant":                `as_of=2024-02-25 lines.0.total.endowment=10000 lines.0.own.available=10000 lines.1=<nil>`,
		"/v1/budget?as_of=4":                                       `at_height=4 lines.0.total.endowment=0`,
		"/v1/budget?line=g-1&down_to=grant":                        `lines.0.total.endowment=4500`,
		"/v1/budget/lines?under=1.2.2&level=grant":                 `items.0.id=g-1 items.1=<nil>`,
		"/v1/budget/lines?beneficiary=comune-di-jesi":              `items.0.cup=C11G06000000001`,
		"/v1/budget/movements":                                     `items.0.number=3 items.2.number=1 items.3=<nil>`,
		"/v1/budget/movements?line=g-1&to=2023-12-31":              `items.0=<nil>`,
		"/v1/budget/movements?under=1.2.2&kind=riparto":            `items.0.number=2 items.1=<nil>`,
		"/v1/budget/movements?ref=2024/7":                          `items.0.position=imp-1`,
		"/v1/budget/movements?beneficiary=nobody":                  `items.0=<nil>`,
		"/v1/budget/movements/2?proof=true":                        `movement.act=` + testOther + ` movement.legs.0.to_line=g-1 proof.format=filiera-record/1`,
		"/v1/budget/positions?open=true&kind=commitment":           `items.0.id=imp-1`,
		"/v1/budget/positions/imp-1?proof=true":                    `holds.committed=4000 proof.format=filiera-record/1`,
		"/v1/budget/acts/" + testOther + "?proof=true":             `proof.target.act=` + testOther + ` movements=2 lines.0.line.id=1.2.2 lines.0.before.available=10000 lines.0.after.committed=4000 lines.1.before.endowment=0 lines.1.after.endowment=4500`,
		"/v1/budget/beneficiaries/comune-di-jesi?as_of=2024-02-25": `total.endowment=0`,
		"/v1/budget/beneficiaries/comune-di-jesi?proof=true":       `proof.format=filiera-budget/1 total.committed=4000 lines.0.line.id=g-1`,
		"/v1/budget/beneficiaries/nobody":                          `lines.0=<nil> total.endowment=0`,
		"/v1/search?q=grant&kind=budget_line":                      `items.0.key=g-1`,
	} {
		r := w.get(ask)
		for _, one := range fields(want) {
			path, value, _ := strings.Cut(one, "=")
			if got := fmt.Sprint(r.at(path)); r.status != 200 || got != value {
				t.Errorf("%s: %s is %s (status %d); want %s", ask, path, got, r.status, value)
			}
		}
	}
	for ask, want := range map[string]string{
		"/v1/budget?line=nowhere": "budget_line.not_found", "/v1/budget?as_of=ieri": "as_of.invalid", "/v1/budget?down_to=all": "down_to.invalid",
		"/v1/budget/movements/9": "movement.not_found", "/v1/budget/positions/x": "position.not_found", "/v1/budget/lines?under=%25": "under.invalid",
		"/v1/budget/acts/regione-marche:dgr:1:2020": "act.not_found",
	} {
		if r := w.get(ask); fmt.Sprint(r.at("code")) != want {
			t.Errorf("%s: %v; want %s", ask, r.at("code"), want)
		}
	}
}
