package rules

import (
	"strings"
	"testing"
)

// ciauscolo has the shares of the specification of Ciauscolo PGI.
const ciauscolo = head + `parameters:
  belly_max: {label: {it: pancetta, en: belly}, value: 70 %, source: "https://example.org"}
  shoulder_max: {label: {it: spalla, en: shoulder}, value: 40 %, source: "https://example.org"}
  trimmings_max: {label: {it: rifilature, en: trimmings}, value: 30 %, source: "https://example.org"}
mixtures:
  impasto: {whole: mass(inputs), parts: ["mass_of(inputs, ['pancetta'])", "mass_of(inputs, ['spalla'])", "mass_of(inputs, ['rifilature'])"], closed: true}
rules:
  - {rule: pancetta, label: {it: pancetta, en: belly}, article: art. 2, on: [batch, attestation], value: "mass_of(inputs, ['pancetta'])", of: mass(inputs), max: belly_max, severity: refuse}
  - {rule: spalla, label: {it: spalla, en: shoulder}, article: art. 2, on: [batch, attestation], value: "mass_of(inputs, ['spalla'])", of: mass(inputs), max: shoulder_max, severity: refuse}
  - {rule: rifilature, label: {it: rifilature, en: trimmings}, article: art. 2, on: [batch, attestation], require: "at_most(mass_of(inputs, ['rifilature']), trimmings_max, mass(inputs))", severity: refuse}
  - {rule: ordine, label: {it: ordine, en: order}, article: art. 2, on: [batch, attestation], require: "mass_of(inputs, ['pancetta']) >= mass_of(inputs, ['spalla']) && mass_of(inputs, ['spalla']) >= mass_of(inputs, ['rifilature'])", severity: refuse}
`

func TestTheOrderOfCiauscoloExcludesWhatItsSharesAllow(t *testing.T) {
	list := load(t, ciauscolo).Findings()
	for _, x := range list {
		t.Logf("%s %v: %s | %s", x.Level, x.Rules, x.Text.It, x.Text.En)
	}
	want := "le quote ammettono «pancetta» 30 % + «spalla» 40 % + «rifilature» 30 %, ma lo esclude: «pancetta» ≥ «spalla» («ordine» (art. 2))"
	found := false
	for _, x := range list {
		if x.Level == Impossible || x.Level == Needless {
			t.Errorf("%s: %s", x.Level, x.Text.En)
		}
		found = found || x.Text.It == want && strings.Join(x.Rules, " ") == "ordine spalla rifilature"
	}
	if !found {
		t.Errorf("nothing says: %s", want)
	}
}

