// Package sheet reads and writes the spreadsheets of a budget: lines, movements,
// what an accounts office exports, and open data. CSV by RFC 4180, cells divided by
// ; or by a comma, whichever the first row has; amounts as package budget reads
// them. What is read comes from outside: it is bounded, and a row that is not what
// it must be is refused with its number and its column.
package sheet

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/budget"
)

// Bounds of what is read.
const (
	MaxBytes = 16 << 20
	MaxRows  = 100_000
)

// RowError says what is wrong with a row. Row 1 has the names of the columns.
type RowError struct {
	Row    int
	Column string
	Text   string
}

func (e *RowError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("row %d: %s", e.Row, e.Text)
	}
	return fmt.Sprintf("row %d, column %s: %s", e.Row, e.Column, e.Text)
}

// row is a row by the names of its columns.
type row struct {
	number int
	cells  map[string]string
}

func (r row) fail(column, format string, args ...any) error {
	return &RowError{r.number, column, fmt.Sprintf(format, args...)}
}

// amount reads cents; an empty cell is 0.
func (r row) amount(column string) (int64, error) {
	if r.cells[column] == "" {
		return 0, nil
	}
	n, err := budget.ParseAmount(r.cells[column])
	if err != nil {
		return 0, r.fail(column, "%v", err)
	}
	return n, nil
}

func (r row) day(column string) (string, error) {
	s := r.cells[column]
	if s == "" {
		return "", nil
	}
	for _, form := range []string{time.DateOnly, "02/01/2006"} {
		if t, err := time.Parse(form, s); err == nil {
			return t.Format(time.DateOnly), nil
		}
	}
	return "", r.fail(column, "%q is no day; write it as 2024-02-26 or 26/02/2024", clip(s))
}

func (r row) yes(column string) (bool, error) {
	switch strings.ToLower(r.cells[column]) {
	case "", "no", "false", "0":
		return false, nil
	case "yes", "sì", "si", "true", "1":
		return true, nil
	}
	return false, r.fail(column, "%q is neither yes nor no", clip(r.cells[column]))
}

// read gives the rows of a sheet that has the columns that must be, and no others
// than may be.
func read(text string, must, may []string) ([]row, error) {
	if len(text) > MaxBytes {
		return nil, fmt.Errorf("the sheet has %d bytes; at most %d are read", len(text), MaxBytes)
	}
	if !utf8.ValidString(text) {
		return nil, errors.New("the sheet is not UTF-8; save it again as “CSV UTF-8”")
	}
	text = strings.TrimPrefix(text, "\uFEFF")
	head, _, _ := strings.Cut(text, "\n")
	in := csv.NewReader(strings.NewReader(text))
	in.ReuseRecord = false
	if strings.Contains(head, ";") {
		in.Comma = ';'
	}
	names, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the sheet is empty; its first row names the columns " + strings.Join(append(slices.Clone(must), may...), ", "))
	}
	if err != nil {
		return nil, err
	}
	if err := checkNames(names, must, may); err != nil {
		return nil, err
	}
	var out []row
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := in.FieldPos(0)
		r := row{line, map[string]string{}}
		empty := true
		for i, c := range record {
			c = strings.TrimSpace(c)
			r.cells[names[i]] = c
			empty = empty && c == ""
		}
		if empty {
			continue
		}
		if out = append(out, r); len(out) > MaxRows {
			return nil, fmt.Errorf("the sheet has more than %d rows", MaxRows)
		}
	}
}

func checkNames(names, must, may []string) error {
	seen := map[string]bool{}
	for i, n := range names {
		n = strings.ToLower(strings.NewReplacer("-", "_", " ", "_").Replace(strings.TrimSpace(n)))
		if seen[n] {
			return &RowError{1, n, "stands there twice"}
		}
		if !slices.Contains(must, n) && !slices.Contains(may, n) {
			return &RowError{1, clip(names[i]), "is not known; the columns are " + strings.Join(append(slices.Clone(must), may...), ", ")}
		}
		seen[n], names[i] = true, n
	}
	for _, n := range must {
		if !seen[n] {
			return &RowError{1, n, "is missing"}
		}
	}
	return nil
}

func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// looksLikeTotal says whether a row is the sum under a table, which is no row of it.
func (r row) looksLikeTotal() bool {
	for _, c := range r.cells {
		word, _, _ := strings.Cut(strings.ToLower(c), " ")
		switch strings.TrimRight(word, ":.") {
		case "total", "totals", "totale", "totali", "sum", "somma", "subtotal", "subtotale":
			return true
		}
	}
	return false
}

