package batchfile

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/quantity"
)

// checker turns the cells of one row into a Row and collects its problems.
type checker struct {
	r     *Reader
	line  int
	cells []string
	ps    []Problem
}

func (r *Reader) row(line int, cells []string) (Row, []Problem) {
	c := &checker{r: r, line: line, cells: cells}
	c.surplus()
	row := Row{Line: line, GTIN: c.gtin(), Lot: c.lot()}
	row.Quantity, row.Unit = c.quantity()
	row.ProductionDate = c.date(fieldProduction, true)
	row.ExpiryDate = c.date(fieldExpiry, false)
	row.Place = c.place()
	if row.ProductionDate != "" && row.ExpiryDate != "" && row.ExpiryDate < row.ProductionDate {
		c.fail(fieldExpiry, "expiry_before_production",
			"la scadenza (%s) viene prima della produzione (%s): correggere una delle due date",
			"the expiry (%s) comes before the production (%s): correct one of the two dates", row.ExpiryDate, row.ProductionDate)
	}
	c.duplicate(row)
	return row, c.ps
}

func (c *checker) cell(f field) string {
	if i := c.r.head.column[f]; i >= 0 && i < len(c.cells) {
		return unwrap(c.cells[i])
	}
	return ""
}

// unwrap removes what people put around a code to keep Excel off it: ="080…"
// and an apostrophe in front.
func unwrap(s string) string {
	if inner, ok := strings.CutPrefix(s, `="`); ok && strings.HasSuffix(inner, `"`) {
		s = strings.TrimSuffix(inner, `"`)
	}
	return strings.TrimSpace(strings.TrimPrefix(s, "'"))
}

// fail adds a problem about a column; the messages share the arguments.
func (c *checker) fail(f field, code, it, en string, args ...any) {
	i := c.r.head.column[f]
	p := Problem{Line: c.line, Code: code, MessageIT: fmt.Sprintf(it, args...), MessageEN: fmt.Sprintf(en, args...)}
	if i >= 0 {
		p.Column, p.Header = i+1, c.r.name(i)
	}
	if i >= 0 && i < len(c.cells) {
		p.Value = short(c.cells[i])
	}
	c.ps = append(c.ps, p)
}

// required reads a cell that must be filled and that Excel has not replaced
// with an error or a row of hashes.
func (c *checker) required(f field) (string, bool) {
	s := c.cell(f)
	if s == "" {
		c.fail(f, "cell_empty", "la cella «%[1]s» è vuota: scrivere il valore", "the cell “%[2]s” is empty: write the value", columnNames[f].it, columnNames[f].en)
		return "", false
	}
	return s, !c.excelError(f, s)
}

func (c *checker) excelError(f field, s string) bool {
	if !strings.HasPrefix(s, "#") {
		return false
	}
	if strings.Trim(s, "#") == "" {
		c.fail(f, "excel_hashes",
			"Excel ha scritto cancelletti perché la colonna era troppo stretta: allargare la colonna e salvare di nuovo",
			"Excel wrote hashes because the column was too narrow: widen the column and save again")
	} else {
		c.fail(f, "excel_error", "«%s» è un errore di Excel, non un valore: correggere la formula o scrivere il valore",
			"“%s” is an Excel error, not a value: correct the formula or type the value", short(s))
	}
	return true
}

// surplus refuses text outside the named columns: it is most often a decimal
// comma in a table separated by commas, which shifts everything after it.
func (c *checker) surplus() {
	for i, s := range c.cells {
		if s == "" || (i < len(c.r.head.names) && c.r.head.names[i] != "") {
			continue
		}
		c.ps = append(c.ps, Problem{
			Line: c.line, Column: i + 1, Value: short(s), Code: "cell_without_column",
			MessageIT: "c'è un valore in una colonna senza nome: dare un nome alla colonna o toglierlo; se la tabella è separata da virgole, un numero come 12,5 va tra virgolette",
			MessageEN: "there is a value in a column without a name: name the column or remove it; in a table separated by commas, a number such as 12,5 goes in quotation marks",
		})
		return
	}
}

