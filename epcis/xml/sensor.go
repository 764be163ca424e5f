package xml

import (
	"strings"

	"github.com/filiera-chain/filiera/epcis"
)

// form says how the text of a sensor attribute is written in JSON.
type form int

const (
	asText form = iota
	asURI
	asTime
	asNumber
	asBool
	asType
	asException
	asComponent
)

// Source: EPCIS 2.0, section 7.3.7.
var (
	metadataForms = map[string]form{
		"time": asTime, "startTime": asTime, "endTime": asTime, "deviceID": asURI, "deviceMetadata": asURI,
		"rawData": asURI, "dataProcessingMethod": asURI, "bizRules": asURI,
	}
	reportForms = map[string]form{
		"type": asType, "exception": asException, "deviceID": asURI, "deviceMetadata": asURI, "rawData": asURI,
		"dataProcessingMethod": asURI, "bizRules": asURI, "time": asTime, "microorganism": asURI, "chemicalSubstance": asURI,
		"coordinateReferenceSystem": asURI, "value": asNumber, "component": asComponent, "stringValue": asText,
		"booleanValue": asBool, "hexBinaryValue": asText, "uriValue": asURI, "minValue": asNumber, "maxValue": asNumber,
		"meanValue": asNumber, "sDev": asNumber, "percRank": asNumber, "percValue": asNumber, "uom": asText,
	}
)

func sensors(c *converter, n *node) (epcis.Value, error) {
	list := array()
	err := c.each(n, "sensorElement", func(e *node) error {
		out, reports := newMembers(), array()
		err := c.parts(e, out, func(kid *node) error {
			switch name := kid.name.local; {
			case name == "sensorReport":
				v, err := c.sensorPart(kid, reportForms)
				reports.Items = append(reports.Items, v)
				return err
			case name == "sensorMetadata" && !out.has(name):
				v, err := c.sensorPart(kid, metadataForms)
				out.set(name, v)
				return err
			}
			return c.strange(kid, e, "at most one sensorMetadata, and sensorReport")
		})
		if err != nil {
			return err
		}
		if len(reports.Items) == 0 {
			return c.in.fault(e.at, "<sensorElement> has no <sensorReport>: it needs at least one")
		}
		out.set("sensorReport", reports)
		list.Items = append(list.Items, out.value)
		return nil
	})
	return list, err
}

// sensorPart turns attributes, and what elements an extension adds, into members.
func (c *converter) sensorPart(n *node, forms map[string]form) (epcis.Value, error) {
	out := newMembers()
	for _, a := range n.attrs {
		if a.name.space == xsiNS || a.name.space == xmlNS {
			continue
		}
		if a.name.space != "" {
			key, err := c.key(n.at, a.name)
			if err != nil {
				return out.value, err
			}
			out.add(key, text(a.value))
			continue
		}
		form, ok := forms[a.name.local]
		if !ok {
			return out.value, c.in.fault(n.at, "<%s> has no attribute %s: an extension needs a prefix, such as example:%s", clip(n.name.String()), quote(a.name.local), clip(a.name.local))
		}
		v, err := c.sensorValue(n, a.name.local, a.value, form)
		if err != nil {
			return out.value, err
		}
		out.set(a.name.local, v)
	}
	err := c.parts(n, out, func(kid *node) error {
		return c.strange(kid, n, "attributes only")
	})
	return out.value, err
}

func (c *converter) sensorValue(n *node, name, raw string, form form) (epcis.Value, error) {
	t := strings.TrimSpace(raw)
	switch form {
	case asTime:
		return c.time(n, name, t)
	case asNumber:
		return c.number(n, name, t)
	case asType:
		return c.word(n, "type", name, t)
	case asException:
		return c.word(n, "exception", name, t)
	case asComponent:
		return c.word(n, "component", name, t)
	case asURI:
		if !isURI(t) {
			return epcis.Value{}, c.in.fault(n.at, "%s is %s, which is not a URI", name, quote(t))
		}
		return text(t), nil
	case asBool:
		switch t {
		case "true", "1":
			return epcis.Value{Kind: epcis.Bool, Text: "true"}, nil
		case "false", "0":
			return epcis.Value{Kind: epcis.Bool, Text: "false"}, nil
		}
		return epcis.Value{}, c.in.fault(n.at, "%s is %s: it must be true or false", name, quote(t))
	}
	return text(raw), nil
}
