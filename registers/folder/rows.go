package folder

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/filiera-chain/filiera/registers"
)

// RowError says what is wrong with a row of a file; line is where it begins.
type RowError struct {
	Line   int
	Column string
	Text   string
}

func (e *RowError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("line %d: %s", e.Line, e.Text)
	}
	return fmt.Sprintf("line %d, column %s: %s", e.Line, e.Column, e.Text)
}

// maxLine bounds a line of JSON.
const maxLine = registers.MaxWords * 2

// Rows reads a file row by row, in the order of columns. It takes CSV (RFC 4180),
// whose first line names the columns, and JSON lines, one object a line; which of the
// two it is shows in the first byte.
type Rows struct {
	columns []string
	next    func() (line int, cells []string, err error)
}

// NewRows begins to read. Columns that the file has beyond those asked for, or has
// not, are refused.
func NewRows(in io.Reader, columns []string) (*Rows, error) {
	b := bufio.NewReaderSize(in, 1<<16)
	if mark, _ := b.Peek(3); string(mark) == "\uFEFF" {
		_, _ = b.Discard(3) // what was peeked is there
	}
	first, err := b.Peek(1)
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty")
	}
	if err != nil {
		return nil, err
	}
	r := &Rows{columns: columns}
	if first[0] == '{' {
		r.next = r.jsonLines(b)
		return r, nil
	}
	return r, r.csvLines(b)
}

// Next gives the next row's cells, in the order of the columns; io.EOF at the end.
func (r *Rows) Next() ([]string, error) {
	line, cells, err := r.next()
	if err != nil {
		return nil, err
	}
	for i, c := range cells {
		if !utf8.ValidString(c) {
			return nil, &RowError{line, r.columns[i], "is not UTF-8"}
		}
		if len(c) > registers.MaxCell {
			return nil, &RowError{line, r.columns[i], fmt.Sprintf("has %d bytes; a cell takes at most %d", len(c), registers.MaxCell)}
		}
	}
	return cells, nil
}

func (r *Rows) csvLines(b *bufio.Reader) error {
	head, _ := b.Peek(b.Size())
	head, _, _ = bytes.Cut(head, []byte("\n"))
	in := csv.NewReader(b)
	if bytes.ContainsRune(head, ';') {
		in.Comma = ';'
	}
	names, err := in.Read()
	if err != nil {
		return err
	}
	places := make([]int, len(r.columns))
	for i, c := range r.columns {
		if places[i] = slices.Index(names, c); places[i] < 0 {
			return &RowError{1, c, "is missing; the register's columns are " + strings.Join(r.columns, ", ")}
		}
	}
	if len(names) != len(r.columns) {
		return &RowError{1, "", fmt.Sprintf("the file has %d columns and the register %d: %s", len(names), len(r.columns), strings.Join(r.columns, ", "))}
	}
	r.next = func() (int, []string, error) {
		record, err := in.Read()
		if err != nil {
			return 0, nil, err
		}
		line, _ := in.FieldPos(0)
		cells := make([]string, len(places))
		for i, at := range places {
			cells[i] = record[at]
		}
		return line, cells, nil
	}
	return nil
}

func (r *Rows) jsonLines(b *bufio.Reader) func() (int, []string, error) {
	in := bufio.NewScanner(b)
	in.Buffer(make([]byte, 0, 1<<16), maxLine)
	line := 0
	return func() (int, []string, error) {
		for in.Scan() {
			line++
			if len(bytes.TrimSpace(in.Bytes())) == 0 {
				continue
			}
			cells, err := r.object(line, in.Bytes())
			return line, cells, err
		}
		if errors.Is(in.Err(), bufio.ErrTooLong) {
			return line, nil, &RowError{line + 1, "", fmt.Sprintf("has more than %d bytes", maxLine)}
		}
		if in.Err() != nil {
			return line, nil, in.Err()
		}
		return line, nil, io.EOF
	}
}

// object reads a row of JSON: each column once, as text, a number, true, false or
// null. Numbers keep their digits; null and what is left out are empty.
func (r *Rows) object(line int, data []byte) ([]string, error) {
	fail := func(column, format string, args ...any) error {
		return &RowError{line, column, fmt.Sprintf(format, args...)}
	}
	if !utf8.Valid(data) {
		return nil, fail("", "is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, fail("", "is no JSON object")
	}
	cells, seen := make([]string, len(r.columns)), make([]bool, len(r.columns))
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, fail("", "%v", err)
		}
		i := slices.Index(r.columns, name.(string))
		if i < 0 {
			return nil, fail(fmt.Sprint(name), "is none of the register's columns: %s", strings.Join(r.columns, ", "))
		}
		if seen[i] {
			return nil, fail(r.columns[i], "stands there twice")
		}
		value, err := d.Token()
		if err != nil {
			return nil, fail(r.columns[i], "%v", err)
		}
		switch v := value.(type) {
		case string:
			cells[i] = v
		case json.Number:
			cells[i] = v.String()
		case bool:
			cells[i] = fmt.Sprint(v)
		case nil:
		default:
			return nil, fail(r.columns[i], "holds a list or an object; a cell is text, a number, true, false or null")
		}
		seen[i] = true
	}
	if _, err := d.Token(); err != nil {
		return nil, fail("", "%v", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fail("", "something follows the object")
	}
	return cells, nil
}