var (
	// scientific is how Excel writes a long code: 8,01235E+12
	scientific = regexp.MustCompile(`^\d([.,]\d+)?[eE][+-]?\d{1,3}$`)
	// damagedLot needs the sign that Excel always writes: a lot may be 1E5
	damagedLot = regexp.MustCompile(`^\d([.,]\d+)?E[+-]\d{2,3}$`)
	asNumber   = regexp.MustCompile(`^(\d{7,14})[.,]0+$`)
	grouped    = regexp.MustCompile(`^\d{1,3}([.,]\d{3})+$`)
	signs      = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "-", "")
)

func (c *checker) gtin() string {
	s, ok := c.required(fieldGTIN)
	if !ok {
		return ""
	}
	if scientific.MatchString(s) {
		c.fail(fieldGTIN, "gtin_scientific",
			"Excel ha trasformato il codice in un numero (%s) e ha perso cifre: formattare la colonna come Testo e riscrivere il GTIN per intero",
			"Excel turned the code into a number (%s) and lost digits: format the column as Text and type the whole GTIN again", s)
		return ""
	}
	digits := signs.Replace(s)
	if m := asNumber.FindStringSubmatch(digits); m != nil {
		digits = m[1] // 8012345678907,00: decimals of a number format, nothing lost
	} else if grouped.MatchString(digits) {
		digits = strings.NewReplacer(".", "", ",", "").Replace(digits)
	}
	if gtin, err := gs1.ParseGTIN(digits); err == nil {
		if digits != signs.Replace(s) {
			c.fail(fieldGTIN, "gtin_as_number", "Excel ha scritto il codice come un numero (%s): scrivere %s e formattare la colonna come Testo",
				"Excel wrote the code as a number (%s): write %s and format the column as Text", s, digits)
		}
		return gtin
	}
	c.wrongGTIN(digits)
	return ""
}

// wrongGTIN explains a code that is no GTIN and, where only one is possible,
// says which was meant.
func (c *checker) wrongGTIN(s string) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		c.fail(fieldGTIN, "gtin_not_digits", "il GTIN ha solo cifre (8, 12, 13 o 14): togliere gli altri segni",
			"a GTIN has digits only (8, 12, 13 or 14): remove the other signs")
		return
	}
	n := len(s)
	if full, ok := lostZeros(s); ok {
		c.fail(fieldGTIN, "gtin_lost_zeros", "il codice ha %d cifre: Excel ha tolto gli zeri iniziali; scrivere %s e formattare la colonna come Testo",
			"the code has %d digits: Excel removed the leading zeros; write %s and format the column as Text", n, full)
		return
	}
	if n != 8 && n != 12 && n != 13 && n != 14 {
		c.fail(fieldGTIN, "gtin_length", "il codice ha %d cifre: un GTIN ne ha 8, 12, 13 o 14; copiarlo dal codice a barre",
			"the code has %d digits: a GTIN has 8, 12, 13 or 14; copy it from the bar code", n)
		return
	}
	want, err := gs1.CheckDigit(s[:n-1])
	if err != nil || want == s[n-1] {
		c.fail(fieldGTIN, "gtin_zero", "il codice è di soli zeri: scrivere il GTIN del prodotto", "the code is all zeros: write the GTIN of the product")
		return
	}
	c.fail(fieldGTIN, "gtin_check_digit",
		"la cifra di controllo è %c ma le altre cifre danno %c: una cifra è sbagliata o due sono scambiate; copiare il GTIN dal codice a barre",
		"the check digit is %c but the other digits give %c: a digit is wrong or two are swapped; copy the GTIN from the bar code", s[n-1], want)
}

