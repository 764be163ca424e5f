package batchfile

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Template is an empty table for the batches of one product.
type Template struct {
	Lang string // "it", else English
	GTIN string // 14 digits
	Name string // of the product
	// Unit is the UN/ECE code in which the product's batches are counted.
	Unit string
	// Specification is the name of its production specification and Version the
	// number of the version in force; "" and 0 when it has none.
	Specification string
	Version       uint32
	// Municipalities are the ISTAT codes of the zone; none when it has no zone.
	Municipalities []string
	// Requirements are what the specification asks, a sentence each.
	Requirements []string
}

func (t Template) pick(it, en string) string {
	if t.Lang == "it" {
		return it
	}
	return en
}

// columns are the template's, in order.
var templateColumns = [...]field{fieldGTIN, fieldLot, fieldQuantity, fieldProduction, fieldExpiry, fieldPlace, fieldNote}

// header names the columns; the quantity's also names the unit, so that no row
// has to.
func (t Template) header() []string {
	out := make([]string, len(templateColumns))
	for i, f := range templateColumns {
		if out[i] = t.pick(columnNames[f].it, columnNames[f].en); f == fieldQuantity {
			out[i] += " (" + t.Unit + ")"
		}
	}
	return out
}

// WriteCSV writes the template as Excel in Italy reads it: semicolons, UTF-8
// with its mark.
func (t Template) WriteCSV(w io.Writer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	if err := out.Write(t.header()); err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// templateRows is how many rows the template prepares for typing.
const templateRows = 2000

// WriteXLSX writes the template as a workbook: a sheet to fill in, whose cells
// keep codes as text and days as days, and a sheet that explains.
func (t Template) WriteXLSX(w io.Writer) error {
	f := excelize.NewFile()
	defer f.Close() // nothing on disk
	table, help := t.pick("Lotti", "Batches"), t.pick("Istruzioni", "Instructions")
	steps := []func() error{
		func() error { return f.SetSheetName("Sheet1", table) },
		func() error { return t.table(f, table) },
		func() error { _, err := f.NewSheet(help); return err },
		func() error { return t.help(f, help) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return fmt.Errorf("write the template: %w", err)
		}
	}
	return f.Write(w)
}

func (t Template) table(f *excelize.File, sheet string) error {
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49})
	if err != nil {
		return err
	}
	dayFormat := "dd/mm/yyyy"
	day, err := f.NewStyle(&excelize.Style{CustomNumFmt: &dayFormat})
	if err != nil {
		return err
	}
	for i, name := range t.header() {
		column, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := f.SetCellStr(sheet, column+"1", name); err != nil {
			return err
		}
		if err := f.SetColWidth(sheet, column, column, 20); err != nil {
			return err
		}
		style := 0
		switch templateColumns[i] {
		case fieldGTIN, fieldLot, fieldPlace:
			style = text
		case fieldProduction, fieldExpiry:
			style = day
		}
		if style != 0 {
			if err := f.SetCellStyle(sheet, column+"2", fmt.Sprintf("%s%d", column, templateRows+1), style); err != nil {
				return err
			}
		}
		if err := t.validate(f, sheet, column, templateColumns[i]); err != nil {
			return err
		}
	}
	if err := f.SetCellStyle(sheet, "A1", "G1", bold); err != nil {
		return err
	}
	return f.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

// longestList is how long Excel lets a list of choices be, in characters.
const longestList = 250

// validate offers what a cell may hold.
func (t Template) validate(f *excelize.File, sheet, column string, of field) error {
	v := excelize.NewDataValidation(true)
	v.SetSqref(fmt.Sprintf("%s2:%s%d", column, column, templateRows+1))
	switch of {
	case fieldGTIN:
		if err := v.SetDropList([]string{t.GTIN}); err != nil {
			return err
		}
	case fieldPlace:
		if len(t.Municipalities) == 0 || len(strings.Join(t.Municipalities, ",")) > longestList {
			return nil
		}
		if err := v.SetDropList(t.Municipalities); err != nil {
			return err
		}
	case fieldQuantity:
		if err := v.SetRange(0, 1e15, excelize.DataValidationTypeDecimal, excelize.DataValidationOperatorBetween); err != nil {
			return err
		}
	default:
		return nil
	}
	return f.AddDataValidation(sheet, v)
}

func (t Template) help(f *excelize.File, sheet string) error {
	lines := [][2]string{
		{t.pick("Prodotto", "Product"), t.Name + " (GTIN " + t.GTIN + ")"},
		{t.pick("Unità", "Unit"), t.Unit},
	}
	if t.Specification != "" {
		lines = append(lines, [2]string{t.pick("Disciplinare", "Specification"), fmt.Sprintf("%s, %s %d", t.Specification, t.pick("versione", "version"), t.Version)})
	}
	lines = append(lines,
		[2]string{"GTIN", t.pick("il codice del prodotto, scelto dall'elenco", "the product's code, chosen from the list")},
		[2]string{t.pick("lotto", "lot"), t.pick("da 1 a 20 lettere, cifre o segni, senza spazi; esempio: 26-327A", "1 to 20 letters, digits or signs, no spaces; example: 26-327A")},
		[2]string{t.pick("quantità", "quantity"), t.pick("il numero soltanto; esempio: 1250,5", "the number alone; example: 1250.5")},
		[2]string{t.pick("data di produzione", "production date"), t.pick("giorno/mese/anno; esempio: 23/11/2026", "day/month/year; example: 23/11/2026")},
		[2]string{t.pick("scadenza", "expiry"), t.pick("facoltativa, come la data di produzione", "optional, as the production date")},
		[2]string{t.pick("comune", "place"), t.pick("codice ISTAT di 6 cifre del comune di produzione", "6-digit ISTAT code of the municipality of production")},
		[2]string{t.pick("note", "notes"), t.pick("per te soltanto: non vanno sul registro", "for you alone: they do not go on the ledger")},
	)
	for i, m := range t.Municipalities {
		title := ""
		if i == 0 {
			title = t.pick("Zona di produzione", "Zone of production")
		}
		lines = append(lines, [2]string{title, m})
	}
	for i, r := range t.Requirements {
		title := ""
		if i == 0 {
			title = t.pick("Requisiti", "Requirements")
		}
		lines = append(lines, [2]string{title, r})
	}
	for i, l := range lines {
		for x, cell := range l {
			at, err := excelize.CoordinatesToCellName(x+1, i+1)
			if err != nil {
				return err
			}
			if err := f.SetCellStr(sheet, at, cell); err != nil {
				return err
			}
		}
	}
	if err := f.SetColWidth(sheet, "A", "A", 24); err != nil {
		return err
	}
	return f.SetColWidth(sheet, "B", "B", 90)
}
