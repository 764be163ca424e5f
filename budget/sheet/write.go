package sheet

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
)

// Table writes rows as CSV, cells divided by a comma. A cell that a spreadsheet
// would take for a formula is given an apostrophe.
func Table(w io.Writer, rows [][]string) error {
	out := csv.NewWriter(w)
	for _, r := range rows {
		cells := make([]string, len(r))
		for i, c := range r {
			cells[i] = harmless(c)
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// harmless keeps what others wrote from being carried out by a spreadsheet. Numbers
// below zero are what they are.
func harmless(s string) string {
	if s == "" || !strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return s
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return s
	}
	return "'" + s
}

// MovementRows are movements as Movements reads them, so that what a ledger wrote
// out can be entered into another one; what only an expiry did is left out.
func MovementRows(list []*ledgerv1.Movement, positions map[string]*ledgerv1.Position) [][]string {
	rows := [][]string{{"kind", "amount", "act", "line", "to_line", "date", "position", "reservation", "final", "pot", "interest", "expires", "due", "title", "beneficiary", "cup", "ref", "note", "corrects", "set"}}
	for _, m := range list {
		if m.GetKind() == budget.Scadenza || len(m.GetLegs()) == 0 {
			continue
		}
		rows = append(rows, movementRow(m, positions[m.GetPosition()]))
	}
	return rows
}

func movementRow(m *ledgerv1.Movement, p *ledgerv1.Position) []string {
	g := m.GetLegs()[0]
	cents := m.GetCents()
	var line, toLine, position, reservation, final, pot, interest, expires, due, title, beneficiary, cup, corrects string
	switch m.GetKind() {
	case budget.Riparto, budget.Trasferimento:
		line, toLine = g.GetFromLine(), g.GetToLine()
	case budget.Prenotazione:
		line, position, expires, title, beneficiary, cup = g.GetFromLine(), m.GetPosition(), p.GetExpires(), p.GetTitle(), p.GetBeneficiary(), p.GetCup()
	case budget.Impegno:
		line, position, reservation, due, title, beneficiary, cup = g.GetFromLine(), m.GetPosition(), g.GetFromPosition(), p.GetDue(), p.GetTitle(), p.GetBeneficiary(), p.GetCup()
		if g.GetToLine() != line {
			toLine = g.GetToLine()
		}
		if cents = g.GetCents(); len(m.GetLegs()) > 1 {
			final = "yes"
		}
	case budget.Disimpegno, budget.Economia, budget.Revoca, budget.Recupero:
		position, pot = m.GetPosition(), g.GetToLine()
		if m.GetKind() == budget.Recupero && len(m.GetLegs()) > 1 {
			cents, interest = g.GetCents(), budget.Plain(m.GetLegs()[1].GetCents())
		}
	case budget.Annullamento, budget.Liquidazione, budget.Pagamento:
		position = m.GetPosition()
	case budget.Rettifica:
		corrects = strconv.FormatUint(m.GetCorrects(), 10)
	default:
		line = g.GetFromLine()
	}
	return []string{
		budget.KindWord(m.GetKind()), budget.Plain(cents), m.GetAct(), line, toLine, m.GetDate(), position, reservation, final, pot, interest, expires, due, title, beneficiary, cup,
		m.GetRef(), m.GetNote(), corrects, strconv.FormatUint(m.GetSet(), 10),
	}
}
