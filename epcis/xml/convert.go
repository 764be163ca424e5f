package xml

import (
	"strings"

	"github.com/filiera-chain/filiera/epcis"
)

// converter turns one document.
type converter struct {
	in     *reader
	names  *namer
	notes  []Note
	noted  map[string]bool
	head   *members // the document's own members, but its body
	master []epcis.Value
	events []byte // JSON, with commas between
	any    bool
	query  bool // it is an EPCISQueryDocument
}

// Convert turns an EPCISDocument or EPCISQueryDocument in XML into JSON-LD of
// EPCIS 2.0, on one line. Faults of the document are an *Error.
func Convert(data []byte, limits Limits) (json []byte, notes []Note, err error) {
	limits = limits.orDefaults()
	in, err := newReader(data, limits)
	if err != nil {
		return nil, nil, err
	}
	c := &converter{in: in, names: newNamer(limits.MaxNamespaces), noted: map[string]bool{}, head: newMembers()}
	if json, err = c.document(); err != nil {
		return nil, nil, err
	}
	return json, c.notes, nil
}

func (c *converter) document() ([]byte, error) {
	kind, root, _, err := c.in.next()
	if err != nil {
		return nil, err
	}
	if kind != started {
		return nil, c.in.fault(0, "the document has no root element")
	}
	if err := c.root(root); err != nil {
		return nil, err
	}
	wrapper := newMembers() // queryResults
	body := false
	err = c.in.children(root, func(n *node) error {
		switch {
		case !epcisNS[n.name.space]:
			c.note(n.at, "<%s> beside the body is left out", clip(n.name.String()))
			return c.in.whole(n)
		case n.name.local == "EPCISHeader":
			return c.header(n)
		case n.name.local == "extension":
			c.note(n.at, "<extension> beside the body is left out")
			return c.in.whole(n)
		case n.name.local != "EPCISBody":
			return c.strange(n, root, "EPCISHeader and EPCISBody")
		case body:
			return c.in.fault(n.at, "there is a second <EPCISBody>: a document has one")
		}
		body = true
		return c.body(n, wrapper)
	})
	if err != nil {
		return nil, err
	}
	if !body {
		return nil, c.in.fault(root.at, "<EPCISBody> is missing")
	}
	if _, _, _, err := c.in.next(); err != nil { // what follows the root
		return nil, err
	}
	return c.write(wrapper), nil
}

// root reads the root element's name and attributes.
func (c *converter) root(root *node) error {
	switch {
	case root.name.local == "EPCISMasterDataDocument":
		return c.in.fault(root.at, "the document holds master data only: the ledger records events; send an EPCISDocument")
	case root.name.local != "EPCISDocument" && root.name.local != "EPCISQueryDocument":
		return c.in.fault(root.at, "the root element is <%s>: it must be EPCISDocument or EPCISQueryDocument", clip(root.name.String()))
	case !epcisNS[root.name.space]:
		return c.in.fault(root.at, "the root element is in the namespace %s: it must be urn:epcglobal:epcis:xsd:1 or urn:epcglobal:epcis:xsd:2", quote(root.name.space))
	case root.name.space == "":
		c.note(root.at, "the root element has no namespace and is read as one of EPCIS")
	}
	c.query = root.name.local == "EPCISQueryDocument"
	c.head.set("type", text(root.name.local))
	values, err := c.attributes(root, "schemaVersion", "creationDate")
	if err != nil {
		return err
	}
	version := values["schemaVersion"]
	if !strings.HasPrefix(version+".", "1.") && !strings.HasPrefix(version+".", "2.") {
		return c.in.fault(root.at, "schemaVersion is %s: it must be 1.0, 1.1, 1.2 or 2.0", quote(version))
	}
	c.head.set("schemaVersion", text("2.0"))
	if values["creationDate"] == "" {
		return c.in.fault(root.at, "creationDate is missing: write creationDate=\"2026-05-04T08:30:00.000+02:00\" into <%s>", clip(root.name.String()))
	}
	date, err := c.time(root, "creationDate", values["creationDate"])
	c.head.set("creationDate", date)
	return err
}

func (c *converter) strange(n, parent *node, allowed string) error {
	return c.in.fault(n.at, "<%s> has no place in <%s>, which holds %s", clip(n.name.String()), clip(parent.name.String()), allowed)
}

