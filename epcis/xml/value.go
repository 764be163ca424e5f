package xml

import (
	"strings"

	"github.com/filiera-chain/filiera/epcis"
)

// attributes gives the attributes of a standard element by name, trimmed, and
// refuses those it does not have. Hints for XML tools are passed over.
func (c *converter) attributes(n *node, allowed ...string) (map[string]string, error) {
	values := map[string]string{}
next:
	for _, a := range n.attrs {
		switch a.name.space {
		case xsiNS, xmlNS:
			continue
		case "":
			for _, name := range allowed {
				if name == a.name.local {
					values[name] = strings.TrimSpace(a.value)
					continue next
				}
			}
			return nil, c.in.fault(n.at, "<%s> has no attribute %s: take it out, or write it as an element of your own namespace", clip(n.name.String()), quote(a.name.local))
		}
		c.note(n.at, "the attribute %s of <%s> is left out", clip(a.name.String()), clip(n.name.String()))
	}
	return values, nil
}

func (c *converter) onlyElements(n *node) error {
	if t := strings.TrimSpace(n.text); t != "" {
		return c.in.fault(n.at, "<%s> holds elements only, and has the text %s: take it out", clip(n.name.String()), quote(t))
	}
	return nil
}

// each calls do for every element of a list, which must have that name.
func (c *converter) each(n *node, item string, do func(*node) error) error {
	if err := c.onlyElements(n); err != nil {
		return err
	}
	for _, kid := range n.kids {
		if !epcisNS[kid.name.space] {
			c.note(kid.at, "<%s> in <%s> has no place in JSON and is left out", clip(kid.name.String()), clip(n.name.String()))
			continue
		}
		if kid.name.local == "extension" && len(kid.kids) == 0 {
			continue
		}
		if kid.name.local != item {
			return c.strange(kid, n, "<"+item+">")
		}
		if err := do(kid); err != nil {
			return err
		}
	}
	return nil
}

// plainText gives the text of an element that holds nothing else.
func (c *converter) plainText(n *node) (string, error) {
	if len(n.kids) > 0 {
		return "", c.in.fault(n.kids[0].at, "<%s> holds text only: <%s> has no place in it", clip(n.name.String()), clip(n.kids[0].name.String()))
	}
	t := strings.TrimSpace(n.text)
	if t == "" {
		return "", c.in.fault(n.at, "<%s> is empty: give a value or leave the element out", clip(n.name.String()))
	}
	return t, nil
}

func plainField(c *converter, n *node) (epcis.Value, error) {
	t, err := c.plainText(n)
	return text(t), err
}

func uriField(c *converter, n *node) (epcis.Value, error) { return c.uri(n) }

func (c *converter) uri(n *node) (epcis.Value, error) {
	t, err := c.plainText(n)
	if err == nil && !isURI(t) {
		err = c.in.fault(n.at, "%s in <%s> is not a URI: write one such as https://id.gs1.org/01/… or urn:epc:…", quote(t), clip(n.name.String()))
	}
	return text(t), err
}

func isTime(c *converter, n *node) (epcis.Value, error) {
	t, err := c.plainText(n)
	if err != nil {
		return epcis.Value{}, err
	}
	return c.time(n, n.name.local, t)
}

func (c *converter) time(n *node, name, t string) (epcis.Value, error) {
	if _, err := epcis.ParseTime(t); err != nil {
		return epcis.Value{}, c.in.fault(n.at, "%s: %v", name, err)
	}
	return text(t), nil
}

func numberField(c *converter, n *node) (epcis.Value, error) {
	t, err := c.plainText(n)
	if err != nil {
		return epcis.Value{}, err
	}
	return c.number(n, n.name.local, t)
}

