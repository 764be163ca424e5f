package app_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"
	"google.golang.org/protobuf/proto"

	agreementv1 "github.com/filiera-chain/filiera/api/agreement/v1"
	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/x/registry"
)

// contract writes a policy on all batches; rules are YAML lines of its list.
func contract(id string, version int, from, rules string) []byte {
	return fmt.Appendf(nil, `contract: %s
version: %d
title: {it: prova, en: trial}
legal_basis: [{act: L.R. Marche 36/2020}]
in_force: {from: %s}
parameters:
  least: {label: {it: minimo, en: least}, value: 10 kg, source: "https://example.org", change: authority}
rules:
%s`, id, version, from, rules)
}

const (
	leastMass = `
  - {rule: minimo, label: {it: massa, en: mass}, article: art. 4, on: [batch], value: batch.mass, min: least, severity: refuse}
`
	shares = `
  - {rule: acqua, label: {it: acqua, en: water}, on: [batch], when: mass(inputs) > 0, value: "mass_of(inputs, ['acqua'])", of: mass(inputs), max: "least", severity: hold}
`
)

// enact deploys a contract, approves it and lets it judge from today.
func (c *chain) enact(document []byte) {
	c.t.Helper()
	c.do(region, &rulesv1.MsgDeploy{Document: document})
	id, version := named(document)
	hash := sha256.Sum256(document)
	c.do(region, &rulesv1.MsgApprove{Contract: id, Version: version, Sha256: hash[:], As: "authority"})
	c.do(region, &rulesv1.MsgActivate{Contract: id, Version: version})
}

func named(document []byte) (string, uint32) {
	var id string
	var version uint32
	if _, err := fmt.Sscanf(string(document), "contract: %s\nversion: %d\n", &id, &version); err != nil {
		panic(err)
	}
	return id, version
}

// refuses runs one transaction, which must be refused with a code and a sentence
// that holds some words.
func (c *chain) refuses(s *sender, code, words string, acts ...proto.Message) {
	c.t.Helper()
	r := c.block(s.sign(s.body(c.now, acts...)))[0]
	if r.Info != code || !strings.Contains(r.Log, words) {
		c.t.Fatalf("%s: %s\nand not %s: …%s…", r.Info, r.Log, code, words)
	}
}

func told(m *productv1.MsgRegisterBatch, day string) *productv1.MsgRegisterBatch {
	m.ProductionDate = day
	return m
}

