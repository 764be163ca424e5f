package index

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/gs1"
)

// Terms are what EPCIS queries ask for: a field and a value, in the canonical
// form in which spellings compare equal. A field is named as the query parameters
// name it ("bizStep", "quantity_KGM", "bizTransaction_<type URI>"), and
//
//	#field  a number, see SortableNumber
//	@field  a moment
//	field^  the classes that an identifier belongs to: its lot, its trade item
//	x:URI   an extension of the event; xi:URI one inside another; and likewise
//	        m: mi: of ilmd, rp: rpi: of readPoint, bl: bli: of bizLocation,
//	        se: sei: sm: smi: sr: sri: of sensor elements, their metadata and
//	        reports, ed: edi: of the error declaration
type terms struct {
	event *epcis.Event
	seen  map[term]bool
	list  []term
}

type term struct{ field, value string }

// longestTerm bounds a field and a value in bytes; a longer one is known by its
// hash.
const longestTerm = 400

// TermValue is a value as terms hold it: bounded, and text that every engine keeps.
func TermValue(s string) string {
	if len(s) <= longestTerm {
		return strings.ReplaceAll(text(s), "\x00", "\uFFFD")
	}
	sum := sha256.Sum256([]byte(s))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// eventTerms lists the terms of an event, whose hash URI finds it beside the
// eventID that it may have.
func eventTerms(e *epcis.Event, hash string) []term {
	t := &terms{event: e, seen: map[term]bool{}}
	t.words(hash)
	t.things()
	t.places()
	t.declaration()
	t.sensors()
	t.properties("m", e.Tree().Get("ilmd"), nil)
	t.properties("x", e.Tree(), isStandard)
	return t.list
}

// isStandard knows the fields of an event: extensions have a prefix.
func isStandard(name string) bool {
	return !strings.Contains(name, ":") || strings.HasPrefix(name, "@")
}

func (t *terms) add(field, value string) {
	one := term{TermValue(field), TermValue(value)}
	if !t.seen[one] {
		t.seen[one] = true
		t.list = append(t.list, one)
	}
}

func (t *terms) addAll(field string, values []string) {
	for _, v := range values {
		t.add(field, v)
	}
}

// filled adds a value that is there.
func (t *terms) filled(field, value string) {
	if value != "" {
		t.add(field, value)
	}
}

func (t *terms) number(field, plain string) { t.add("#"+field, SortableNumber(plain)) }

// moment adds a time, and says whether the text is one.
func (t *terms) moment(field string, v *epcis.Value) bool {
	if v == nil || v.Kind != epcis.String {
		return false
	}
	ms, err := epcis.ParseTime(v.Text)
	if err == nil {
		t.add("@"+field, SortableTime(ms))
	}
	return err == nil
}

func (t *terms) words(hash string) {
	e := t.event
	t.add("type", string(e.Type))
	t.filled("action", e.Action)
	t.filled("bizStep", e.BizStep)
	t.filled("disposition", e.Disposition)
	t.addAll("persistentDisposition_set", e.SetDispositions)
	t.addAll("persistentDisposition_unset", e.UnsetDispositions)
	t.filled("transformationID", id(e.TransformationID))
	t.add("eventID", hash)
	t.filled("eventID", e.EventID)
	for _, x := range e.BizTransactions {
		t.add("bizTransaction_"+x.Type, id(x.ID))
	}
	for _, x := range e.Sources {
		t.add("source_"+x.Type, id(x.ID))
	}
	for _, x := range e.Destinations {
		t.add("destination_"+x.Type, id(x.ID))
	}
}

func id(s string) string { return epcis.CanonicalID(s) }

// epcFields and classFields: where identifiers stand, and the terms they make.
var (
	epcFields = []struct{ field, term string }{
		{"epcList", "epc"},
		{"childEPCs", "epc"},
		{"parentID", "parentID"},
		{"inputEPCList", "inputEPC"},
		{"outputEPCList", "outputEPC"},
	}
	classFields = []struct{ field, term string }{
		{"quantityList", "epcClass"},
		{"childQuantityList", "epcClass"},
		{"inputQuantityList", "inputEPCClass"},
		{"outputQuantityList", "outputEPCClass"},
	}
)

func (t *terms) things() {
	tree := t.event.Tree()
	for _, f := range epcFields {
		v := tree.Get(f.field)
		if v != nil && v.Kind == epcis.String {
			t.thing(v.Text, f.term, "anyEPC")
		}
		for _, item := range items(v) {
			t.thing(item.Text, f.term, "anyEPC")
		}
	}
	for _, f := range classFields {
		for _, item := range items(tree.Get(f.field)) {
			if class := item.Get("epcClass"); class != nil {
				t.thing(class.Text, f.term, "anyEPCClass")
			}
			if amount := item.Get("quantity"); amount != nil && amount.Kind == epcis.Number {
				t.number("quantity", amount.Text)
				if uom := item.Get("uom"); uom != nil {
					t.number("quantity_"+uom.Text, amount.Text)
				}
			}
		}
	}
}

func items(v *epcis.Value) []epcis.Value {
	if v == nil || v.Kind != epcis.Array {
		return nil
	}
	return v.Items
}

// thing adds an identifier and the classes that it belongs to.
func (t *terms) thing(written string, fields ...string) {
	own := id(written)
	classes := classesOf(written)
	for _, f := range fields {
		t.add(f, own)
		for _, c := range classes {
			if c != own {
				t.add(f+"^", c)
			}
		}
	}
}

// classesOf gives the lot, as far as the identifier as written names one, and
// the trade item of an identifier.
func classesOf(written string) (out []string) {
	epc, err := gs1.ParseEPC(strings.TrimSpace(written))
	if err != nil || epc.Key != "01" {
		return nil
	}
	if epc.Lot != "" {
		out = append(out, gs1.EPC{Key: "01", Value: epc.GTIN, GTIN: epc.GTIN, Lot: epc.Lot}.URI())
	}
	return append(out, gs1.EPC{Key: "01", Value: epc.GTIN, GTIN: epc.GTIN}.URI())
}

func (t *terms) places() {
	for _, p := range [...]struct{ field, ext string }{{"readPoint", "rp"}, {"bizLocation", "bl"}} {
		place := t.event.Tree().Get(p.field)
		if at := place.Get("id"); at != nil {
			own := id(at.Text)
			t.add(p.field, own)
			// A place with an extension lies within the place of its GLN.
			if epc, err := gs1.ParseEPC(own); err == nil && epc.Extension != "" {
				t.add(p.field+"^", gs1.PlaceURI(epc.GLN))
			}
		}
		t.properties(p.ext, place, func(name string) bool { return name == "id" })
	}
}

func (t *terms) declaration() {
	v := t.event.Tree().Get("errorDeclaration")
	if v == nil {
		return
	}
	t.add("errorDeclaration", "")
	t.moment("errorDeclarationTime", v.Get("declarationTime"))
	if reason := v.Get("reason"); reason != nil {
		t.add("errorReason", epcis.CanonicalWord("errorReason", reason.Text))
	}
	for _, item := range items(v.Get("correctiveEventIDs")) {
		t.add("correctiveEventID", item.Text)
	}
	t.properties("ed", v, func(name string) bool {
		return name == "declarationTime" || name == "reason" || name == "correctiveEventIDs"
	})
}
