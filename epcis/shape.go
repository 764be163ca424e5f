package epcis

import (
	"fmt"
	"maps"
)

// EventType is one of the five event types of EPCIS 2.0.
type EventType string

// The event types.
const (
	ObjectEvent         EventType = "ObjectEvent"
	AggregationEvent    EventType = "AggregationEvent"
	AssociationEvent    EventType = "AssociationEvent"
	TransactionEvent    EventType = "TransactionEvent"
	TransformationEvent EventType = "TransformationEvent"
)

// common are the fields that every event may have.
var common = map[string]check{
	"@context": checkContext, "type": isText, "eventTime": isTime, "recordTime": isTime, "eventTimeZoneOffset": isOffset,
	"eventID": isURI, "certificationInfo": certification, "errorDeclaration": errorDecl.check,
	"bizStep": bizSteps.check, "disposition": dispositions.check, "persistentDisposition": checkPersistent,
	"readPoint": place.check, "bizLocation": place.check,
	"bizTransactionList": listOf(bizTransaction.check, 0, false),
	"sourceList":         listOf(source.check, 0, false),
	"destinationList":    listOf(destination.check, 0, false),
	"sensorElementList":  listOf(sensorElement.check, 0, false),
}

// shapes describe each event type. Source: EPCIS 2.0.1, section 7.4, and its
// JSON Schema.
var shapes = map[EventType]object{
	ObjectEvent: shape([]string{"action"}, map[string]check{
		"action": isAction, "epcList": listOf(isURI, 0, true), "quantityList": quantityList, "ilmd": ilmd.check,
	}),
	AggregationEvent: shape([]string{"action"}, map[string]check{
		"action": isAction, "parentID": isURI, "childEPCs": uris, "childQuantityList": quantityList,
	}),
	AssociationEvent: shape([]string{"action", "parentID"}, map[string]check{
		"action": isAction, "parentID": isURI, "childEPCs": uris, "childQuantityList": quantityList,
	}),
	TransactionEvent: shape([]string{"action", "bizTransactionList"}, map[string]check{
		"action": isAction, "parentID": isURI, "epcList": uris, "quantityList": quantityList,
		"bizTransactionList": listOf(bizTransaction.check, 1, false),
	}),
	TransformationEvent: shape(nil, map[string]check{
		"inputEPCList": listOf(isURI, 0, true), "inputQuantityList": quantityList,
		"outputEPCList": listOf(isURI, 0, true), "outputQuantityList": quantityList,
		"transformationID": isURI, "ilmd": ilmd.check,
	}),
}

func shape(required []string, own map[string]check) object {
	fields := maps.Clone(common)
	maps.Copy(fields, own)
	return object{fields, append([]string{"type", "eventTime", "eventTimeZoneOffset"}, required...), uriNames}
}

// checkEvent checks one event: its fields, then the rules that join them.
func checkEvent(path string, v *Value) error {
	if err := isObject(path, v); err != nil {
		return err
	}
	kind := v.Get("type")
	if kind == nil {
		return wrong(path, "type is missing")
	}
	shape, ok := shapes[EventType(kind.text())]
	if !ok {
		return wrong(path+".type", "%s is not an EPCIS 2.0 event type: ObjectEvent, AggregationEvent, AssociationEvent, TransactionEvent or TransformationEvent", show(kind))
	}
	if err := checkNames(path, v); err != nil {
		return err
	}
	if err := shape.check(path, v); err != nil {
		return err
	}
	switch EventType(kind.Text) {
	case ObjectEvent:
		return checkObject(path, v)
	case AggregationEvent, AssociationEvent:
		return checkChildren(path, v)
	case TransactionEvent:
		if v.Get("action").Text != "DELETE" && v.Get("epcList") == nil && !filled(v, "quantityList") {
			return wrong(path, "a TransactionEvent needs epcList or quantityList, unless its action is DELETE")
		}
		return nil
	}
	return checkTransformation(path, v)
}

