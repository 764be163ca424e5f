package rules

import (
	"testing"

	"go.yaml.in/yaml/v3"
)

// head is what every contract of these tests begins with.
const head = `contract: prova
version: 1
title: {it: Prova, en: Trial}
legal_basis: [{act: "Reg. (UE) 2024/1143"}]
in_force: {from: 2020-01-01}
`

func load(t testing.TB, text string) *Contract {
	t.Helper()
	c, err := Load([]byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return c
}

func facts(t testing.TB, text string) *Facts {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	f, err := ReadFacts(doc.Content[0])
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return f
}

// judge evaluates a contract on facts at the trigger attestation.
func judge(t testing.TB, c *Contract, text string) Evaluation {
	t.Helper()
	p, err := Prepare(facts(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return c.Evaluate(OnAttestation, p, MaxCost)
}

// only is the result of a contract that has one rule.
func only(t testing.TB, e Evaluation) *Result {
	t.Helper()
	if len(e.Results) != 1 {
		t.Fatalf("%d results", len(e.Results))
	}
	return &e.Results[0]
}

// asking is a contract of one rule that refuses unless a condition holds.
func asking(t testing.TB, sections, condition string) *Contract {
	t.Helper()
	return load(t, head+sections+`
rules:
  - rule: la-regola
    label: {it: la regola, en: the rule}
    on: [attestation]
    require: `+"|-\n      "+condition+`
    severity: refuse
`)
}
