package tree

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/filiera-chain/filiera/gs1"
)

// maxLine is the longest line of a list, in bytes.
const maxLine = 4096

// columnNames are what a column of serial numbers may be called.
var columnNames = map[string]bool{"serial": true, "serial_number": true, "seriale": true, "numero_di_serie": true, "matricola": true, "contrassegno": true}

// List reads serial numbers that somebody brings: one per line, or a CSV table
// (comma, semicolon or tab) whose first line names a column serial, seriale,
// matricola or contrassegno.
type List struct {
	in     *bufio.Scanner
	line   int
	column int
	comma  string // "" where the list is no table
}

// NewList begins to read a list.
func NewList(r io.Reader) *List {
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 0, maxLine), maxLine)
	return &List{in: in}
}

// Next gives the next serial number, and io.EOF after the last.
func (l *List) Next() (string, error) {
	for l.in.Scan() {
		l.line++
		text := strings.TrimRight(l.in.Text(), "\r")
		if l.line == 1 {
			text = strings.TrimPrefix(text, "\ufeff")
			if l.header(text) {
				continue
			}
		}
		if strings.TrimSpace(text) == "" {
			continue
		}
		s, err := l.field(text)
		if err == nil {
			_, err = gs1.ParseSerial(s)
		}
		if err != nil {
			return "", fmt.Errorf("line %d: %w", l.line, err)
		}
		return s, nil
	}
	if err := l.in.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			err = fmt.Errorf("line %d has more than %d bytes", l.line+1, maxLine)
		}
		return "", err
	}
	return "", io.EOF
}

// Line is the number of the line that was read last.
func (l *List) Line() int { return l.line }

// header looks whether the first line names the column.
func (l *List) header(text string) bool {
	for _, comma := range []string{";", "\t", ","} {
		for i, name := range strings.Split(text, comma) {
			name = strings.ToLower(strings.Trim(strings.TrimSpace(name), `"`))
			if columnNames[strings.ReplaceAll(name, " ", "_")] {
				l.comma, l.column = comma, i
				return true
			}
		}
	}
	return false
}

func (l *List) field(text string) (string, error) {
	if !utf8.ValidString(text) {
		return "", errors.New("it is not UTF-8")
	}
	if l.comma == "" {
		return strings.TrimSpace(text), nil
	}
	fields := strings.Split(text, l.comma)
	if strings.Contains(text, `"`) {
		r := csv.NewReader(strings.NewReader(text))
		r.Comma = rune(l.comma[0])
		var err error
		if fields, err = r.Read(); err != nil {
			return "", fmt.Errorf("it is no line of a table: %w", err)
		}
	}
	if l.column >= len(fields) {
		return "", fmt.Errorf("it has %d columns, and serial numbers stand in column %d", len(fields), l.column+1)
	}
	return strings.TrimSpace(fields[l.column]), nil
}