// TestAContractJudgesBatches takes a contract through its life.
func TestAContractJudgesBatches(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	c.stage()
	one := contract("peso", 1, "2026-11-01", leastMass)
	c.refuses(producer, "registry.not_allowed", "role authority", &rulesv1.MsgDeploy{Document: one})
	c.refuses(region, "rules.wrong_version", "the next is 1", &rulesv1.MsgDeploy{Document: contract("peso", 2, "2026-11-01", leastMass)})
	c.refuses(region, "rules.bad_contract", "no legal basis", &rulesv1.MsgDeploy{Document: []byte(strings.Replace(string(one), "[{act: L.R. Marche 36/2020}]", "[]", 1))})
	c.refuses(region, "rules.bad_contract", "10:92: value: there is no field masss; did you mean mass?", &rulesv1.MsgDeploy{Document: []byte(strings.Replace(string(one), "batch.mass", "batch.masss", 1))})
	c.do(region, &rulesv1.MsgDeploy{Document: one})
	c.do(producer, batch("BEFORE", 9_000)) // 9 kg: nothing judges yet
	c.refuses(region, "rules.wrong_state", "waits for approvals", &rulesv1.MsgActivate{Contract: "peso", Version: 1})
	hash := sha256.Sum256(one)
	c.refuses(region, "rules.wrong_hash", "read the document", &rulesv1.MsgApprove{Contract: "peso", Version: 1, Sha256: make([]byte, 32), As: "authority"})
	c.refuses(producer, "registry.not_allowed", "", &rulesv1.MsgApprove{Contract: "peso", Version: 1, Sha256: hash[:], As: "authority"})
	c.do(region, &rulesv1.MsgApprove{Contract: "peso", Version: 1, Sha256: hash[:], As: "authority"})
	c.refuses(region, "rules.already_given", "approved version 1", &rulesv1.MsgApprove{Contract: "peso", Version: 1, Sha256: hash[:], As: "authority"})
	c.refuses(region, "rules.wrong_version", "not judged afterwards", &rulesv1.MsgActivate{Contract: "peso", Version: 1, From: "2026-11-22"})
	c.do(region, &rulesv1.MsgActivate{Contract: "peso", Version: 1})

	c.refuses(producer, "rules.refused", "contract peso, version 1: rule minimo: mass (art. 4): required ≥ 10 kg, found 9.999 kg", batch("LIGHT", 9_999))
	c.do(producer, batch("RIGHT", 10_000))
	c.do(producer, told(batch("OLD", 1_000), "2026-10-31")) // made before the contract was in force

	// A figure changes by decision of the authority, for what is made from then on.
	c.refuses(producer, "registry.not_allowed", "", &rulesv1.MsgSetParameter{Contract: "peso", Version: 1, Parameter: "least", Value: "12 kg", As: "authority", Reason: "prova"})
	c.refuses(region, "rules.bad_parameter", "not mass per area", &rulesv1.MsgSetParameter{Contract: "peso", Version: 1, Parameter: "least", Value: "12 q/ha", As: "authority", Reason: "prova"})
	c.do(region, &rulesv1.MsgSetParameter{Contract: "peso", Version: 1, Parameter: "least", Value: "12 kg", From: "2026-11-23", As: "authority", Reason: "prova"})
	c.do(producer, batch("STILL", 10_000)) // made on 20 November
	c.refuses(producer, "rules.refused", "≥ 12 kg", told(batch("NEWLY", 11_000), "2026-11-23"))

	// A second version begins with what is made from its first day.
	c.refuses(region, "rules.bad_contract", "", &rulesv1.MsgDeploy{Document: []byte("contract: [")})
	two := contract("peso", 2, "2026-11-01", strings.Replace(leastMass, "min: least", "min: increased(least, 1000000000)", 1))
	c.refuses(region, "rules.bad_contract", "", &rulesv1.MsgDeploy{Document: two}) // a bare number is no share
	two = contract("peso", 2, "2026-11-01", strings.Replace(leastMass, "least", "most", 1))
	two = []byte(strings.Replace(string(two), "  least:", "  most:", 1))
	c.do(region, &rulesv1.MsgDeploy{Document: two})
	hash = sha256.Sum256(two)
	c.do(region, &rulesv1.MsgApprove{Contract: "peso", Version: 2, Sha256: hash[:], As: "authority"})
	c.refuses(region, "rules.wrong_version", "keeps it", &rulesv1.MsgActivate{Contract: "peso", Version: 2})
	c.do(region, &rulesv1.MsgWithdraw{Contract: "peso", Version: 1, Reason: "abrogato"})
	c.do(producer, batch("FREE", 1_000))
	c.refuses(region, "rules.wrong_state", "withdrawn", &rulesv1.MsgWithdraw{Contract: "peso", Version: 1, Reason: "abrogato"})
	check(t, c.app.CheckInvariants())
}

