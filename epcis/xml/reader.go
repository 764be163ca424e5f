package xml

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Namespaces of XML itself.
const (
	xmlNS   = "http://www.w3.org/XML/1998/namespace"
	xmlnsNS = "http://www.w3.org/2000/xmlns/"
	xsiNS   = "http://www.w3.org/2001/XMLSchema-instance"
)

// node is an element, with what it holds once it was read whole.
type node struct {
	name  name
	attrs []attr
	kids  []*node
	text  string // all character data, in order
	scope *scope // the namespaces in force
	at    int    // byte where it begins
}

type name struct{ space, prefix, local string }

func (n name) String() string {
	if n.prefix == "" {
		return n.local
	}
	return n.prefix + ":" + n.local
}

type attr struct {
	name  name
	value string
}

// scope is the namespace declarations of an element and, by up, those around it.
type scope struct {
	up    *scope
	names map[string]string // prefix, "" for the default, to namespace
}

func (s *scope) find(prefix string) (string, bool) {
	for ; s != nil; s = s.up {
		if space, ok := s.names[prefix]; ok {
			return space, true
		}
	}
	switch prefix {
	case "":
		return "", true
	case "xml":
		return xmlNS, true
	}
	return "", false
}

// reader gives the elements of a document, resolves their namespaces and
// refuses what has no place in one.
type reader struct {
	text     string
	decoder  *xml.Decoder
	limits   Limits
	open     []*node
	elements int
	ended    bool // the root element has ended
}

func newReader(data []byte, limits Limits) (*reader, error) {
	if len(data) > limits.MaxBytes {
		return nil, &Error{Text: "the XML document has " + plural(len(data), "byte") + ": at most " + plural(limits.MaxBytes, "byte") + " are read; split it into several"}
	}
	text, err := decodeText(data)
	if err != nil {
		return nil, err
	}
	r := &reader{text: text, limits: limits, decoder: xml.NewDecoder(strings.NewReader(text))}
	// The text is UTF-8 by now, whatever its declaration says.
	r.decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	return r, nil
}

// kinds of what next gives.
type kind int

const (
	started kind = iota // an element begins; it is the last open one
	ended               // an element ends; it is given
	chars               // character data of the last open element
	over                // the document has ended
)

// next gives the next part of the document. Comments are passed over.
func (r *reader) next() (kind, *node, string, error) {
	for {
		at := int(r.decoder.InputOffset())
		token, err := r.decoder.RawToken()
		if errors.Is(err, io.EOF) {
			return over, nil, "", r.checkEnd(at)
		}
		if err != nil {
			return over, nil, "", r.syntax(err)
		}
		switch t := token.(type) {
		case xml.Comment:
		case xml.ProcInst:
			if err := r.instruction(t, at); err != nil {
				return over, nil, "", err
			}
		case xml.Directive:
			return over, nil, "", r.directive(t, at)
		case xml.CharData:
			if text := string(t); len(r.open) > 0 {
				return chars, r.open[len(r.open)-1], text, nil
			} else if strings.TrimSpace(text) != "" {
				return over, nil, "", r.fault(at, "there is text outside the root element: take it out")
			}
		case xml.StartElement:
			n, err := r.start(t, at)
			return started, n, "", err
		case xml.EndElement:
			n, err := r.end(t, at)
			return ended, n, "", err
		}
	}
}

func (r *reader) checkEnd(at int) error {
	switch {
	case len(r.open) > 0:
		n := r.open[len(r.open)-1]
		line, _ := r.place(n.at)
		return r.fault(at, "the document ends inside <%s>, which began in line %d: the rest of the file is missing", clip(n.name.String()), line)
	case !r.ended:
		return r.fault(at, "the document has no root element")
	}
	return nil
}

// syntax says where the text is no XML.
func (r *reader) syntax(err error) error {
	at := int(r.decoder.InputOffset())
	var s *xml.SyntaxError
	if !errors.As(err, &s) {
		return r.fault(at, "%s", clipTo(err.Error(), 200))
	}
	if strings.HasPrefix(s.Msg, "invalid character entity") {
		return r.fault(at, "%s: entities are not expanded but &amp; &lt; &gt; &quot; &apos; and characters such as &#233;; write the character itself", clipTo(s.Msg, 120))
	}
	return r.fault(at, "this is not well-formed XML: %s", clipTo(s.Msg, 200))
}

func (r *reader) instruction(t xml.ProcInst, at int) error {
	if t.Target == "xml" && at == 0 {
		return nil
	}
	if t.Target == "xml" {
		return r.fault(at, "the XML declaration stands here and may stand only at the very beginning of the document")
	}
	return r.fault(at, "the processing instruction <?%s?> is refused: take it out", clip(t.Target))
}

func (r *reader) directive(t xml.Directive, at int) error {
	if text := strings.TrimSpace(string(t)); strings.HasPrefix(strings.ToUpper(text), "DOCTYPE") {
		return r.fault(at, "a document type (<!DOCTYPE …>) is refused, with every entity that it declares: take it out and write the text itself")
	}
	return r.fault(at, "the declaration <!%s…> is refused: take it out", clip(string(t)))
}

