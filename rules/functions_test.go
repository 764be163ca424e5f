package rules

import (
	"strings"
	"testing"

	"cel.dev/cel-go/cel"
)

const figures = `parameters:
  ageing_start: {label: {it: inizio, en: start}, day: "12-01", source: "https://example.org"}
  ageing: {label: {it: durata, en: duration}, value: 18 months, source: "https://example.org"}
  notice: {label: {it: preavviso, en: notice}, value: 30 days, source: "https://example.org"}
  dried_min: {label: {it: appassimento, en: drying}, value: 40 %, source: "https://example.org"}
  third: {label: {it: un terzo, en: a third}, value: 33.3333333 %, source: "https://example.org"}
  cap: {label: {it: resa, en: yield}, value: 140 q/ha, source: "https://example.org"}
  tolerance: {label: {it: tolleranza, en: tolerance}, value: 20 %, source: "https://example.org"}
  kg: {label: {it: massa, en: mass}, value: 1 kg, source: "https://example.org"}
  sixteen: {label: {it: massa, en: mass}, value: 16 kg, source: "https://example.org"}
  huge: {label: {it: quota, en: share}, value: 9223372036 ×, source: "https://example.org"}
`

// TestConditions evaluates one condition each, with the outcome that the law or
// the arithmetic asks for.
func TestConditions(t *testing.T) {
	for _, c := range []struct {
		name, condition, facts string
		want                   Outcome
		code                   string
	}{
		{"18 months from 1 December of the harvest, on the day", "today >= after_months(on(batch.harvest_year, ageing_start), ageing)", "{today: 2026-06-01, batch: {harvest_year: 2024}}", Pass, ""},
		{"the day before", "today >= after_months(on(batch.harvest_year, ageing_start), ageing)", "{today: 2026-05-31, batch: {harvest_year: 2024}}", Fail, ""},
		{"no harvest year", "today >= after_months(on(batch.harvest_year, ageing_start), ageing)", "{today: 2026-05-31}", Missing, CodeMissing},
		{"a year without a calendar", "today >= on(batch.harvest_year, ageing_start)", "{today: 2026-05-31, batch: {harvest_year: 9999}}", Broken, CodeRange},
		{"on the last day of the notice", "today <= after_days(attestation.issued, notice)", "{today: 2026-03-31, attestation: {issued: 2026-03-01}}", Pass, ""},
		{"one day late", "today <= after_days(attestation.issued, notice)", "{today: 2026-04-01, attestation: {issued: 2026-03-01}}", Fail, ""},
		{"the year of a date", "year_of(batch.production_date) == batch.harvest_year", "{today: 2026-05-31, batch: {production_date: 2024-12-31, harvest_year: 2024}}", Pass, ""},
		{"dates beyond the calendar", "year_of(today + notice * 999999) == batch.harvest_year", "{today: 2026-05-31, batch: {harvest_year: 2024}}", Broken, CodeRange},
		{"40 % exactly", "at_least(mass_of(inputs, ['appassita']), dried_min, mass(inputs))", "{today: 2026-05-31, inputs: [{what: appassita, mass: 40 kg}, {what: fresca, mass: 60 kg}]}", Pass, ""},
		{"40 % but for a milligram", "at_least(mass_of(inputs, ['appassita']), dried_min, mass(inputs))", "{today: 2026-05-31, inputs: [{what: appassita, mass: 39.999999 kg}, {what: fresca, mass: 60 kg}]}", Fail, ""},
		{"a third is more than 33.3333333 %", "at_most(mass_of(inputs, ['a']), third, mass(inputs))", "{today: 2026-05-31, inputs: [{what: a, mass: 1 mg}, {what: b, mass: 2 mg}]}", Fail, ""},
		{"and at least", "at_least(mass_of(inputs, ['a']), third, mass(inputs))", "{today: 2026-05-31, inputs: [{what: a, mass: 1 mg}, {what: b, mass: 2 mg}]}", Pass, ""},
		{"parts and wholes beyond 64 bits when multiplied", "at_most(mass_of(inputs, ['a']), third, mass(inputs))", "{today: 2026-05-31, inputs: [{what: a, mass: 3000000000 t}, {what: b, mass: 6000000001 t}]}", Fail, ""},
		{"the same with a little more of the rest", "at_most(mass_of(inputs, ['a']), third, mass(inputs))", "{today: 2026-05-31, inputs: [{what: a, mass: 3000000000 t}, {what: b, mass: 6000000010 t}]}", Pass, ""},
		{"no inputs", "mass(inputs) >= kg", "{today: 2026-05-31}", Missing, CodeMissing},
		{"an input without mass", "mass(inputs) >= kg", "{today: 2026-05-31, inputs: [{what: a, mass: 1 kg}, {what: b}]}", Missing, CodeMissing},
		{"a negative mass", "mass(inputs) >= kg", "{today: 2026-05-31, inputs: [{what: a, mass: -1 kg}]}", Broken, CodeRange},
		{"masses that overflow", "mass(inputs) >= kg", "{today: 2026-05-31, inputs: [{what: a, mass: 9000000000 t}, {what: b, mass: 9000000000 t}]}", Broken, CodeRange},
		{"within the tolerance the cap is admitted", "admitted(mass(inputs), area(land), cap, tolerance) == sixteen - kg - kg", "{today: 2026-05-31, land: [{area: 10 m²}], inputs: [{what: uva, mass: 14.5 kg}]}", Pass, ""},
		{"at the tolerance", "admitted(mass(inputs), area(land), cap, tolerance) == sixteen - kg - kg", "{today: 2026-05-31, land: [{area: 10 m²}], inputs: [{what: uva, mass: 16.8 kg}]}", Pass, ""},
		{"a milligram beyond, nothing is", "admitted(mass(inputs), area(land), cap, tolerance) == 0", "{today: 2026-05-31, land: [{area: 10 m²}], inputs: [{what: uva, mass: 16.800001 kg}]}", Pass, ""},
		{"a tolerance that overflows", "admitted(mass(inputs), area(land), cap, huge) == 0", "{today: 2026-05-31, land: [{area: 10 m²}], inputs: [{what: uva, mass: 14.5 kg}]}", Broken, CodeRange},
		{"increased is cut", "increased(kg, third) < kg + kg", "{today: 2026-05-31}", Pass, ""},
		{"increased by what overflows", "increased(kg, huge) < kg", "{today: 2026-05-31}", Broken, CodeRange},
		{"decreased by more than all", "decreased(kg, huge) < kg", "{today: 2026-05-31}", Broken, CodeRange},
		{"what is not known does not matter where the rest decides", "batch.mass > kg || today >= batch.production_date", "{today: 2026-05-31, batch: {production_date: 2026-01-01}}", Pass, ""},
		{"products that overflow", "mass(inputs) * 9000000000000 > kg", "{today: 2026-05-31, inputs: [{what: a, mass: 9000000 t}]}", Broken, CodeRange},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := only(t, judge(t, asking(t, figures, c.condition), c.facts))
			if res.Outcome != c.want || res.Code != c.code {
				t.Errorf("%v %s, want %v %s: %s", res.Outcome, res.Code, c.want, c.code, res.Message(English))
			}
		})
	}
}

