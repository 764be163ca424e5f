package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/filiera-chain/filiera/quantity"
)

// byteOrderMark makes spreadsheets read UTF-8.
const byteOrderMark = "\uFEFF"

// CSV writes the report as one sheet, a line for each step, holder, certificate and
// part of the balance, after a heading. comma parts the fields; Italian spreadsheets
// expect a semicolon. Cells that a spreadsheet would reckon as a formula are written
// as text, with an apostrophe before them.
func CSV(w io.Writer, r *Article18, lang string, comma rune) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	c.Comma, c.UseCRLF = comma, true
	t := func(key string) string { return word(lang, key) }
	lines := [][]string{{t("section"), t("entry"), t("day"), t("told"), t("kind"), t("what"), t("quantity"), "UM", t("from"), t("to"), t("note")}}
	lines = append(lines, []string{t("lot"), "", r.ProductionDate, "", t(r.Status), r.GTIN + "/" + r.Lot, decimal(r.Balance.Entered), r.Balance.Unit, r.Owner.text(), "", r.Product})
	for _, part := range []struct {
		name  string
		steps []Move
	}{{"back", r.Back}, {"forward", r.Forward}} {
		for _, s := range part.steps {
			lines = append(lines, []string{t(part.name), decimal(s.Entry), s.Day, s.Told, t(s.Kind), t(s.What), decimal(s.Amount), s.Unit, s.From.text(), s.To.text(), s.Note})
		}
	}
	for _, b := range r.Balance.parts() {
		lines = append(lines, []string{t("balance"), "", "", "", t(b.key), "", decimal(b.n), r.Balance.Unit, "", "", ""})
	}
	for _, h := range r.Holders {
		lines = append(lines, []string{t("holders"), "", "", "", "", "", decimal(h.Left), r.Balance.Unit, h.text(), "", ""})
	}
	for _, p := range r.Certificates {
		lines = append(lines, []string{t("certificates"), "", p.Until, "", p.State, p.ID, decimal(p.Amount), r.Balance.Unit, p.Certifier.text(), "", ""})
	}
	lines = append(lines, []string{t("state"), decimal(r.Ledger.Height), "", r.Ledger.Time, "", r.Ledger.ChainID, "", "", "", "", r.Ledger.AppHash})
	for _, l := range lines {
		for i := range l {
			l[i] = harmless(l[i])
		}
		if err := c.Write(l); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// harmless keeps a spreadsheet from reckoning a text as a formula.
func harmless(s string) string {
	if s == "" || !strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return s
	}
	if _, err := strconv.ParseInt(s, 10, 64); err == nil {
		return s
	}
	return "'" + s
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

func (p PartyName) text() string {
	if p.Name == "" || p.Name == p.ID {
		return p.ID
	}
	return p.Name + " (" + p.ID + ")"
}

type partOf struct {
	key string
	n   int64
}

// parts lists what became of what entered, zeros left out, the rest first.
func (b BalanceOf) parts() []partOf {
	all := []partOf{{"entered", b.Entered}, {"left", b.Left}}
	for _, p := range []partOf{{"consumed", b.Consumed}, {"moved", b.Moved}, {"sold", b.Sold}, {"written_off", b.WrittenOff}} {
		if p.n != 0 {
			all = append(all, p)
		}
	}
	return all
}

func amount(n int64, unit, lang string) string {
	if unit == "" {
		return ""
	}
	return quantity.Quantity{Amount: n, Unit: unit}.Display(lang)
}
