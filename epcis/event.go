package epcis

import (
	"strings"

	"github.com/filiera-chain/filiera/gs1"
)

// Event is one checked EPCIS event. Identifiers are canonical: GS1 keys as
// constrained canonical Digital Links (gs1.Canonical), vocabulary as full URIs.
// Lists keep the document's order. Absent fields are empty.
type Event struct {
	Path string // where it stood in the document
	Type EventType
	// Fault is why the event is none, when faulty ones were to be kept
	// (Limits.KeepFaulty); nothing else of it is set but Path.
	Fault error

	EventTime      int64  // milliseconds since 1970 UTC, rounded half up
	EventTimeText  string // as written
	TimeZoneOffset string // as written, "+02:00": the local zone where it happened
	RecordTimeText string // as written by the sender; the ledger sets its own
	EventID        string // as written, "" when absent

	Action                             string // ADD, OBSERVE, DELETE, or "" for a TransformationEvent
	BizStep                            string
	Disposition                        string
	SetDispositions, UnsetDispositions []string // persistentDisposition
	ReadPoint                          string
	BizLocation                        string

	EPCList          []string
	QuantityList     []Quantity
	InputEPCs        []string
	InputQuantities  []Quantity
	OutputEPCs       []string
	OutputQuantities []Quantity
	ParentID         string
	ChildEPCs        []string
	ChildQuantities  []Quantity
	TransformationID string

	BizTransactions []TypedID
	Sources         []TypedID
	Destinations    []TypedID
	Certifications  []string // certificationInfo

	// Lots are the lots of trade items that the event names: objects, inputs,
	// outputs, parent, children, each in document order. They are read from the
	// identifiers as written: a serialised item given with its lot is here, though
	// its canonical form above shows the serial only.
	Lots []LotUse

	ILMD             []Property // instance or lot master data, by expanded name
	Extensions       []Property // event-level extensions, by expanded name
	ErrorDeclaration *ErrorDeclaration

	// Raw is the event as canonical JSON (see Value.AppendCanonical). It carries
	// the document's @context, so Parse reads it alone, with the same hash.
	Raw []byte

	tree  *Value
	names prefixes
}

// Quantity is an amount of a class of objects.
type Quantity struct {
	EPCClass string // canonical
	Amount   string // plain decimal such as "12.5", or "" when only presence is stated
	UOM      string // UN/ECE unit, or "" for a count of pieces
}

// TypedID is an identifier with its type: a business transaction, a source or a
// destination. Both are canonical; Type may be empty for a transaction.
type TypedID struct{ Type, ID string }

// Property is a value outside the standard fields. Name is its namespace and
// local name joined as the document meant them, such as
// "urn:epcglobal:cbv:mda:lotNumber" or "https://example.org/ns/moisture".
type Property struct {
	Name  string
	Value Value
}

// newEvent builds the typed form of an event that checkEvent accepted.
func newEvent(path string, v, documentContext *Value) Event {
	e := Event{
		Path: path, Type: EventType(v.Get("type").text()), tree: v,
		names:         newPrefixes(documentContext, v.Get("@context")),
		EventTimeText: v.Get("eventTime").text(), TimeZoneOffset: v.Get("eventTimeZoneOffset").text(),
		RecordTimeText: v.Get("recordTime").text(), EventID: v.Get("eventID").text(),
		Action: v.Get("action").text(), BizStep: vocab(&bizSteps, v.Get("bizStep")),
		Disposition: vocab(&dispositions, v.Get("disposition")),
		ReadPoint:   canonicalID(v.Get("readPoint").Get("id")), BizLocation: canonicalID(v.Get("bizLocation").Get("id")),
		ParentID: canonicalID(v.Get("parentID")), TransformationID: canonicalID(v.Get("transformationID")),
		EPCList: canonicalIDs(v.Get("epcList")), ChildEPCs: canonicalIDs(v.Get("childEPCs")),
		InputEPCs: canonicalIDs(v.Get("inputEPCList")), OutputEPCs: canonicalIDs(v.Get("outputEPCList")),
		QuantityList: quantities(v.Get("quantityList")), ChildQuantities: quantities(v.Get("childQuantityList")),
		InputQuantities: quantities(v.Get("inputQuantityList")), OutputQuantities: quantities(v.Get("outputQuantityList")),
		BizTransactions: typedIDs(v.Get("bizTransactionList"), "bizTransaction", &bizTransactionTypes),
		Sources:         typedIDs(v.Get("sourceList"), "source", &sourceDestTypes),
		Destinations:    typedIDs(v.Get("destinationList"), "destination", &sourceDestTypes),
	}
	e.EventTime, _ = parseTimeOrZero(e.EventTimeText)
	persistent := v.Get("persistentDisposition")
	e.SetDispositions, e.UnsetDispositions = vocabList(persistent.Get("set")), vocabList(persistent.Get("unset"))
	e.Certifications = certifications(v.Get("certificationInfo"))
	e.ErrorDeclaration = e.declaration(v.Get("errorDeclaration"))
	e.ILMD = e.properties(v.Get("ilmd"), nil)
	e.Extensions = e.properties(v, shapes[e.Type].fields)
	e.Lots = lotUses(v)
	e.Raw = rawEvent(v, documentContext)
	return e
}