// TestAContractHoldsAndFrees holds a batch whose water was told wrong, and lets it
// go when it is told right.
func TestAContractHoldsAndFrees(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	c.stage()
	water := strings.Replace(string(contract("acqua", 1, "2026-11-01", shares)), "value: 10 kg", "value: 5 %", 1)
	c.enact([]byte(water))
	making := func(lot string, wet int64) proto.Message {
		return &matterv1.MsgTransform{
			Outside: []*matterv1.OutsideInput{{What: "acqua", Quantity: grams(wet)}, {What: "semola", Quantity: grams(1000 - wet)}},
			Outputs: []*matterv1.NewBatch{{Gtin: gtin, Lot: lot, Quantity: grams(1000), ProductionDate: "2026-11-20", Place: zone}},
		}
	}
	sale := func(lot string) proto.Message {
		return &matterv1.MsgSell{What: &matterv1.Use{Batch: lotOf(lot), Quantity: grams(100)}, Day: "2026-11-22"}
	}
	c.do(producer, making("DRY", 50))
	c.do(producer, making("WET", 51))
	c.do(producer, sale("DRY"))
	c.refuses(producer, "rules.on_hold", "held by rule acqua of contract acqua", sale("WET"))
	c.refuses(producer, "rules.on_hold", "acqua", &custodyv1.MsgOffer{Receiver: "regione-marche", Goods: []*custodyv1.Goods{{Batch: lotOf("WET"), Quantity: grams(10)}}, ExpiresAt: c.now.Unix() + 3600})
	end := &rulesv1.MsgEndConsequence{Batch: lotOf("WET"), Contract: "acqua", Rule: "acqua", Kind: rulesv1.ConsequenceKind_CONSEQUENCE_KIND_HOLD, Reason: "analisi rifatta"}
	c.refuses(producer, "registry.not_allowed", "", end)
	c.do(region, end)
	c.refuses(region, "rules.unknown_consequence", "bears no hold", end)
	c.do(producer, sale("WET"))

	// What is declared completes the book and does not contradict it.
	facts := func(text string) proto.Message {
		return &rulesv1.MsgDeclareFacts{Batch: lotOf("DRY"), Facts: []byte(text)}
	}
	c.refuses(producer, "rules.bad_facts", "51", facts("inputs: [{what: acqua, mass: 51 g}]"))
	c.refuses(producer, "rules.bad_facts", "masss", facts("inputs: [{what: acqua, masss: 51 g}]"))
	c.refuses(region, "rules.not_allowed", "belongs to pastificio", facts("known: {ph: {is: 5 pH}}"))
	c.do(producer, facts("inputs: [{what: acqua, mass: 50 g, region: '11'}]"))
	check(t, c.app.CheckInvariants())
}

// TestACostlyTransactionIsRefusedAlone spends a transaction's budget on many
// batches, and shows that nobody else pays for it.
func TestACostlyTransactionIsRefusedAlone(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	c.stage()
	many := ""
	for i := range 20 {
		many += strings.Replace(leastMass, "rule: minimo", fmt.Sprint("rule: minimo", i), 1)
	}
	c.enact(contract("conto", 1, "2026-11-01", many))
	var acts []proto.Message
	for i := range 60 {
		acts = append(acts, batch(fmt.Sprint("M", i), 20_000))
	}
	cheap := producer.sign(producer.body(c.now, batch("ONE", 20_000)))
	if r := c.block(producer.sign(producer.body(c.now, acts...)), cheap); r[0].Code != 0 || r[1].Code != 0 {
		t.Fatalf("within the budget: %s %s", r[0].Log, r[1].Log)
	}
	low(c)
	for i, a := range acts {
		a.(*productv1.MsgRegisterBatch).Lot = fmt.Sprint("N", i)
	}
	dear := producer.sign(producer.body(c.now, acts...))
	cheap = producer.sign(producer.body(c.now, batch("TWO", 20_000)))
	r := c.block(dear, cheap)
	if r[0].Info != "rules.cost_exceeded" || r[1].Code != 0 {
		t.Fatalf("beyond the budget: %s %s; beside it %s", r[0].Info, r[0].Log, r[1].Log)
	}
	c.refuses(region, "rules.cost_exceeded", "and a transaction may cost 1000", &rulesv1.MsgDeploy{Document: contract("caro", 1, "2026-11-01", `
  - {rule: caro, label: {it: caro, en: dear}, on: [batch], require: "inputs.all(a, inputs.all(b, a.mass == b.mass))", severity: warn}
`)})
}

// low lowers what judging may cost a transaction to the least.
func low(c *chain) {
	p := registry.DefaultParams()
	p.ContractCostPerTx = 1000
	c.do(region, &registryv1.MsgSubmitProposal{Reason: "test", Decision: &registryv1.Decision{Kind: &registryv1.Decision_SetParams{SetParams: &registryv1.SetParams{Params: p}}}})
}

// story is blocks in which contracts refuse, hold, warn and award, and an agreement
// is performed and another breached; the same on every machine.
func (c *chain) story() {
	c.stage()
	c.enact(contract("peso", 1, "2026-11-01", leastMass+`
  - {rule: premio, label: {it: premio, en: prize}, on: [batch, custom], value: batch.mass, min: least, severity: warn, effects: [{do: award, if: pass, value: "3"}, {do: request_control}, {do: set_status, value: leggero}]}
`))
	c.do(region, &registryv1.MsgEnrol{Id: "bottega", Name: "Bottega", Key: shop.newKey("bottega", "main"), Grants: []*registryv1.NewGrant{{Role: registryv1.Role_ROLE_DISTRIBUTOR, ValidFrom: began.Unix()}}})
	for i := range 30 {
		c.block(producer.sign(producer.body(c.now, batch(fmt.Sprint("S", i), int64(9_990+i)))), producer.sign(producer.body(c.now, batch(fmt.Sprint("T", i), int64(19_990+i)))))
	}
}

