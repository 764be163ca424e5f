package ledger

import (
	"strings"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
)

// Fields that a movement may have beside kind, cents, act, date, ref and note.
const (
	fLine = 1 << iota
	fToLine
	fPosition
	fReservation
	fFinal
	fPot
	fInterest
	fExpires
	fDue
	fTitle
	fBeneficiary
	fCUP
	fCorrects
)

var fieldNames = []string{"line", "to_line", "position", "reservation", "final", "pot", "interest", "expires", "due", "title", "beneficiary", "cup", "corrects"}

// fieldsOf are the fields that a kind must have, and those that it may have.
var fieldsOf = [...]struct{ must, may int }{
	ledgerv1.MovementKind_MOVEMENT_KIND_STANZIAMENTO:   {must: fLine},
	ledgerv1.MovementKind_MOVEMENT_KIND_RIPARTO:        {must: fLine | fToLine},
	ledgerv1.MovementKind_MOVEMENT_KIND_RIDUZIONE:      {must: fLine},
	ledgerv1.MovementKind_MOVEMENT_KIND_TRASFERIMENTO:  {must: fLine | fToLine},
	ledgerv1.MovementKind_MOVEMENT_KIND_PRENOTAZIONE:   {must: fLine, may: fPosition | fExpires | fTitle | fBeneficiary | fCUP},
	ledgerv1.MovementKind_MOVEMENT_KIND_ANNULLAMENTO:   {must: fPosition, may: fLine},
	ledgerv1.MovementKind_MOVEMENT_KIND_SCADENZA:       {},
	ledgerv1.MovementKind_MOVEMENT_KIND_IMPEGNO:        {may: fLine | fToLine | fPosition | fReservation | fFinal | fDue | fTitle | fBeneficiary | fCUP},
	ledgerv1.MovementKind_MOVEMENT_KIND_DISIMPEGNO:     {must: fPosition, may: fLine | fPot},
	ledgerv1.MovementKind_MOVEMENT_KIND_LIQUIDAZIONE:   {must: fPosition, may: fLine},
	ledgerv1.MovementKind_MOVEMENT_KIND_PAGAMENTO:      {must: fPosition, may: fLine},
	ledgerv1.MovementKind_MOVEMENT_KIND_ECONOMIA:       {must: fPosition | fPot, may: fLine},
	ledgerv1.MovementKind_MOVEMENT_KIND_REVOCA:         {must: fPosition | fPot, may: fLine},
	ledgerv1.MovementKind_MOVEMENT_KIND_RECUPERO:       {must: fPosition | fPot, may: fLine | fInterest},
	ledgerv1.MovementKind_MOVEMENT_KIND_RIASSEGNAZIONE: {must: fLine},
	ledgerv1.MovementKind_MOVEMENT_KIND_RETTIFICA:      {must: fCorrects},
}

func fieldsIn(n *ledgerv1.NewMovement) int {
	in := 0
	for i, there := range []bool{
		n.GetLine() != "", n.GetToLine() != "", n.GetPosition() != "", n.GetReservation() != "", n.GetFinal(), n.GetPot() != "", n.GetInterest() != 0,
		n.GetExpires() != "", n.GetDue() != "", n.GetTitle() != "", n.GetBeneficiary() != "", n.GetCup() != "", n.GetCorrects() != 0,
	} {
		if there {
			in |= 1 << i
		}
	}
	return in
}

func checkFieldsOfKind(n *ledgerv1.NewMovement) error {
	kind, in, f := budget.KindWord(n.GetKind()), fieldsIn(n), fieldsOf[n.GetKind()]
	if missing := f.must &^ in; missing != 0 {
		return ErrShape.With("a %s needs %s", kind, namesOf(missing))
	}
	if extra := in &^ (f.must | f.may); extra != 0 {
		return ErrShape.With("a %s takes no %s", kind, namesOf(extra))
	}
	if n.GetKind() == budget.Impegno {
		if n.GetReservation() == "" && (n.GetLine() == "" || n.GetToLine() != "" || n.GetFinal()) {
			return ErrShape.With("an impegno names its line, or the reservation that it comes out of and, where that is not on the same line, to_line; final is for reservations")
		}
	}
	return nil
}

func namesOf(set int) string {
	var out []string
	for i, name := range fieldNames {
		if set&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return strings.Join(out, ", ")
}
