package epcis

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limits bound what Parse reads. Zero fields take the value of DefaultLimits().
type Limits struct {
	MaxBytes  int // of the whole document
	MaxDepth  int // of nested arrays and objects
	MaxValues int // JSON values in all
	MaxEvents int // events in the document

	// RepeatedNames lets the last of several members with one name count, as most
	// JSON readers do, instead of refusing them. It serves schema verdicts that
	// must equal those of other validators; a document to act on is read without it.
	RepeatedNames bool
	// KeepFaulty keeps an event whose structure is wrong in its place, with its
	// Fault, instead of refusing the document for it.
	KeepFaulty bool
}

// DefaultLimits suit one transaction: 512 KiB, 32 levels, 40,000 values, 500 events.
func DefaultLimits() Limits {
	return Limits{MaxBytes: 512 << 10, MaxDepth: 32, MaxValues: 40_000, MaxEvents: 500}
}

func (l Limits) orDefaults() Limits {
	standard := DefaultLimits()
	for _, f := range [...]struct{ own, usual *int }{
		{&l.MaxBytes, &standard.MaxBytes},
		{&l.MaxDepth, &standard.MaxDepth},
		{&l.MaxValues, &standard.MaxValues},
		{&l.MaxEvents, &standard.MaxEvents},
	} {
		if *f.own <= 0 {
			*f.own = *f.usual
		}
	}
	return l
}

// ParseJSON reads one strict JSON text (RFC 8259): UTF-8 without a byte order
// mark, no duplicate names, no unpaired surrogates, bounded depth and size,
// numbers as exact decimals. Errors name the path and the byte.
func ParseJSON(data []byte, limits Limits) (Value, error) {
	limits = limits.orDefaults()
	if len(data) > limits.MaxBytes {
		return Value{}, fmt.Errorf("the document has %d bytes: at most %d are read; split it into several", len(data), limits.MaxBytes)
	}
	if !utf8.Valid(data) {
		return Value{}, fmt.Errorf("the document is not valid UTF-8 at byte %d: save it as UTF-8", firstInvalid(data))
	}
	p := &parser{text: string(data), limits: limits}
	p.space()
	v, err := p.value(0)
	if err != nil {
		return Value{}, err
	}
	if p.space(); p.pos < len(p.text) {
		return Value{}, p.fail("there is more after the end of the document")
	}
	return v, nil
}

func firstInvalid(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(data)
}

type parser struct {
	text   string
	pos    int
	values int
	limits Limits
	path   []string // names and indexes down to the current value
}

func (p *parser) fail(format string, args ...any) error {
	where := strings.TrimPrefix(strings.Join(p.path, ""), ".")
	if where != "" {
		where = " in " + where
	}
	return fmt.Errorf("the JSON is wrong at byte %d%s: %s", p.pos, where, fmt.Sprintf(format, args...))
}

func (p *parser) space() {
	for p.pos < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.pos]) >= 0 {
		p.pos++
	}
}

// peek returns the next byte, or 0 at the end.
func (p *parser) peek() byte {
	if p.pos < len(p.text) {
		return p.text[p.pos]
	}
	return 0
}

func (p *parser) value(depth int) (Value, error) {
	if depth > p.limits.MaxDepth {
		return Value{}, p.fail("it is nested more than %d levels deep", p.limits.MaxDepth)
	}
	if p.values++; p.values > p.limits.MaxValues {
		return Value{}, p.fail("there are more than %d values", p.limits.MaxValues)
	}
	switch c := p.peek(); {
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.array(depth)
	case c == '"':
		s, err := p.str()
		return Value{Kind: String, Text: s}, err
	case c == '-' || (c >= '0' && c <= '9'):
		return p.number()
	}
	for _, word := range [...]Value{{Kind: Bool, Text: "true"}, {Kind: Bool, Text: "false"}, {Kind: Null, Text: "null"}} {
		if strings.HasPrefix(p.text[p.pos:], word.Text) {
			p.pos += len(word.Text)
			return word, nil
		}
	}
	if p.pos >= len(p.text) {
		return Value{}, p.fail("it ends too early")
	}
	return Value{}, p.fail("a value was expected")
}

func (p *parser) object(depth int) (Value, error) {
	v := Value{Kind: Object}
	seen := map[string]bool{}
	for p.pos++; ; {
		p.space()
		if p.peek() == '}' && len(v.Members) == 0 {
			break
		}
		if p.peek() != '"' {
			return v, p.fail("a member name in double quotes was expected")
		}
		name, err := p.str()
		if err != nil {
			return v, err
		}
		if seen[name] && !p.limits.RepeatedNames {
			return v, p.fail("the member %s is given twice", quote(name))
		}
		repeated := seen[name]
		seen[name] = true
		if p.space(); p.peek() != ':' {
			return v, p.fail("a colon was expected after %s", quote(name))
		}
		p.pos++
		member, err := p.child("."+short(name), depth)
		if err != nil {
			return v, err
		}
		if repeated {
			v.set(name, member)
		} else {
			v.Members = append(v.Members, Member{name, member})
		}
		more, err := p.next('}')
		if err != nil || !more {
			return v, err
		}
	}
	p.pos++
	return v, nil
}

