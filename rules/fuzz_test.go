package rules

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// FuzzLoad reads any bytes as a contract; what is accepted is judged at every
// trigger, without facts and with some, and told in both languages.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/wrong/*.yaml", "../contracts/*/contract.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("%s: %v", pattern, err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Add([]byte(ageing))
	f.Add([]byte(changing))
	cases := []*Prepared{prepared(f, &Facts{Today: date2026}), prepared(f, facts(f, wholeCase))}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Load(data)
		if err != nil {
			if list, is := err.(Problems); !is || len(list) == 0 {
				t.Fatalf("the error is %T", err)
			}
			_ = err.Error()
			return
		}
		if c.MaxCost > MaxCost {
			t.Fatalf("it may cost %d", c.MaxCost)
		}
		for _, p := range cases {
			for _, on := range Triggers() {
				told(t, c, p, on)
			}
		}
	})
}

func prepared(t testing.TB, f *Facts) *Prepared {
	t.Helper()
	p, err := Prepare(f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

type failer interface {
	Helper()
	Fatalf(string, ...any)
}

// told judges a case and says the results; the cost stays within the bounds.
func told(t failer, c *Contract, p *Prepared, on Trigger) Evaluation {
	t.Helper()
	e := c.Evaluate(on, p, MaxCost)
	if e.Cost > c.MaxCost {
		t.Fatalf("it cost %d; the estimate was %d", e.Cost, c.MaxCost)
	}
	for i := range e.Results {
		r := &e.Results[i]
		if r.Code == CodeCost {
			t.Fatalf("%s ran into the limit of its cost: %d of at most %d", r.Rule, e.Cost, c.MaxCost)
		}
		if r.Message(Italian) == "" || r.Message(English) == "" {
			t.Fatalf("%s says nothing", r.Rule)
		}
	}
	return e
}

// wholeCase states something of every kind.
const wholeCase = `{today: 2026-05-31, signer: {id: amap, roles: [control_body]},
batch: {gtin: "08012345678903", lot: L1, specification: s, stage: finito, owner: o, production_date: 2026-03-01, expiry_date: 2027-03-01, harvest_year: 2025, mass: 100 kg, volume: 10 l, pieces: 5, place: {municipality: "044010"}, packed_at: {municipality: "044010", confirmed: true}, pack_size: 250 g, altitude: 470 m},
inputs: [{what: uova, variety: v, batch: b, mass: 8 kg, volume: 1 l, pieces: 80, origin: {municipality: "044010"}, region: "11", production_date: 2026-02-28, certified: true}, {what: semola, mass: 92 kg}],
land: [{id: p, place: {municipality: "044010"}, area: 1 ha, altitude: 500 m, plants: 300, variety: v, use: u, listed: true}],
animals: [{id: a, breed: Marchigiana, herd_book: true, born: 2024-01-01, slaughtered: 2025-06-01, sex: male, born_at: {municipality: "044010"}, raised_at: {municipality: "044010"}, region: "11", weight: 500 kg}],
attestation: {id: x, certifier: amap, issued: 2026-05-01, mass: 100 kg, volume: 1 l, pieces: 1}, attestations: [{id: x, certifier: amap, issued: 2026-05-01, mass: 100 kg}],
units: {count: 400, mass: 250 g}, offer: {to: o, mass: 1 kg, volume: 1 l, pieces: 1, delivery: 2026-06-30},
known: {fat: {is: 35 %}, length: {is: 40 cm}, drying: {from: "2026-03-01T08:00:00+01:00", to: "2026-03-02T10:00:00+01:00"}, maturing: {from: 2026-03-01, to: 2026-03-20}, listed: {is: true}}}
`

// FuzzFacts reads any bytes as facts; what is accepted is judged by a contract that
// looks at every field there is.
func FuzzFacts(f *testing.F) {
	f.Add([]byte("facts: " + wholeCase))
	f.Add([]byte("facts: {today: 2026-01-01}"))
	f.Add([]byte("facts: {today: 2026-01-01, known: {fat: {is: < 3 %}, length: {is: \"-0.0 cm\"}}}"))
	f.Add([]byte("facts: {today: 2026-01-01, inputs: [{what: a b, variety: c}, {what: a, variety: b c}]}"))
	c := load(f, everyField())
	f.Fuzz(func(t *testing.T, data []byte) {
		var holder struct {
			Facts Facts `yaml:"facts,required"`
		}
		if ReadYAML(data, &holder, "the file") != nil {
			return
		}
		p, err := Prepare(&holder.Facts)
		if err != nil {
			return
		}
		told(t, c, p, OnAttestation)
	})
}

// everyField is a contract with a rule for each field of each record.
func everyField() string {
	var b strings.Builder
	b.WriteString(head + "parameters: {p_days: {label: {it: a, en: a}, value: 1 days, source: x}, words: {label: {it: a, en: a}, set: [a], source: x}}\nfacts: {fat: {kind: measure, unit: \"%\", label: {it: a, en: a}}, length: {kind: measure, unit: cm, label: {it: a, en: a}}, drying: {kind: span, label: {it: a, en: a}}, maturing: {kind: span, label: {it: a, en: a}}, listed: {kind: flag, label: {it: a, en: a}}}\nrules:\n")
	n := 0
	rule := func(each, condition string) {
		n++
		b.WriteString("  - rule: r-" + string(rune('a'+n/26)) + string(rune('a'+n%26)) + "\n    label: {it: a, en: a}\n    on: [attestation]\n    severity: refuse\n")
		if each != "" {
			b.WriteString("    each: " + each + "\n")
		}
		put(&b, "require", condition)
	}
	for _, v := range builtins {
		name, each, object := v.name, "", v.kind.cel.TypeName()
		if parts := v.kind.cel.Parameters(); len(parts) == 1 {
			name, each, object = entryName, v.name, parts[0].TypeName()
		}
		o := objects[object]
		if o == nil {
			continue
		}
		for _, f := range o.fields {
			x := name + "." + f.name
			switch f.kind.cel.TypeName() {
			case "int":
				rule(each, x+" >= "+x)
			case "string":
				rule(each, x+" in words || "+x+" != 'a'")
			case "bool":
				rule(each, x)
			case "list":
				rule(each, "'a' in "+x)
			case "Place":
				rule(each, x+".municipality == '044010' || "+x+".confirmed")
			}
		}
	}
	rule("", "fat >= fat && length >= length && listed && elapsed(drying) >= elapsed(drying) && days(maturing) >= days(drying)")
	return b.String()
}

// FuzzEvaluate judges random cases by random contracts, see
// TestTheOrderOfFactsDoesNotShow.
func FuzzEvaluate(f *testing.F) { f.Fuzz(rapid.MakeFuzz(judgedAlike)) }

// TestTheOrderOfFactsDoesNotShow: what the screen accepts never costs more than the
// estimate; judging twice, and judging facts gathered in another order, gives the
// same results and cost.
func TestTheOrderOfFactsDoesNotShow(t *testing.T) { rapid.Check(t, judgedAlike) }

func judgedAlike(t *rapid.T) {
	text := randomContract(t)
	c, err := Load([]byte(text))
	if err != nil {
		for _, may := range []string{"may cost", "node count", "recursion", "code point size"} {
			if strings.Contains(err.Error(), may) {
				return
			}
		}
		t.Fatalf("a well-typed contract is refused: %v\n%s", err, text)
	}
	f := randomFacts(t)
	p, err := Prepare(f)
	if err != nil {
		t.Fatalf("%v", err)
	}
	first := told(t, c, p, OnAttestation)
	other := *f
	other.Inputs, other.Land, other.Animals, other.Attestations, other.Known = shuffled(t, f.Inputs), shuffled(t, f.Land), shuffled(t, f.Animals), shuffled(t, f.Attestations), shuffled(t, f.Known)
	q, err := Prepare(&other)
	if err != nil {
		t.Fatalf("%v", err)
	}
	for what, again := range map[string]Evaluation{"twice": c.Evaluate(OnAttestation, p, MaxCost), "in another order": c.Evaluate(OnAttestation, q, MaxCost), "by the contract read anew": freshly(t, text, q)} {
		if !alike(first, again) {
			t.Fatalf("judged %s: %+v\nand %+v\n%s", what, first, again, text)
		}
	}
	// A smaller budget ends in the same refusal each time, and never in more cost
	// than the budget and one expression.
	budget := rapid.Uint64Range(0, first.Cost).Draw(t, "budget")
	short, shorter := c.Evaluate(OnAttestation, p, budget), c.Evaluate(OnAttestation, q, budget)
	if !alike(short, shorter) {
		t.Fatalf("with a budget of %d: %+v\nand %+v\n%s", budget, short, shorter, text)
	}
	if budget < first.Cost && short.Decision != Refuse {
		t.Fatalf("a budget of %d of %d ends in %s", budget, first.Cost, short.Decision)
	}
}

func freshly(t *rapid.T, text string, p *Prepared) Evaluation {
	c, err := Load([]byte(text))
	if err != nil {
		t.Fatalf("%v", err)
	}
	return c.Evaluate(OnAttestation, p, MaxCost)
}

func shuffled[T any](t *rapid.T, list []T) []T {
	out := slices.Clone(list)
	for i := len(out) - 1; i > 0; i-- {
		j := rapid.IntRange(0, i).Draw(t, "place")
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// alike compares evaluations but for the compiled rule that results point to.
func alike(a, b Evaluation) bool {
	strip := func(e Evaluation) Evaluation {
		e.Results = slices.Clone(e.Results)
		for i := range e.Results {
			e.Results[i].rule = nil
		}
		return e
	}
	return reflect.DeepEqual(strip(a), strip(b))
}
