package epcisrest

import (
	"strings"

	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/index"
)

// Fields that EQ_ compares, by how their values are read.
var (
	wordFields = map[string]string{ // to the vocabulary
		"bizStep": "bizStep", "disposition": "disposition", "persistentDisposition_set": "disposition",
		"persistentDisposition_unset": "disposition", "errorReason": "errorReason", "type": "type",
	}
	idFields = map[string]bool{
		"readPoint": true, "bizLocation": true, "transformationID": true, "deviceID": true, "dataProcessingMethod": true,
		"microorganism": true, "chemicalSubstance": true, "bizRules": true, "uriValue": true, "rawData": true, "deviceMetadata": true,
		"coordinateReferenceSystem": true,
	}
	textFields = map[string]bool{"stringValue": true, "hexBinaryValue": true, "eventID": true, "correctiveEventID": true}
	// typedFields are followed by a type: EQ_bizTransaction_po.
	typedFields = []string{"bizTransaction", "source", "destination"}
	// amountFields may be followed by a unit: GE_value_CEL.
	amountFields = map[string]bool{
		"quantity": true, "value": true, "minValue": true, "maxValue": true, "meanValue": true, "sDev": true, "percValue": true, "percRank": true,
	}
	timeFields = map[string]string{ // to the term
		"time": "time", "startTime": "startTime", "endTime": "endTime",
		"errorDeclarationTime": "errorDeclarationTime", "errorDeclaration_Time": "errorDeclarationTime",
	}
)

func (c *compiler) equal(name, field string, values []string) *Problem {
	if vocabulary, ok := wordFields[field]; ok {
		list, p := words(name, vocabulary, values)
		if p == nil {
			if field == "type" {
				field = "type.sensor"
			}
			c.where(equalTo(field, list))
		}
		return p
	}
	switch {
	case field == "action":
		return c.action(name, values)
	case field == "booleanValue":
		if len(values) != 1 || values[0] != "true" && values[0] != "false" {
			return badParameter(name, "it takes true or false")
		}
		c.where(equalTo(field, values))
		return nil
	case textFields[field]:
		c.where(equalTo(field, values))
		return nil
	case idFields[field]:
		if p := uris(name, values); p != nil {
			return p
		}
		c.where(equalTo(field, ids(values)))
		return nil
	}
	for _, f := range typedFields {
		if kind, ok := strings.CutPrefix(field, f+"_"); ok && kind != "" {
			if p := uris(name, values); p != nil {
				return p
			}
			if full, known := c.names.Full(kind); known {
				kind = full
			}
			c.where(equalTo(f+"_"+epcis.CanonicalWord(f, kind), ids(values)))
			return nil
		}
	}
	if term, ok := amountTerm(field); ok {
		return c.numbers(name, term, values)
	}
	if attribute, ok := strings.CutPrefix(field, "ATTR_"); ok { // as the query schema spells EQATTR_
		return c.masterData(name, "EQATTR", attribute, values)
	}
	return c.equalExtension(name, field, values)
}

func (c *compiler) action(name string, values []string) *Problem {
	for _, v := range values {
		if v != "ADD" && v != "OBSERVE" && v != "DELETE" {
			return badParameter(name, "%s is no action; write ADD, OBSERVE or DELETE", clip(v))
		}
	}
	c.where(equalTo("action", values))
	return nil
}

// amountTerm is the term of a number with or without its unit.
func amountTerm(field string) (string, bool) {
	base, uom, hasUnit := strings.Cut(field, "_")
	if !amountFields[base] || strings.Contains(uom, ":") {
		return "", false
	}
	// Measured values mean nothing without their unit; a rank has none.
	if needs := base != "quantity" && base != "percRank"; needs && !hasUnit || hasUnit && (uom == "" || base == "percRank") {
		return "", false
	}
	return "#" + field, true
}

func (c *compiler) numbers(name, term string, values []string) *Problem {
	out := make([]string, len(values))
	for i, v := range values {
		n, ok := number(v)
		if !ok {
			return badParameter(name, "%s is not a number", clip(v))
		}
		out[i] = n
	}
	c.where(index.EPCISTest{Field: term, Op: index.EPCISEqual, Values: out})
	return nil
}

