package rules

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Bounds of a document.
const (
	maxBytes = 128 << 10
	maxDepth = 12
	maxNodes = 20_000
	maxText  = 2000
)

// scalar is a type that is written as one word.
type scalar interface {
	// set reads the word.
	set(text string) error
	// shape is its JSON Schema.
	shape() map[string]any
}

// field is one key of a mapping, as a struct's tags describe it:
//
//	yaml:"name,required,named"  the key; named: a mapping from ids to what the list holds
//	doc:"…"                     what it is, for the schema and the reference
//	words:"a b c"               the only words that it may be
type field struct {
	index    int
	name     string
	doc      string
	required bool
	named    bool
	words    []string
}

// fieldsOf lists the keys of a struct in their order.
func fieldsOf(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name == "" || name == "-" {
			continue
		}
		out = append(out, field{i, name, f.Tag.Get("doc"), strings.Contains(options, "required"), strings.Contains(options, "named"), strings.Fields(f.Tag.Get("words"))})
	}
	return out
}

// parseYAML reads one YAML document within the bounds. Anchors, aliases, tags and
// merge keys are refused: what is read is what is written.
func parseYAML(data []byte, p *problems) (root *yaml.Node) {
	switch {
	case len(data) > maxBytes:
		p.add(Pos{}, "the document has %d bytes; at most %d are read", len(data), maxBytes)
	case !utf8.Valid(data):
		p.add(Pos{}, "the document is not UTF-8 text")
	case bytes.IndexByte(data, 0) >= 0:
		p.add(Pos{}, "the document has a zero byte")
	}
	if len(p.list) > 0 {
		return nil
	}
	// A fault of the parser must not stop a node; what it cannot read is refused.
	defer func() {
		if r := recover(); r != nil {
			root = nil
			p.add(Pos{}, "the document is not YAML that can be read")
		}
	}()
	var doc yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(data))
	err := d.Decode(&doc)
	if errors.Is(err, io.EOF) {
		p.add(Pos{1, 1}, "the document is empty")
		return nil
	}
	if err != nil {
		p.list = append(p.list, yamlProblem(err))
		return nil
	}
	var more yaml.Node
	if err := d.Decode(&more); !errors.Is(err, io.EOF) {
		p.add(Pos{more.Line, more.Column}, "the file holds more than one document: write each in a file of its own")
		return nil
	}
	if len(doc.Content) != 1 {
		p.add(Pos{1, 1}, "the document is empty")
		return nil
	}
	nodes := 0
	if !plainNodes(doc.Content[0], 1, &nodes, p) {
		return nil
	}
	return doc.Content[0]
}

// yamlProblem moves the line out of the parser's sentence.
func yamlProblem(err error) Problem {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, is := strings.CutPrefix(text, "line "); is {
		if number, sentence, ok := strings.Cut(rest, ": "); ok {
			if n, err := strconv.Atoi(number); err == nil {
				return Problem{Pos{n, 1}, "not YAML: " + clip120(sentence)}
			}
		}
	}
	return Problem{Text: "not YAML: " + clip120(text)}
}

func clip120(s string) string {
	if len(s) > 120 {
		return strings.ToValidUTF8(s[:120], "") + "…"
	}
	return s
}

func plainNodes(n *yaml.Node, depth int, nodes *int, p *problems) bool {
	at := Pos{n.Line, n.Column}
	*nodes++
	switch {
	case *nodes > maxNodes:
		p.add(at, "the document has more than %d values", maxNodes)
	case depth > maxDepth:
		p.add(at, "values are nested deeper than %d", maxDepth)
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		p.add(at, "anchors and aliases (& and *) are not read: write the value where it belongs")
	case n.Style&yaml.TaggedStyle != 0:
		p.add(at, "the tag %s is not read", clip(n.Tag))
	case n.Kind == yaml.ScalarNode && len(n.Value) > maxText:
		p.add(at, "the text has %d bytes; at most %d are read", len(n.Value), maxText)
	case n.Kind == yaml.MappingNode && !uniqueKeys(n, p):
	default:
		for _, child := range n.Content {
			if !plainNodes(child, depth+1, nodes, p) {
				return false
			}
		}
		return true
	}
	return false
}

func uniqueKeys(n *yaml.Node, p *problems) bool {
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if k.Kind != yaml.ScalarNode {
			p.add(Pos{k.Line, k.Column}, "a key is one word")
			return false
		}
		if line, twice := seen[k.Value]; twice {
			p.add(Pos{k.Line, k.Column}, "the key %s stands on line %d already", clip(k.Value), line)
			return false
		}
		seen[k.Value] = k.Line
	}
	return true
}

