package rules

import (
	"strings"
	"testing"
)

const changing = head + `parameters:
  fixed: {label: {it: a, en: a}, value: 15 %, source: x}
  notice: {label: {it: a, en: a}, value: 30 days, source: x, change: authority}
  last: {label: {it: a, en: a}, day: "10-20", source: x, change: consortium}
facts: {fat: {kind: measure, unit: "%", label: {it: grasso, en: fat}}}
rules:
  - {rule: a, label: {it: a, en: a}, on: [attestation], value: fat, min: fixed, severity: refuse}
  - {rule: b, label: {it: a, en: a}, on: [attestation], require: "today <= after_days(attestation.issued, notice)", severity: refuse}
  - {rule: c, label: {it: a, en: a}, on: [attestation], require: "today <= on(batch.harvest_year, last)", severity: refuse}
`

func TestWhoMayChangeAParameter(t *testing.T) {
	c := load(t, changing)
	for _, x := range []struct {
		role   string
		change Change
		says   string
	}{
		{"authority", Change{"notice", "45 days", ""}, ""},
		{"consortium", Change{"last", "", "10-25"}, ""},
		{"consortium", Change{"notice", "45 days", ""}, "changed by the authority, not by the consortium"},
		{"authority", Change{"last", "", "10-25"}, "changed by the consortium, not by the authority"},
		{"authority", Change{"fixed", "10 %", ""}, "nobody may change fixed"},
		{"control_body", Change{"fixed", "10 %", ""}, "nobody may change fixed"},
		{"", Change{"fixed", "10 %", ""}, "nobody may change fixed"},
		{"nobody", Change{"fixed", "10 %", ""}, "nobody may change fixed"},
		{"authority", Change{"other", "10 %", ""}, "no parameter other"},
		{"authority", Change{"notice", "45 kg", ""}, "notice is days, not mass"},
		{"authority", Change{"notice", "", "10-25"}, "another kind of value"},
		{"authority", Change{"notice", "", ""}, "another kind of value"},
		{"authority", Change{"notice", "45 dayz", ""}, "did you mean days?"},
		{"consortium", Change{"last", "", "02-29"}, "no day of the year"},
	} {
		out, err := c.WithParameters(x.role, []Change{x.change})
		if x.says == "" {
			if err != nil || out.Hash != c.Hash {
				t.Errorf("%s, %v: %v", x.role, x.change, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%s, %v: %v; want %q", x.role, x.change, err, x.says)
		}
	}
}

func TestAChangedParameterHoldsAndTheContractStays(t *testing.T) {
	c := load(t, changing)
	later, err := c.WithParameters("authority", []Change{{"notice", "45 days", ""}})
	if err != nil {
		t.Fatal(err)
	}
	const text = "{today: 2026-04-10, attestation: {issued: 2026-03-01}, batch: {harvest_year: 2026}, known: {fat: {is: 15 %}}}"
	if e := judge(t, c, text); e.Results[1].Outcome != Fail {
		t.Errorf("30 days: %v", e.Results[1].Outcome)
	}
	if e := judge(t, later, text); e.Results[1].Outcome != Pass {
		t.Errorf("45 days: %v", e.Results[1].Outcome)
	}
}

func TestTheVersionInForceIsChosen(t *testing.T) {
	version := func(n int, period string) *Contract {
		text := strings.Replace(changing, "version: 1", "version: "+string(rune('0'+n)), 1)
		return load(t, strings.Replace(text, "{from: 2020-01-01}", period, 1))
	}
	list := []*Contract{version(3, "{from: 2025-01-01}"), version(1, "{from: 2020-01-01, to: 2023-12-31}"), version(2, "{from: 2023-06-01, to: 2024-06-30}")}
	for day, want := range map[string]int64{"2020-01-01": 1, "2023-05-31": 1, "2023-06-01": 2, "2024-06-30": 2, "2024-07-01": 3, "2025-01-01": 3, "2019-12-31": 3} {
		got := Choose(list, facts(t, "{today: 2026-01-01, batch: {production_date: "+day+"}}"))
		if got.Doc.Version != want {
			t.Errorf("%s: version %d, want %d", day, got.Doc.Version, want)
		}
	}
	none := judge(t, Choose(list, facts(t, "{today: 2026-01-01, batch: {production_date: 2024-08-01}}")), "{today: 2026-01-01, batch: {production_date: 2024-08-01}}")
	if none.InForce || len(none.Results) > 0 || none.Decision != Allow {
		t.Errorf("between two versions: %+v", none)
	}
}

func TestThePeriodMayGoByTheDayOfTheAct(t *testing.T) {
	c := load(t, strings.Replace(changing, "{from: 2020-01-01}", "{from: 2020-01-01, by: act}", 1))
	if !judge(t, c, "{today: 2026-01-01, batch: {production_date: 2019-01-01}}").InForce {
		t.Error("the day of production decides")
	}
	if judge(t, c, "{today: 2019-12-31, batch: {production_date: 2026-01-01}}").InForce {
		t.Error("the day of production decides")
	}
}