// number rewrites an XML decimal or double as JSON writes numbers.
func (c *converter) number(n *node, name, t string) (epcis.Value, error) {
	mantissa, exponent, scaled := strings.Cut(strings.ReplaceAll(t, "E", "e"), "e")
	sign := ""
	if rest, ok := strings.CutPrefix(mantissa, "-"); ok {
		sign, mantissa = "-", rest
	} else {
		mantissa = strings.TrimPrefix(mantissa, "+")
	}
	whole, decimals, _ := strings.Cut(mantissa, ".")
	power := strings.TrimPrefix(strings.TrimPrefix(exponent, "-"), "+")
	if whole+decimals == "" || !digits(whole+decimals) || (scaled && (power == "" || !digits(power))) || len(t) > 60 {
		return epcis.Value{}, c.in.fault(n.at, "%s is %s, which is not a number such as 12.5", name, quote(t))
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	out := sign + whole
	if decimals != "" {
		out += "." + decimals
	}
	if scaled {
		out += "e" + exponent
	}
	v, err := epcis.ParseJSON([]byte(out), epcis.Limits{})
	if err != nil {
		return v, c.in.fault(n.at, "%s is %s, which is out of the range of numbers that are read", name, quote(t))
	}
	return v, nil
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// Older spellings of the standard's words, beside those that epcis.CanonicalWord
// knows itself.
var olderWords = [...]struct{ from, to string }{
	{"https://ns.gs1.org/cbv/", "https://ref.gs1.org/cbv/"},
	{"http://ns.gs1.org/cbv/", "https://ref.gs1.org/cbv/"},
	{"https://gs1.org/voc/", "https://ref.gs1.org/voc/"},
	{"http://gs1.org/voc/", "https://ref.gs1.org/voc/"},
	{"https://www.gs1.org/voc/", "https://ref.gs1.org/voc/"},
	{"http://www.gs1.org/voc/", "https://ref.gs1.org/voc/"},
	{"urn:epcglobal:cbv:comp:", "https://ref.gs1.org/cbv/Comp-"},
}

func word(vocabulary string) field {
	return func(c *converter, n *node) (epcis.Value, error) {
		t, err := c.plainText(n)
		if err != nil {
			return epcis.Value{}, err
		}
		return c.word(n, vocabulary, n.name.local, t)
	}
}

// word writes a standard word bare, as JSON wants it, and leaves other URIs as
// they are, unless they are an older spelling of the standard's own.
func (c *converter) word(n *node, vocabulary, name, t string) (epcis.Value, error) {
	modern := t
	for _, o := range olderWords {
		if rest, ok := strings.CutPrefix(t, o.from); ok {
			modern = o.to + rest
		}
	}
	full := epcis.CanonicalWord(vocabulary, modern)
	if bare := epcis.BareWord(vocabulary, full); bare != full {
		return text(bare), nil
	}
	old := modern != t || strings.HasPrefix(t, "urn:epcglobal:cbv:")
	switch {
	case old && strings.HasPrefix(full, "urn:epcglobal:cbv:"), !isURI(t):
		return epcis.Value{}, c.in.fault(n.at, "%s is %s, which is neither a word of the standard for it nor a URI", name, quote(t))
	case old:
		c.note(n.at, "%s is %s, which CBV 2.0 does not have; it became %s", name, clip(t), clip(full))
		return text(full), nil
	}
	if prefix, rest, _ := strings.Cut(t, ":"); !strings.HasPrefix(rest, "//") {
		c.keepPrefix(n, prefix)
	}
	return text(t), nil
}

// keepPrefix declares the prefix of a compact value where the document does, so
// that it goes on meaning the same.
func (c *converter) keepPrefix(n *node, prefix string) {
	space, ok := n.scope.find(prefix)
	if !ok || prefix == "" || !usablePrefix(prefix) || published[space] != "" || c.names.taken[prefix] || c.names.prefixes[space] != "" {
		return
	}
	_, _ = c.names.prefix(c.in, n.at, space, prefix) // one that cannot be declared stays text
}

func uriList(item string) field {
	return func(c *converter, n *node) (epcis.Value, error) {
		list := array()
		err := c.each(n, item, func(kid *node) error {
			v, err := c.uri(kid)
			list.Items = append(list.Items, v)
			return err
		})
		return list, err
	}
}

var quantityFields = map[string]field{"epcClass": uriField, "quantity": numberField, "uom": plainField}

func quantities(c *converter, n *node) (epcis.Value, error) {
	list := array()
	err := c.each(n, "quantityElement", func(q *node) error {
		out := newMembers()
		extensions := newMembers()
		err := c.parts(q, extensions, func(kid *node) error {
			name := kid.name.local
			turn, ok := quantityFields[name]
			switch {
			case !ok:
				return c.strange(kid, q, "epcClass, quantity and uom")
			case out.has(name):
				return c.in.fault(kid.at, "<%s> is given twice: keep one", name)
			case kid.isNil():
				return nil
			}
			v, err := turn(c, kid)
			out.set(name, v)
			return err
		})
		if err != nil {
			return err
		}
		for _, m := range extensions.value.Members {
			c.note(q.at, "%s in <quantityElement> has no place in JSON and is left out", clip(m.Name))
		}
		list.Items = append(list.Items, out.value)
		return nil
	})
	return list, err
}

// typed turns a list of identifiers whose type is an attribute.
func typed(item, vocabulary string) field {
	return func(c *converter, n *node) (epcis.Value, error) {
		list := array()
		err := c.each(n, item, func(kid *node) error {
			values, err := c.attributes(kid, "type")
			if err != nil {
				return err
			}
			out := newMembers()
			if t := values["type"]; t != "" {
				v, err := c.word(kid, vocabulary, "type", t)
				if err != nil {
					return err
				}
				out.set("type", v)
			} else if item != "bizTransaction" {
				return c.in.fault(kid.at, "<%s> has no type: write type=\"owning_party\", possessing_party, location or a URI", item)
			}
			v, err := c.uri(kid)
			out.set(item, v)
			list.Items = append(list.Items, out.value)
			return err
		})
		return list, err
	}
}
