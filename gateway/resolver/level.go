package resolver

import (
	"net/url"
	"sort"
	"strings"

	"github.com/filiera-chain/filiera/gs1"
)

// Link leads to something about what is identified.
type Link struct {
	// Type is the URI of the link type, https://ref.gs1.org/voc/pip.
	Type string
	// Href may hold variables in braces: those of its entry's qualifiers.
	Href, Title string
	// MediaType may be empty.
	MediaType string
	// Languages of the content, BCP 47; "und" or none when it has none.
	Languages []string
	Contexts  []string
	// Own marks the host's own page, which is shown and not redirected to.
	Own bool
}

// Entry holds the links of a key, or of a key with qualifiers.
type Entry struct {
	Key        gs1.Element
	Qualifiers []Qualifier
	// Description of what is identified, for people.
	Description string
	// Default is the link type of the default links; empty for none.
	Default string
	Links   []Link
}

// Qualifier narrows an entry to one value, or, with a variable, to any value,
// which then fills the variable in the links.
type Qualifier struct{ AI, Value, Variable string }

// Level is what is known of a request's key with some of its qualifiers.
type Level struct {
	// Anchor is the key with those qualifiers.
	Anchor      gs1.Elements
	Description string
	Default     string
	Links       []Link
	weight      uint
}

// Match gives the levels of path that entries know, the finest first, with the
// variables filled in. A link of which a variable stays open is left out.
func Match(entries []Entry, path gs1.Elements) []Level {
	var levels []Level
	for i := range entries {
		anchor, weight, values, ok := entries[i].match(path)
		if !ok {
			continue
		}
		at := sort.Search(len(levels), func(i int) bool { return levels[i].weight <= weight })
		if at == len(levels) || levels[at].weight != weight {
			levels = append(levels, Level{})
			copy(levels[at+1:], levels[at:])
			levels[at] = Level{Anchor: anchor, weight: weight}
		}
		levels[at].take(&entries[i], values)
	}
	return levels
}

// match says whether every qualifier of the entry stands in the path. The weight
// counts the later qualifiers of a path more than all before them together.
func (e *Entry) match(path gs1.Elements) (anchor gs1.Elements, weight uint, values map[string]string, ok bool) {
	if len(path) == 0 || path[0] != e.Key {
		return nil, 0, nil, false
	}
	anchor, values = gs1.Elements{path[0]}, map[string]string{}
	matched := 0
	for i, element := range path[1:] {
		for _, q := range e.Qualifiers {
			if q.AI != element.AI || q.Variable == "" && q.Value != element.Value {
				continue
			}
			if q.Variable != "" {
				values[q.Variable] = element.Value
			}
			anchor, weight = append(anchor, element), weight|1<<i
			matched++
		}
	}
	return anchor, weight, values, matched == len(e.Qualifiers)
}

func (l *Level) take(e *Entry, values map[string]string) {
	if l.Description == "" {
		l.Description = e.Description
	}
	if l.Default == "" {
		l.Default = e.Default
	}
	for _, link := range e.Links {
		var full bool
		if link.Href, full = fill(link.Href, values); full {
			l.Links = append(l.Links, link)
		}
	}
}

// fill writes the values where the variables stand.
func fill(href string, values map[string]string) (string, bool) {
	var b strings.Builder
	for {
		before, rest, open := strings.Cut(href, "{")
		b.WriteString(before)
		if !open {
			return b.String(), true
		}
		name, after, closed := strings.Cut(rest, "}")
		value, known := values[name]
		if !closed || !known {
			return "", false
		}
		b.WriteString(url.QueryEscape(value))
		href = after
	}
}

func (l *Level) ofType(t string) []Link {
	var out []Link
	for _, link := range l.Links {
		if link.Type == t {
			out = append(out, link)
		}
	}
	return out
}

// Default gives the links that a request which asks for no type is led to: those
// of the finest level's default type.
func Default(levels []Level, w Wishes) []Link {
	for i := range levels {
		if levels[i].Default == "" {
			continue
		}
		if found := w.choose(levels[i].ofType(levels[i].Default)); len(found) > 0 {
			return found
		}
	}
	return nil
}

// OfType gives the best links of a type, from the finest level that has any.
func OfType(levels []Level, linkType string, w Wishes) []Link {
	for i := range levels {
		if found := w.choose(levels[i].ofType(linkType)); len(found) > 0 {
			return found
		}
	}
	return nil
}
