package verify

import (
	"strconv"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/rules"
	"github.com/filiera-chain/filiera/ruling"
)

// ageing is a contract with one rule, which warns.
const ageing = `contract: ciauscolo
version: 1
title: {it: Ciauscolo, en: Ciauscolo}
specification: ciauscolo-igp
legal_basis: [{act: Disciplinare}]
in_force: {from: 2009-08-11}
parameters: {least: {label: {it: minimo, en: least}, value: 15 days, source: "https://example.org"}}
facts: {aged: {kind: measure, unit: days, label: {it: giorni, en: days}}}
rules:
  - {rule: stagionatura, label: {it: stagionatura, en: ageing}, article: art. 5, on: [attestation], value: aged, min: least, severity: warn}
`

// ruled is a ruling of that contract on the story's certificate, and what followed.
type ruled struct {
	days        int
	kind        rulesv1.ConsequenceKind
	word, until string
}

func judgedBy(r ruled) func(*world) { return func(w *world) { w.judged = append(w.judged, r) } }

func (ruled) key() []byte {
	start, _ := statekey.RulingsOf(gtin, lot)
	return append(start, "attestation/ciauscolo/"+certID...)
}

func (r ruled) consequenceKey() []byte {
	start, _ := statekey.ConsequencesOf(gtin, lot)
	return append(start, "ciauscolo/stagionatura/"+strconv.Itoa(int(r.kind))...)
}

func (r ruled) lay(put func([]byte, proto.Message)) {
	c, err := rules.Load([]byte(ageing))
	if err != nil {
		panic(err)
	}
	facts, err := rules.ParseFacts([]byte("today: 2026-04-01\nbatch: {production_date: 2026-03-02}\nknown: {aged: {is: " + strconv.Itoa(r.days) + " days}}\n"))
	if err != nil {
		panic(err)
	}
	p, err := rules.Prepare(facts)
	if err != nil {
		panic(err)
	}
	e := c.Evaluate(rules.OnAttestation, p, rules.MaxCost)
	x := &rulesv1.Ruling{Batch: theBatch(), Trigger: "attestation", Contract: "ciauscolo", Version: 1, Sha256: c.Hash[:], Subject: certID, Decision: string(e.Decision), JudgedAt: now - day, JudgedHeight: 40}
	for i := range e.Results {
		x.Results = append(x.Results, ruling.Record(&e.Results[i]))
	}
	put(r.key(), x)
	put(statekey.ContractDocument(c.Hash[:]), &rulesv1.Document{Text: []byte(ageing)})
	if r.kind != 0 {
		put(r.consequenceKey(), &rulesv1.Consequence{Batch: theBatch(), Contract: "ciauscolo", Version: 1, Rule: "stagionatura", Kind: r.kind, Word: r.word, Until: r.until, Since: now - day, SinceHeight: 40})
	}
}

// TestContractResultsAreToldInWords reads a rule that is met as a shopper would.
func TestContractResultsAreToldInWords(t *testing.T) {
	w := story()
	judgedBy(ruled{days: 23})(w)
	for lang, want := range map[string]string{"it": "stagionatura (art. 5): richiesto ≥ 15 giorni, trovato 23 giorni", "en": "ageing (art. 5): required ≥ 15 days, found 23 days"} {
		a := Judge(w.gather(t), ledger(), lang)
		if len(a.ContractResults) != 1 {
			t.Fatalf("%d results", len(a.ContractResults))
		}
		r := a.ContractResults[0]
		if r.Sentence != want || !r.Passed || r.Rule != "stagionatura" || r.Subject != certID || r.Trigger != "attestation" || !strings.HasPrefix(r.Required, "≥ 15") || a.Verdict != Authentic {
			t.Errorf("%s: %+v (%s)", lang, r, a.Verdict)
		}
	}
	// A ruling on a certificate that is not in force says nothing any more.
	w.attestations[0].History = append(w.attestations[0].History, line("revoked", "x", "amap-apc", now-1))
	if a := Judge(w.gather(t), ledger(), "it"); len(a.ContractResults) != 0 {
		t.Errorf("of a revoked certificate: %+v", a.ContractResults)
	}
}
