// Package split divides large EPCIS documents in JSON into smaller ones that one
// transaction can carry, reading them as a stream: of a document of any size it
// holds one piece in memory.
//
// Every piece has the members of the whole (context, sender, header, …) and a run
// of its events, as they are written and in their order, so that an error
// declaration stays behind the event that it is about. The pieces of a document
// are a function of its bytes and the limits. What stands inside events is not
// checked here; epcis.Parse does that for each piece. Names given twice are
// refused where this package reads them.
//
// It serves the edge; consensus code must not import it. Source: EPCIS 2.0,
// section 10 (JSON binding).
package split

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Limits bound a piece. All must be above zero.
type Limits struct {
	MaxBytes  int // of a piece
	MaxValues int // JSON values of a piece
	MaxEvents int // events of a piece
}

// Piece is a document with some events of the whole.
type Piece struct {
	Number   int // from 0
	First    int // index of its first event in the whole document
	Count    int // events in it
	Document []byte
	// Fault says why an event alone is too large for a piece, naming its index in
	// the whole document; Document is nil then, and Count 1.
	Fault error
}

// Document is one that was read once and can be divided.
type Document struct {
	Events int
	// Bare: it is one event without a document around it, to be sent as it is.
	Bare          bool
	before, after []byte // what stands around the events, on one line
	limits        Limits
}

// Read goes through a document once and finds what stands around its events.
// Faults of the JSON are errors with the byte.
func Read(r io.Reader, limits Limits) (*Document, error) {
	w := newWalker(r, limits.MaxBytes)
	d := &Document{limits: limits}
	w.event = func([]byte) error { d.Events++; return nil }
	if err := w.document(); err != nil {
		return nil, err
	}
	d.before, d.after, d.Bare = w.before.Bytes(), w.after.Bytes(), !w.listed
	if d.Bare {
		d.Events = 1
	}
	switch around := len(d.before) + len(d.after); {
	case d.Bare && around > limits.MaxBytes:
		return nil, fmt.Errorf("the event has %d bytes: at most %d are taken in one transaction", around, limits.MaxBytes)
	case !d.Bare && around > limits.MaxBytes/2:
		return nil, fmt.Errorf("what stands around the events (context, header, master data) has %d bytes: at most %d are repeated with each piece; take master data out",
			around, limits.MaxBytes/2)
	}
	return d, nil
}

// Pieces reads the document again and yields its pieces in order. An error of
// yield ends it.
func (d *Document) Pieces(r io.Reader, yield func(Piece) error) error {
	if d.Bare {
		return yield(Piece{Count: 1, Document: append(bytes.Clone(d.before), d.after...)})
	}
	c := &cutter{doc: d, yield: yield, values: values(d.before) + values(d.after)}
	w := newWalker(r, d.limits.MaxBytes)
	w.event = c.add
	if err := w.document(); err != nil {
		return err
	}
	if c.next == 0 { // a document without events is told so by the ledger
		return yield(Piece{Document: append(bytes.Clone(d.before), d.after...)})
	}
	return c.flush()
}

// Only reads the document again and gives it with those of its events whose
// index keep wants, each as it is written. It holds them all in memory.
func (d *Document) Only(r io.Reader, keep func(index int) bool) ([]byte, error) {
	out := bytes.Clone(d.before)
	next, kept := 0, 0
	w := newWalker(r, d.limits.MaxBytes)
	w.event = func(raw []byte) error {
		if next++; !keep(next - 1) {
			return nil
		}
		if kept++; kept > 1 {
			out = append(out, ',')
		}
		out = append(out, raw...)
		return nil
	}
	if err := w.document(); err != nil {
		return nil, err
	}
	return append(out, d.after...), nil
}

// cutter gathers events into pieces.
type cutter struct {
	doc    *Document
	yield  func(Piece) error
	values int // of what stands around
	number int
	next   int // index of the next event
	first  int
	events [][]byte
	bytes  int
	inside int // values of the events
}

func (c *cutter) add(raw []byte) error {
	size, count := len(raw)+1, values(raw)
	around := len(c.doc.before) + len(c.doc.after)
	l := c.doc.limits
	if len(c.events) > 0 && (around+c.bytes+size > l.MaxBytes || c.values+c.inside+count > l.MaxValues || len(c.events) == l.MaxEvents) {
		if err := c.flush(); err != nil {
			return err
		}
	}
	index := c.next
	c.next++
	if around+size > l.MaxBytes {
		c.number++
		return c.yield(Piece{Number: c.number - 1, First: index, Count: 1, Fault: fmt.Errorf("eventList[%d] has %d bytes: with its document around it, at most %d are taken", index, len(raw), l.MaxBytes)})
	}
	if len(c.events) == 0 {
		c.first = index
	}
	c.events = append(c.events, raw)
	c.bytes += size
	c.inside += count
	return nil
}

func (c *cutter) flush() error {
	if len(c.events) == 0 {
		return nil
	}
	doc := make([]byte, 0, len(c.doc.before)+len(c.doc.after)+c.bytes)
	doc = append(doc, c.doc.before...)
	doc = append(doc, bytes.Join(c.events, []byte(","))...)
	doc = append(doc, c.doc.after...)
	p := Piece{Number: c.number, First: c.first, Count: len(c.events), Document: doc}
	c.number++
	c.events, c.bytes, c.inside = nil, 0, 0
	return c.yield(p)
}