var shop = newSender(3)

// TestAnAgreementIsCarriedOut delivers for one agreement in time and for another
// too little.
func TestAnAgreementIsCarriedOut(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	shop = newSender(3)
	c.stage()
	c.do(region, &registryv1.MsgEnrol{Id: "bottega", Name: "Bottega", Key: shop.newKey("bottega", "main"), Grants: []*registryv1.NewGrant{{Role: registryv1.Role_ROLE_DISTRIBUTOR, ValidFrom: began.Unix()}}})
	c.do(producer, batch("L1", 10_000))
	text, who := sha256.Sum256([]byte("contratto")), sha256.Sum256([]byte("SPID"))
	id := &agreementv1.Identification{Means: "spid-l2", Sha256: who[:]}
	soon := c.now.Add(time.Minute).Unix()
	proposal := func(n int64) *agreementv1.MsgPropose {
		return &agreementv1.MsgPropose{
			Title: "Fornitura", DocumentSha256: text[:], Parties: []string{"pastificio", "bottega"}, SignUntil: soon, Identification: id,
			Deliveries: []*agreementv1.NewDelivery{{Seller: "pastificio", Buyer: "bottega", Gtin: gtin, Quantity: grams(n), DueAt: soon + 60, PenaltyPerUnit: 2, Penalty: 100}},
		}
	}
	c.refuses(region, "agreement.not_a_party", "regione-marche is not a party", proposal(3000))
	anonymous := proposal(3000)
	anonymous.Identification = nil
	raw := producer.sign(producer.body(c.now, anonymous))
	if r := c.block(raw)[0]; r.Info != "agreement.malformed" {
		t.Fatalf("nobody was identified: %s %s", r.Info, r.Log)
	}
	c.do(producer, proposal(3000))
	c.do(producer, proposal(4000))
	c.refuses(shop, "agreement.wrong_document", "is signed", &agreementv1.MsgSign{Agreement: 1, DocumentSha256: who[:], Identification: id})
	for n := range uint64(2) {
		c.do(shop, &agreementv1.MsgSign{Agreement: n + 1, DocumentSha256: text[:], Identification: id})
	}
	c.refuses(shop, "agreement.wrong_state", "in force", &agreementv1.MsgSign{Agreement: 1, DocumentSha256: text[:], Identification: id})
	c.do(producer, &custodyv1.MsgOffer{Receiver: "bottega", Goods: []*custodyv1.Goods{{Batch: lotOf("L1"), Quantity: grams(5000)}}, ExpiresAt: c.now.Unix() + 3600})
	c.do(shop, &custodyv1.MsgAccept{Offer: 1})
	for _, want := range []struct {
		number    uint64
		state     agreementv1.State
		delivered int64
	}{{1, agreementv1.State_STATE_PERFORMED, 3000}, {2, agreementv1.State_STATE_IN_FORCE, 2000}} {
		x := c.agreement(want.number)
		if x.GetState() != want.state || x.GetDeliveries()[0].GetDelivered() != want.delivered {
			t.Fatalf("agreement %d: %v", want.number, x)
		}
	}
	c.now = time.Unix(soon+60, 0).UTC()
	c.block()
	x := c.agreement(2)
	if x.GetState() != agreementv1.State_STATE_BREACHED || len(x.GetConsequences()) != 1 || x.GetConsequences()[0].GetAmountCents() != 2000*2+100 {
		t.Fatalf("the breach: %v", x)
	}
	c.refuses(producer, "agreement.nothing_to_settle", "owed to bottega", &agreementv1.MsgSettle{Agreement: 2})
	c.do(shop, &agreementv1.MsgSettle{Agreement: 2})
	c.refuses(shop, "agreement.nothing_to_settle", "settled on", &agreementv1.MsgSettle{Agreement: 2})
	check(t, c.app.CheckInvariants())
}