// decodeInto reads a node into what v points to, and adds what is amiss.
func decodeInto(n *yaml.Node, v reflect.Value, what string, p *problems) {
	at := Pos{n.Line, n.Column}
	if raw, is := v.Addr().Interface().(*yaml.Node); is {
		*raw = *n
		return
	}
	if s, is := v.Addr().Interface().(scalar); is {
		if n.Kind != yaml.ScalarNode {
			p.add(at, "%s is one value, not a list or a mapping", what)
			return
		}
		if n.Value == "" {
			p.add(at, "%s is empty: give it a value or leave it out", what)
			return
		}
		if err := s.set(n.Value); err != nil {
			p.add(at, "%s: %v", what, err)
		}
		if e, is := s.(interface{ place(Pos) }); is {
			e.place(textAt(n))
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		decodeStruct(n, v, what, p)
	case reflect.Slice:
		decodeList(n, v, what, p)
	case reflect.String:
		if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
			p.add(at, "%s is a text", what)
			return
		}
		v.SetString(n.Value)
	case reflect.Bool:
		if n.Kind != yaml.ScalarNode || n.Value != "true" && n.Value != "false" {
			p.add(at, "%s is true or false", what)
			return
		}
		v.SetBool(n.Value == "true")
	case reflect.Int64:
		i, err := strconv.ParseInt(n.Value, 10, 64)
		if n.Kind != yaml.ScalarNode || err != nil {
			p.add(at, "%s is a whole number", what)
			return
		}
		v.SetInt(i)
	}
}

// textAt is where the text of a scalar begins, past its quote or on the line
// after its mark.
func textAt(n *yaml.Node) Pos {
	switch {
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		return Pos{n.Line, n.Column + 1}
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return Pos{n.Line + 1, 1}
	}
	return Pos{n.Line, n.Column}
}

func decodeList(n *yaml.Node, v reflect.Value, what string, p *problems) {
	if n.Kind != yaml.SequenceNode {
		p.add(Pos{n.Line, n.Column}, "%s is a list: begin each entry with a dash", what)
		return
	}
	list := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, child := range n.Content {
		decodeInto(child, list.Index(i), what+" "+strconv.Itoa(i+1), p)
	}
	v.Set(list)
}

func decodeStruct(n *yaml.Node, v reflect.Value, what string, p *problems) {
	at := Pos{n.Line, n.Column}
	if n.Kind != yaml.MappingNode {
		p.add(at, "%s is a mapping of keys and values", what)
		return
	}
	if f := v.FieldByName("At"); f.IsValid() {
		f.Set(reflect.ValueOf(at))
	}
	fields := fieldsOf(v.Type())
	names := make([]string, 0, len(fields))
	for _, f := range fields {
		names = append(names, f.name)
	}
	given := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, value := n.Content[i], n.Content[i+1]
		f := find(fields, k.Value)
		if f == nil {
			p.add(Pos{k.Line, k.Column}, "%s has no key %s%s", what, clip(k.Value), suggest(k.Value, names))
			continue
		}
		given[f.name] = true
		target := v.Field(f.index)
		if f.named {
			decodeNamed(value, target, f.name, p)
			continue
		}
		decodeInto(value, target, f.name, p)
		checkWords(value, target, f, p)
	}
	for _, f := range fields {
		if f.required && !given[f.name] {
			p.add(at, "%s lacks %s: %s", what, f.name, f.doc)
		}
	}
}

func find(fields []field, name string) *field {
	for i := range fields {
		if fields[i].name == name {
			return &fields[i]
		}
	}
	return nil
}

func checkWords(n *yaml.Node, v reflect.Value, f *field, p *problems) {
	if len(f.words) == 0 {
		return
	}
	check := func(n *yaml.Node, word string) {
		for _, w := range f.words {
			if w == word {
				return
			}
		}
		p.add(Pos{n.Line, n.Column}, "%s may be %s, not %q%s", f.name, strings.Join(f.words, ", "), clip(word), suggest(word, f.words))
	}
	switch v.Kind() {
	case reflect.String:
		check(n, v.String())
	case reflect.Slice:
		for i := range min(v.Len(), len(n.Content)) {
			check(n.Content[i], v.Index(i).String())
		}
	}
}

// decodeNamed reads a mapping from ids into a list whose entries have ID.
func decodeNamed(n *yaml.Node, v reflect.Value, what string, p *problems) {
	if n.Kind != yaml.MappingNode {
		p.add(Pos{n.Line, n.Column}, "%s is a mapping from names", what)
		return
	}
	list := reflect.MakeSlice(v.Type(), len(n.Content)/2, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, entry := n.Content[i], list.Index(i/2)
		entry.FieldByName("ID").SetString(k.Value)
		decodeInto(n.Content[i+1], entry, k.Value, p)
		if f := entry.FieldByName("At"); f.IsValid() {
			f.Set(reflect.ValueOf(Pos{k.Line, k.Column}))
		}
	}
	v.Set(list)
}

// checkName refuses what is no name of a parameter, fact, zone or rule.
func checkName(name string, dashes bool) error {
	if name == "" || len(name) > 40 || name[0] < 'a' || name[0] > 'z' {
		return fmt.Errorf("a name has 1 to 40 characters and begins with a letter a-z")
	}
	for _, r := range name {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && (dashes || r != '_') && (!dashes || r != '-') {
			if dashes {
				return fmt.Errorf("%q has %q: a name of this kind is made of a-z, 0-9 and -", name, r)
			}
			return fmt.Errorf("%q has %q: a name of this kind is made of a-z, 0-9 and _", name, r)
		}
	}
	return nil
}
