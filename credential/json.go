package credential

import (
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Bounds of the JSON accepted here. They stop depth bombs and quadratic
// duplicate checks well above what an honest certificate needs.
const (
	maxDepth   = 8
	maxMembers = 64
	maxItems   = 256
)

type kind uint8

const (
	kindNull kind = iota
	kindBool
	kindNumber
	kindString
	kindArray
	kindObject
)

func (k kind) String() string {
	return [...]string{"null", "a boolean", "a number", "a string", "a list", "an object"}[k]
}

// node is a parsed value that remembers its line, so that JSON certificates
// and hand-written YAML drafts share one reader with precise complaints.
type node struct {
	kind    kind
	text    string // string value, or the literal of any other scalar
	line    int
	items   []*node
	members []member
}

type member struct {
	name  string
	value *node
}

func (n *node) get(name string) *node {
	for _, m := range n.members {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// add appends a member, refusing a second one of the same name: readers
// elsewhere differ on which of two they keep, which is how signed text gets
// two meanings.
func (n *node) add(name string, v *node) error {
	if n.get(name) != nil {
		return fmt.Errorf("line %d: the member %q appears twice in one object; keep one", v.line, name)
	}
	if len(n.members) == maxMembers {
		return fmt.Errorf("line %d: an object has more than %d members", v.line, maxMembers)
	}
	n.members = append(n.members, member{name, v})
	return nil
}

func (n *node) push(v *node) error {
	if len(n.items) == maxItems {
		return fmt.Errorf("line %d: a list has more than %d items", v.line, maxItems)
	}
	n.items = append(n.items, v)
	return nil
}

// parser is a strict RFC 8259 reader: valid UTF-8, no duplicate names, no lone
// surrogates, bounded depth, numbers kept as their literal. The standard
// library's reader lets the first three through.
type parser struct {
	in   []byte
	pos  int
	line int
}

func parseJSON(data []byte) (*node, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("the JSON text is not valid UTF-8")
	}
	p := &parser{in: data, line: 1}
	n, err := p.value(0)
	if err != nil {
		return nil, err
	}
	p.space()
	if p.pos != len(p.in) {
		return nil, p.errorf("there is more text after the JSON value")
	}
	return n, nil
}

func (p *parser) errorf(format string, args ...any) error {
	return fmt.Errorf("line %d: %s", p.line, fmt.Sprintf(format, args...))
}

func (p *parser) space() {
	for p.pos < len(p.in) {
		switch p.in[p.pos] {
		case '\n':
			p.line++
		case ' ', '\t', '\r':
		default:
			return
		}
		p.pos++
	}
}

// peek returns the next byte after white space, 0 at the end.
func (p *parser) peek() byte {
	p.space()
	if p.pos == len(p.in) {
		return 0
	}
	return p.in[p.pos]
}

func (p *parser) value(depth int) (*node, error) {
	c := p.peek()
	if depth > maxDepth {
		return nil, p.errorf("the JSON is nested deeper than %d levels", maxDepth)
	}
	n := &node{line: p.line}
	switch {
	case c == '{':
		n.kind = kindObject
		return n, p.object(n, depth)
	case c == '[':
		n.kind = kindArray
		return n, p.array(n, depth)
	case c == '"':
		s, err := p.str()
		n.kind, n.text = kindString, s
		return n, err
	case c == '-' || isDigit(c):
		n.kind = kindNumber
		return n, p.number(n)
	}
	return n, p.word(n)
}

func (p *parser) word(n *node) error {
	for _, w := range [...]struct {
		text string
		kind kind
	}{{"null", kindNull}, {"true", kindBool}, {"false", kindBool}} {
		if len(p.in)-p.pos >= len(w.text) && string(p.in[p.pos:p.pos+len(w.text)]) == w.text {
			p.pos += len(w.text)
			n.kind, n.text = w.kind, w.text
			return nil
		}
	}
	if p.pos == len(p.in) {
		return p.errorf("the JSON text ends where a value should be")
	}
	return p.errorf("%q does not start a JSON value", p.in[p.pos])
}

func (p *parser) object(n *node, depth int) error {
	p.pos++
	if p.peek() == '}' {
		p.pos++
		return nil
	}
	for {
		if p.peek() != '"' {
			return p.errorf("a member name in quotes is expected")
		}
		name, err := p.str()
		if err != nil {
			return err
		}
		if p.peek() != ':' {
			return p.errorf("a colon is expected after the member name %q", name)
		}
		p.pos++
		v, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		if err := n.add(name, v); err != nil {
			return err
		}
		if done, err := p.next('}'); done || err != nil {
			return err
		}
	}
}

func (p *parser) array(n *node, depth int) error {
	p.pos++
	if p.peek() == ']' {
		p.pos++
		return nil
	}
	for {
		v, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		if err := n.push(v); err != nil {
			return err
		}
		if done, err := p.next(']'); done || err != nil {
			return err
		}
	}
}

// next consumes a comma, or the closing byte and says so.
func (p *parser) next(closing byte) (bool, error) {
	switch p.peek() {
	case ',':
		p.pos++
		return false, nil
	case closing:
		p.pos++
		return true, nil
	}
	return false, p.errorf("a comma or %q is expected", closing)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func (p *parser) digits() int {
	from := p.pos
	for p.pos < len(p.in) && isDigit(p.in[p.pos]) {
		p.pos++
	}
	return p.pos - from
}

func (p *parser) accept(set string) bool {
	if p.pos < len(p.in) {
		for i := range len(set) {
			if p.in[p.pos] == set[i] {
				p.pos++
				return true
			}
		}
	}
	return false
}

// number keeps the literal; the fields that take numbers accept integers only.
func (p *parser) number(n *node) error {
	from := p.pos
	p.accept("-")
	first := p.pos
	count := p.digits()
	bad := count == 0 || (count > 1 && p.in[first] == '0')
	if p.accept(".") {
		bad = p.digits() == 0 || bad
	}
	if p.accept("eE") {
		p.accept("+-")
		bad = p.digits() == 0 || bad
	}
	n.text = string(p.in[from:p.pos])
	if bad {
		return p.errorf("%q is not a JSON number", n.text)
	}
	return nil
}

func (p *parser) str() (string, error) {
	p.pos++
	var out []byte
	for p.pos < len(p.in) {
		c := p.in[p.pos]
		p.pos++
		switch {
		case c == '"':
			return string(out), nil
		case c < 0x20:
			return "", p.errorf("a control character (%#02x) stands inside a string; escape it", c)
		case c == '\\':
			r, err := p.escape()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, r)
		default:
			out = append(out, c)
		}
	}
	return "", p.errorf("a string is not closed")
}

func (p *parser) escape() (rune, error) {
	if p.pos == len(p.in) {
		return 0, p.errorf("a string is not closed")
	}
	c := p.in[p.pos]
	p.pos++
	switch c {
	case '"', '\\', '/':
		return rune(c), nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'u':
		return p.unicodeEscape()
	}
	return 0, p.errorf("\\%c is not a JSON escape", c)
}

func (p *parser) unicodeEscape() (rune, error) {
	r, err := p.hex4()
	if err != nil {
		return 0, err
	}
	if r < 0xD800 || r > 0xDFFF {
		return r, nil
	}
	if r > 0xDBFF || !p.accept("\\") || !p.accept("u") {
		return 0, p.errorf("a \\u escape is half of a surrogate pair")
	}
	low, err := p.hex4()
	if err != nil {
		return 0, err
	}
	if low < 0xDC00 || low > 0xDFFF {
		return 0, p.errorf("a \\u escape is half of a surrogate pair")
	}
	return 0x10000 + (r-0xD800)<<10 + (low - 0xDC00), nil
}

func (p *parser) hex4() (rune, error) {
	if len(p.in)-p.pos < 4 {
		return 0, p.errorf("a \\u escape needs four hexadecimal digits")
	}
	v, err := strconv.ParseUint(string(p.in[p.pos:p.pos+4]), 16, 16)
	if err != nil {
		return 0, p.errorf("a \\u escape needs four hexadecimal digits")
	}
	p.pos += 4
	return rune(v), nil
}
