package rules

import (
	"strings"
	"testing"
)

const former = head + `approval: {by: [authority, control_body], at_least: 2}
parameters:
  days_min: {label: {it: stagionatura minima, en: minimum maturing}, value: 15 days, article: art. 4, source: "https://example.org"}
  gone: {label: {it: vecchia, en: old}, value: 8 kg, source: "https://example.org"}
  breeds: {label: {it: razze, en: breeds}, set: [Chianina], source: "https://example.org"}
zones: {zone: {label: {it: zona, en: zone}, source: "https://example.org", provinces: [{istat: "041", name: PU}], municipalities: [{istat: "044010", name: Campofilone}, {istat: "042003", name: Fano, part: true}]}}
facts: {maturing: {kind: span, label: {it: stagionatura, en: maturing}}, fat: {kind: measure, unit: g, label: {it: grasso, en: fat}}}
rules:
  - {rule: stagionatura, label: {it: stagionatura, en: maturing}, on: [attestation], value: days(maturing), min: days_min, severity: refuse}
  - {rule: peso, label: {it: peso, en: weight}, on: [attestation], value: batch.mass, max: gone, severity: refuse}
  - {rule: razza, label: {it: razza, en: breed}, on: [attestation], each: animals, value: it.breed, in: breeds, severity: refuse}
  - {rule: ferma, label: {it: ferma, en: still}, on: [attestation], require: "fat > 0", severity: refuse}
`

func TestDiffSaysInWordsWhatChanged(t *testing.T) {
	after := former
	for _, x := range [][2]string{
		{"version: 1", "version: 2"},
		{"{from: 2020-01-01}", "{from: 2025-02-03}"},
		{`legal_basis: [{act: "Reg. (UE) 2024/1143"}]`, `legal_basis: [{act: "Reg. (UE) 2024/1143"}, {act: DM 3 feb 2025}]`},
		{"at_least: 2", "at_least: 1"},
		{"value: 15 days, article: art. 4", "value: 20 days, article: art. 5"},
		{`  gone: {label: {it: vecchia, en: old}, value: 8 kg, source: "https://example.org"}` + "\n", `  fresh: {label: {it: nuova, en: new}, value: 500 g, source: "https://example.org"}` + "\n"},
		{"set: [Chianina]", "set: [Chianina, Marchigiana]"},
		{`, {istat: "042003", name: Fano, part: true}`, `, {istat: "042004", name: Falconara, from: 2026-01-01}`},
		{"unit: g,", "unit: kg,"},
		{"max: gone, severity: refuse", "min: fresh, severity: warn"},
		{"  - {rule: ferma", "  - {rule: nuova, label: {it: nuova, en: new}, on: [batch], require: \"batch.mass > 0\", severity: hold}\n  - {rule: ferma"},
	} {
		if !strings.Contains(after, x[0]) {
			t.Fatalf("nothing says %s", x[0])
		}
		after = strings.Replace(after, x[0], x[1], 1)
	}
	a, b := load(t, former), load(t, after)
	want := []string{
		"version||changed|1 → 2",
		"in_force||changed|dal 1º gennaio 2020, secondo il giorno di produzione → dal 3 febbraio 2025, secondo il giorno di produzione",
		"legal_basis|DM 3 feb 2025|added|DM 3 feb 2025",
		"approval||changed|2 tra autorità, organismo di controllo → 1 tra autorità, organismo di controllo",
		"parameters|gone|removed|vecchia: 8 kg",
		"parameters|days_min|changed|stagionatura minima: 15 giorni → 20 giorni; articolo: art. 4 → art. 5",
		"parameters|fresh|added|nuova: 500 g",
		"parameters|breeds|changed|razze: «Chianina» → «Chianina», «Marchigiana»",
		"zones|zone|changed|tolto Fano (042003, in parte); aggiunto Falconara (042004, dal 1º gennaio 2026)",
		"facts|fat|changed|unità: g → kg",
		"rules|stagionatura|figures|chiede: durata in giorni (stagionatura): almeno 15 giorni → durata in giorni (stagionatura): almeno 20 giorni",
		"rules|peso|changed|chiede: massa del lotto: al più 8 kg → massa del lotto: almeno 500 g; conseguenza: la transazione è rifiutata → solo avviso",
		"rules|razza|figures|chiede: razza: uno tra «Chianina» → razza: uno tra «Chianina», «Marchigiana»",
		"rules|nuova|added|massa del lotto è più di 0 (il lotto è sospeso)",
	}
	var got []string
	for _, d := range Diff(a, b) {
		got = append(got, strings.Join([]string{d.Part, d.ID, d.What, d.Text.It}, "|"))
		if d.Text.En == "" || strings.Contains(d.Text.En, "giorn") {
			t.Errorf("in English: %s", d.Text.En)
		}
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("it says\n%s\nand is to say\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if list := Diff(a, a); len(list) != 0 {
		t.Errorf("a version differs from itself: %v", list)
	}
	// Whatever way round, the same things differ.
	if n, m := len(Diff(b, a)), len(got); n != m {
		t.Errorf("%d differences one way and %d the other", m, n)
	}
}