func filled(v *Value, name string) bool { return len(v.Get(name).items()) > 0 }

func checkObject(path string, v *Value) error {
	if v.Get("ilmd") != nil && v.Get("action").Text != "ADD" {
		return wrong(path+".ilmd", "instance or lot master data may be given only when the action is ADD, not %s", v.Get("action").Text)
	}
	if v.Get("epcList") == nil && !filled(v, "quantityList") && (!filled(v, "sensorElementList") || v.Get("readPoint") == nil) {
		return wrong(path, "an ObjectEvent needs epcList, or quantityList, or sensorElementList with readPoint: it names no object")
	}
	return nil
}

func checkChildren(path string, v *Value) error {
	action := v.Get("action").Text
	if v.Get("parentID") == nil && action != "OBSERVE" {
		return wrong(path, "parentID is missing: only an OBSERVE event may leave it out")
	}
	if action != "DELETE" && !filled(v, "childEPCs") && !filled(v, "childQuantityList") {
		return wrong(path, "it needs childEPCs or childQuantityList, unless its action is DELETE")
	}
	return nil
}

func checkTransformation(path string, v *Value) error {
	in := filled(v, "inputEPCList") || filled(v, "inputQuantityList")
	out := filled(v, "outputEPCList") || filled(v, "outputQuantityList")
	if joined := v.Get("transformationID") != nil; !(in && out) && !(joined && (in || out)) {
		return wrong(path, "a TransformationEvent needs inputs and outputs; with a transformationID, one of them")
	}
	return nil
}

// maxName bounds the name of a member, in bytes. The event hash repeats the name
// of an extension for every item of its array, so that a long name over a long
// array would become gigabytes of text.
const maxName = 256

// checkNames refuses names that are too long, and null anywhere in an event: the
// event hash gives it no meaning, so two readers would disagree on what was said.
func checkNames(path string, v *Value) error {
	where, problem := nameFault(v)
	if problem != "" {
		return wrong(path+where, "%s", problem)
	}
	return nil
}

// nameFault finds the first such fault; the path to it is built only then, since
// paths to all values of a deep document would be far longer than the document.
func nameFault(v *Value) (where, problem string) {
	if v.Kind == Null {
		return "", "null says nothing: leave the field out"
	}
	for i := range v.Items {
		if where, problem = nameFault(&v.Items[i]); problem != "" {
			return fmt.Sprintf("[%d]", i) + where, problem
		}
	}
	for i := range v.Members {
		m := &v.Members[i]
		if len(m.Name) > maxName {
			return "", fmt.Sprintf("the name %s has %d bytes: at most %d are read", quote(m.Name), len(m.Name), maxName)
		}
		if m.Name == "@context" {
			continue
		}
		if where, problem = nameFault(&m.Value); problem != "" {
			return "." + m.Name + where, problem
		}
	}
	return "", ""
}

// Bounds of a JSON-LD context. It is repeated in the raw form of every event and
// its namespaces in every name that is hashed, so a large one would multiply.
const (
	maxContextBytes = 8 << 10
	maxContextText  = 256
)

func checkContext(path string, v *Value) error {
	if n := len(v.AppendCanonical(nil)); n > maxContextBytes {
		return wrong(path, "the context has %d bytes: at most %d are read", n, maxContextBytes)
	}
	if err := contextCheck(path, v); err != nil {
		return err
	}
	return checkContextText(path, v)
}

func checkContextText(path string, v *Value) error {
	if len(v.Text) > maxContextText {
		return wrong(path, "%s has %d bytes: a context or namespace may have %d", quote(v.Text), len(v.Text), maxContextText)
	}
	for i := range v.Items {
		if err := checkContextText(fmt.Sprintf("%s[%d]", path, i), &v.Items[i]); err != nil {
			return err
		}
	}
	for i := range v.Members {
		if err := checkContextText(path+"."+v.Members[i].Name, &v.Members[i].Value); err != nil {
			return err
		}
	}
	return nil
}
