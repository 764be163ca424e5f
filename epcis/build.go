package epcis

import "strings"

// ContextURL is the JSON-LD context that new documents name.
const ContextURL = "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"

// Draft is an event to be written. Vocabulary is given as bare words
// ("shipping"), identifiers as URIs (gs1.ClassURI, gs1.PlaceURI …), names of
// properties with a declared prefix ("cbvmda:lotNumber"). Empty fields are left
// out.
type Draft struct {
	Type   EventType
	Time   int64  // milliseconds since 1970 UTC
	Offset string // local zone where it happened, such as "+02:00"; "" means "+00:00"

	Action, BizStep, Disposition string
	ReadPoint, BizLocation       string

	EPCs, InputEPCs, OutputEPCs, ChildEPCs                         []string
	Quantities, InputQuantities, OutputQuantities, ChildQuantities []Quantity
	ParentID, TransformationID                                     string
	BizTransactions, Sources, Destinations                         []TypedID

	Sensors          []Reading
	ILMD, Extensions []Property
	EventID          string // "" asks for the CBV 2.0 event hash
}

// Reading is one measurement of a sensor, written as a sensor element.
type Reading struct {
	Type     string // "Temperature", "RelativeHumidity", …
	Value    string // plain decimal
	UOM      string // UN/ECE unit: "CEL", "P1" …
	Time     int64  // milliseconds since 1970 UTC; 0 leaves it out
	DeviceID string // URI, "" when unknown
}

// TextProperty is a property with a text value.
func TextProperty(name, text string) Property { return Property{name, str(text)} }

// NumberProperty is a property with a plain decimal value.
func NumberProperty(name, decimal string) Property {
	return Property{name, Value{Kind: Number, Text: decimal}}
}

// Builder collects the events of a new EPCISDocument.
type Builder struct {
	created    int64
	namespaces []Member
	drafts     []Draft
}

// NewDocument begins an EPCIS 2.0 document created at a time in milliseconds
// since 1970 UTC.
func NewDocument(created int64) *Builder { return &Builder{created: created} }

// Namespace declares a prefix for extension names, such as "ex" for
// "https://example.org/ns/".
func (b *Builder) Namespace(prefix, uri string) *Builder {
	b.namespaces = append(b.namespaces, Member{prefix, str(uri)})
	return b
}

// Add appends events.
func (b *Builder) Add(drafts ...Draft) *Builder {
	b.drafts = append(b.drafts, drafts...)
	return b
}

// Build writes the document as indented JSON-LD, reads it back through Parse, and
// returns both. It fails, naming the path, when a draft breaks the standard.
func (b *Builder) Build() ([]byte, *Document, error) {
	tree := b.tree()
	limits := DefaultLimits()
	limits.MaxEvents = max(limits.MaxEvents, len(b.drafts))
	doc, err := fromTree(tree, limits)
	if err != nil {
		return nil, nil, err
	}
	events := tree.Get("epcisBody").Get("eventList")
	for i := range events.Items {
		if b.drafts[i].EventID == "" {
			events.Items[i].set("eventID", str(doc.Events[i].Hash(CBV20)))
		}
	}
	text := append(tree.AppendIndented(nil, ""), '\n')
	limits.MaxBytes, limits.MaxValues = len(text), max(limits.MaxValues, len(text))
	doc, err = Parse(text, limits)
	return text, doc, err
}

func (b *Builder) tree() Value {
	context := Value{Kind: Array, Items: []Value{str(ContextURL)}}
	if len(b.namespaces) > 0 {
		context.Items = append(context.Items, Value{Kind: Object, Members: b.namespaces})
	}
	events := Value{Kind: Array}
	for i := range b.drafts {
		events.Items = append(events.Items, b.drafts[i].value())
	}
	return Value{Kind: Object, Members: []Member{
		{"@context", context},
		{"type", str("EPCISDocument")},
		{"schemaVersion", str("2.0")},
		{"creationDate", str(FormatTime(b.created))},
		{"epcisBody", Value{Kind: Object, Members: []Member{{"eventList", events}}}},
	}}
}

