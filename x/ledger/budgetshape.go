package ledger

import (
	"encoding/hex"
	"strings"

	"github.com/filiera-chain/filiera/acts"
	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/module"
)

// Bounds of the budget's messages.
const (
	maxMovements = 200
	maxLines     = 500
	maxListed    = 500
	maxLineID    = 64
	maxTitle     = 300
)

// checkLineID refuses what is no id of a line or of a position: a-z, 0-9, inner
// hyphens and dots.
func checkLineID(field, s string) error {
	bad := len(s) == 0 || len(s) > maxLineID || strings.ContainsAny(s[:1]+s[len(s)-1:], ".-")
	for i := 0; i < len(s) && !bad; i++ {
		c := s[i]
		bad = (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '-'
	}
	if bad {
		return ErrShape.With("%s is %q; write 1 to %d characters of a-z, 0-9, inner hyphens and dots, such as 1.2.2.1", field, clip(s), maxLineID)
	}
	return nil
}

const personPrefix = "person:"

// checkBeneficiary refuses what names neither a body nor a commitment of a person.
func checkBeneficiary(field, s string) error {
	if digits, person := strings.CutPrefix(s, personPrefix); person {
		if b, err := hex.DecodeString(digits); err != nil || len(b) != 32 || strings.ToLower(digits) != digits {
			return ErrShape.With("%s is %q; a natural person is %s and the 64 small hex digits of a salted commitment, never a name or a tax code", field, clip(s), personPrefix)
		}
		return nil
	}
	return shape(module.CheckSlug(field, s, 3, 64))
}

func checkEuros(field string, cents int64) error {
	if cents < 0 || cents > budget.MaxCents {
		return ErrAmount.With("I8: %s is %d cents; it takes 0 to %s", field, cents, budget.Euro(budget.MaxCents, "en"))
	}
	return nil
}

func checkOpenLines(m *ledgerv1.MsgOpenLines) error {
	if n := len(m.GetLines()); n == 0 || n > maxLines {
		return ErrShape.With("there are %d lines; one act opens 1 to %d", n, maxLines)
	}
	for i, line := range m.GetLines() {
		if err := checkOpenLine(line); err != nil {
			return inPart("line", i, len(m.GetLines()), err)
		}
	}
	return nil
}

func checkOpenLine(m *ledgerv1.NewBudgetLine) error {
	if err := checkLineID("id", m.GetId()); err != nil {
		return err
	}
	if m.GetLevel() < ledgerv1.BudgetLevel_BUDGET_LEVEL_PROGRAMME || m.GetLevel() > ledgerv1.BudgetLevel_BUDGET_LEVEL_GRANT {
		return ErrShape.With("level is %d; write programme, action, intervention, project, call or grant", m.GetLevel())
	}
	if (m.GetParent() == "") != (m.GetBody() != "") {
		return ErrShape.With("parent is %q and body is %q; a root names the body whose money it is, and every other line the one above it", clip(m.GetParent()), clip(m.GetBody()))
	}
	if m.GetParent() != "" {
		if err := checkLineID("parent", m.GetParent()); err != nil {
			return err
		}
	} else if err := module.CheckSlug("body", m.GetBody(), 3, 40); err != nil {
		return shape(err)
	}
	grant := m.GetLevel() == ledgerv1.BudgetLevel_BUDGET_LEVEL_GRANT
	if grant != (m.GetBeneficiary() != "") {
		return ErrShape.With("beneficiary is %q on a %s; each grant has one, and nothing else", clip(m.GetBeneficiary()), budget.LevelWord(m.GetLevel()))
	}
	if grant {
		if err := checkBeneficiary("beneficiary", m.GetBeneficiary()); err != nil {
			return err
		}
	}
	return checkTerms(m.GetLevel(), m)
}

// terms is what a line says and an act may change.
type terms interface {
	GetTitle() string
	GetCup() string
	GetProjectCost() int64
	GetBeneficiaryCap() int64
	GetMinProjectCost() int64
	GetReserve() int64
	GetAct() string
}

func checkTerms(level ledgerv1.BudgetLevel, t terms) error {
	if err := module.CheckText("title", t.GetTitle(), 2, maxTitle); err != nil {
		return shape(err)
	}
	if t.GetCup() != "" {
		if err := shape(acts.CheckCUP("cup", t.GetCup())); err != nil {
			return err
		}
	}
	for _, f := range []struct {
		name  string
		cents int64
		level ledgerv1.BudgetLevel
	}{
		{"project_cost", t.GetProjectCost(), ledgerv1.BudgetLevel_BUDGET_LEVEL_GRANT},
		{"beneficiary_cap", t.GetBeneficiaryCap(), ledgerv1.BudgetLevel_BUDGET_LEVEL_CALL},
		{"min_project_cost", t.GetMinProjectCost(), ledgerv1.BudgetLevel_BUDGET_LEVEL_CALL},
		{"reserve", t.GetReserve(), ledgerv1.BudgetLevel_BUDGET_LEVEL_CALL},
	} {
		if err := checkEuros(f.name, f.cents); err != nil {
			return err
		}
		if f.cents != 0 && level != 0 && level != f.level {
			return ErrShape.With("%s is %s on a %s; only a %s has it", f.name, budget.Euro(f.cents, "en"), budget.LevelWord(level), budget.LevelWord(f.level))
		}
	}
	return checkActID("act", t.GetAct())
}

func checkMoveBudget(m *ledgerv1.MsgMoveBudget) error {
	if n := len(m.GetMovements()); n == 0 || n > maxMovements {
		return ErrShape.With("there are %d movements; one set takes 1 to %d", n, maxMovements)
	}
	for i, n := range m.GetMovements() {
		if err := checkNewMovement(n); err != nil {
			return inPart("movement", i, len(m.GetMovements()), err)
		}
	}
	return nil
}

func checkNewMovement(n *ledgerv1.NewMovement) error {
	k := n.GetKind()
	if k < budget.Stanziamento || k > budget.Rettifica || k == budget.Scadenza {
		return ErrShape.With("kind is %d; write one of %s", k, strings.Join(budget.KindWords(), ", "))
	}
	for _, f := range []struct{ name, id string }{
		{"line", n.GetLine()}, {"to_line", n.GetToLine()}, {"position", n.GetPosition()}, {"reservation", n.GetReservation()}, {"pot", n.GetPot()},
	} {
		if f.id == "" {
			continue
		}
		if err := checkLineID(f.name, f.id); err != nil {
			return err
		}
	}
	for _, err := range []error{checkEuros("cents", n.GetCents()), checkEuros("interest", n.GetInterest()), checkActID("act", n.GetAct())} {
		if err != nil {
			return err
		}
	}
	for _, err := range []error{
		optionalDate("date", n.GetDate()), optionalDate("expires", n.GetExpires()), optionalDate("due", n.GetDue()),
		module.CheckText("title", n.GetTitle(), 0, maxTitle), module.CheckText("note", n.GetNote(), 0, 500), module.CheckText("ref", n.GetRef(), 0, 64),
	} {
		if err != nil {
			return shape(err)
		}
	}
	if n.GetBeneficiary() != "" {
		if err := checkBeneficiary("beneficiary", n.GetBeneficiary()); err != nil {
			return err
		}
	}
	if n.GetCup() != "" {
		if err := shape(acts.CheckCUP("cup", n.GetCup())); err != nil {
			return err
		}
	}
	return checkFieldsOfKind(n)
}
