package epcis

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Version selects the algorithm of the event hash. The ratified CBV 2.0 is the
// one to store; CBV 2.1 is still a draft.
type Version string

// The versions of the event hash. Any other value is treated as CBV20.
const (
	CBV20 Version = "CBV2.0"
	CBV21 Version = "CBV2.1"
)

// Hash returns the CBV event hash, ni:///sha-256;<hex>?ver=CBV2.0. Equal events
// in different spellings have the same one. eventID, recordTime,
// errorDeclaration, certificationInfo and comments are outside it.
// Source: Core Business Vocabulary 2.0, section 8.9; RFC 6920.
func (e *Event) Hash(version Version) string {
	sum := sha256.Sum256([]byte(e.PreHash(version)))
	if version != CBV21 {
		version = CBV20
	}
	return "ni:///sha-256;" + hex.EncodeToString(sum[:]) + "?ver=" + string(version)
}

// PreHash returns the text that Hash hashes.
func (e *Event) PreHash(version Version) string {
	h := hasher{names: e.names, draft: version == CBV21}
	return h.event(e.tree)
}

// ParseHash checks the shape of a CBV 2.0 event hash URI and returns its 32 bytes.
func ParseHash(uri string) (sum [32]byte, version Version, err error) {
	body, ok := strings.CutPrefix(uri, "ni:///sha-256;")
	digest, ver, found := strings.Cut(body, "?ver=")
	if !ok || !found || len(digest) != 64 || strings.ToLower(digest) != digest || (ver != string(CBV20) && ver != string(CBV21)) {
		return sum, "", fmt.Errorf("%s is not a CBV event hash such as ni:///sha-256;…?ver=CBV2.0", quote(uri))
	}
	raw, err := hex.DecodeString(digest)
	if err != nil {
		return sum, "", fmt.Errorf("%s is not a CBV event hash: its digest is not hexadecimal", quote(uri))
	}
	copy(sum[:], raw)
	return sum, Version(ver), nil
}

// rdfsComment is never part of an event's content.
const rdfsComment = "{http://www.w3.org/2000/01/rdf-schema#}comment"

// form says how a field is written into the pre-hash text.
type form func(h *hasher, name string, v *Value) string

// field is a place in the canonical property order.
type field struct {
	name  string
	write form
}

// eventOrder is the canonical property order. Source: CBV 2.0, section 8.9.2.
var eventOrder = newEventOrder()

// Orders inside the objects of an event.
var (
	quantityOrder = []field{{"epcClass", plain}, {"quantity", plain}, {"uom", plain}}
	metadataOrder = []field{
		{"time", instant},
		{"startTime", instant},
		{"endTime", instant},
		{"deviceID", plain},
		{"deviceMetadata", plain},
		{"rawData", plain},
		{"dataProcessingMethod", plain},
		{"bizRules", plain},
	}
	reportOrder = []field{
		{"type", word(&measurementTypes)},
		{"exception", word(&sensorAlerts)},
		{"deviceID", plain},
		{"deviceMetadata", plain},
		{"rawData", plain},
		{"dataProcessingMethod", plain},
		{"time", instant},
		{"microorganism", plain},
		{"chemicalSubstance", plain},
		{"value", plain},
		{"component", word(&components)},
		{"stringValue", plain},
		{"booleanValue", plain},
		{"hexBinaryValue", plain},
		{"uriValue", plain},
		{"minValue", plain},
		{"maxValue", plain},
		{"meanValue", plain},
		{"sDev", plain},
		{"percRank", plain},
		{"percValue", plain},
		{"uom", plain},
		{"coordinateReferenceSystem", plain},
	}
	sensorOrder = []field{{"sensorMetadata", nested(metadataOrder)}, {"sensorReport", each("", "sensorReport", reportOrder)}}
	placeOrder  = []field{{"id", plain}}
)

func newEventOrder() []field {
	epcs, amounts := listText("epc"), each("+", "quantityElement", quantityOrder)
	return []field{
		{"eventTime", instant},
		{"eventTimeZoneOffset", plain},
		{"epcList", epcs},
		{"parentID", plain},
		{"inputEPCList", epcs},
		{"childEPCs", epcs},
		{"quantityList", amounts},
		{"childQuantityList", amounts},
		{"inputQuantityList", amounts},
		{"outputEPCList", epcs},
		{"outputQuantityList", amounts},
		{"action", plain},
		{"transformationID", plain},
		{"bizStep", word(&bizSteps)},
		{"disposition", word(&dispositions)},
		{"persistentDisposition", nested([]field{{"set", words("set", &dispositions)}, {"unset", words("unset", &dispositions)}})},
		{"readPoint", nested(placeOrder)},
		{"bizLocation", nested(placeOrder)},
		{"bizTransactionList", each("+", "", []field{{"type", word(&bizTransactionTypes)}, {"bizTransaction", plain}})},
		{"sourceList", each("+", "", []field{{"type", word(&sourceDestTypes)}, {"source", plain}})},
		{"destinationList", each("+", "", []field{{"type", word(&sourceDestTypes)}, {"destination", plain}})},
		{"sensorElementList", sensors},
		{"ilmd", ilmdText},
	}
}

// hasher writes one event.
type hasher struct {
	names prefixes
	draft bool // CBV 2.1
}

func (h *hasher) event(v *Value) string {
	var b strings.Builder
	b.WriteString("eventType=" + v.Get("type").text())
	for _, f := range eventOrder {
		if m := v.Get(f.name); m != nil {
			b.WriteString(f.write(h, f.name, m))
		}
	}
	b.WriteString(h.trailing(v))
	return b.String()
}

