package rules

import (
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// WriteFacts writes facts as the YAML that [ReadFacts] reads: what is not known is
// left out.
func WriteFacts(f *Facts) ([]byte, error) { return yaml.Marshal(writeValue(reflect.ValueOf(f).Elem())) }

// ParseFacts reads facts from YAML, as strictly as contracts are read. The error is
// [Problems].
func ParseFacts(data []byte) (*Facts, error) {
	f := &Facts{}
	return f, ReadYAML(data, f, "the facts")
}

// text is what a scalar of the facts is written as; known is false for what is not
// stated.
func (q Quantity[D]) text() (string, bool) {
	var d D
	if d.dim() == Year {
		return strconv.FormatInt(q.N, 10), q.Given
	}
	return exact(q.N, unitOf(d.dim())), q.Given
}

func (d Date) text() (string, bool) { return d.String(), d != 0 }

func (a Answer) text() (string, bool) { return boolWord(a == Yes), a != NotStated }

// exact writes a value in a unit so that it reads back.
func exact(v int64, u Unit) string {
	sign := ""
	if v < 0 {
		sign, v = "-", -v
	}
	text := strconv.FormatInt(v/u.Size, 10)
	if rest := v % u.Size; rest != 0 {
		digits := strconv.FormatInt(rest+u.Size, 10)[1:]
		text += "." + strings.TrimRight(digits, "0")
	}
	return strings.TrimSpace(sign + text + " " + u.Name)
}

// writeValue is the node of a value, or nil for one that is not stated.
func writeValue(v reflect.Value) *yaml.Node {
	if s, is := v.Interface().(interface{ text() (string, bool) }); is {
		if text, known := s.text(); known {
			return word(text)
		}
		return nil
	}
	switch v.Kind() {
	case reflect.Struct:
		return writeStruct(v)
	case reflect.Slice:
		return writeList(v)
	case reflect.String:
		if v.String() != "" {
			return word(v.String())
		}
	}
	return nil
}

func word(text string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(text)
	return n
}

func writeStruct(v reflect.Value) *yaml.Node {
	out := &yaml.Node{Kind: yaml.MappingNode}
	for _, f := range fieldsOf(v.Type()) {
		var n *yaml.Node
		if field := v.Field(f.index); f.named {
			n = writeNamed(field)
		} else {
			n = writeValue(field)
		}
		if n != nil {
			out.Content = append(out.Content, word(f.name), n)
		}
	}
	if len(out.Content) == 0 {
		return nil
	}
	return out
}

func writeList(v reflect.Value) *yaml.Node {
	out := &yaml.Node{Kind: yaml.SequenceNode}
	for i := range v.Len() {
		if n := writeValue(v.Index(i)); n != nil {
			out.Content = append(out.Content, n)
		}
	}
	if len(out.Content) == 0 {
		return nil
	}
	return out
}

// writeNamed writes a list whose entries have an ID as a mapping by it.
func writeNamed(v reflect.Value) *yaml.Node {
	out := &yaml.Node{Kind: yaml.MappingNode}
	for i := range v.Len() {
		if n := writeValue(v.Index(i)); n != nil {
			out.Content = append(out.Content, word(v.Index(i).FieldByName("ID").String()), n)
		}
	}
	if len(out.Content) == 0 {
		return nil
	}
	return out
}
