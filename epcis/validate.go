package epcis

import (
	"fmt"
	"strings"
)

// A check refuses a value that its place in a document does not allow. The path
// names the value for people: epcisBody.eventList[0].action.
type check func(path string, v *Value) error

// Error is a structural fault of a document: where, what, and the value found.
type Error struct {
	Path string // "epcisBody.eventList[0].action"
	Text string // what is wrong and what to do
	// TooMany says that the document has more events than were to be read.
	TooMany bool
}

func (e *Error) Error() string { return e.Path + ": " + e.Text }

func wrong(path, format string, args ...any) error {
	return &Error{Path: path, Text: fmt.Sprintf(format, args...)}
}

// show writes a value for an error: short, on one line.
func show(v *Value) string {
	const most = 80
	s := fmt.Sprintf("%+q", string(v.AppendCanonical(nil)))
	s = strings.ReplaceAll(s[1:len(s)-1], `\"`, `"`)
	if len(s) > most {
		s = s[:most] + "…"
	}
	return s
}

func kind(want Kind) check {
	return func(path string, v *Value) error {
		if v.Kind != want {
			return wrong(path, "%s is %s, it must be %s", show(v), v.Kind, want)
		}
		return nil
	}
}

var isText, isNumber, isBool, isObject, isArray = kind(String), kind(Number), kind(Bool), kind(Object), kind(Array)

// isURI wants an absolute URI or a CURIE: a scheme, a colon, and something after.
func isURI(path string, v *Value) error {
	if err := isText(path, v); err != nil {
		return err
	}
	if !uriText(v.Text) {
		return wrong(path, "%s is not a URI: write one such as https://id.gs1.org/01/… or urn:epc:…", quote(v.Text))
	}
	return nil
}

func uriText(s string) bool {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || rest == "" || scheme == "" || !letter(scheme[0]) {
		return false
	}
	for i := 0; i < len(scheme); i++ {
		if c := scheme[i]; !letter(c) && (c < '0' || c > '9') && strings.IndexByte("+-.", c) < 0 {
			return false
		}
	}
	for i := 0; i < len(rest); i++ {
		if c := rest[i]; c <= ' ' || c == 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			return false
		}
	}
	return true
}

func letter(c byte) bool { return (c|0x20) >= 'a' && (c|0x20) <= 'z' }

func isTime(path string, v *Value) error {
	if err := isText(path, v); err != nil {
		return err
	}
	if _, err := ParseTime(v.Text); err != nil {
		return wrong(path, "%v", err)
	}
	return nil
}

// isOffset wants ±00:00 to ±14:00.
func isOffset(path string, v *Value) error {
	if err := isText(path, v); err != nil {
		return err
	}
	s := v.Text
	if ms, ok := parseZone(s); !ok || len(s) != 6 || max(ms, -ms) > 14*3_600_000 {
		return wrong(path, "%s is not an offset such as +02:00, between -14:00 and +14:00", quote(s))
	}
	return nil
}

func isAction(path string, v *Value) error {
	if v.Kind == String && (v.Text == "ADD" || v.Text == "OBSERVE" || v.Text == "DELETE") {
		return nil
	}
	return wrong(path, "%s is not an action: it must be ADD, OBSERVE or DELETE", show(v))
}

func isUnit(path string, v *Value) error {
	if err := isText(path, v); err != nil {
		return err
	}
	for i := 0; i < len(v.Text); i++ {
		if c := v.Text[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return wrong(path, "%s is not a UN/ECE unit code such as KGM", quote(v.Text))
		}
	}
	if n := len(v.Text); n < 2 || n > 3 {
		return wrong(path, "%s is not a UN/ECE unit code of two or three characters such as KGM", quote(v.Text))
	}
	return nil
}

func isHexText(path string, v *Value) error {
	if v.Kind == String && v.Text != "" && strings.Trim(v.Text, "0123456789abcdefABCDEF") == "" {
		return nil
	}
	return wrong(path, "%s is not hexadecimal text", show(v))
}

func isVersion(path string, v *Value) error {
	if err := isText(path, v); err != nil {
		return err
	}
	for _, part := range strings.Split(v.Text, ".") {
		if !isDigits(part) {
			return wrong(path, "%s is not a version such as 2.0", quote(v.Text))
		}
	}
	return nil
}

// check accepts a standard word of the vocabulary, or another URI.
func (voc *vocabulary) check(path string, v *Value) error {
	if err := isText(path, v); err != nil {
		return err
	}
	switch {
	case voc.has(v.Text):
		return nil
	case voc.bans(v.Text):
		return wrong(path, "%s is an old spelling of a standard %s: write the bare word, such as %s", quote(v.Text), voc.name, strings.Fields(voc.words)[0])
	case !uriText(v.Text):
		return wrong(path, "%s is neither a standard %s nor a URI", quote(v.Text), voc.name)
	}
	return nil
}

