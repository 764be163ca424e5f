package batchfile

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Problem is something to correct in the table.
type Problem struct {
	Line   int // in the file, the first is 1; 0 when the whole file is meant
	Column int // the first is 1; 0 when the whole row is meant
	// Letters says that columns are known by letters: B is the second.
	Letters bool
	Header  string // name of the column, as in the file
	Value   string // what the cell holds, shortened
	Code    string // stable, as "gtin_check_digit"
	// MessageIT and MessageEN say what is wrong and what to write instead.
	MessageIT, MessageEN string
}

// Text is the message with its place, in Italian for "it", else in English.
func (p Problem) Text(lang string) string {
	row, column, message := "line", "column", p.MessageEN
	if lang == "it" {
		row, column, message = "riga", "colonna", p.MessageIT
	}
	var b strings.Builder
	if p.Line > 0 {
		fmt.Fprintf(&b, "%s %d", row, p.Line)
		if p.Column > 0 {
			fmt.Fprintf(&b, ", %s %s", column, p.columnName())
		}
		if p.Header != "" {
			fmt.Fprintf(&b, " (%s)", p.Header)
		}
		b.WriteString(": ")
	}
	return b.String() + message
}

func (p Problem) columnName() string {
	if p.Letters {
		if name, err := excelize.ColumnNumberToName(p.Column); err == nil {
			return name
		}
	}
	return strconv.Itoa(p.Column)
}

// Error is Text in English.
func (p Problem) Error() string { return p.Text("en") }

// Problems are the reasons for which a file cannot be read at all.
type Problems []Problem

// Text joins the problems, a line each.
func (ps Problems) Text(lang string) string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Text(lang)
	}
	return strings.Join(lines, "\n")
}

// Error is Text in English.
func (ps Problems) Error() string { return ps.Text("en") }

// short keeps a cell's text fit for a message.
func short(s string) string {
	const limit = 60
	if r := []rune(s); len(r) > limit {
		return string(r[:limit]) + "…"
	}
	return s
}
