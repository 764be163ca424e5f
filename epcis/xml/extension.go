package xml

import (
	"strings"

	"github.com/filiera-chain/filiera/epcis"
)

// extension turns an element of another namespace into a member of out.
func (c *converter) extension(out *members, n *node) error {
	key, err := c.key(n.at, n.name)
	if err != nil {
		return err
	}
	value, err := c.inner(n, n.name.space, n.name.prefix)
	if err != nil {
		return err
	}
	out.add(key, value)
	return nil
}

// key writes a name with the prefix that the context declares.
func (c *converter) key(at int, n name) (string, error) {
	if n.space == "" {
		return n.local, nil
	}
	prefix, err := c.names.prefix(c.in, at, n.space, n.prefix)
	return prefix + ":" + n.local, err
}

// inner turns what an element outside the standard holds: its text, or an
// object of its elements and attributes. Those without a namespace take the
// one around them, so that JSON-LD gives them a meaning.
func (c *converter) inner(n *node, space, prefix string) (epcis.Value, error) {
	out := newMembers()
	for _, a := range n.attrs {
		switch a.name.space {
		case xsiNS, xmlNS:
			continue // hints for XML tools
		case "":
			if space == "" {
				continue // read by the caller, as the id of master data
			}
			a.name.space, a.name.prefix = space, prefix
		}
		key, err := c.key(n.at, a.name)
		if err != nil {
			return out.value, err
		}
		c.note(n.at, "the attribute %s of <%s> became the member %s", clip(a.name.local), clip(n.name.String()), clip(key))
		out.add(key, text(a.value))
	}
	body := strings.TrimSpace(n.text)
	if len(n.kids) > 0 && body != "" {
		return out.value, c.in.fault(n.at, "<%s> holds text and elements side by side: put the text into an element of its own", clip(n.name.String()))
	}
	for _, kid := range n.kids {
		if kid.name.space == "" && space != "" {
			kid.name.space, kid.name.prefix = space, prefix
		}
		key, err := c.key(kid.at, kid.name)
		if err != nil {
			return out.value, err
		}
		value, err := c.inner(kid, kid.name.space, kid.name.prefix)
		if err != nil {
			return out.value, err
		}
		out.add(key, value)
	}
	switch {
	case len(out.value.Members) == 0:
		return text(body), nil
	case body != "":
		key, err := c.key(n.at, name{space: rdfNS, prefix: "rdf", local: "value"})
		if err != nil {
			return out.value, err
		}
		out.add(key, text(body))
	}
	return out.value, nil
}