const zones = `zones:
  production:
    label: {it: zona, en: zone}
    source: https://example.org
    provinces: [{istat: "041", name: Pesaro e Urbino}]
    municipalities:
      - {istat: "044010", name: Campofilone}
      - {istat: "042003", name: Fano, part: true}
      - {istat: "042005", name: Prima, to: 2016-12-31, successors: ["042999"]}
      - {istat: "042006", name: Seconda, to: 2015-12-31, successors: ["042999", "044010"]}
      - {istat: "042007", name: Nuova, from: 2017-01-01}
`

func TestZones(t *testing.T) {
	con := asking(t, zones, "in_zone(batch.place, production, batch.production_date)")
	// Places are asked of days before the contract, too.
	con.Doc.InForce.From = minDate
	for _, c := range []struct {
		place, on string
		want      Outcome
	}{
		{"{municipality: '041001'}", "2026-01-01", Pass},
		{"{municipality: '041999'}", "1950-01-01", Pass},
		{"{municipality: '04100'}", "2026-01-01", Fail},
		{"{municipality: '0410011'}", "2026-01-01", Fail},
		{"{municipality: '044010'}", "2026-01-01", Pass},
		{"{municipality: '044011'}", "2026-01-01", Fail},
		{"{municipality: '042003'}", "2026-01-01", Fail},
		{"{municipality: '042003', confirmed: false}", "2026-01-01", Fail},
		{"{municipality: '042003', confirmed: true}", "2026-01-01", Pass},
		{"{municipality: '042005'}", "2016-12-31", Pass},
		{"{municipality: '042005'}", "2017-01-01", Fail},
		{"{municipality: '042999', confirmed: true}", "2015-12-31", Fail},
		{"{municipality: '042999', confirmed: true}", "2016-01-01", Pass}, // from the first that it took over
		{"{municipality: '042999'}", "2017-01-01", Fail},
		{"{municipality: '042007'}", "2016-12-31", Fail},
		{"{municipality: '042007'}", "2017-01-01", Pass},
		{"{confirmed: true}", "2017-01-01", Missing},
	} {
		res := only(t, judge(t, con, "{today: 2026-05-31, batch: {production_date: "+c.on+", place: "+c.place+"}}"))
		if res.Outcome != c.want {
			t.Errorf("%s on %s: %v, want %v", c.place, c.on, res.Outcome, c.want)
		}
	}
}