func vocab(voc *vocabulary, v *Value) string {
	if v == nil {
		return ""
	}
	return voc.canonical(v.Text)
}

func vocabList(v *Value) (out []string) {
	for i := range v.items() {
		out = append(out, dispositions.canonical(v.Items[i].Text))
	}
	return out
}

func canonicalID(v *Value) string {
	s, _ := gs1.Canonical(strings.TrimSpace(v.text()))
	return s
}

func canonicalIDs(v *Value) (out []string) {
	for i := range v.items() {
		out = append(out, canonicalID(&v.Items[i]))
	}
	return out
}

func quantities(v *Value) (out []Quantity) {
	for i := range v.items() {
		item := &v.Items[i]
		q := Quantity{EPCClass: canonicalID(item.Get("epcClass")), UOM: item.Get("uom").text()}
		if amount := item.Get("quantity"); amount != nil {
			q.Amount = amount.Text
		}
		out = append(out, q)
	}
	return out
}

func typedIDs(v *Value, name string, types *vocabulary) (out []TypedID) {
	for i := range v.items() {
		item := &v.Items[i]
		out = append(out, TypedID{vocab(types, item.Get("type")), canonicalID(item.Get(name))})
	}
	return out
}

func certifications(v *Value) (out []string) {
	if s := v.text(); s != "" {
		return []string{s}
	}
	for i := range v.items() {
		out = append(out, v.Items[i].Text)
	}
	return out
}

// properties lists the members that are not standard fields.
func (e *Event) properties(v *Value, standard map[string]check) (out []Property) {
	if v == nil {
		return nil
	}
	for _, m := range v.Members {
		if standard[m.Name] == nil && m.Name != "@context" {
			out = append(out, Property{e.names.joined(m.Name), m.Value})
		}
	}
	return out
}

// Property returns the first ILMD value, else extension, of an expanded name.
func (e *Event) Property(name string) (Value, bool) {
	for _, list := range [...][]Property{e.ILMD, e.Extensions} {
		for _, p := range list {
			if p.Name == name {
				return p.Value, true
			}
		}
	}
	return Value{}, false
}

// rawEvent writes the event with the contexts of document and event joined.
func rawEvent(v, documentContext *Value) []byte {
	if documentContext == nil {
		return v.AppendCanonical(nil)
	}
	alone := Value{Kind: Object, Members: append([]Member(nil), v.Members...)}
	alone.set("@context", joinContexts(documentContext, v.Get("@context")))
	return alone.AppendCanonical(nil)
}

func joinContexts(document, own *Value) Value {
	if own == nil {
		return *document
	}
	out := Value{Kind: Array}
	for _, context := range [...]*Value{document, own} {
		list := context.items()
		if context.Kind != Array {
			list = []Value{*context}
		}
		for _, item := range list {
			out.Items = append(withoutItem(out.Items, &item), item)
		}
	}
	return out
}

// withoutItem removes an equal item, because a context list must not repeat one
// and the later place is the one that counts.
func withoutItem(list []Value, item *Value) []Value {
	key := string(item.AppendCanonical(nil))
	kept := make([]Value, 0, len(list)+1)
	for i := range list {
		if string(list[i].AppendCanonical(nil)) != key {
			kept = append(kept, list[i])
		}
	}
	return kept
}