func listOf(item check, atLeast int, unique bool) check {
	return func(path string, v *Value) error {
		if err := isArray(path, v); err != nil {
			return err
		}
		if len(v.Items) < atLeast {
			return wrong(path, "the list has %d items, it must have at least %d", len(v.Items), atLeast)
		}
		for i := range v.Items {
			if err := item(fmt.Sprintf("%s[%d]", path, i), &v.Items[i]); err != nil {
				return err
			}
		}
		if unique {
			return checkUnique(path, v)
		}
		return nil
	}
}

func checkUnique(path string, v *Value) error {
	seen := make(map[string]int, len(v.Items))
	for i := range v.Items {
		key := string(v.Items[i].AppendCanonical(nil))
		if first, twice := seen[key]; twice {
			return wrong(fmt.Sprintf("%s[%d]", path, i), "%s already stands at [%d]: the list must not repeat an item", show(&v.Items[i]), first)
		}
		seen[key] = i
	}
	return nil
}

func oneOfChecks(a, b check) check {
	return func(path string, v *Value) error {
		if a(path, v) == nil {
			return nil
		}
		return b(path, v)
	}
}

// Names an object may have beside its fields.
type extra uint8

const (
	closed   extra = iota // none
	uriNames              // URIs and CURIEs: extensions
	anyNames              // whatever
)

// object describes the fields of an object.
type object struct {
	fields   map[string]check
	required []string
	extra    extra
}

func (o object) check(path string, v *Value) error {
	if err := isObject(path, v); err != nil {
		return err
	}
	for _, name := range o.required {
		if v.Get(name) == nil {
			return wrong(path, "%s is missing", name)
		}
	}
	for i := range v.Members {
		m := &v.Members[i]
		if field, ok := o.fields[m.Name]; ok {
			if err := field(path+"."+m.Name, &m.Value); err != nil {
				return err
			}
			continue
		}
		if o.extra == closed || (o.extra == uriNames && !uriText(m.Name)) {
			return wrong(path, "%s is no field of it%s", quote(m.Name), map[bool]string{true: "; an extension needs a name with a prefix, such as example:name"}[o.extra == uriNames])
		}
	}
	return nil
}

// The objects inside events. Source: EPCIS 2.0.1 JSON Schema, definitions.
var (
	quantityElement = object{map[string]check{"epcClass": isURI, "quantity": isNumber, "uom": isUnit}, []string{"epcClass"}, closed}
	quantityList    = listOf(quantityElement.check, 0, false)
	uris            = listOf(isURI, 0, false)
	place           = object{map[string]check{"id": isURI}, []string{"id"}, anyNames}
	bizTransaction  = object{map[string]check{"type": bizTransactionTypes.check, "bizTransaction": isURI}, []string{"bizTransaction"}, closed}
	source          = object{map[string]check{"type": sourceDestTypes.check, "source": isURI}, []string{"type", "source"}, closed}
	destination     = object{map[string]check{"type": sourceDestTypes.check, "destination": isURI}, []string{"type", "destination"}, closed}
	persistent      = object{map[string]check{"set": listOf(dispositions.check, 1, true), "unset": listOf(dispositions.check, 1, true)}, nil, closed}
	errorDecl       = object{map[string]check{"declarationTime": isTime, "reason": errorReasons.check, "correctiveEventIDs": uris}, []string{"declarationTime"}, uriNames}
	ilmd            = object{nil, nil, uriNames}
	certification   = oneOfChecks(isURI, uris)
	contextCheck    = oneOfChecks(oneOfChecks(isURI, isObject), listOf(oneOfChecks(isURI, isObject), 0, true))
	sensorElement   = object{map[string]check{"sensorMetadata": sensorMetadata.check, "sensorReport": listOf(sensorReport.check, 1, false)}, []string{"sensorReport"}, uriNames}
	sensorMetadata  = object{map[string]check{
		"time": isTime, "startTime": isTime, "endTime": isTime, "deviceID": isURI, "deviceMetadata": isURI,
		"rawData": isURI, "dataProcessingMethod": isURI, "bizRules": isURI,
	}, nil, uriNames}
	sensorReport = object{map[string]check{
		"type": measurementTypes.check, "exception": sensorAlerts.check, "deviceID": isURI, "deviceMetadata": isURI,
		"rawData": isURI, "dataProcessingMethod": isURI, "bizRules": isURI, "time": isTime, "microorganism": isURI,
		"chemicalSubstance": isURI, "coordinateReferenceSystem": isURI, "value": isNumber, "component": components.check,
		"stringValue": isText, "booleanValue": isBool, "hexBinaryValue": isHexText, "uriValue": isURI, "minValue": isNumber,
		"maxValue": isNumber, "meanValue": isNumber, "sDev": isNumber, "percRank": isNumber, "percValue": isNumber, "uom": isText,
	}, []string{"type"}, uriNames}
)

func checkPersistent(path string, v *Value) error {
	if err := persistent.check(path, v); err != nil {
		return err
	}
	if v.Get("set") == nil && v.Get("unset") == nil {
		return wrong(path, "it needs set or unset")
	}
	return nil
}
