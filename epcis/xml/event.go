package xml

import (
	"strings"

	"github.com/filiera-chain/filiera/epcis"
)

// field turns the element of a standard field into its JSON value.
type field func(c *converter, n *node) (epcis.Value, error)

// The fields of events by their names, which are the same in XML and JSON.
// Source: EPCIS 2.0, section 7.4 and the XML Schema of its section 9.5.
var fields map[string]field

// common to all events, then those of each type.
const commonFields = "eventTime recordTime eventTimeZoneOffset eventID errorDeclaration certificationInfo bizStep disposition " +
	"persistentDisposition readPoint bizLocation bizTransactionList sourceList destinationList sensorElementList "

var ownFields = map[string]map[string]bool{
	"ObjectEvent":         newSet(commonFields + "action epcList quantityList ilmd"),
	"AggregationEvent":    newSet(commonFields + "action parentID childEPCs childQuantityList"),
	"AssociationEvent":    newSet(commonFields + "action parentID childEPCs childQuantityList"),
	"TransactionEvent":    newSet(commonFields + "action parentID epcList quantityList"),
	"TransformationEvent": newSet(commonFields + "inputEPCList inputQuantityList outputEPCList outputQuantityList transformationID ilmd"),
	"QuantityEvent":       newSet(commonFields + "epcClass quantity"),
}

func init() { // the fields of an error declaration are turned by the same functions
	fields = map[string]field{
		"eventTime": isTime, "recordTime": isTime, "eventTimeZoneOffset": plainField, "action": plainField,
		"eventID": uriField, "parentID": uriField, "transformationID": uriField,
		"bizStep": word("bizStep"), "disposition": word("disposition"),
		"epcList": uriList("epc"), "childEPCs": uriList("epc"), "inputEPCList": uriList("epc"), "outputEPCList": uriList("epc"),
		"quantityList": quantities, "childQuantityList": quantities, "inputQuantityList": quantities, "outputQuantityList": quantities,
		"readPoint": place, "bizLocation": place,
		"bizTransactionList":    typed("bizTransaction", "bizTransaction"),
		"sourceList":            typed("source", "source"),
		"destinationList":       typed("destination", "destination"),
		"persistentDisposition": persistent, "sensorElementList": sensors, "ilmd": ilmd, "errorDeclaration": declaration,
		"epcClass": uriField, "quantity": numberField,
	}
}

// event turns one event.
func (c *converter) event(n *node) (epcis.Value, error) {
	own, ok := ownFields[n.name.local]
	if !ok || !epcisNS[n.name.space] {
		return epcis.Value{}, c.in.fault(n.at, "<%s> is no event type of EPCIS: it must be ObjectEvent, AggregationEvent, AssociationEvent, TransactionEvent or TransformationEvent", clip(n.name.String()))
	}
	if _, err := c.attributes(n); err != nil {
		return epcis.Value{}, err
	}
	out := newMembers()
	out.set("type", text(n.name.local))
	certificates := array()
	err := c.parts(n, out, func(kid *node) error {
		name := kid.name.local
		switch {
		case !own[name]:
			return c.in.fault(kid.at, "<%s> is no field of a %s; an extension needs a namespace of its own, such as <example:%s>", clip(kid.name.String()), n.name.local, clip(name))
		case name == "certificationInfo":
			return c.certification(kid, &certificates)
		case out.has(name):
			return c.in.fault(kid.at, "<%s> is given twice in one event: keep one", name)
		case kid.isNil():
			return nil
		}
		v, err := fields[name](c, kid)
		out.set(name, v)
		return err
	})
	if err != nil {
		return out.value, err
	}
	switch len(certificates.Items) {
	case 0:
	case 1:
		out.set("certificationInfo", certificates.Items[0])
	default:
		out.set("certificationInfo", certificates)
	}
	if n.name.local == "QuantityEvent" {
		return c.quantityEvent(n, out.value)
	}
	return out.value, nil
}