// trailing writes the extensions: in CBV 2.0 those inside standard fields, under
// the names of the fields, then those of the event, all in one sorted block.
func (h *hasher) trailing(v *Value) string {
	var parts []string
	if !h.draft {
		for _, name := range [...]string{"readPoint", "bizLocation"} {
			parts = appendUnder(parts, name, h.extensions(v.Get(name), placeOrder))
		}
		for i := range v.Get("sensorElementList").items() {
			parts = appendUnder(parts, "sensorElement", h.sensorExtensions(&v.Get("sensorElementList").Items[i]))
		}
	}
	parts = append(parts, h.extensions(v, nil)...)
	return sorted(parts)
}

func (h *hasher) sensorExtensions(v *Value) []string {
	parts := appendUnder(nil, "sensorMetadata", h.extensions(v.Get("sensorMetadata"), metadataOrder))
	for i := range v.Get("sensorReport").items() {
		parts = appendUnder(parts, "sensorReport", h.extensions(&v.Get("sensorReport").Items[i], reportOrder))
	}
	return append(parts, h.extensions(v, sensorOrder)...)
}

func appendUnder(parts []string, name string, inner []string) []string {
	if len(inner) == 0 {
		return parts
	}
	return append(parts, name+sorted(inner))
}

func sorted(parts []string) string {
	slices.Sort(parts)
	return strings.Join(parts, "")
}

// extensions writes each member that is not a standard field. Inside an event
// (order nil) every bare name is standard; inside a field, those of its order.
func (h *hasher) extensions(v *Value, order []field) (parts []string) {
	if v == nil {
		return nil
	}
	for i := range v.Members {
		m := &v.Members[i]
		if order == nil && !strings.Contains(m.Name, ":") {
			continue
		}
		if !slices.ContainsFunc(order, func(f field) bool { return f.name == m.Name }) {
			parts = append(parts, h.generic(m.Name, &m.Value)...)
		}
	}
	return parts
}

// generic writes a member outside the standard fields, one text per array item.
func (h *hasher) generic(name string, v *Value) []string {
	key := h.names.hashed(name)
	if key == rdfsComment || name == "rdfs:comment" || name == "comment" || name == "@context" {
		return nil
	}
	switch v.Kind {
	case Array:
		var parts []string
		for i := range v.Items {
			parts = append(parts, h.generic(name, &v.Items[i])...)
		}
		return parts
	case Object:
		var inner []string
		for i := range v.Members {
			inner = append(inner, h.generic(v.Members[i].Name, &v.Members[i].Value)...)
		}
		return []string{key + sorted(inner)}
	}
	if text := canonicalText(v.Text); text != "" {
		return []string{key + "=" + text}
	}
	return []string{key}
}

// assign writes name=value, or nothing for an empty value.
func assign(name, text string) string {
	if text == "" {
		return ""
	}
	return name + "=" + text
}

func plain(_ *hasher, name string, v *Value) string { return assign(name, canonicalText(v.Text)) }

func instant(_ *hasher, name string, v *Value) string {
	ms, ok := parseTime(strings.TrimSpace(v.Text))
	if !ok {
		return assign(name, canonicalText(v.Text))
	}
	return assign(name, FormatTime(ms))
}

func word(voc *vocabulary) form {
	return func(_ *hasher, name string, v *Value) string { return assign(name, voc.canonical(v.Text)) }
}

// words writes a list of vocabulary values, each under the same name.
func words(name string, voc *vocabulary) form {
	return func(_ *hasher, _ string, v *Value) string {
		var parts []string
		for i := range v.Items {
			parts = append(parts, assign(name, voc.canonical(v.Items[i].Text)))
		}
		return sorted(parts)
	}
}

// listText writes the list's name and its items under their XML name.
func listText(item string) form {
	return func(_ *hasher, name string, v *Value) string {
		var parts []string
		for i := range v.Items {
			parts = append(parts, assign(item, canonicalText(v.Items[i].Text)))
		}
		if text := sorted(parts); text != "" {
			return name + text
		}
		return ""
	}
}

// nested writes an object's name and its fields.
func nested(order []field) form {
	return func(h *hasher, name string, v *Value) string {
		if text := h.fields(v, order); text != "" {
			return name + text
		}
		return ""
	}
}

// each writes a list of objects: its own name once when list is "+", then every
// object under the name item, sorted.
func each(list, item string, order []field) form {
	return func(h *hasher, name string, v *Value) string {
		var parts []string
		for i := range v.Items {
			if text := h.fields(&v.Items[i], order); text != "" {
				parts = append(parts, item+text)
			}
		}
		text := sorted(parts)
		if text != "" && list == "+" {
			return name + text
		}
		return text
	}
}

// fields writes an object's standard fields and, in the draft, its extensions
// right after them.
func (h *hasher) fields(v *Value, order []field) string {
	var b strings.Builder
	for _, f := range order {
		if m := v.Get(f.name); m != nil {
			b.WriteString(f.write(h, f.name, m))
		}
	}
	if h.draft {
		b.WriteString(sorted(h.extensions(v, order)))
	}
	return b.String()
}

// sensors writes the sensor elements; only the draft writes the list's name.
func sensors(h *hasher, name string, v *Value) string {
	list := ""
	if h.draft {
		list = "+"
	}
	return each(list, "sensorElement", sensorOrder)(h, name, v)
}

func ilmdText(h *hasher, name string, v *Value) string {
	var parts []string
	for i := range v.Members {
		parts = append(parts, h.generic(v.Members[i].Name, &v.Members[i].Value)...)
	}
	if len(parts) == 0 {
		return ""
	}
	return name + sorted(parts)
}
