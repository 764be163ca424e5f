package gateway

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	agreementv1 "github.com/filiera-chain/filiera/api/agreement/v1"
	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/rules"
	"github.com/filiera-chain/filiera/ruling"
)

const weighing = `contract: peso
version: 1
title: {it: peso, en: weight}
legal_basis: [{act: prova}]
in_force: {from: 2026-01-01}
parameters: {least: {label: {it: minimo, en: least}, value: 10 kg, source: "https://example.org"}}
rules:
  - {rule: minimo, label: {it: massa, en: mass}, article: art. 4, on: [batch], value: batch.mass, min: least, severity: hold}
`

// factsOfNobody stands where a node gathers facts; what it gathers, package app
// tests.
func factsOfNobody(gtin, lot, _ string) (int64, []byte, error) {
	text, err := rules.WriteFacts(&rules.Facts{Today: 20_000, Batch: rules.Batch{GTIN: gtin, Lot: lot}})
	return 1, text, err
}

// contracts commits a contract, what it said of the test's batch and what followed,
// and an agreement.
func (w *world) contracts() {
	w.t.Helper()
	c, err := rules.Load([]byte(weighing))
	must(w.t, err)
	facts, err := rules.ParseFacts([]byte("today: 2026-11-23\nbatch: {production_date: 2026-11-20, mass: 9 kg}\n"))
	must(w.t, err)
	p, err := rules.Prepare(facts)
	must(w.t, err)
	e := c.Evaluate(rules.OnBatch, p, rules.MaxCost)
	id := &basev1.BatchID{Gtin: testGTIN, Lot: testLot}
	v := &rulesv1.Version{Contract: "peso", Version: 1, Sha256: c.Hash[:], InForceFrom: "2026-01-01", Triggers: []string{"batch"}, Status: rulesv1.VersionStatus_VERSION_STATUS_ACTIVE, ActiveFrom: "2026-11-01", DeployedBy: "regione-marche", DeployedAt: firstTime}
	r := &rulesv1.Ruling{Batch: id, Trigger: "batch", Contract: "peso", Version: 1, Sha256: c.Hash[:], Decision: string(e.Decision), JudgedAt: firstTime, JudgedHeight: 1}
	for i := range e.Results {
		r.Results = append(r.Results, ruling.Record(&e.Results[i]))
	}
	held := &rulesv1.Consequence{Batch: id, Contract: "peso", Version: 1, Rule: "minimo", Kind: rulesv1.ConsequenceKind_CONSEQUENCE_KIND_HOLD, Trigger: "batch", Since: firstTime, SinceHeight: 1}
	said := &rulesv1.Declaration{Batch: id, Participant: "pastificio", Facts: []byte("known: {}\n"), Number: 1, At: firstTime}
	points := &rulesv1.Points{Participant: "pastificio", Contract: "peso", Points: 3, Awards: 1}
	a := &agreementv1.Agreement{Number: 1, State: agreementv1.State_STATE_IN_FORCE, Title: "Fornitura", Parties: []*agreementv1.Party{{Participant: "pastificio"}, {Participant: "corriere"}}, ProposedBy: "pastificio"}
	rulings, _ := statekey.RulingsOf(testGTIN, testLot)
	consequences, _ := statekey.ConsequencesOf(testGTIN, testLot)
	declarations, _ := statekey.DeclarationsOf(testGTIN, testLot)
	w.commit(action{
		acts: []proto.Message{&rulesv1.MsgDeploy{}},
		state: map[string]proto.Message{
			string(statekey.ContractVersion("peso", 1)): v, string(statekey.ContractDocument(c.Hash[:])): &rulesv1.Document{Text: []byte(weighing)},
			string(rulings) + "batch/peso/": r, string(consequences) + "peso/minimo/hold": held, string(declarations) + "pastificio": said, string(statekey.Agreement(1)): a,
		},
		say: []proto.Message{index.AnnounceRecord(v), index.AnnounceRecord(r), index.AnnounceRecord(held), index.AnnounceRecord(said), index.AnnounceRecord(points), index.AnnounceRecord(a)},
	})
}

func TestContractsAreAnswered(t *testing.T) {
	w := newWorld(t)
	w.story()
	w.contracts()
	w.commit()
	batch := "/v1/batches/" + testGTIN + "/" + testLot
	for ask, want := range map[string]string{
		"/v1/contracts":                                `items.0.contract=peso items.0.status=active`,
		"/v1/contracts?status=withdrawn":               `items.0=<nil>`,
		"/v1/contracts/peso?proof=true":                `versions.0.version=1 proof.format=filiera-record/1`,
		"/v1/contracts/peso/versions/1?proof=true":     `version=1 proof.format=filiera-record/1`,
		batch + "/rulings?proof=true":                  `rulings.0.ruling.decision=hold rulings.0.words.0.sentence=massa (art. 4): richiesto ≥ 10 kg, trovato 9 kg consequences.0.kind=hold declarations.0.participant=pastificio proof.format=filiera-record/1`,
		batch + "/rulings?lang=en":                     `rulings.0.words.0.outcome=fail rulings.0.words.0.required=≥ 10 kg rulings.0.words.0.found=9 kg`,
		"/v1/consequences?kind=hold&live=true":         `items.0.rule=minimo`,
		"/v1/consequences?kind=control":                `items.0=<nil>`,
		"/v1/points?participant=pastificio":            `items.0.points=3`,
		"/v1/agreements?party=corriere":                `items.0.number=1 items.0.state=in_force`,
		"/v1/agreements?party=nobody":                  `items.0=<nil>`,
		"/v1/agreements/1?proof=true":                  `agreement.title=Fornitura proof.format=filiera-record/1`,
		"/v1/verify/01/" + testGTIN + "/10/" + testLot: `contract_results.0.rule=minimo contract_results.0.passed=false contract_results.0.severity=hold`,
	} {
		r := w.get(ask)
		for _, one := range fields(want) {
			path, value, _ := strings.Cut(one, "=")
			if got := fmt.Sprint(r.at(path)); r.status != 200 || got != value {
				t.Errorf("%s: %d, %s is %s, want %s", ask, r.status, path, got, value)
			}
		}
	}
	page := string(w.do("GET", "/01/"+testGTIN+"/10/"+testLot, nil, "Accept", browser).body)
	if !strings.Contains(page, "massa (art. 4): richiesto ≥ 10 kg, trovato 9 kg</li>") || !strings.Contains(page, "non rispettata: ") {
		t.Errorf("the page does not tell of the rule:\n%s", page)
	}
	for ask, code := range map[string]string{
		"/v1/contracts/altro": "contract.not_found", "/v1/contracts/peso/versions/2": "contract.not_found", "/v1/agreements/9": "agreement.not_found",
		"/v1/contracts?status=vivo": "status.invalid", batch + "/facts": "facts.not_found",
	} {
		if r := w.get(ask); fmt.Sprint(r.at("code")) != code {
			t.Errorf("%s: %s, want %s", ask, r.body, code)
		}
	}
}
