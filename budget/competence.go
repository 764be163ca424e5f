package budget

import (
	"fmt"

	"github.com/filiera-chain/filiera/acts"
	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
)

// Ranks of what an act may do with money, the lower the higher.
const (
	byLaw = iota + 1
	byGovernment
	byOffice
	byNobody
)

func rankOf(k ledgerv1.ActKind) int {
	switch {
	case k >= ledgerv1.ActKind_ACT_KIND_REGOLAMENTO_UE && k <= ledgerv1.ActKind_ACT_KIND_REGOLAMENTO_REGIONALE:
		return byLaw
	case k >= ledgerv1.ActKind_ACT_KIND_DELIBERA_CONSIGLIO && k <= ledgerv1.ActKind_ACT_KIND_DECRETO_PRESIDENTE:
		return byGovernment
	case k == ledgerv1.ActKind_ACT_KIND_DECRETO_DIRIGENZIALE, k == ledgerv1.ActKind_ACT_KIND_DETERMINA:
		return byOffice
	}
	return byNobody
}

var rankWords = map[int]string{
	byGovernment: "law, or a decision of the government or the council", byOffice: "law, a decision of the government or the council, or a manager's decree",
}

// needs is the rank that a kind of movement asks for: endowments of programmes,
// actions and interventions are for who governs (facts of the plan: DGR), whatever is
// below them, and the phases of spending, for managers (D.Lgs. 165/2001, art. 4).
func needs(k ledgerv1.MovementKind, level ledgerv1.BudgetLevel) int {
	switch k {
	case Stanziamento:
		return byGovernment
	case Riparto, Riduzione, Trasferimento, Riassegnazione:
		if level <= ledgerv1.BudgetLevel_BUDGET_LEVEL_INTERVENTION {
			return byGovernment
		}
	}
	return byOffice
}

// Authorised is the line whose endowment a movement between two lines changes, which
// the act must be competent for: of a riparto the one that is given to, of a
// trasferimento the higher one, and otherwise the one that money leaves. to may be nil.
func Authorised(k ledgerv1.MovementKind, from, to *ledgerv1.BudgetLine) *ledgerv1.BudgetLine {
	if to != nil && (k == Riparto || k == Trasferimento && to.GetLevel() < from.GetLevel()) {
		return to
	}
	return from
}

// Competent refuses an act that may not authorise a kind of movement of a body's
// money; level is that of the line whose endowment it changes, the higher one.
func Competent(a *ledgerv1.Act, k ledgerv1.MovementKind, level ledgerv1.BudgetLevel, body string) error {
	need, has := needs(k, level), rankOf(a.GetKind())
	if has > need {
		return fmt.Errorf("I5: %s is a %s; a %s on a line of the level %s takes %s", a.GetId(), acts.KindWord(a.GetKind()), KindWord(k), LevelWord(level), rankWords[need])
	}
	if a.GetBody() != body && has != byLaw {
		return fmt.Errorf("I5: %s is an act of %s, and the money is that of %s", a.GetId(), a.GetBody(), body)
	}
	return nil
}

// InForce refuses an act that is not in force on a movement's day, or younger than it.
func InForce(a *ledgerv1.Act, date string) error {
	if date < a.GetDate() {
		return fmt.Errorf("I5: the movement is of %s and %s is of %s; a movement is not older than its act", date, a.GetId(), a.GetDate())
	}
	if why := acts.Why(a, date); why != "" {
		return fmt.Errorf("I5: the movement is of %s, and %s %s", date, a.GetId(), why)
	}
	return nil
}