// lostZeros finds the code of which Excel kept the number. Only lengths that
// no GTIN has are considered: a GTIN-13 that lost its first zero is the same
// GTIN written with 12 digits, and its check digit does not change.
func lostZeros(s string) (string, bool) {
	for _, n := range [...]int{8, 13} {
		if missing := n - len(s); missing > 0 && missing <= 4 && len(s) != 8 {
			full := strings.Repeat("0", missing) + s
			if _, err := gs1.ParseGTIN(full); err == nil {
				return full, true
			}
		}
	}
	return "", false
}

func (c *checker) lot() string {
	s, ok := c.required(fieldLot)
	if !ok {
		return ""
	}
	switch {
	case damagedLot.MatchString(s):
		c.fail(fieldLot, "lot_scientific", "Excel ha trasformato il lotto in un numero (%s): formattare la colonna come Testo e riscrivere il lotto",
			"Excel turned the lot into a number (%s): format the column as Text and type the lot again", s)
		return ""
	case looksLikeDate(s) && !c.r.options.AllowDateLots:
		c.fail(fieldLot, "lot_is_date",
			"il lotto sembra una data (%s): se lo ha trasformato Excel, formattare la colonna come Testo e riscriverlo; se è davvero una data, confermare con l'opzione per i lotti a forma di data",
			"the lot looks like a date (%s): if Excel made it one, format the column as Text and type it again; if it really is a date, confirm with the option for date lots", s)
		return ""
	}
	lot, err := gs1.NormaliseItalianLot(s)
	if err != nil {
		c.fail(fieldLot, "lot_invalid",
			"il lotto ha da 1 a 20 caratteri, senza spazi e senza accenti: lettere, cifre e i segni !\"%%&'()*+,-./:;<=>?_",
			"a lot has 1 to 20 characters, without spaces or accents: letters, digits and the signs !\"%%&'()*+,-./:;<=>?_")
	}
	return lot
}

// trailingUnit splits "120,5 kg".
var trailingUnit = regexp.MustCompile(`^([0-9][0-9.,'\x{a0}\x{202f} ]*?)\s*(\p{L}[\p{L}0-9.]*)$`)

func (c *checker) quantity() (decimal, unit string) {
	text, ok := c.required(fieldQuantity)
	unit = c.unit(text)
	if !ok {
		return "", unit
	}
	if m := trailingUnit.FindStringSubmatch(text); m != nil {
		code, err := quantity.ParseUnit(m[2])
		if err == nil && unit != "" && code != unit {
			c.fail(fieldQuantity, "unit_conflict", "la quantità dice «%s» ma l'unità della riga è %s: scrivere solo il numero",
				"the quantity says “%s” but the unit of the row is %s: write the number alone", m[2], unit)
			return "", unit
		}
		if err == nil {
			text = m[1]
		}
	}
	decimal, err := c.decimal(text)
	switch {
	case err != nil:
		c.wrongQuantity(text)
		return "", unit
	case decimal == "0" || decimal[0] == '-':
		c.fail(fieldQuantity, "quantity_not_positive", "la quantità è %s: deve essere maggiore di zero", "the quantity is %s: it must be above zero", decimal)
		return "", unit
	}
	return decimal, unit
}

// decimal reads a number. In a table separated by semicolons a comma begins
// the decimals, since that is why Excel chose the semicolon; everything else
// with two readings is refused rather than guessed.
func (c *checker) decimal(text string) (string, error) {
	spelling := quantity.AnySpelling
	if c.r.rec.sep == ';' && strings.Contains(text, ",") && !strings.Contains(text, ".") {
		spelling = quantity.ItalianSpelling
	}
	return quantity.ParseDecimal(text, spelling)
}

