package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// Sizes, in millimetres of a sheet of A4 and points of type.
const (
	margin    = 15.0
	lineTall  = 4.6
	bodyType  = 8.0
	smallType = 7.0
	mostRunes = 400 // of one cell
)

// page is a document being written.
type page struct {
	*fpdf.Fpdf
	lang string
}

// PDF writes the report as a document of A4 pages, in Italian for "it" and in English
// for any other language. Its date is that of the ledger, so that one report has one
// form.
func PDF(w io.Writer, r *Article18, lang string) error {
	p := &page{fpdf.New("P", "mm", "A4", ""), lang}
	p.AddUTF8FontFromBytes("go", "", goregular.TTF)
	p.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	at, err := time.Parse(time.RFC3339Nano, r.Ledger.Time)
	if err != nil {
		return fmt.Errorf("report: the ledger's time is %q: %w", r.Ledger.Time, err)
	}
	p.SetCreationDate(at)
	p.SetModificationDate(at)
	p.SetTitle(p.t("title")+" "+r.GTIN+" "+r.Lot, true)
	p.SetLang(lang)
	p.SetMargins(margin, margin, margin)
	p.SetAutoPageBreak(true, margin+8)
	p.SetFooterFunc(func() { p.foot(r) })
	p.SetCatalogSort(true)
	p.AliasNbPages("{pages}")
	p.AddPage()
	p.head(r)
	p.steps(p.t("back"), r.Back)
	p.steps(p.t("forward"), r.Forward)
	p.rest(r)
	if r.More {
		p.para(p.t("more"))
	}
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	_, err = b.WriteTo(w)
	return err
}

func (p *page) t(key string) string { return word(p.lang, key) }

func (p *page) foot(r *Article18) {
	p.SetY(-margin - 4)
	p.SetFont("go", "", smallType)
	p.SetTextColor(90, 90, 90)
	p.CellFormat(0, lineTall, fmt.Sprintf("%s · %s %d · %s", r.Ledger.ChainID, p.t("height"), r.Ledger.Height, r.Ledger.Time), "T", 0, "L", false, 0, "")
	p.CellFormat(0, lineTall, fmt.Sprintf("%s %d / {pages}", p.t("page"), p.PageNo()), "", 0, "R", false, 0, "")
	p.SetTextColor(0, 0, 0)
}

func (p *page) head(r *Article18) {
	p.SetFont("go", "B", 16)
	p.CellFormat(0, 8, p.t("title"), "", 1, "L", false, 0, "")
	p.SetFont("go", "", 9)
	p.CellFormat(0, 5, p.t("law"), "", 1, "L", false, 0, "")
	p.Ln(3)
	p.SetFont("go", "B", 12)
	p.MultiCell(0, 6, clip(r.Product), "", "L", false)
	p.fact("GTIN", r.GTIN)
	p.fact(p.t("lot"), r.Lot)
	p.fact(p.t("owner"), r.Owner.text())
	if r.Specification != "" {
		p.fact(p.t("specification"), fmt.Sprintf("%s, %s %d", r.Specification, p.t("version"), r.Version))
	}
	p.fact(p.t("produced"), r.ProductionDate)
	p.fact(p.t("expires"), r.ExpiryDate)
	p.fact(p.t("place"), r.Place)
	p.fact(p.t("status"), p.t(r.Status))
	p.title(p.t("balance"))
	for _, b := range r.Balance.parts() {
		p.fact(p.t(b.key), amount(b.n, r.Balance.Unit, p.lang))
	}
}

// fact writes a name and a value; nothing for an empty value.
func (p *page) fact(name, value string) {
	if value == "" {
		return
	}
	p.SetFont("go", "", bodyType)
	p.SetTextColor(90, 90, 90)
	p.CellFormat(42, lineTall, name, "", 0, "L", false, 0, "")
	p.SetTextColor(0, 0, 0)
	p.MultiCell(0, lineTall, clip(value), "", "L", false)
}

func (p *page) title(text string) {
	p.Ln(3)
	p.SetFont("go", "B", 10)
	p.CellFormat(0, 6, text, "B", 1, "L", false, 0, "")
	p.Ln(1)
}

func (p *page) para(text string) {
	p.Ln(2)
	p.SetFont("go", "", bodyType)
	p.MultiCell(0, lineTall, text, "", "L", false)
}

// columns are the widths of a line of a step; they fill the sheet between margins.
var columns = []float64{12, 20, 25, 48, 23, 26, 26}

func (p *page) steps(name string, list []Move) {
	p.title(name)
	if len(list) == 0 {
		p.para(p.t("none"))
		return
	}
	heading := []string{p.t("entry"), p.t("day"), p.t("kind"), p.t("what"), p.t("quantity"), p.t("from"), p.t("to")}
	p.row(heading, "B")
	for _, s := range list {
		what := p.t(s.What)
		if s.Note != "" {
			what += " · " + s.Note
		}
		p.row([]string{decimal(s.Entry), s.Day, p.t(s.Kind), what, amount(s.Amount, s.Unit, p.lang), s.From.short(), p.t(s.To.short())}, "")
	}
}

func (p PartyName) short() string { return p.ID }

// row writes cells beside one another, as tall as the tallest, on one page.
func (p *page) row(cells []string, style string) {
	p.SetFont("go", style, smallType)
	tall := 1
	wrapped := make([][]string, len(cells))
	for i, c := range cells {
		wrapped[i] = p.SplitText(clip(c), columns[i]-1)
		tall = max(tall, len(wrapped[i]))
	}
	_, height := p.GetPageSize()
	if p.GetY()+float64(tall)*lineTall > height-margin-8 {
		p.AddPage()
		p.SetFont("go", style, smallType)
	}
	top, left := p.GetY(), margin
	for i, lines := range wrapped {
		for n, line := range lines {
			p.SetXY(left, top+float64(n)*lineTall)
			p.CellFormat(columns[i], lineTall, line, "", 0, "L", false, 0, "")
		}
		left += columns[i]
	}
	p.SetXY(margin, top+float64(tall)*lineTall)
	p.SetDrawColor(210, 210, 210)
	p.Line(margin, p.GetY(), 210-margin, p.GetY())
	p.SetDrawColor(0, 0, 0)
}

func (p *page) rest(r *Article18) {
	p.title(p.t("holders"))
	for _, h := range r.Holders {
		p.fact(h.ID, amount(h.Left, r.Balance.Unit, p.lang))
	}
	p.title(p.t("certificates"))
	if len(r.Certificates) == 0 {
		p.para(p.t("none"))
	}
	for _, c := range r.Certificates {
		p.fact(c.State, fmt.Sprintf("%s · %s · %s %s · %s %s", c.ID, c.Certifier.text(), p.t("attests"), amount(c.Amount, r.Balance.Unit, p.lang), p.t("until"), c.Until))
	}
	p.title(p.t("state"))
	p.fact(p.t("height"), fmt.Sprintf("%s, %d, %s", r.Ledger.ChainID, r.Ledger.Height, r.Ledger.Time))
	p.fact("app hash", r.Ledger.AppHash)
	p.para(p.t("foot"))
}

// clip bounds a text that somebody wrote, and leaves out what the fonts of a document
// cannot number.
func clip(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > mostRunes {
			b.WriteRune('…')
			break
		}
		switch {
		case r < ' ':
			r = ' '
		case r > 0xFFFF || r == utf8.RuneError:
			r = '□'
		}
		b.WriteRune(r)
	}
	return b.String()
}
