package schema

import (
	"testing"

	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/gs1"
)

// What the builder writes is valid for the whole schema.
func TestBuiltDocumentsAreValid(t *testing.T) {
	lot := []epcis.Quantity{{EPCClass: gs1.ClassURI("08001234567897", "L24123"), Amount: "480.5", UOM: "KGM"}}
	text, _, err := epcis.NewDocument(1777852800000).Namespace("ex", "https://example.org/ns/").Add(
		epcis.Draft{
			Type: epcis.ObjectEvent, Time: 1777852800000, Offset: "+02:00", Action: "ADD", BizStep: "commissioning", Disposition: "active",
			ReadPoint: "https://id.gs1.org/414/8001234000011", BizLocation: "https://id.gs1.org/414/8001234000011", Quantities: lot,
			BizTransactions: []epcis.TypedID{{Type: "prodorder", ID: "urn:epcglobal:cbv:bt:8001234000011:1"}},
			Sources:         []epcis.TypedID{{Type: "owning_party", ID: "https://id.gs1.org/417/8001234000011"}},
			Destinations:    []epcis.TypedID{{Type: "location", ID: "https://id.gs1.org/414/8001234000011"}},
			Sensors:         []epcis.Reading{{Type: "RelativeHumidity", Value: "62", UOM: "P1", Time: 1777852800000, DeviceID: "https://id.gs1.org/8004/8001234A1"}},
			ILMD:            []epcis.Property{epcis.TextProperty("cbvmda:lotNumber", "L24123")},
			Extensions:      []epcis.Property{epcis.NumberProperty("ex:moisture", "12.4")},
		},
		epcis.Draft{Type: epcis.TransformationEvent, InputQuantities: lot, OutputQuantities: lot},
		epcis.Draft{Type: epcis.AggregationEvent, Action: "ADD", ParentID: "https://id.gs1.org/00/380012340000000014", ChildQuantities: lot},
		epcis.Draft{Type: epcis.TransactionEvent, Action: "ADD", EPCs: []string{"https://id.gs1.org/01/08001234567897/21/1"}, BizTransactions: []epcis.TypedID{{ID: "urn:x:1"}}},
		epcis.Draft{Type: epcis.AssociationEvent, Action: "ADD", ParentID: "https://id.gs1.org/8003/08001234000011A", ChildEPCs: []string{"https://id.gs1.org/8004/8001234A1"}},
	).Build()
	if err != nil {
		t.Fatal(err)
	}
	if err := Validate(text); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}