// body reads EPCISBody, whose events it turns one by one.
func (c *converter) body(n *node, wrapper *members) error {
	found := false
	list := func(child *node) error {
		switch {
		case epcisNS[child.name.space] && child.name.local == "EventList":
			if found {
				return c.in.fault(child.at, "there is a second <EventList>: a body has one")
			}
			found = true
			return c.eventList(child)
		case epcisNS[child.name.space] && child.name.local == "VocabularyList":
			if err := c.in.whole(child); err != nil {
				return err
			}
			return c.vocabularyList(child)
		case !epcisNS[child.name.space], child.name.local == "extension":
			c.note(child.at, "<%s> in the body is left out", clip(child.name.String()))
			return c.in.whole(child)
		}
		return c.strange(child, n, "EventList")
	}
	if c.query {
		if err := c.queryBody(n, wrapper, list); err != nil {
			return err
		}
	} else if err := c.in.children(n, list); err != nil {
		return err
	}
	if !found {
		return c.in.fault(n.at, "<EventList> is missing: the ledger records events")
	}
	return nil
}

func (c *converter) queryBody(n *node, wrapper *members, list func(*node) error) error {
	results := false
	err := c.in.children(n, func(q *node) error {
		if q.name.local != "QueryResults" || !epcisNS[q.name.space] {
			return c.in.fault(q.at, "<%s> is a message of the query interface and no answer: only QueryResults holds events", clip(q.name.String()))
		}
		if results {
			return c.in.fault(q.at, "there is a second <QueryResults>: a query document has one")
		}
		results = true
		return c.in.children(q, func(p *node) error {
			switch name := p.name.local; {
			case !epcisNS[p.name.space]:
				c.note(p.at, "<%s> in the query results is left out", clip(p.name.String()))
				return c.in.whole(p)
			case name == "resultsBody":
				return c.in.children(p, list)
			case (name == "queryName" || name == "subscriptionID") && !wrapper.has(name):
				if err := c.in.whole(p); err != nil {
					return err
				}
				v, err := c.plainText(p)
				wrapper.set(name, text(v))
				return err
			}
			return c.strange(p, q, "queryName, subscriptionID and resultsBody, each once")
		})
	})
	if err == nil && !wrapper.has("queryName") {
		err = c.in.fault(n.at, "<queryName> is missing in the query results: write the name of the query that they answer")
	}
	return err
}

// eventList turns the events, through the <extension> that 1.2 puts around some.
func (c *converter) eventList(list *node) error {
	return c.in.children(list, func(n *node) error {
		if epcisNS[n.name.space] && n.name.local == "extension" {
			return c.eventList(n)
		}
		if err := c.in.whole(n); err != nil {
			return err
		}
		event, err := c.event(n)
		if err != nil {
			return err
		}
		if c.any {
			c.events = append(c.events, ',')
		}
		c.any = true
		c.events = appendJSON(c.events, &event)
		return nil
	})
}

// write puts the document together; the context comes last to be known.
func (c *converter) write(wrapper *members) []byte {
	context := array(text(epcis.ContextURL))
	for _, m := range c.names.context {
		context.Items = append(context.Items, object(m.Name, m.Value))
	}
	if len(context.Items) == 1 {
		context = context.Items[0]
	}
	doc := object("@context", context)
	doc.Members = append(doc.Members, c.head.value.Members...)
	vocabularies := array(c.master...)
	if len(c.master) > 0 && !c.query {
		doc.Members = append(doc.Members, epcis.Member{Name: "epcisHeader", Value: object("epcisMasterData", object("vocabularyList", vocabularies))})
	}
	out := appendJSON(make([]byte, 0, len(c.events)+4096), &doc)
	out = append(out[:len(out)-1], `,"epcisBody":{`...)
	end := "}}"
	if c.query {
		out = appendJSON(append(out, `"queryResults":`...), &wrapper.value)
		out = append(out[:len(out)-1], `,"resultsBody":{`...)
		if len(c.master) > 0 {
			out = append(appendJSON(append(out, `"vocabularyList":`...), &vocabularies), ',')
		}
		end = "}}}}"
	}
	out = append(append(out, `"eventList":[`...), c.events...)
	return append(append(out, ']'), end...)
}