func (c *checker) wrongQuantity(text string) {
	it, errIT := quantity.ParseDecimal(text, quantity.ItalianSpelling)
	en, errEN := quantity.ParseDecimal(text, quantity.EnglishSpelling)
	if errIT == nil && errEN == nil && it != en {
		c.fail(fieldQuantity, "quantity_ambiguous",
			"«%s» può voler dire %s oppure %s: scrivere %[4]s oppure %[5]s",
			"“%[1]s” can mean %[6]s or %[7]s: write %[8]s or %[9]s",
			text, quantity.FormatDecimal(it, "it"), quantity.FormatDecimal(en, "it"), clear(it, ","), clear(en, ","),
			quantity.FormatDecimal(it, "en"), quantity.FormatDecimal(en, "en"), clear(it, "."), clear(en, "."))
		return
	}
	c.fail(fieldQuantity, "quantity_not_number", "«%s» non è un numero: scriverlo come 1234,56", "“%s” is not a number: write it as 1234.56", short(text))
}

// clear writes a decimal so that it has one reading in every spelling: no
// groups, and never exactly three decimals.
func clear(decimal, point string) string {
	whole, decimals, ok := strings.Cut(decimal, ".")
	if !ok {
		return whole
	}
	if len(decimals) == 3 {
		decimals += "0"
	}
	return whole + point + decimals
}

// unit is that of the unit column, of the header "Quantità (kg)", or of the
// quantity's own cell.
func (c *checker) unit(quantityText string) string {
	text := c.cell(fieldUnit)
	if text == "" {
		if c.r.head.unit != "" {
			return c.r.head.unit
		}
		if m := trailingUnit.FindStringSubmatch(quantityText); m != nil {
			text = m[2]
		}
	}
	if text == "" {
		c.required(fieldUnit)
		return ""
	}
	if c.excelError(fieldUnit, text) {
		return ""
	}
	code, err := quantity.ParseUnit(text)
	if err != nil {
		c.fail(fieldUnit, "unit_unknown", "«%s» non è un'unità conosciuta: scrivere kg, g, q, l, hl, pz o un codice UN/ECE come KGM",
			"“%s” is not a known unit: write kg, g, q, l, hl, pz or a UN/ECE code such as KGM", short(text))
		return ""
	}
	if c.r.head.unit != "" && code != c.r.head.unit {
		c.fail(fieldUnit, "unit_conflict", "l'unità della riga è %s ma il nome della colonna della quantità dice %s: tenerne una",
			"the unit of the row is %s but the name of the quantity column says %s: keep one", code, c.r.head.unit)
	}
	return code
}

func (c *checker) place() string {
	s := c.cell(fieldPlace)
	if s == "" || c.excelError(fieldPlace, s) {
		return ""
	}
	if strings.Trim(s, "0123456789") != "" {
		if c.r.options.Municipality != nil {
			if code, ok := c.r.options.Municipality(s); ok {
				return code
			}
		}
		c.fail(fieldPlace, "place_not_code", "«%s» non è un codice ISTAT: scrivere le 6 cifre del comune, come 109004", "“%s” is not an ISTAT code: write the 6 digits of the municipality, as 109004", short(s))
		return ""
	}
	switch n := len(s); {
	case n == 6:
		return s
	case n == 4 || n == 5: // provinces 001 to 099
		c.fail(fieldPlace, "place_lost_zeros", "il codice ISTAT ha %d cifre: Excel ha tolto gli zeri iniziali; scrivere %s",
			"the ISTAT code has %d digits: Excel removed the leading zeros; write %s", n, strings.Repeat("0", 6-n)+s)
	default:
		c.fail(fieldPlace, "place_length", "il codice ISTAT di un comune ha 6 cifre, qui sono %d", "the ISTAT code of a municipality has 6 digits, here are %d", n)
	}
	return ""
}

func (c *checker) duplicate(row Row) {
	if row.GTIN == "" || row.Lot == "" {
		return
	}
	k := [2]string{row.GTIN, row.Lot}
	first, dup := c.r.seen[k]
	if !dup {
		c.r.seen[k] = c.line
		return
	}
	c.fail(fieldLot, "duplicate", "GTIN %s e lotto %s sono già nella riga %d: tenere una sola riga per lotto",
		"GTIN %s and lot %s are already in line %d: keep one row per lot", row.GTIN, row.Lot, first)
}
