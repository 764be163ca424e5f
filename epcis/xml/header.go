package xml

import (
	"strings"

	"github.com/filiera-chain/filiera/epcis"
)

// header reads EPCISHeader: the sender, receiver and instance identifier of its
// Standard Business Document Header, and its master data.
func (c *converter) header(n *node) error {
	if err := c.in.whole(n); err != nil {
		return err
	}
	return c.headerParts(n)
}

func (c *converter) headerParts(n *node) error {
	if err := c.onlyElements(n); err != nil {
		return err
	}
	for _, kid := range n.kids {
		var err error
		switch {
		case kid.name.space == sbdhNS && kid.name.local == "StandardBusinessDocumentHeader":
			if c.query {
				c.note(kid.at, "the header of a query document has no place in JSON and is left out")
				continue
			}
			c.businessHeader(kid)
		case !epcisNS[kid.name.space]:
			c.note(kid.at, "<%s> of the header is left out", clip(kid.name.String()))
		case kid.name.local == "extension" || kid.name.local == "EPCISMasterData":
			err = c.headerParts(kid)
		case kid.name.local == "VocabularyList":
			err = c.vocabularyList(kid)
		default:
			err = c.strange(kid, n, "StandardBusinessDocumentHeader and EPCISMasterData")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// businessHeader keeps what the JSON document has fields for.
func (c *converter) businessHeader(n *node) {
	for _, kid := range n.kids {
		switch kid.name.local {
		case "Sender", "Receiver":
			field := strings.ToLower(kid.name.local)
			id := strings.TrimSpace(kid.child("Identifier").textOf())
			switch {
			case id == "":
				c.note(kid.at, "<%s> of the header has no Identifier and is left out", kid.name.local)
			case c.head.has(field):
				c.note(kid.at, "the header names several in <%s>; only the first is kept", kid.name.local)
			default:
				c.head.set(field, text(id))
			}
			if kid.child("ContactInformation") != nil {
				c.note(kid.at, "<ContactInformation> of the header is left out: it is personal")
			}
		case "DocumentIdentification":
			if id := strings.TrimSpace(kid.child("InstanceIdentifier").textOf()); id != "" && !c.head.has("instanceIdentifier") {
				c.head.set("instanceIdentifier", text(id))
			}
		case "HeaderVersion":
		default:
			c.note(kid.at, "<%s> of the Standard Business Document Header has no place in JSON and is left out", clip(kid.name.String()))
		}
	}
}

func (n *node) child(local string) *node {
	for _, kid := range n.kids {
		if kid.name.local == local {
			return kid
		}
	}
	return nil
}

func (n *node) textOf() string {
	if n == nil {
		return ""
	}
	return n.text
}

// vocabularyList keeps master data. Source: EPCIS 2.0, section 7.3.
func (c *converter) vocabularyList(n *node) error {
	return c.each(n, "Vocabulary", func(v *node) error {
		values, err := c.attributes(v, "type")
		if err != nil {
			return err
		}
		if values["type"] == "" {
			return c.in.fault(v.at, "<Vocabulary> has no type: write type=\"urn:epcglobal:epcis:vtype:Location\" or another")
		}
		elements := array()
		err = c.each(v, "VocabularyElementList", func(list *node) error {
			return c.each(list, "VocabularyElement", func(e *node) error {
				element, err := c.vocabularyElement(e)
				elements.Items = append(elements.Items, element)
				return err
			})
		})
		c.master = append(c.master, object("type", text(values["type"]), "vocabularyElementList", elements))
		return err
	})
}

func (c *converter) vocabularyElement(e *node) (epcis.Value, error) {
	out := newMembers()
	values, err := c.attributes(e, "id")
	if err != nil {
		return out.value, err
	}
	if values["id"] == "" {
		return out.value, c.in.fault(e.at, "<VocabularyElement> has no id: write the URI of what it describes")
	}
	out.set("id", text(values["id"]))
	attributes, children := array(), array()
	for _, kid := range e.kids {
		switch {
		case kid.name.local == "attribute" && epcisNS[kid.name.space]:
			v, err := c.masterAttribute(kid)
			if err != nil {
				return out.value, err
			}
			attributes.Items = append(attributes.Items, v)
		case kid.name.local == "children" && epcisNS[kid.name.space]:
			err = c.each(kid, "id", func(id *node) error {
				uri, err := c.uri(id)
				children.Items = append(children.Items, uri)
				return err
			})
			if err != nil {
				return out.value, err
			}
		default:
			c.note(kid.at, "<%s> of the master data is left out", clip(kid.name.String()))
		}
	}
	if len(attributes.Items) > 0 {
		out.set("attributes", attributes)
	}
	if len(children.Items) > 0 {
		out.set("children", children)
	}
	return out.value, nil
}

func (c *converter) masterAttribute(n *node) (epcis.Value, error) {
	values, err := c.attributes(n, "id")
	if err != nil {
		return epcis.Value{}, err
	}
	if values["id"] == "" {
		return epcis.Value{}, c.in.fault(n.at, "<attribute> has no id: write the URI of what it says")
	}
	value := text(strings.TrimSpace(n.text))
	if len(n.kids) > 0 {
		if value, err = c.inner(n, "", ""); err != nil {
			return epcis.Value{}, err
		}
	}
	return object("id", text(values["id"]), "attribute", value), nil
}