func TestSpans(t *testing.T) {
	con := asking(t, `facts: {drying: {kind: span, label: {it: essiccazione, en: drying}}}
parameters:
  hours: {label: {it: ore, en: hours}, value: 24 h, source: "https://example.org"}
  two: {label: {it: giorni, en: days}, value: 1 days, source: "https://example.org"}
`, "elapsed(drying) >= hours && days(drying) == two")
	for _, c := range []struct {
		from, to string
		want     Outcome
		code     string
	}{
		{"2026-03-28T10:00:00+01:00", "2026-03-29T11:00:00+02:00", Pass, ""}, // the night that lacks an hour
		{"2026-03-28T10:00:00+01:00", "2026-03-29T10:00:00+02:00", Fail, ""}, // 23 h by the clock
		{"2026-10-24T10:00:00+02:00", "2026-10-25T09:00:00+01:00", Pass, ""}, // the night with one more
		{"2026-03-28", "2026-03-29", Missing, CodeMissing},
		{"2026-03-29", "2026-03-28", Broken, CodeForm},
		{"2026-03-28T10:00:00+01:00", "2026-03-28T09:59:59+01:00", Broken, CodeForm},
		{"2026-03-28T10:00:00", "2026-03-28T10:00:00", Broken, CodeForm},
	} {
		res := only(t, judge(t, con, "{today: 2026-05-31, known: {drying: {from: '"+c.from+"', to: '"+c.to+"'}}}"))
		if res.Outcome != c.want || res.Code != c.code {
			t.Errorf("%s to %s: %v %s, want %v %s", c.from, c.to, res.Outcome, res.Code, c.want, c.code)
		}
	}
}

func TestEveryFunctionHasAReferenceAndAnExampleThatBelongsToIt(t *testing.T) {
	for _, f := range Functions() {
		if f.Doc.It == "" || f.Doc.En == "" || !strings.HasPrefix(f.Signature, f.Name+"(") || !strings.HasPrefix(f.Example, f.Name+"(") {
			t.Errorf("%s lacks a part of its reference", f.Name)
		}
		if strings.Count(f.Signature, ",") != len(f.args)-1 {
			t.Errorf("%s takes %d arguments; its reference says %s", f.Name, len(f.args), f.Signature)
		}
	}
}

// TestTheExamplesOfTheReferenceCompile: each example is an expression that a
// contract with such names accepts.
func TestTheExamplesOfTheReferenceCompile(t *testing.T) {
	var b strings.Builder
	b.WriteString("parameters:\n")
	for name, value := range map[string]string{"picking_end": `day: "10-20"`, "ageing_start": `day: "12-01"`, "notice_days": "value: 30 days", "ageing_min": "value: 18 months", "listed_varieties": "set: [a]", "poultry_max": "value: 10 %", "dried_min": "value: 40 %", "yield_max": "value: 140 q/ha", "tolerance": "value: 20 %", "pig_weight": "value: 160 kg", "pig_tolerance": "value: 10 %"} {
		b.WriteString("  " + name + ": {label: {it: a, en: a}, " + value + ", source: x}\n")
	}
	b.WriteString("zones: {production_zone: {label: {it: a, en: a}, source: x, provinces: [{istat: \"041\", name: PU}]}}\nfacts:\n")
	for _, span := range []string{"ageing", "drying"} {
		b.WriteString("  " + span + ": {kind: span, label: {it: a, en: a}}\n")
	}
	for _, mass := range []string{"poultry", "meats", "dried", "grapes"} {
		b.WriteString("  " + mass + ": {kind: measure, unit: kg, label: {it: a, en: a}}\n")
	}
	for _, f := range Functions() {
		condition := f.Example
		if f.result.cel.Kind() == cel.IntKind {
			condition += " == " + f.Example
		}
		asking(t, b.String(), condition)
	}
}
