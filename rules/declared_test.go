package rules

import (
	"strings"
	"testing"
)

func declared(t *testing.T, text string) *Declared {
	t.Helper()
	d, err := ParseDeclared([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestTheBookComesFirst adds declarations to what a ledger knows.
func TestTheBookComesFirst(t *testing.T) {
	book := func() *Facts {
		return &Facts{
			Batch:  Batch{Lot: "L1", Place: Place{Municipality: "043023"}},
			Inputs: []Input{{What: "uva", Batch: "1/A", Mass: Of[dimMass](1e9)}, {What: "uova", Pieces: Of[dimNumber](10)}},
			Land:   []Plot{{ID: "vigna", Area: Of[dimArea](1000)}},
			Known:  []Known{{ID: "ph", Text: "5 pH"}},
		}
	}
	f := book()
	err := f.Add(declared(t, `
batch: {lot: other, place: {municipality: "044010", confirmed: true}, altitude: 480 m}
inputs: [{what: x, batch: 1/A, variety: verdicchio, mass: 850 kg}, {what: x, batch: 1/A, variety: trebbiano, mass: 150 kg}]
land: [{id: vigna, area: 9 ha, altitude: 300 m}]
known: {ph: {is: 9 pH}, sale: {is: 1 %}}
`))
	if err != nil {
		t.Fatal(err)
	}
	if f.Batch.Lot != "L1" || f.Batch.Place.Municipality != "043023" || f.Batch.Place.Confirmed != Yes || f.Batch.Altitude.N != 480e6 {
		t.Errorf("batch %+v", f.Batch)
	}
	if len(f.Inputs) != 3 || f.Inputs[0].What != "uva" || f.Inputs[0].Variety != "verdicchio" || f.Inputs[2].What != "uova" {
		t.Errorf("inputs %+v", f.Inputs)
	}
	if f.Land[0].Area.N != 1000 || f.Land[0].Altitude.N != 300e6 {
		t.Errorf("land %+v", f.Land)
	}
	if f.Known[0].Text != "5 pH" || len(f.Known) != 2 {
		t.Errorf("known %+v", f.Known)
	}
	for text, want := range map[string]string{
		"inputs: [{what: x, batch: 1/A, mass: 999 kg}]":                                     "999 kg of 1/A went in, and the book of matter says 1000 kg",
		"inputs: [{what: acqua, mass: 1 kg}]":                                               "acqua went in, and the book of matter does not",
		"inputs: [{what: x, batch: 1/A, variety: a}, {what: x, batch: 1/A, variety: b}]":    "state the mass of each part",
		"inputs: [{what: x, batch: 1/A, mass: 1 kg}, {what: x, batch: 1/A, mass: 1000 kg}]": "1001 kg of 1/A",
	} {
		if err := book().Add(declared(t, text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestADeclarationOverridesNoRecord parts an input to say otherwise of it than the
// book does, and adds land that nothing was harvested from.
func TestADeclarationOverridesNoRecord(t *testing.T) {
	book := func() *Facts {
		return &Facts{
			Inputs: []Input{
				{What: "latte", Batch: "1/A", Mass: Of[dimMass](1e9), Origin: Place{Municipality: "043023"}, Certified: No, ProductionDate: 20000},
				{What: "uova", Mass: Of[dimMass](1e9), Pieces: Of[dimNumber](10)},
			},
			Land: []Plot{{ID: "vigna", Area: Of[dimArea](1000)}},
		}
	}
	f := book()
	err := f.Add(declared(t, `
inputs:
  - {what: x, batch: 1/A, mass: 850 kg, variety: a, certified: true, origin: {municipality: "044010"}, production_date: 2026-11-01}
  - {what: x, batch: 1/A, mass: 150 kg, variety: b, certified: true}
  - {what: uova, mass: 400 kg, variety: a, pieces: 4}
  - {what: uova, mass: 600 kg, variety: b, pieces: 6}
land: [{id: vigna, plants: 10}, {id: altrove, area: 90 ha}]
`))
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range f.Inputs[:2] {
		if x.Certified != No || x.Origin.Municipality != "043023" || x.ProductionDate != 20000 || x.Variety == "" {
			t.Errorf("input %d: %+v", i, x)
		}
	}
	if f.Inputs[2].Pieces.N != 4 || len(f.Land) != 1 || f.Land[0].Plants.N != 10 {
		t.Errorf("inputs %+v, land %+v", f.Inputs, f.Land)
	}
	err = book().Add(declared(t, "inputs: [{what: uova, mass: 400 kg, pieces: 4}, {what: uova, mass: 600 kg, pieces: 60}]"))
	if err == nil || !strings.Contains(err.Error(), "64") {
		t.Errorf("more pieces than the book has: %v", err)
	}
}