// orTotal says what is wrong with a row, or that it is a total and no row at all.
func (r row) orTotal(column string, err error) error {
	if r.looksLikeTotal() {
		return r.fail(column, "the row is a total, not an entry; delete it, the ledger adds up itself")
	}
	return r.fail(column, "%v", err)
}

// Columns of a sheet of movements.
var (
	movementMust = []string{"kind", "amount", "act"}
	movementMay  = []string{"line", "to_line", "date", "position", "reservation", "final", "pot", "interest", "expires", "due", "title", "beneficiary", "cup", "ref", "note", "corrects", "set"}
)

// MovementColumns are the columns that Movements reads, those that must be there first.
func MovementColumns() []string { return append(slices.Clone(movementMust), movementMay...) }

// Movement is a movement of a sheet.
type Movement struct {
	Row int
	// Set has the same text for rows that go together, one after the other; "" alone.
	Set string
	New *ledgerv1.NewMovement
}

// Movements reads a sheet of movements.
func Movements(text string) ([]Movement, error) {
	rows, err := read(text, movementMust, movementMay)
	if err != nil {
		return nil, err
	}
	var out []Movement
	seen := map[string]int{}
	for i, r := range rows {
		m, err := r.movement()
		if err != nil {
			return nil, err
		}
		set := r.cells["set"]
		if first, again := seen[set]; set != "" && again && rows[i-1].cells["set"] != set {
			return nil, r.fail("set", "the rows of %q stand apart; the one before is row %d", clip(set), first)
		}
		seen[set] = r.number
		out = append(out, Movement{r.number, set, m})
	}
	return out, nil
}

func (r row) movement() (*ledgerv1.NewMovement, error) {
	kind, err := budget.ParseKind(r.cells["kind"])
	if err != nil {
		return nil, r.orTotal("kind", err)
	}
	c := r.cells
	m := &ledgerv1.NewMovement{
		Kind: kind, Line: c["line"], ToLine: c["to_line"], Act: c["act"], Position: c["position"], Reservation: c["reservation"], Pot: c["pot"],
		Title: c["title"], Beneficiary: c["beneficiary"], Cup: c["cup"], Ref: c["ref"], Note: c["note"],
	}
	if m.Cents, err = r.amount("amount"); err != nil {
		return nil, err
	}
	if m.Interest, err = r.amount("interest"); err != nil {
		return nil, err
	}
	if m.Final, err = r.yes("final"); err != nil {
		return nil, err
	}
	for _, d := range []struct {
		column string
		into   *string
	}{{"date", &m.Date}, {"expires", &m.Expires}, {"due", &m.Due}} {
		if *d.into, err = r.day(d.column); err != nil {
			return nil, err
		}
	}
	if c["corrects"] != "" {
		if m.Corrects, err = strconv.ParseUint(c["corrects"], 10, 64); err != nil || m.Corrects == 0 {
			return nil, r.fail("corrects", "%q is no number of a movement", clip(c["corrects"]))
		}
	}
	return m, nil
}

// Columns of a sheet of lines.
var (
	lineMust = []string{"id", "level", "title", "act"}
	lineMay  = []string{"parent", "body", "cup", "beneficiary", "project_cost", "beneficiary_cap", "min_project_cost", "reserve"}
)

// LineColumns are the columns that Lines reads, those that must be there first.
func LineColumns() []string { return append(slices.Clone(lineMust), lineMay...) }

// Lines reads a sheet of lines of the budget, each after the one above it.
func Lines(text string) ([]*ledgerv1.NewBudgetLine, error) {
	rows, err := read(text, lineMust, lineMay)
	if err != nil {
		return nil, err
	}
	var out []*ledgerv1.NewBudgetLine
	seen := map[string]bool{}
	for _, r := range rows {
		level, err := budget.ParseLevel(r.cells["level"])
		if err != nil {
			return nil, r.orTotal("level", err)
		}
		c := r.cells
		m := &ledgerv1.NewBudgetLine{Id: c["id"], Level: level, Parent: c["parent"], Title: c["title"], Body: c["body"], Cup: c["cup"], Beneficiary: c["beneficiary"], Act: c["act"]}
		for _, a := range []struct {
			column string
			into   *int64
		}{{"project_cost", &m.ProjectCost}, {"beneficiary_cap", &m.BeneficiaryCap}, {"min_project_cost", &m.MinProjectCost}, {"reserve", &m.Reserve}} {
			if *a.into, err = r.amount(a.column); err != nil {
				return nil, err
			}
		}
		if seen[m.GetId()] {
			return nil, r.fail("id", "%s stands there twice", clip(m.GetId()))
		}
		seen[m.GetId()] = true
		out = append(out, m)
	}
	return out, nil
}