// TestRulesThatClash: each contract is the sections and rules; want is what some
// finding must say, and n how many there are.
func TestRulesThatClash(t *testing.T) {
	const parts = `mixtures: {latte: {whole: mass(inputs), parts: ["mass_of(inputs, ['pecora'])", "mass_of(inputs, ['mucca'])"], closed: true}}
`
	figure := func(pairs ...string) string {
		var b strings.Builder
		b.WriteString("parameters:\n")
		for i := 0; i < len(pairs); i += 2 {
			b.WriteString("  " + pairs[i] + ": {label: {it: a, en: a}, source: x, " + pairs[i+1] + "}\n")
		}
		return b.String()
	}
	rule := func(id, body, severity string) string {
		return "  - {rule: " + id + ", label: {it: a, en: a}, on: [attestation], " + body + ", severity: " + severity + "}\n"
	}
	const weight = "facts: {weight: {kind: measure, unit: g, label: {it: peso, en: weight}}, kind: {kind: word, values: [a, b], label: {it: tipo, en: kind}}, listed: {kind: flag, label: {it: in elenco, en: listed}}}\n"
	for _, c := range []struct {
		name, text string
		level      FindingLevel
		want       string
		n          int
	}{
		{"limits crossed in one rule", figure("lo", "value: 2 kg", "hi", "value: 1999.999 g") + weight + "rules:\n" + rule("a", "value: weight, min: lo, max: hi", "refuse"), Impossible, "«a» can never hold: weight would have to be at least 2 kg and at most 1999.999 g", 1},
		{"limits that meet", figure("lo", "value: 2 kg", "hi", "value: 2000 g") + weight + "rules:\n" + rule("a", "value: weight, min: lo, max: hi", "refuse"), "", "", 0},
		{"limits that meet and exclude it", figure("lo", "value: 2 kg", "hi", "value: 2000 g") + weight + "rules:\n" + rule("a", "value: weight, min: lo, below: hi", "refuse"), Impossible, "less than 2000 g", 1},
		{"nothing between", figure("lo", "value: 2 mg", "hi", "value: 3 mg") + weight + "rules:\n" + rule("a", "value: weight, above: lo, below: hi", "refuse"), Impossible, "more than 2 mg and less than 3 mg", 1},
		{"one between", figure("lo", "value: 2 mg", "hi", "value: 4 mg") + weight + "rules:\n" + rule("a", "value: weight, above: lo, below: hi", "refuse"), "", "", 0},
		{"a limit and a condition", figure("lo", "value: 2 kg", "hi", "value: 1 kg") + weight + "rules:\n" + rule("a", "value: weight, min: lo", "refuse") + rule("b", "require: listed && hi >= weight", "warn"), Impossible, "«a» and «b» can never hold together: weight would have to be at least 2 kg and at most 1 kg; what only warns will always warn", 1},
		{"increased figures", figure("lo", "value: 2 kg", "hi", "value: 1 kg", "up", "value: 100 %") + weight + "rules:\n" + rule("a", "value: weight, min: lo", "refuse") + rule("b", "value: weight, max: \"increased(hi, up)\"", "refuse"), "", "", 0},
		{"of other triggers", figure("lo", "value: 2 kg", "hi", "value: 1 kg") + weight + "rules:\n" + rule("a", "value: weight, min: lo", "refuse") + strings.Replace(rule("b", "value: weight, max: hi", "refuse"), "attestation", "batch", 1), "", "", 0},
		{"under two conditions", figure("lo", "value: 2 kg", "hi", "value: 1 kg") + weight + "rules:\n" + rule("a", "value: weight, min: lo, when: \"kind == 'a'\"", "refuse") + rule("b", "value: weight, max: hi, when: \"kind == 'b'\"", "refuse"), "", "", 0},
		{"under one", figure("lo", "value: 2 kg", "hi", "value: 1 kg") + weight + "rules:\n" + rule("a", "value: weight, min: lo, when: \"kind == 'a'\"", "refuse") + rule("b", "value: weight, max: hi", "refuse"), Impossible, "(where it holds that: kind == 'a')", 1},
		{"a window that ends before it begins", figure("first", "day: \"10-20\"", "last", "day: \"09-10\"") + "rules:\n" + rule("a", "require: \"today >= on(batch.harvest_year, first) && today <= on(batch.harvest_year, last)\"", "refuse"), Impossible, "at least 20 October (harvest year) and at most 10 September (harvest year)", 1},
		{"terms that cross", figure("short", "value: 10 days", "long", "value: 30 days") + "rules:\n" + rule("a", "require: \"today >= after_days(batch.production_date, long)\"", "refuse") + rule("b", "require: \"today <= after_days(batch.production_date, short)\"", "refuse"), Impossible, "30 days after production date", 1},
		{"yes and no", weight + "rules:\n" + rule("a", "require: listed", "refuse") + rule("b", "require: \"!listed\"", "refuse"), Impossible, "one asks and the other excludes: listed", 1},
		{"words apart", figure("one", "set: [a]", "two", "set: [b]") + "rules:\n" + rule("a", "value: batch.stage, in: one", "refuse") + rule("b", "value: batch.stage, in: two", "refuse"), Impossible, "share no word", 1},
		{"words that a fact never is", figure("one", "set: [c]") + weight + "rules:\n" + rule("a", "value: kind, in: one", "refuse"), Impossible, "may only be «a», «b»", 1},
		{"all words that a fact may be", figure("one", "set: [b, a, c]") + weight + "rules:\n" + rule("a", "value: kind, in: one", "refuse"), Needless, "it allows all", 1},
		{"a weaker limit", figure("lo", "value: 2 kg", "hi", "value: 1 kg") + weight + "rules:\n" + rule("a", "value: weight, min: lo", "refuse") + rule("b", "value: weight, min: hi", "hold"), Needless, "«b» can never fail where «a» is met", 1},
		{"a weaker limit that is graver", figure("lo", "value: 2 kg", "hi", "value: 1 kg") + weight + "rules:\n" + rule("a", "value: weight, min: lo", "warn") + rule("b", "value: weight, min: hi", "refuse"), "", "", 0},
		{"the same twice", figure("lo", "value: 2 kg") + weight + "rules:\n" + rule("a", "value: weight, min: lo", "refuse") + rule("b", "require: weight >= lo", "refuse"), Needless, "«b» can never fail where «a» is met", 1},
		{"shares that leave too little", parts + figure("one", "value: 45 %", "two", "value: 54.9999999 %") + "rules:\n" + rule("a", "value: \"mass_of(inputs, ['pecora'])\", of: mass(inputs), max: one", "refuse") + rule("b", "value: \"mass_of(inputs, ['mucca'])\", of: mass(inputs), max: two", "refuse"), Impossible, "the parts make at most 99.9999999 % together, and would have to make 100 %", 1},
		{"shares that just do", parts + figure("one", "value: 45 %", "two", "value: 55 %") + "rules:\n" + rule("a", "value: \"mass_of(inputs, ['pecora'])\", of: mass(inputs), max: one", "refuse") + rule("b", "value: \"mass_of(inputs, ['mucca'])\", of: mass(inputs), max: two", "refuse"), "", "", 0},
		{"shares that ask too much", parts + figure("one", "value: 60 %", "two", "value: 41 %") + "rules:\n" + rule("a", "value: \"mass_of(inputs, ['pecora'])\", of: mass(inputs), min: one", "refuse") + rule("b", "value: \"mass_of(inputs, ['mucca'])\", of: mass(inputs), min: two", "refuse"), Impossible, "the parts make at least 101 % together, more than 100 %", 1},
		{"an order that shares break", parts + figure("one", "value: 60 %") + "rules:\n" + rule("a", "value: \"mass_of(inputs, ['pecora'])\", of: mass(inputs), min: one", "refuse") + rule("b", "require: \"mass_of(inputs, ['pecora']) < mass_of(inputs, ['mucca'])\"", "refuse"), Impossible, "no combination of shares meets them all", 1},
		{"a share that follows", parts + figure("one", "value: 70 %", "two", "value: 30 %") + "rules:\n" + rule("a", "value: \"mass_of(inputs, ['pecora'])\", of: mass(inputs), min: one", "refuse") + rule("b", "value: \"mass_of(inputs, ['mucca'])\", of: mass(inputs), max: two", "refuse"), Needless, "follows from the rest", 2},
		{"a sum of parts", parts + figure("one", "value: 99 %") + "rules:\n" + rule("a", "value: \"mass_of(inputs, ['pecora', 'mucca'])\", of: mass(inputs), max: one", "refuse"), Impossible, "at most 99 % together", 1},
		{"an open mixture", strings.Replace(parts, "true", "false", 1) + figure("one", "value: 45 %", "two", "value: 50 %") + "rules:\n" + rule("a", "value: \"mass_of(inputs, ['pecora'])\", of: mass(inputs), max: one", "refuse") + rule("b", "value: \"mass_of(inputs, ['mucca'])\", of: mass(inputs), max: two", "refuse"), "", "", 0},
		{"more than all", parts + figure("one", "value: 100 %") + "rules:\n" + rule("a", "value: \"mass_of(inputs, ['pecora'])\", of: mass(inputs), max: one", "refuse"), Needless, "a part is not more than the whole", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			list := load(t, head+c.text).Findings()
			found := c.n == 0
			for _, x := range list {
				found = found || x.Level == c.level && strings.Contains(x.Text.En, c.want)
				if x.Text.It == "" || x.At.Line == 0 || len(x.Rules) == 0 {
					t.Errorf("a finding lacks its place or its words: %+v", x)
				}
			}
			if !found || len(list) != c.n {
				t.Errorf("%d findings, want %d that say %s %q: %+v", len(list), c.n, c.level, c.want, list)
			}
		})
	}
}