// parts goes through the elements of n and of the wrappers inside it: standard
// ones are given to do, others become members of out.
func (c *converter) parts(n *node, out *members, do func(*node) error) error {
	if err := c.onlyElements(n); err != nil {
		return err
	}
	for _, kid := range n.kids {
		var err error
		switch {
		case !epcisNS[kid.name.space]:
			err = c.extension(out, kid)
		case kid.name.local == "extension" || kid.name.local == "baseExtension":
			err = c.parts(kid, out, do)
		default:
			err = do(kid)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// quantityEvent writes the deprecated event as the one that it equals: an
// ObjectEvent that observes a quantity of a class. Source: EPCIS 1.1, 7.4.5.
func (c *converter) quantityEvent(n *node, v epcis.Value) (epcis.Value, error) {
	element := newMembers()
	out := newMembers()
	for _, m := range v.Members {
		switch m.Name {
		case "epcClass", "quantity":
			element.set(m.Name, m.Value)
		case "type":
			out.set("type", text("ObjectEvent"))
		default:
			out.set(m.Name, m.Value)
		}
	}
	if !element.has("epcClass") || !element.has("quantity") {
		return v, c.in.fault(n.at, "a QuantityEvent needs epcClass and quantity")
	}
	out.set("action", text("OBSERVE"))
	out.set("quantityList", array(element.value))
	c.note(n.at, "a QuantityEvent, which EPCIS 1.1 abolished, became an ObjectEvent with the action OBSERVE and a quantityList")
	return out.value, nil
}

// certification collects the URIs of certificates, which XML 2.0 may wrap in
// elements of the GS1 vocabulary.
func (c *converter) certification(n *node, out *epcis.Value) error {
	if len(n.kids) == 0 {
		v, err := c.uri(n)
		out.Items = append(out.Items, v)
		return err
	}
	before := len(out.Items)
	var walk func(n *node) error
	walk = func(n *node) error {
		for _, kid := range n.kids {
			switch {
			case kid.name.local == "certificationURI":
				v, err := c.uri(kid)
				if err != nil {
					return err
				}
				out.Items = append(out.Items, v)
			case len(kid.kids) > 0:
				if err := walk(kid); err != nil {
					return err
				}
			default:
				c.note(kid.at, "<%s> of certificationInfo is left out: JSON has the URI of the certificate only", clip(kid.name.String()))
			}
		}
		return nil
	}
	if err := walk(n); err != nil {
		return err
	}
	if len(out.Items) == before {
		return c.in.fault(n.at, "<certificationInfo> has no URI of a certificate: write it as its text, or in a <gs1:certificationURI>")
	}
	return nil
}

func declaration(c *converter, n *node) (epcis.Value, error) {
	out := newMembers()
	err := c.parts(n, out, func(kid *node) error {
		var turn field
		switch kid.name.local {
		case "declarationTime":
			turn = isTime
		case "reason":
			turn = word("errorReason")
		case "correctiveEventIDs":
			turn = uriList("correctiveEventID")
		default:
			return c.strange(kid, n, "declarationTime, reason and correctiveEventIDs")
		}
		if out.has(kid.name.local) {
			return c.in.fault(kid.at, "<%s> is given twice: keep one", kid.name.local)
		}
		v, err := turn(c, kid)
		out.set(kid.name.local, v)
		return err
	})
	return out.value, err
}

func place(c *converter, n *node) (epcis.Value, error) {
	out := newMembers()
	err := c.parts(n, out, func(kid *node) error {
		if kid.name.local != "id" || out.has("id") {
			return c.strange(kid, n, "one <id>")
		}
		v, err := c.uri(kid)
		out.set("id", v)
		return err
	})
	return out.value, err
}

func ilmd(c *converter, n *node) (epcis.Value, error) {
	out := newMembers()
	err := c.parts(n, out, func(kid *node) error {
		return c.in.fault(kid.at, "<%s> in <ilmd> has no namespace of its own: write a name such as <cbvmda:%s>", clip(kid.name.String()), clip(kid.name.local))
	})
	return out.value, err
}

func persistent(c *converter, n *node) (epcis.Value, error) {
	lists := map[string]*epcis.Value{}
	out := newMembers()
	err := c.parts(n, out, func(kid *node) error {
		name := kid.name.local
		if name != "set" && name != "unset" {
			return c.strange(kid, n, "<set> and <unset>")
		}
		if lists[name] == nil {
			list := array()
			lists[name] = &list
		}
		v, err := word("disposition")(c, kid)
		lists[name].Items = append(lists[name].Items, v)
		return err
	})
	for _, name := range [...]string{"set", "unset"} {
		if lists[name] != nil {
			out.set(name, *lists[name])
		}
	}
	return out.value, err
}

func (n *node) isNil() bool {
	for _, a := range n.attrs {
		if a.name.space == xsiNS && a.name.local == "nil" {
			v := strings.TrimSpace(a.value)
			return (v == "true" || v == "1") && len(n.kids) == 0 && strings.TrimSpace(n.text) == ""
		}
	}
	return false
}