// values counts at most too many JSON values: signs inside strings count too.
func values(raw []byte) int {
	n := 1
	for _, b := range raw {
		switch b {
		case ',', '{', '[':
			n++
		}
	}
	return n
}

// walker reads a document from outside in, down to its events.
type walker struct {
	in            *bounded
	dec           *json.Decoder
	before, after bytes.Buffer
	listed        bool
	event         func(raw []byte) error
}

func newWalker(r io.Reader, most int) *walker {
	in := &bounded{r: r, most: 2*most + 64<<10, value: most}
	return &walker{in: in, dec: json.NewDecoder(in)}
}

// The places where events stand, and the objects on the way there.
var (
	lists = map[string]bool{".epcisBody.eventList": true, ".epcisBody.queryResults.resultsBody.eventList": true}
	ways  = map[string]bool{".epcisBody": true, ".epcisBody.queryResults": true, ".epcisBody.queryResults.resultsBody": true}
)

func (w *walker) document() error {
	if err := w.object(""); err != nil {
		return err
	}
	if _, err := w.dec.Token(); !errors.Is(err, io.EOF) {
		return w.fail(errors.New("there is more after the end of the document"))
	}
	return nil
}

// out is where what is read goes: before the events or after them.
func (w *walker) out() *bytes.Buffer {
	if w.listed {
		return &w.after
	}
	return &w.before
}

func (w *walker) delim(want json.Delim, what string) error {
	w.in.mark()
	token, err := w.dec.Token()
	if err != nil {
		return w.fail(err)
	}
	if token != want {
		return w.fail(fmt.Errorf("%s must be %s", what, map[json.Delim]string{'{': "an object", '[': "an array"}[want]))
	}
	return nil
}

func (w *walker) object(path string) error {
	what := "the document"
	if path != "" {
		what = path[1:]
	}
	if err := w.delim('{', what); err != nil {
		return err
	}
	w.out().WriteByte('{')
	seen := map[string]bool{}
	for w.dec.More() {
		w.in.mark()
		token, err := w.dec.Token()
		if err != nil {
			return w.fail(err)
		}
		name, _ := token.(string)
		if strings.ContainsRune(name, utf8.RuneError) { // the decoder mends what is no text
			return w.fail(fmt.Errorf("the name %q in %s is no valid text", name, what))
		}
		if seen[name] {
			return w.fail(fmt.Errorf("the member %q is given twice in %s", name, what))
		}
		if len(seen) > 0 {
			w.out().WriteByte(',')
		}
		seen[name] = true
		key, err := json.Marshal(name)
		if err != nil {
			return err
		}
		w.out().Write(append(key, ':'))
		if err := w.member(path + "." + name); err != nil {
			return err
		}
		if w.before.Len()+w.after.Len() > w.in.value {
			return w.fail(fmt.Errorf("what stands around the events (context, header, master data), or the one event, has more than %d bytes: at most so many are taken in one transaction", w.in.value))
		}
	}
	if _, err := w.dec.Token(); err != nil {
		return w.fail(err)
	}
	w.out().WriteByte('}')
	return nil
}

func (w *walker) member(path string) error {
	switch {
	case ways[path]:
		return w.object(path)
	case lists[path]:
		return w.list(path)
	}
	raw, err := w.value()
	if err != nil {
		return err
	}
	w.out().Write(raw)
	return nil
}

func (w *walker) list(path string) error {
	if w.listed {
		return w.fail(errors.New("there is a second eventList"))
	}
	if err := w.delim('[', path[1:]); err != nil {
		return err
	}
	w.before.WriteByte('[')
	w.listed = true
	for w.dec.More() {
		raw, err := w.value()
		if err != nil {
			return err
		}
		if err := w.event(raw); err != nil {
			return err
		}
	}
	if _, err := w.dec.Token(); err != nil {
		return w.fail(err)
	}
	w.after.WriteByte(']')
	return nil
}

// value reads one value whole and writes it on one line.
func (w *walker) value() ([]byte, error) {
	w.in.mark()
	var raw json.RawMessage
	if err := w.dec.Decode(&raw); err != nil {
		return nil, w.fail(err)
	}
	var line bytes.Buffer
	line.Grow(len(raw))
	if err := json.Compact(&line, raw); err != nil {
		return nil, w.fail(err)
	}
	return line.Bytes(), nil
}

func (w *walker) fail(err error) error {
	if w.in.err != nil {
		return w.in.err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("it ends too early: the rest of the file is missing")
	}
	return fmt.Errorf("the JSON is wrong at byte %d: %w", w.dec.InputOffset(), err)
}

// bounded refuses a value that would need more memory than a piece may have.
type bounded struct {
	r           io.Reader
	most, value int // bytes read ahead for one value, and what is said of it
	since       int
	err         error // why no more is read
}

func (b *bounded) mark() { b.since = 0 }

func (b *bounded) Read(p []byte) (int, error) {
	if b.since > b.most {
		b.err = fmt.Errorf("an event, or another value of the document, has more than %d bytes: at most so many are taken in one transaction", b.value)
		return 0, b.err
	}
	n, err := b.r.Read(p)
	b.since += n
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = err
	}
	return n, err
}
