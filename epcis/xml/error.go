package xml

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limits bound what Convert reads. Zero fields take the value of DefaultLimits.
type Limits struct {
	MaxBytes      int // of the document as sent
	MaxDepth      int // of nested elements
	MaxElements   int // in all
	MaxAttributes int // of one element
	MaxNamespaces int // that the document uses beside the standard ones
}

// DefaultLimits suit one transaction: 2 MiB, since XML takes about three times
// the room of JSON, 48 levels, 100,000 elements, 64 attributes, 64 namespaces.
func DefaultLimits() Limits {
	return Limits{MaxBytes: 2 << 20, MaxDepth: 48, MaxElements: 100_000, MaxAttributes: 64, MaxNamespaces: 64}
}

func (l Limits) orDefaults() Limits {
	usual := DefaultLimits()
	for _, f := range [...]struct{ own, usual *int }{
		{&l.MaxBytes, &usual.MaxBytes},
		{&l.MaxDepth, &usual.MaxDepth},
		{&l.MaxElements, &usual.MaxElements},
		{&l.MaxAttributes, &usual.MaxAttributes},
		{&l.MaxNamespaces, &usual.MaxNamespaces},
	} {
		if *f.own <= 0 {
			*f.own = *f.usual
		}
	}
	return l
}

// Error is a fault of a document: where it is, what is wrong, and what to write
// instead. Line and Column count from 1, columns in characters; both are 0 for
// a fault of the document as a whole.
type Error struct {
	Line, Column int
	Text         string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Text
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Text)
}

// Note tells of something that was not taken over as it stood.
type Note struct {
	Line int    // from 1; 0 for the document as a whole
	Text string // one sentence
}

func (n Note) String() string {
	if n.Line == 0 {
		return n.Text
	}
	return fmt.Sprintf("line %d: %s", n.Line, n.Text)
}

// maxNotes bounds the notes of one document; the last says that there are more.
const maxNotes = 50

func (c *converter) note(at int, format string, args ...any) {
	switch text := fmt.Sprintf(format, args...); {
	case c.noted[text] || len(c.notes) > maxNotes:
	case len(c.notes) == maxNotes:
		c.notes = append(c.notes, Note{Text: "there is more of this kind, which is not listed"})
	default:
		c.noted[text] = true
		line, _ := c.in.place(at)
		c.notes = append(c.notes, Note{Line: line, Text: text})
	}
}

// fault makes an Error about the byte at.
func (r *reader) fault(at int, format string, args ...any) error {
	line, column := r.place(at)
	return &Error{Line: line, Column: column, Text: fmt.Sprintf(format, args...)}
}

func (r *reader) place(at int) (line, column int) {
	before := r.text[:min(max(at, 0), len(r.text))]
	start := strings.LastIndexByte(before, '\n') + 1
	return 1 + strings.Count(before, "\n"), 1 + utf8.RuneCountInString(before[start:])
}

// quote shows outside text in an error, escaped and cut to one line.
func quote(s string) string {
	const most = 80
	if len(s) > most {
		return fmt.Sprintf("%+q…", s[:most])
	}
	return fmt.Sprintf("%+q", s)
}
