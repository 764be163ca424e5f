package rules

import "testing"

const ageing = head + `parameters:
  days_min: {label: {it: minima, en: minimum}, value: 15 days, source: "https://example.org"}
  fat_min: {label: {it: minimo, en: minimum}, value: 32 %, source: "https://example.org"}
  fat_max: {label: {it: massimo, en: maximum}, value: 42 %, source: "https://example.org"}
  lean_max: {label: {it: massimo, en: maximum}, value: 3.10 ×, source: "https://example.org"}
  breeds: {label: {it: razze, en: breeds}, set: [Marchigiana, Chianina], source: "https://example.org"}
facts:
  maturing: {kind: span, label: {it: la stagionatura, en: the maturing}}
  fat: {kind: measure, unit: "%", label: {it: grasso, en: fat}}
  protein: {kind: measure, unit: "%", label: {it: proteine, en: protein}}
  listed: {kind: flag, label: {it: iscritto all'elenco, en: on the list}}
rules:
  - rule: stagionatura
    label: {it: stagionatura, en: maturing}
    article: art. 5
    on: [attestation]
    value: days(maturing)
    min: days_min
    severity: refuse
  - rule: grasso
    label: {it: grasso, en: fat}
    on: [attestation]
    value: fat
    min: fat_min
    max: fat_max
    severity: refuse
  - rule: rapporto
    label: {it: grasso su proteine, en: fat to protein}
    on: [attestation]
    value: fat
    of: protein
    max: lean_max
    severity: warn
  - rule: razza
    label: {it: razza, en: breed}
    on: [attestation]
    each: animals
    value: it.breed
    in: breeds
    severity: hold
  - rule: elenco
    label: {it: elenco, en: list}
    on: [attestation]
    require: listed && batch.mass >= attestation.mass
    severity: require_attestation
  - rule: frase
    label: {it: frase, en: sentence}
    on: [attestation]
    value: fat
    min: fat_min
    say: {it: "{found} di {batch.lot}, richiesto {required} ({fat_min})", en: "{found} of {batch.lot}, required {required}"}
    when: batch.lot != ''
    severity: warn
`

func TestMessages(t *testing.T) {
	c := load(t, ageing)
	e := judge(t, c, `{today: 2026-05-31, animals: [{breed: Frisona}, {breed: Chianina}], attestation: {mass: 12.5 kg},
batch: {lot: "{found}", mass: 10 kg}, known: {maturing: {from: 2026-05-01, to: 2026-05-24}, fat: {is: 20 %}, protein: {is: 3 %}, listed: {is: true}}}`)
	for i, want := range []struct {
		outcome Outcome
		it, en  string
	}{
		{Pass, "stagionatura (art. 5): richiesto ≥ 15 giorni, trovato 23 giorni", "maturing (art. 5): required ≥ 15 days, found 23 days"},
		{Fail, "grasso: richiesto ≥ 32 % e ≤ 42 %, trovato 20 %", "fat: required ≥ 32 % and ≤ 42 %, found 20 %"},
		{Fail, "grasso su proteine: richiesto ≤ 3,1, trovato 6,666666666…", "fat to protein: required ≤ 3.1, found 6.666666666…"},
		{Fail, "razza: trovato Frisona", "breed: found Frisona"},
		{Fail, "elenco: non rispettato (listed = sì, batch.mass = 10 kg, attestation.mass = 12,5 kg)", "list: not met (listed = yes, batch.mass = 10 kg, attestation.mass = 12.5 kg)"},
		{Fail, "20 % di {found}, richiesto ≥ 32 % (32 %)", "20 % of {found}, required ≥ 32 %"},
	} {
		r := &e.Results[i]
		if r.Outcome != want.outcome || r.Message(Italian) != want.it || r.Message(English) != want.en {
			t.Errorf("%s: %v\n%s\n%s", r.Rule, r.Outcome, r.Message(Italian), r.Message(English))
		}
	}
	if e.Decision != Refuse {
		t.Errorf("decision %s", e.Decision)
	}
}

func TestMessagesOfWhatIsNotKnown(t *testing.T) {
	e := judge(t, load(t, ageing), "{today: 2026-05-31, batch: {lot: A}, known: {fat: {is: < 20 %}, protein: {is: 3 kg}, maturing: {from: 2026-05-01, to: x}, listed: {is: true}}}")
	for i, want := range []string{
		"stagionatura (art. 5): non si può valutare [fact_form] maturing",
		"grasso: grasso: sotto il limite di quantificazione, e questo non basta a decidere",
		"grasso su proteine: grasso: sotto il limite di quantificazione, e questo non basta a decidere",
		"razza: manca: gli animali",
		"elenco: manca: massa del lotto",
		"frase: grasso: sotto il limite di quantificazione, e questo non basta a decidere",
	} {
		if got := e.Results[i].Message(Italian); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestAMeasureBelowQuantification decides only where its bound does.
func TestAMeasureBelowQuantification(t *testing.T) {
	c := load(t, head+`parameters: {most: {label: {it: a, en: a}, value: 0.5 %, source: x}}
facts: {acidity: {kind: measure, unit: "%", label: {it: acidità, en: acidity}}}
rules: [{rule: acidita, label: {it: acidità, en: acidity}, on: [attestation], value: acidity, max: most, severity: refuse}]
`)
	for text, want := range map[string]Outcome{"< 0.4 %": Pass, "< 0.5 %": Pass, "< 0.6 %": Missing, "0.5 %": Pass, "0.5000001 %": Fail, "<0.5%": Pass, "<": Broken, "< -": Broken, "> 1 %": Broken} {
		if got := only(t, judge(t, c, "{today: 2026-05-31, known: {acidity: {is: '"+text+"'}}}")).Outcome; got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestEveryFieldIsCalledSomethingInBothLanguages(t *testing.T) {
	n := 0
	for _, name := range objectNames() {
		for _, f := range objects[name].fields {
			n++
			if w := fieldWords[name+"."+f.name]; w.It == "" || w.En == "" {
				t.Errorf("%s.%s has no words", name, f.name)
			}
		}
	}
	if n != len(fieldWords) {
		t.Errorf("%d fields and %d words", n, len(fieldWords))
	}
}
