package batchfile

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// Bounds of a table. A row of batches is well under one kilobyte.
const (
	MaxRows    = 100_000
	maxRow     = 32 << 10 // bytes
	maxCell    = 2 << 10  // bytes
	maxColumns = 64
)

// record is one row of cells, still in the file's character set. bad names
// what makes it unusable; the reader stands at the next row then.
type record struct {
	line  int
	cells []string
	bad   string
}

var (
	errUnclosed = errors.New("a quoted cell is not closed")
	errRead     = errors.New("the file could not be read")
)

// records splits a stream into rows (RFC 4180, with any separator and any line
// end). It works on bytes: separators, quotes and line ends are ASCII in every
// character set accepted.
type records struct {
	in   *bufio.Reader
	sep  byte
	line int // line at which the next byte stands
}

// next returns io.EOF after the last row. It returns errUnclosed when a quote
// swallows more than a row: from there on nothing can be told apart.
func (r *records) next() (*record, error) {
	rec := &record{line: r.line}
	var cell []byte
	size, quoted, inQuotes, any := 0, false, false, false
	flush := func() {
		if len(rec.cells) < maxColumns {
			rec.cells = append(rec.cells, string(cell))
		} else if len(cell) > 0 {
			rec.bad = "too_many_columns"
		}
		cell, quoted = cell[:0], false
	}
	for {
		c, err := r.in.ReadByte()
		if err == io.EOF {
			if inQuotes {
				return rec, errUnclosed
			}
			if !any {
				return nil, io.EOF
			}
			flush()
			return rec, nil
		}
		if err != nil {
			return nil, errors.Join(errRead, err)
		}
		any = true
		if size++; size > maxRow {
			if inQuotes {
				return rec, errUnclosed
			}
			rec.bad, cell = "row_too_long", cell[:0]
		}
		switch {
		case inQuotes && c == '"':
			if r.accept('"') {
				cell = append(cell, '"')
			} else {
				inQuotes = false
			}
		case c == '\n' || c == '\r':
			if c == '\r' {
				r.accept('\n')
			}
			r.line++
			if !inQuotes {
				flush()
				return rec, nil
			}
			cell = append(cell, ' ')
		case inQuotes:
			cell = append(cell, c)
		case c == r.sep:
			flush()
		case c == '"' && !quoted && len(strings.TrimLeft(string(cell), " ")) == 0:
			inQuotes, quoted, cell = true, true, cell[:0]
		case quoted && c != ' ':
			rec.bad = "bad_quotes"
		default:
			cell = append(cell, c)
		}
		if len(cell) > maxCell {
			if rec.bad == "" {
				rec.bad = "cell_too_long"
			}
			cell = cell[:0]
		}
	}
}

// accept consumes the next byte when it is want.
func (r *records) accept(want byte) bool {
	b, err := r.in.Peek(1)
	if err != nil || b[0] != want {
		return false
	}
	_, err = r.in.Discard(1)
	return err == nil
}
