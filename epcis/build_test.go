package epcis

import (
	"strings"
	"testing"

	"github.com/filiera-chain/filiera/gs1"
)

// The journey of one lot of pasta: everything a producer reports.
func pastaStory() *Builder {
	const flour, eggs, pasta, site = "8001234000028", "8001234000035", "8001234567897", "8001234000011"
	const day = int64(1777852800000) // 2026-05-04T00:00:00Z
	class := func(gtin, lot, amount, unit string) []Quantity {
		return []Quantity{{gs1.ClassURI("0"+gtin, lot), amount, unit}}
	}
	here := gs1.PlaceURI(site)
	return NewDocument(day+90_000_000).Namespace("ex", "https://example.org/ns/").Add(
		Draft{Type: ObjectEvent, Time: day, Offset: "+02:00", Action: "OBSERVE", BizStep: "receiving", ReadPoint: here, Quantities: class(flour, "S7", "500", "KGM")},
		Draft{Type: ObjectEvent, Time: day + 1000, Offset: "+02:00", Action: "OBSERVE", BizStep: "receiving", ReadPoint: here, Quantities: class(eggs, "U3", "150.5", "KGM")},
		Draft{
			Type: TransformationEvent, Time: day + 2000, Offset: "+02:00", BizStep: "commissioning", ReadPoint: here,
			InputQuantities:  append(class(flour, "S7", "500", "KGM"), class(eggs, "U3", "150.5", "KGM")...),
			OutputQuantities: class(pasta, "L24123", "480", "KGM"), ILMD: []Property{TextProperty("cbvmda:lotNumber", "L24123")},
		},
		Draft{
			Type: ObjectEvent, Time: day + 3000, Offset: "+02:00", Action: "OBSERVE", BizStep: "storing", ReadPoint: here, Quantities: class(pasta, "L24123", "480", "KGM"),
			Sensors: []Reading{{Type: "Temperature", Value: "36.5", UOM: "CEL", Time: day + 2500}}, Extensions: []Property{NumberProperty("ex:moisture", "12.4")},
		},
		Draft{
			Type: AggregationEvent, Time: day + 4000, Offset: "+02:00", Action: "ADD", BizStep: "packing", ReadPoint: here,
			ParentID: "https://id.gs1.org/00/380012340000000012", ChildQuantities: class(pasta, "L24123", "480", "KGM"),
		},
		Draft{
			Type: ObjectEvent, Time: day + 5000, Offset: "+02:00", Action: "OBSERVE", BizStep: "shipping", Disposition: "in_transit", ReadPoint: here,
			EPCs:            []string{"https://id.gs1.org/00/380012340000000012"},
			BizTransactions: []TypedID{{"desadv", "urn:epcglobal:cbv:bt:8001234000011:DDT1"}},
			Sources:         []TypedID{{"owning_party", "https://id.gs1.org/417/8001234000011"}},
			Destinations:    []TypedID{{"owning_party", "https://id.gs1.org/417/8009999000017"}},
		},
	)
}

func TestBuild(t *testing.T) {
	text, doc, err := pastaStory().Build()
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Events) != 6 || doc.Kind != "EPCISDocument" || doc.SchemaVersion != "2.0" {
		t.Fatalf("read back as %s %s with %d events", doc.Kind, doc.SchemaVersion, len(doc.Events))
	}
	for i := range doc.Events {
		if e := &doc.Events[i]; e.EventID != e.Hash(CBV20) {
			t.Errorf("event %d has eventID %s, its hash is %s", i, e.EventID, e.Hash(CBV20))
		}
	}
	if e := doc.Events[0]; e.EventTimeText != "2026-05-04T02:00:00.000+02:00" || e.EventTime != 1777852800000 {
		t.Errorf("the time is written %s", e.EventTimeText)
	}
	again, _, err := pastaStory().Build()
	if err != nil || string(again) != string(text) {
		t.Errorf("the same story is written differently: %v", err)
	}
	if _, _, err := NewDocument(0).Add(Draft{Type: ObjectEvent, Action: "ADD"}).Build(); err == nil || !strings.Contains(err.Error(), "eventList[0]") {
		t.Errorf("an event without an object was written: %v", err)
	}
	if _, _, err := NewDocument(0).Add(Draft{Type: ObjectEvent, Action: "ADD", Quantities: []Quantity{{"x:y", "12,5", "KGM"}}}).Build(); err == nil {
		t.Error("a decimal comma was written as a JSON number")
	}
	if _, _, err := NewDocument(0).Add(Draft{Type: ObjectEvent, Offset: "2h", Action: "ADD", EPCs: []string{"x:y"}}).Build(); err == nil {
		t.Error("a wrong offset was written")
	}
}