func (d *Draft) value() Value {
	v := Value{Kind: Object}
	offset := d.Offset
	if offset == "" {
		offset = "+00:00"
	}
	v.set("type", str(string(d.Type)))
	v.set("eventTime", str(localTime(d.Time, offset)))
	v.set("eventTimeZoneOffset", str(offset))
	for _, f := range [...]struct{ name, text string }{
		{"eventID", d.EventID},
		{"action", d.Action},
		{"bizStep", d.BizStep},
		{"disposition", d.Disposition},
		{"parentID", d.ParentID},
		{"transformationID", d.TransformationID},
	} {
		v.setText(f.name, f.text)
	}
	d.setLists(&v)
	v.setID("readPoint", d.ReadPoint)
	v.setID("bizLocation", d.BizLocation)
	v.setTyped("bizTransactionList", "bizTransaction", d.BizTransactions)
	v.setTyped("sourceList", "source", d.Sources)
	v.setTyped("destinationList", "destination", d.Destinations)
	v.setSensors(d.Sensors)
	if len(d.ILMD) > 0 {
		v.set("ilmd", properties(d.ILMD))
	}
	v.Members = append(v.Members, properties(d.Extensions).Members...)
	return v
}

func (d *Draft) setLists(v *Value) {
	for _, f := range [...]struct {
		name string
		ids  []string
	}{{"epcList", d.EPCs}, {"childEPCs", d.ChildEPCs}, {"inputEPCList", d.InputEPCs}, {"outputEPCList", d.OutputEPCs}} {
		if len(f.ids) > 0 {
			list := Value{Kind: Array}
			for _, id := range f.ids {
				list.Items = append(list.Items, str(id))
			}
			v.set(f.name, list)
		}
	}
	for _, f := range [...]struct {
		name string
		list []Quantity
	}{
		{"quantityList", d.Quantities},
		{"childQuantityList", d.ChildQuantities},
		{"inputQuantityList", d.InputQuantities},
		{"outputQuantityList", d.OutputQuantities},
	} {
		if len(f.list) > 0 {
			v.set(f.name, quantityValues(f.list))
		}
	}
}

func quantityValues(list []Quantity) Value {
	out := Value{Kind: Array}
	for _, q := range list {
		item := Value{Kind: Object}
		item.set("epcClass", str(q.EPCClass))
		if q.Amount != "" {
			item.set("quantity", Value{Kind: Number, Text: q.Amount})
		}
		item.setText("uom", q.UOM)
		out.Items = append(out.Items, item)
	}
	return out
}

func (v *Value) setText(name, text string) {
	if text != "" {
		v.set(name, str(text))
	}
}

func (v *Value) setID(name, id string) {
	if id != "" {
		v.set(name, Value{Kind: Object, Members: []Member{{"id", str(id)}}})
	}
}

func (v *Value) setTyped(name, item string, list []TypedID) {
	if len(list) == 0 {
		return
	}
	out := Value{Kind: Array}
	for _, t := range list {
		entry := Value{Kind: Object}
		entry.setText("type", t.Type)
		entry.set(item, str(t.ID))
		out.Items = append(out.Items, entry)
	}
	v.set(name, out)
}

func (v *Value) setSensors(readings []Reading) {
	if len(readings) == 0 {
		return
	}
	out := Value{Kind: Array}
	for _, r := range readings {
		report := Value{Kind: Object}
		report.set("type", str(r.Type))
		report.setText("deviceID", r.DeviceID)
		if r.Time != 0 {
			report.set("time", str(FormatTime(r.Time)))
		}
		if r.Value != "" {
			report.set("value", Value{Kind: Number, Text: r.Value})
		}
		report.setText("uom", r.UOM)
		out.Items = append(out.Items, Value{Kind: Object, Members: []Member{{"sensorReport", Value{Kind: Array, Items: []Value{report}}}}})
	}
	v.set("sensorElementList", out)
}

func properties(list []Property) Value {
	out := Value{Kind: Object}
	for _, p := range list {
		out.Members = append(out.Members, Member(p))
	}
	return out
}

// localTime writes an instant in the zone of an offset; an offset that is none
// is left for Parse to refuse.
func localTime(unixMilli int64, offset string) string {
	shift, ok := parseZone(offset)
	if !ok {
		return FormatTime(unixMilli)
	}
	return strings.TrimSuffix(FormatTime(unixMilli+shift), "Z") + offset
}