func (r *reader) start(t xml.StartElement, at int) (*node, error) {
	if r.ended {
		return nil, r.fault(at, "there is a second root element <%s>: a document has one", clip(t.Name.Local))
	}
	if len(r.open) >= r.limits.MaxDepth {
		return nil, r.fault(at, "elements are nested more than %d deep", r.limits.MaxDepth)
	}
	if r.elements++; r.elements > r.limits.MaxElements {
		return nil, r.fault(at, "there are more than %d elements: split the document into several", r.limits.MaxElements)
	}
	if len(t.Attr) > r.limits.MaxAttributes {
		return nil, r.fault(at, "<%s> has %d attributes: at most %d are read", clip(t.Name.Local), len(t.Attr), r.limits.MaxAttributes)
	}
	n := &node{at: at}
	if len(r.open) > 0 {
		n.scope = r.open[len(r.open)-1].scope
	}
	if err := r.declare(n, t.Attr); err != nil {
		return nil, err
	}
	var err error
	if n.name, err = r.resolve(n, t.Name, true); err != nil {
		return nil, err
	}
	if err := r.attributes(n, t.Attr); err != nil {
		return nil, err
	}
	r.open = append(r.open, n)
	return n, nil
}

// declare reads the namespace declarations of n.
func (r *reader) declare(n *node, attrs []xml.Attr) error {
	var names map[string]string
	for _, a := range attrs {
		prefix := a.Name.Local
		switch {
		case a.Name.Space == "" && a.Name.Local == "xmlns":
			prefix = ""
		case a.Name.Space != "xmlns":
			continue
		case a.Value == "":
			return r.fault(n.at, "xmlns:%s is empty: give its namespace", clip(prefix))
		case prefix == "xmlns" || (prefix == "xml") != (a.Value == xmlNS):
			return r.fault(n.at, "xmlns:%s=%s is not allowed: the prefixes xml and xmlns are XML's own", clip(prefix), quote(a.Value))
		}
		if _, twice := names[prefix]; twice {
			return r.fault(n.at, "the namespace of the prefix %s is declared twice in one element", quote(prefix))
		}
		if names == nil {
			names = map[string]string{}
		}
		names[prefix] = strings.TrimSpace(a.Value)
	}
	if names != nil {
		n.scope = &scope{up: n.scope, names: names}
	}
	return nil
}

// resolve finds the namespace of a name. An attribute without a prefix has none.
func (r *reader) resolve(n *node, raw xml.Name, element bool) (name, error) {
	out := name{prefix: raw.Space, local: raw.Local}
	if strings.Contains(raw.Local, ":") {
		return out, r.fault(n.at, "%s is not a name: write it with one prefix at most, such as example:name", quote(raw.Local))
	}
	if raw.Space == "" && !element {
		return out, nil
	}
	space, ok := n.scope.find(raw.Space)
	if !ok || raw.Space == "xmlns" {
		return out, r.fault(n.at, "the prefix %s is not declared: add xmlns:%s=\"…\" with its namespace, here or in an element around", quote(raw.Space), clip(raw.Space))
	}
	out.space = space
	return out, nil
}

func (r *reader) attributes(n *node, attrs []xml.Attr) error {
	type key struct{ space, local string }
	seen := make(map[key]bool, len(attrs))
	for _, a := range attrs {
		if a.Name.Space == "xmlns" || (a.Name.Space == "" && a.Name.Local == "xmlns") {
			continue
		}
		resolved, err := r.resolve(n, a.Name, false)
		if err != nil {
			return err
		}
		k := key{resolved.space, resolved.local}
		if seen[k] {
			return r.fault(n.at, "the attribute %s of <%s> is given twice: keep one", clip(resolved.String()), clip(n.name.String()))
		}
		seen[k] = true
		n.attrs = append(n.attrs, attr{resolved, a.Value})
	}
	return nil
}

func (r *reader) end(t xml.EndElement, at int) (*node, error) {
	if len(r.open) == 0 {
		return nil, r.fault(at, "</%s> ends an element that never began", clip(t.Name.Local))
	}
	n := r.open[len(r.open)-1]
	if n.name.prefix != t.Name.Space || n.name.local != t.Name.Local {
		line, _ := r.place(n.at)
		return nil, r.fault(at, "</%s> stands where <%s>, begun in line %d, has to end", clip((name{prefix: t.Name.Space, local: t.Name.Local}).String()), clip(n.name.String()), line)
	}
	r.open = r.open[:len(r.open)-1]
	r.ended = len(r.open) == 0
	return n, nil
}

// whole reads the rest of the element that was begun last.
func (r *reader) whole(n *node) error {
	texts := map[*node]*strings.Builder{}
	for {
		kind, at, text, err := r.next()
		switch {
		case err != nil:
			return err
		case kind == started:
			parent := r.open[len(r.open)-2]
			parent.kids = append(parent.kids, at)
		case kind == chars:
			if texts[at] == nil {
				texts[at] = &strings.Builder{}
			}
			texts[at].WriteString(text)
		case kind == ended:
			if b := texts[at]; b != nil {
				at.text = b.String()
				delete(texts, at)
			}
			if at == n {
				return nil
			}
		}
	}
}

// children calls do for each element inside n, which was begun last; do reads
// it whole or leaves that to children.
func (r *reader) children(n *node, do func(child *node) error) error {
	for {
		kind, child, text, err := r.next()
		switch {
		case err != nil:
			return err
		case kind == ended:
			return nil
		case kind == chars:
			if strings.TrimSpace(text) != "" {
				return r.fault(int(r.decoder.InputOffset())-1, "there is text in <%s>, which holds elements only: take it out", clip(n.name.String()))
			}
		case kind == started:
			if err := do(child); err != nil {
				return err
			}
		}
	}
}

// clip keeps outside text in an error short and on one line.
func clip(s string) string { return clipTo(s, 60) }

func clipTo(s string, most int) string {
	end := ""
	if len(s) > most {
		s, end = s[:most], "…"
	}
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == utf8.RuneError || (c >= 0x7f && c < 0xa0) {
			return ' '
		}
		return c
	}, s) + end
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.Itoa(n) + " " + word + "s"
}
