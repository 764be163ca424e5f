package batchfile

import (
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/filiera-chain/filiera/quantity"
)

// LabRow is one laboratory result, checked and in one form.
type LabRow struct {
	Line        int    // in the file, the first is 1
	Request     string // id of the request for control, or empty
	GTIN        string // 14 digits
	Lot         string // as GS1 AI (10) holds it
	Parameter   string // what was measured
	Requirement string // of the specification, or empty
	Method      string
	Value       string // decimal with a point; trailing zeros as written
	Below       bool   // the value was written "< 0,01"
	Unit        string // as the laboratory writes it, or empty
	Uncertainty string // decimal, or empty
	Sample      string // the laboratory's number of the sample
	Laboratory  string // its name, or empty
	ReportDate  string // YYYY-MM-DD
	Report      string // SHA-256 of the report, 64 lower-case digits, or empty
}

// labFields are the columns of a table of laboratory results, in the order in
// which people are told of them; those that it must have come first.
var labFields = [...]field{
	fieldGTIN, fieldLot, labParameter, labMethod, labValue, labSample, labDate,
	labUnit, labUncertainty, labRequirement, labRequest, labLaboratory, labReport, fieldNote,
}

const labNeeded = 7

var labByName = func() map[string]field {
	m := make(map[string]field)
	for _, f := range labFields {
		for _, n := range append([]string{columnNames[f].it, columnNames[f].en}, columnNames[f].also...) {
			m[plain(n)] = f
		}
	}
	return m
}()

// ReadLab reads a whole table of laboratory results, as a LIMS exports it: CSV
// of any of the kinds that [NewReader] takes. Rows without problems and all
// problems are returned together; err is as of [ReadAll].
//
// A lone comma or point in a number begins its decimals: laboratories do not
// group thousands. "< 0,01" says that the value is below 0.01.
func ReadLab(from io.Reader) ([]LabRow, []Problem, error) {
	in, set, problem := openText(from)
	if problem != nil {
		return nil, nil, Problems{*problem}
	}
	r := &Reader{set: set, count: recogniseLab, seen: make(map[[2]string]int)}
	r.rec = records{in: in, line: 1}
	line, cells, err := r.begin()
	if err != nil {
		return nil, nil, err
	}
	head, ps := readLabHeader(line, cells)
	if len(ps) > 0 {
		return nil, nil, ps
	}
	r.head = head
	return r.labRows()
}

func (r *Reader) labRows() (rows []LabRow, problems []Problem, err error) {
	for {
		line, cells, ps, err := r.nextCells()
		if err == io.EOF {
			return rows, problems, nil
		}
		if err != nil {
			return rows, problems, err
		}
		if ps == nil {
			var row LabRow
			if row, ps = r.labRow(line, cells); len(ps) == 0 {
				rows = append(rows, row)
			}
		}
		if problems = append(problems, ps...); len(problems) > MaxProblems {
			return rows, problems, Problems{{
				Code:      "too_many_problems",
				MessageIT: fmt.Sprintf("più di %d errori: correggere quelli elencati e riprovare", MaxProblems),
				MessageEN: fmt.Sprintf("more than %d problems: correct those listed and try again", MaxProblems),
			}}
		}
	}
}

func recogniseLab(cells []string) int {
	n := 0
	for _, c := range cells {
		if labByName[plain(c)] != fieldNone {
			n++
		}
	}
	return n
}

func readLabHeader(line int, cells []string) (*header, Problems) {
	h := &header{names: cells, fields: make([]field, len(cells))}
	for f := range h.column {
		h.column[f] = -1
	}
	var ps Problems
	for i, name := range cells {
		f := labByName[plain(name)]
		h.fields[i] = f
		p := Problem{Line: line, Column: i + 1, Header: short(name), Value: short(name)}
		switch {
		case name == "" || f == fieldNote:
		case f == fieldNone:
			p.Code = "column_unknown"
			p.MessageIT = fmt.Sprintf("la colonna «%s» non è conosciuta: usare %s, oppure eliminarla", short(name), labWanted("it"))
			p.MessageEN = fmt.Sprintf("the column “%s” is not known: use %s, or remove it", short(name), labWanted("en"))
			ps = append(ps, p)
		case h.column[f] >= 0:
			p.Code = "column_repeated"
			p.MessageIT = fmt.Sprintf("la colonna «%s» ha lo stesso significato della colonna %d: tenerne una", short(name), h.column[f]+1)
			p.MessageEN = fmt.Sprintf("the column “%s” means the same as column %d: keep one", short(name), h.column[f]+1)
			ps = append(ps, p)
		default:
			h.column[f] = i
		}
	}
	for _, f := range labFields[:labNeeded] {
		if h.column[f] < 0 {
			ps = append(ps, Problem{
				Line: line, Code: "column_missing",
				MessageIT: fmt.Sprintf("manca la colonna «%s»: la prima riga deve avere i nomi delle colonne (%s)", columnNames[f].it, labWanted("it")),
				MessageEN: fmt.Sprintf("the column “%s” is missing: the first row must hold the names of the columns (%s)", columnNames[f].en, labWanted("en")),
			})
		}
	}
	return h, ps
}

