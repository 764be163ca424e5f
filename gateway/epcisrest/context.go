package epcisrest

import (
	"net/url"
	"strings"

	"github.com/filiera-chain/filiera/epcis"
)

// standardContext is the JSON-LD context of EPCIS 2.0.
const standardContext = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"

// isStandardContext knows the addresses at which GS1 has published it.
func isStandardContext(address string) bool {
	u, err := url.Parse(address)
	if err != nil || !strings.HasSuffix(u.Path, "/epcis-context.jsonld") {
		return false
	}
	switch u.Host {
	case "ref.gs1.org", "gs1.github.io", "ns.gs1.org":
		return true
	}
	return false
}

// ownContext lists the items of a context beside the standard one, in order, and
// gives the standard one's address as written; "" when it is not there.
func ownContext(context *epcis.Value) (own []epcis.Value, standard string) {
	if context == nil {
		return nil, ""
	}
	list := []epcis.Value{*context}
	if context.Kind == epcis.Array {
		list = context.Items
	}
	for _, item := range list {
		if item.Kind == epcis.String && isStandardContext(item.Text) {
			standard = item.Text
			continue
		}
		own = append(own, item)
	}
	return own, standard
}

// contexts joins those of the events of an answer. What all of them declare alike
// stands at the head; where they differ, each event keeps its own: one prefix may
// mean two things, and an undeclared prefix must not begin to mean something.
type contexts struct {
	standard string
	shared   []epcis.Value
	// alike is false once two events declare different things.
	alike, any bool
}

func text(list []epcis.Value) string {
	return string((&epcis.Value{Kind: epcis.Array, Items: list}).AppendCanonical(nil))
}

func (c *contexts) add(own []epcis.Value, standard string) {
	if !c.any {
		*c = contexts{standard: standard, shared: own, alike: true, any: true}
		return
	}
	if standard != c.standard {
		c.standard = standardContext
	}
	if c.alike && text(own) != text(c.shared) {
		c.alike, c.shared = false, nil
	}
}

// head is the context of the whole answer.
func (c *contexts) head() epcis.Value {
	if c.standard == "" {
		c.standard = standardContext
	}
	list := append([]epcis.Value{{Kind: epcis.String, Text: c.standard}}, c.shared...)
	return epcis.Value{Kind: epcis.Array, Items: list}
}

// declaredPrefixes writes the prefixes that contexts declare as GS1-Extensions
// does.
func declaredPrefixes(lists [][]epcis.Value) string {
	seen := map[string]bool{}
	var out []string
	for _, list := range lists {
		for i := range list {
			for _, m := range list[i].Members {
				one := m.Name + "=" + m.Value.Text
				if m.Value.Kind != epcis.String || strings.HasPrefix(m.Name, "@") || !fitsHeader(one) || seen[one] || len(out) >= 16 {
					continue
				}
				seen[one] = true
				out = append(out, one)
			}
		}
	}
	return strings.Join(out, ",")
}

// fitsHeader says whether text of a captured document can stand in an item of a
// header's list.
func fitsHeader(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 0x7f || c == ',' {
			return false
		}
	}
	return true
}
