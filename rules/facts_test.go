package rules

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// TestTheKeyOfAnEntryHoldsAllOfIt changes each field of each kind of entry, and
// sees that the key by which lists are sorted changes too.
func TestTheKeyOfAnEntryHoldsAllOfIt(t *testing.T) {
	keyIsWhole(t, (*Input).key)
	keyIsWhole(t, (*Plot).key)
	keyIsWhole(t, (*Animal).key)
	keyIsWhole(t, (*Attestation).key)
}

func keyIsWhole[T any](t *testing.T, of func(*T, *key)) {
	t.Helper()
	keyOf := func(v T) string {
		k := &key{}
		of(&v, k)
		return string(k.b)
	}
	var zero T
	seen := map[string]string{keyOf(zero): "nothing"}
	var change func(name string, path []int, at reflect.Type)
	change = func(name string, path []int, at reflect.Type) {
		for i := range at.NumField() {
			f := at.Field(i)
			here := append(append([]int(nil), path...), i)
			if f.Type.Kind() == reflect.Struct {
				change(name+"."+f.Name, here, f.Type)
				continue
			}
			v := reflect.New(reflect.TypeFor[T]()).Elem()
			switch x := v.FieldByIndex(here); x.Kind() {
			case reflect.String:
				x.SetString("x")
			case reflect.Bool:
				x.SetBool(true)
			default:
				x.SetInt(1)
			}
			if f.Name == "N" {
				v.FieldByIndex(path).FieldByName("Given").SetBool(true)
			}
			k := keyOf(v.Interface().(T))
			if other, twice := seen[k]; twice {
				t.Errorf("%T: %s.%s and %s have one key", zero, name, f.Name, other)
			}
			seen[k] = name + "." + f.Name
		}
	}
	change("", nil, reflect.TypeFor[T]())
}

func TestKeysDoNotRunTogether(t *testing.T) {
	keys := map[string]Input{}
	for _, i := range []Input{{What: "a b", Variety: "c"}, {What: "a", Variety: "b c"}, {What: "a\x00", Variety: "b"}, {What: "a", Variety: "\x00b"}, {What: "a\x00\x00b"}, {What: "a", Variety: "b"}, {What: "a\x00\x01"}, {What: "a\x00\x01\x00"}} {
		k := &key{}
		i.key(k)
		if other, twice := keys[string(k.b)]; twice {
			t.Errorf("%v and %v have one key", i, other)
		}
		keys[string(k.b)] = i
	}
}

func TestFactsBeyondTheBoundsAreRefused(t *testing.T) {
	long := strings.Repeat("a", maxWord+1)
	for name, f := range map[string]*Facts{
		"inputs":        {Inputs: make([]Input, maxList+1)},
		"land":          {Land: make([]Plot, maxList+1)},
		"animals":       {Animals: make([]Animal, maxList+1)},
		"attestations":  {Attestations: make([]Attestation, maxList+1)},
		"roles":         {Signer: Actor{Roles: make([]string, maxList+1)}},
		"lot":           {Batch: Batch{Lot: long}},
		"a role":        {Signer: Actor{Roles: []string{long}}},
		"one input":     {Inputs: []Input{{What: long}}},
		"a breed":       {Animals: []Animal{{Breed: "a"}, {Breed: long}}},
		"known":         {Known: []Known{{ID: "a", Text: long}}},
		"a span":        {Known: []Known{{ID: "a", From: long}}},
		"stated twice":  {Known: []Known{{ID: "a", Text: "1"}, {ID: "b"}, {ID: "a", Text: "2"}}},
		"too many":      {Known: make([]Known, maxList+1)},
		"place of land": {Land: []Plot{{Place: Place{Municipality: long}}}},
	} {
		if _, err := Prepare(f); err == nil {
			t.Errorf("%s: it is accepted", name)
		}
	}
	most := &Facts{Inputs: make([]Input, maxList), Batch: Batch{Lot: long[1:]}}
	if _, err := Prepare(most); err != nil {
		t.Errorf("the most there may be: %v", err)
	}
}

func TestPrepareChangesNothingOfWhatItIsGiven(t *testing.T) {
	f := &Facts{Inputs: []Input{{What: "b"}, {What: "a"}}, Known: []Known{{ID: "b"}, {ID: "a"}}}
	before := fmt.Sprintf("%+v", f)
	if _, err := Prepare(f); err != nil {
		t.Fatal(err)
	}
	if after := fmt.Sprintf("%+v", f); after != before {
		t.Errorf("%s became %s", before, after)
	}
}

func TestFactsOfAWrongFormAreRefusedWithThePlace(t *testing.T) {
	for text, says := range map[string]string{
		"{today: tomorrow}": `1:9: today: "tomorrow" is no date`,
		"{}":                "lacks today",
		"{today: 2026-01-01, batch: {mass: 8 cm}}":               `"8 cm" is length, not mass`,
		"{today: 2026-01-01, batch: {harvest_year: 26}}":         "a year of four digits",
		"{today: 2026-01-01, batch: {mas: 8 kg}}":                "did you mean mass?",
		"{today: 2026-01-01, inputs: {what: a}}":                 "inputs is a list",
		"{today: 2026-01-01, inputs: [{mass: 8 kg}]}":            "inputs 1 lacks what",
		"{today: 2026-01-01, animals: [{sex: f}]}":               "sex may be male, female",
		"{today: 2026-01-01, animals: [{herd_book: yes}]}":       "true or false",
		"{today: 2026-01-01, batch: {place: \"044010\"}}":        "place is a mapping",
		"{today: 2026-01-01, batch: {mass: [8 kg]}}":             "mass is one value",
		"{today: 2026-01-01, known: [a]}":                        "known is a mapping from names",
		"{today: 2026-01-01, batch: {production_date: }}":        "production_date is empty",
		"{today: 2026-01-01, batch: {lot: }}":                    "lot is a text",
		"{today: 2026-01-01, attestation: {issued: 2026-02-30}}": "no date",
	} {
		var holder struct {
			Facts Facts `yaml:"facts,required"`
		}
		err := ReadYAML([]byte("facts: "+text), &holder, "the file")
		if err == nil || !strings.Contains(err.Error(), strings.TrimPrefix(says, "1:9: ")) {
			t.Errorf("%s: %v; want %q", text, err, says)
		}
	}
}