// compare reads GE_, GT_, LE_ and LT_.
func (c *compiler) compare(name string, op index.EPCISOp, field string, values []string) *Problem {
	if field == "eventTime" || field == "recordTime" {
		return c.window(name, op, field, values)
	}
	if term, ok := timeFields[field]; ok {
		ms, p := moment(name, values)
		if p == nil {
			c.where(index.EPCISTest{Field: "@" + term, Op: op, Values: []string{index.SortableTime(ms)}})
		}
		return p
	}
	term, isAmount := amountTerm(field)
	if !isAmount {
		own, p := c.extension(name, field)
		if p != nil {
			return p
		}
		if v, p := single(name, values); p != nil {
			return p
		} else if n, ok := number(v); ok {
			c.where(index.EPCISTest{Field: "#" + own, Op: op, Values: []string{n}})
			return nil
		}
		ms, p := moment(name, values)
		if p != nil {
			return badParameter(name, "%s is neither a number nor a date and time", clip(values[0]))
		}
		c.where(index.EPCISTest{Field: "@" + own, Op: op, Values: []string{index.SortableTime(ms)}})
		return nil
	}
	v, p := single(name, values)
	if p != nil {
		return p
	}
	n, ok := number(v)
	if !ok {
		return badParameter(name, "%s is not a number", clip(v))
	}
	c.where(index.EPCISTest{Field: term, Op: op, Values: []string{n}})
	return nil
}

// window bounds the time of the event or of its recording.
func (c *compiler) window(name string, op index.EPCISOp, field string, values []string) *Problem {
	ms, p := moment(name, values)
	if p != nil {
		return p
	}
	from, to := &c.q.FromEventTime, &c.q.ToEventTime
	if field == "recordTime" {
		from, to = &c.q.FromRecordTime, &c.q.ToRecordTime
	}
	switch op {
	case index.EPCISAtLeast:
		*from = &ms
	case index.EPCISLess:
		*to = &ms
	default:
		return unknown(name) // the standard has GE_ and LT_ of these only
	}
	return nil
}

// matchFields are what MATCH_ looks through.
var matchFields = map[string][]string{
	"epc": {"epc"}, "parentID": {"parentID"}, "inputEPC": {"inputEPC"}, "outputEPC": {"outputEPC"}, "anyEPC": {"anyEPC"},
	"epcClass": {"epcClass"}, "inputEPCClass": {"inputEPCClass"}, "outputEPCClass": {"outputEPCClass"}, "anyEPCClass": {"anyEPCClass"},
}

// match finds events by identifiers, by classes of them, and by patterns: a lot
// or trade item matches all that belongs to it. Source: EPCIS 2.0.1, 8.2.7.1.1.
func (c *compiler) match(name, field string, values []string) *Problem {
	fields, ok := matchFields[field]
	if !ok {
		return unknown(name)
	}
	if p := uris(name, values); p != nil {
		return p
	}
	var tests []index.EPCISTest
	for _, f := range fields {
		tests = append(tests, matching(f, values)...)
	}
	c.where(tests...)
	return nil
}

func matching(field string, values []string) []index.EPCISTest {
	var own, classes []string
	var tests []index.EPCISTest
	for _, v := range values {
		if like, ok := likePattern(v); ok {
			tests = append(tests, index.EPCISTest{Field: field, Op: index.EPCISLike, Values: []string{like}})
			continue
		}
		canonical := epcis.CanonicalID(v)
		own = append(own, canonical)
		if epc, err := gs1.ParseEPC(strings.TrimSpace(v)); err == nil && epc.Key == "01" && epc.Serial == "" {
			classes = append(classes, canonical)
		}
	}
	if len(own) > 0 {
		tests = append(tests, equalTo(field, own))
	}
	if len(classes) > 0 {
		tests = append(tests, equalTo(field+"^", classes))
	}
	return tests
}
