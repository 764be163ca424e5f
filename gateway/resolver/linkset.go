package resolver

import (
	"bytes"
	"encoding/json"
	"sort"

	"github.com/filiera-chain/filiera/gs1"
)

// Media types and names of RFC 9264 and the GS1 vocabulary.
const (
	LinksetType = "application/linkset+json"
	defaultLink = gs1.VocabularyStem + "defaultLink"
)

// target is a link as a linkset shows it.
type target struct {
	Href     string   `json:"href"`
	Title    string   `json:"title"`
	Type     string   `json:"type,omitempty"`
	Hreflang []string `json:"hreflang,omitempty"`
	Context  []string `json:"context,omitempty"`
}

func targetOf(l Link) target {
	t := target{Href: l.Href, Title: l.Title, Type: l.MediaType, Context: l.Contexts}
	for _, lang := range l.Languages {
		if lang != "und" { // no language, which the linkset says by leaving it out
			t.Hreflang = append(t.Hreflang, lang)
		}
	}
	return t
}

// Linkset writes the links of levels as JSON. Anchors stand on base. One link,
// without attributes, is the default: the first default link of the finest level
// that has any; it stands under its descriptive type too.
func Linkset(levels []Level, base string) ([]byte, error) {
	set := []json.RawMessage{}
	plain := Default(levels, Wishes{})
	for i := range levels {
		var first *Link
		if len(plain) > 0 && len(levels[i].ofType(levels[i].Default)) > 0 {
			first, plain = &plain[0], nil
		}
		context, err := levels[i].context(base, first)
		if err != nil {
			return nil, err
		}
		set = append(set, context)
	}
	return json.Marshal(map[string]any{"linkset": set})
}

// context writes one level: anchor, description, then the types in order.
func (l *Level) context(base string, first *Link) (json.RawMessage, error) {
	types := map[string][]target{}
	for _, link := range l.Links {
		types[link.Type] = append(types[link.Type], targetOf(link))
	}
	if first != nil {
		types[defaultLink] = []target{{Href: first.Href, Title: first.Title}}
	}
	names := make([]string, 0, len(types))
	for name := range types {
		names = append(names, name)
	}
	sort.Strings(names)
	description := l.Description
	if description == "" {
		description = l.Anchor.String()
	}
	o := ordered{{"anchor", base + l.Anchor.PathString()}, {"itemDescription", description}}
	for _, name := range names {
		o = append(o, member{name, types[name]})
	}
	return o.MarshalJSON()
}

// ordered is a JSON object whose members keep their order.
type ordered []member

type member struct {
	name  string
	value any
}

// MarshalJSON implements json.Marshaler.
func (o ordered) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	separator := byte('{')
	for _, m := range o {
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b.WriteByte(separator)
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
		separator = ','
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