func (c *chain) agreement(number uint64) *agreementv1.Agreement {
	c.t.Helper()
	q, err := proto.Marshal(&agreementv1.AgreementRequest{Number: number})
	check(c.t, err)
	res, err := c.app.Query(c.t.Context(), &abci.RequestQuery{Path: "/filiera.agreement.v1.Query/Agreement", Data: q})
	check(c.t, err)
	x := &agreementv1.Agreement{}
	check(c.t, proto.Unmarshal(res.Value, x))
	return x
}

// TestTheKeysOfContractsAreThoseOfTheTables finds every provable record of contracts
// under the key that verifiers use.
func TestTheKeysOfContractsAreThoseOfTheTables(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	shop = newSender(3)
	c.story()
	c.do(producer, &rulesv1.MsgDeclareFacts{Batch: lotOf("S20"), Facts: []byte("known: {ph: {is: 5 pH}}")})
	version := &rulesv1.Version{}
	c.record(statekey.ContractVersion("peso", 1), version)
	c.record(statekey.ContractDocument(version.GetSha256()), &rulesv1.Document{})
	for _, k := range []struct {
		start func(string, string) ([]byte, []byte)
		rest  string
		into  proto.Message
	}{
		{statekey.RulingsOf, "batch/peso/", &rulesv1.Ruling{}}, {statekey.ConsequencesOf, "peso/premio/award", &rulesv1.Consequence{}}, {statekey.DeclarationsOf, "pastificio", &rulesv1.Declaration{}},
	} {
		start, _ := k.start(gtin, "S20")
		c.record(append(start, k.rest...), k.into)
	}
	text, who := sha256.Sum256([]byte("contratto")), sha256.Sum256([]byte("SPID"))
	c.do(producer, &agreementv1.MsgPropose{
		Title: "Fornitura", DocumentSha256: text[:], Parties: []string{"pastificio", "bottega"}, SignUntil: c.now.Unix() + 60, Identification: &agreementv1.Identification{Means: "cie", Sha256: who[:]},
		Deliveries: []*agreementv1.NewDelivery{{Seller: "pastificio", Buyer: "bottega", Gtin: gtin, Quantity: grams(1), DueAt: c.now.Unix() + 120}},
	})
	c.record(statekey.Agreement(1), &agreementv1.Agreement{})
}

// record reads a record by its raw key.
func (c *chain) record(key []byte, into proto.Message) {
	c.t.Helper()
	name, rest, _ := strings.Cut(string(key), "/")
	res, err := c.app.Query(c.t.Context(), &abci.RequestQuery{Path: "/store/" + name + "/key", Data: []byte(rest)})
	check(c.t, err)
	if res.Code != 0 || len(res.Value) == 0 {
		c.t.Fatalf("nothing stands under %q: %s", key, res.Log)
	}
	check(c.t, proto.Unmarshal(res.Value, into))
	if err := module.NoUnknown(into); err != nil {
		c.t.Fatalf("under %q: %v", key, err)
	}
}

// TestContractsJudgeAlikeInEveryProcess runs the same blocks, with contracts, in
// processes of their own: each has other seeds of Go's maps, and another number of
// processors.
func TestContractsJudgeAlikeInEveryProcess(t *testing.T) {
	const mark = "FILIERA_STORY_HASH"
	if os.Getenv(mark) != "" {
		c := newChain(t, dbm.NewMemDB())
		shop = newSender(3)
		c.story()
		check(t, c.app.CheckInvariants())
		fmt.Printf("hash=%s\n", c.hash())
		return
	}
	var first string
	for _, procs := range []string{"1", "2", "3", "8"} {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestContractsJudgeAlikeInEveryProcess$")
		cmd.Env = append(os.Environ(), mark+"=1", "GOMAXPROCS="+procs)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		_, rest, _ := strings.Cut(string(out), "hash=")
		hash, _, _ := strings.Cut(rest, "\n")
		if len(hash) != 64 {
			t.Fatalf("no hash in %s", out)
		}
		if first == "" {
			first = hash
		}
		if hash != first {
			t.Fatalf("GOMAXPROCS=%s gives %s, and 1 gave %s", procs, hash, first)
		}
	}
}