func (p *parser) array(depth int) (Value, error) {
	v := Value{Kind: Array}
	p.pos++
	if p.space(); p.peek() == ']' {
		p.pos++
		return v, nil
	}
	for {
		item, err := p.child(fmt.Sprintf("[%d]", len(v.Items)), depth)
		if err != nil {
			return v, err
		}
		v.Items = append(v.Items, item)
		more, err := p.next(']')
		if err != nil || !more {
			return v, err
		}
	}
}

// child reads the value of a member or item, with its step on the path.
func (p *parser) child(step string, depth int) (Value, error) {
	p.path = append(p.path, step)
	p.space()
	v, err := p.value(depth + 1)
	if err == nil {
		p.path = p.path[:len(p.path)-1]
	}
	return v, err
}

// next reads a comma (more follows) or the closing sign.
func (p *parser) next(end byte) (more bool, err error) {
	p.space()
	switch p.peek() {
	case ',':
		p.pos++
		return true, nil
	case end:
		p.pos++
		return false, nil
	}
	return false, p.fail("a comma or %q was expected", end)
}

func (p *parser) str() (string, error) {
	start := p.pos + 1
	for p.pos = start; p.pos < len(p.text); p.pos++ {
		switch c := p.text[p.pos]; {
		case c == '"':
			p.pos++
			return p.text[start : p.pos-1], nil
		case c == '\\':
			return p.escaped(start)
		case c < 0x20:
			return "", p.fail("a control character stands inside a string: write it as \\u%04x", c)
		}
	}
	return "", p.fail("a string does not end")
}

// escaped reads a string that has at least one escape, from the first of them.
func (p *parser) escaped(start int) (string, error) {
	var b strings.Builder
	b.WriteString(p.text[start:p.pos])
	for p.pos < len(p.text) {
		c := p.text[p.pos]
		p.pos++
		switch {
		case c == '"':
			return b.String(), nil
		case c < 0x20:
			return "", p.fail("a control character stands inside a string: write it as \\u%04x", c)
		case c != '\\':
			b.WriteByte(c)
			continue
		}
		r, err := p.escape()
		if err != nil {
			return "", err
		}
		b.WriteRune(r)
	}
	return "", p.fail("a string does not end")
}

// escape reads what follows a backslash.
func (p *parser) escape() (rune, error) {
	c := p.peek()
	p.pos++
	if i := strings.IndexByte(`"\/bfnrt`, c); c != 0 && i >= 0 {
		return rune("\"\\/\b\f\n\r\t"[i]), nil
	}
	if c != 'u' {
		return 0, p.fail("a backslash is followed by %q", c)
	}
	r, err := p.hex4()
	if err != nil || r < 0xd800 || r > 0xdfff {
		return r, err
	}
	if r < 0xdc00 && strings.HasPrefix(p.text[p.pos:], `\u`) {
		p.pos += 2
		low, err := p.hex4()
		if err != nil {
			return 0, err
		}
		if low >= 0xdc00 && low <= 0xdfff {
			return (r-0xd800)<<10 + (low - 0xdc00) + 0x10000, nil
		}
	}
	return 0, p.fail("half of a surrogate pair stands alone")
}

func (p *parser) hex4() (rune, error) {
	if p.pos+4 > len(p.text) {
		return 0, p.fail("four hexadecimal digits were expected after \\u")
	}
	var r rune
	for _, c := range []byte(p.text[p.pos : p.pos+4]) {
		d := strings.IndexByte("0123456789abcdef", c|0x20)
		if d < 0 || (d < 10 && c != '0'+byte(d)) {
			return 0, p.fail("four hexadecimal digits were expected after \\u")
		}
		r = r<<4 | rune(d)
	}
	p.pos += 4
	return r, nil
}

func (p *parser) number() (Value, error) {
	end := p.pos
	for end < len(p.text) && strings.IndexByte("+-0123456789.eE", p.text[end]) >= 0 {
		end++
	}
	plain, problem := plainNumber(p.text[p.pos:end])
	if problem != "" {
		return Value{}, p.fail("%s", problem)
	}
	p.pos = end
	return Value{Kind: Number, Text: plain}, nil
}

// short bounds what a name adds to the path of an error.
func short(name string) string {
	if len(name) > maxName {
		return strings.ToValidUTF8(name[:maxName], "") + "…"
	}
	return name
}

// quote shows outside text in an error, escaped and cut to one line.
func quote(s string) string {
	const most = 80
	if len(s) > most {
		return fmt.Sprintf("%+q…", s[:most])
	}
	return fmt.Sprintf("%+q", s)
}