func labWanted(lang string) string {
	var names []string
	for _, f := range labFields {
		if lang == "it" {
			names = append(names, columnNames[f].it)
		} else {
			names = append(names, columnNames[f].en)
		}
	}
	return strings.Join(names, ", ")
}

func (r *Reader) labRow(line int, cells []string) (LabRow, []Problem) {
	c := &checker{r: r, line: line, cells: cells}
	c.surplus()
	row := LabRow{
		Line: line, GTIN: c.gtin(), Lot: c.lot(), Request: c.text(labRequest, false, 64), Parameter: c.text(labParameter, true, 100),
		Requirement: c.text(labRequirement, false, 40), Method: c.text(labMethod, true, 200), Unit: c.text(labUnit, false, 40),
		Sample: c.text(labSample, true, 40), Laboratory: c.text(labLaboratory, false, 200), ReportDate: c.date(labDate, true), Report: c.report(),
	}
	row.Value, row.Below = c.measured()
	if s := c.cell(labUncertainty); s != "" && !c.excelError(labUncertainty, s) {
		row.Uncertainty = c.reading(labUncertainty, strings.TrimSpace(strings.TrimLeft(s, "±+ ")))
		if strings.HasPrefix(row.Uncertainty, "-") {
			c.fail(labUncertainty, "uncertainty_negative", "l'incertezza «%s» è negativa: scriverla senza segno", "the uncertainty “%s” is negative: write it without a sign", short(s))
		}
	}
	return row, c.ps
}

// text reads a cell of at most limit characters.
func (c *checker) text(f field, required bool, limit int) string {
	s := c.cell(f)
	if s == "" && !required {
		return ""
	}
	s, ok := c.required(f)
	if n := len([]rune(s)); ok && n > limit {
		c.fail(f, "text_too_long", "il testo ha %d caratteri: accorciarlo a %d", "the text has %d characters: shorten it to %d", n, limit)
	}
	return s
}

// measured reads a value, or the limit that a value is below.
func (c *checker) measured() (value string, below bool) {
	s, ok := c.required(labValue)
	if !ok {
		return "", false
	}
	if rest, ok := strings.CutPrefix(s, "<"); ok {
		s, below = strings.TrimSpace(rest), true
	}
	return c.reading(labValue, s), below
}

// written is a number with at most one sign in it, which begins its decimals.
var written = regexp.MustCompile(`^-?(0|[1-9]\d*)([.,]\d+)?$`)

func (c *checker) reading(f field, s string) string {
	if written.MatchString(s) && len(s) <= 30 {
		return strings.Replace(s, ",", ".", 1) // trailing zeros say how fine the reading was
	}
	d, err := quantity.ParseDecimal(s, quantity.AnySpelling)
	if err == nil {
		err = quantity.CheckMeasured(d)
	}
	if err != nil {
		c.fail(f, "number_invalid",
			"«%s» non è un numero: scrivere per esempio 13,10, oppure < 0,01 per un valore sotto il limite del metodo",
			"“%s” is not a number: write for example 13.10, or < 0.01 for a value below the method's limit", short(s))
		return ""
	}
	return d
}

func (c *checker) report() string {
	s := strings.ToLower(c.cell(labReport))
	if s == "" {
		return ""
	}
	if b, err := hex.DecodeString(s); err != nil || len(b) != 32 {
		c.fail(labReport, "hash_invalid", "«%s» non è un'impronta SHA-256: scrivere le sue 64 cifre esadecimali", "“%s” is not a SHA-256: write its 64 hexadecimal digits", short(s))
	}
	return s
}
