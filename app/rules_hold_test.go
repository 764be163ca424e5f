package app_test

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	dbm "github.com/cosmos/cosmos-db"
	"google.golang.org/protobuf/proto"

	agreementv1 "github.com/filiera-chain/filiera/api/agreement/v1"
	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
)

// TestARefusedFigureIsForgotten judges by a figure in a transaction that is refused
// afterwards, and then by the figure that was set in its place: a node that
// was started in between would judge otherwise if the first were remembered.
func TestARefusedFigureIsForgotten(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	c.stage()
	c.do(producer, told(batch("L", 15_000), "2026-11-23"))
	c.enact(contract("peso", 1, "2026-11-01", strings.Replace(leastMass, "[batch]", "[batch, custom]", 1)))
	set := func(value string) proto.Message {
		return &rulesv1.MsgSetParameter{Contract: "peso", Version: 1, Parameter: "least", Value: value, From: "2026-11-23", As: "authority", Reason: "prova"}
	}
	judge := &rulesv1.MsgJudge{Batch: lotOf("L")}
	c.refuses(region, "rules.unknown_contract", "no version 9", set("12 kg"), judge, &rulesv1.MsgWithdraw{Contract: "peso", Version: 9, Reason: "prova"})
	c.do(region, set("20 kg"))
	c.refuses(region, "rules.refused", "≥ 20 kg", judge)
}

// TestAHoldGoesWithTheGoods splits, merges and hands over a lot that is held.
func TestAHoldGoesWithTheGoods(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	shop = newSender(3)
	c.stage()
	c.do(region, &registryv1.MsgEnrol{Id: "bottega", Name: "Bottega", Key: shop.newKey("bottega", "main"), Grants: []*registryv1.NewGrant{{Role: registryv1.Role_ROLE_DISTRIBUTOR, ValidFrom: began.Unix()}}})
	c.do(producer, told(batch("L", 5_000), "2026-11-23"))
	c.do(producer, told(batch("M", 5_000), "2026-11-23"))
	c.do(producer, told(batch("N", 50_000), "2026-11-23"))
	offer := func(lot string) proto.Message {
		return &custodyv1.MsgOffer{Receiver: "bottega", Goods: []*custodyv1.Goods{{Batch: lotOf(lot), Quantity: grams(10)}}, ExpiresAt: c.now.Unix() + 3600}
	}
	sell := func(lot string) proto.Message {
		return &matterv1.MsgSell{What: &matterv1.Use{Batch: lotOf(lot), Quantity: grams(10)}, Day: "2026-11-23"}
	}
	split := func(from, to string) proto.Message {
		return &matterv1.MsgSplit{From: lotOf(from), Parts: []*matterv1.Part{{Lot: to, Quantity: grams(100)}}}
	}
	c.do(producer, split("L", "EARLY"))
	c.do(producer, offer("L"))
	c.enact(contract("peso", 1, "2026-11-01", strings.NewReplacer("[batch]", "[custom]", "refuse", "hold").Replace(leastMass)))
	c.do(producer, &rulesv1.MsgJudge{Batch: lotOf("L")})
	c.do(producer, split("L", "LATE"))
	for _, lot := range []string{"L", "EARLY", "LATE"} {
		c.refuses(producer, "rules.on_hold", "lot L of", sell(lot))
		c.refuses(producer, "rules.on_hold", "lot L of", offer(lot))
	}
	c.refuses(shop, "rules.on_hold", "lot L of", &custodyv1.MsgAccept{Offer: 1})
	make := func(of, lot string) proto.Message {
		out := &matterv1.NewBatch{Gtin: gtin, Lot: lot, Quantity: grams(50), ProductionDate: "2026-11-23", Place: zone}
		return &matterv1.MsgTransform{Inputs: []*matterv1.Use{{Batch: lotOf(of), Quantity: grams(50)}}, Outputs: []*matterv1.NewBatch{out}}
	}
	c.refuses(producer, "rules.on_hold", "nothing is made of it", make("L", "MADE"))
	c.refuses(producer, "rules.on_hold", "nothing is made of it", make("LATE", "MADE"))
	c.refuses(producer, "rules.on_hold", "lot L of", &matterv1.MsgMerge{Inputs: []*matterv1.Use{{Batch: lotOf("L"), Quantity: grams(10)}, {Batch: lotOf("N"), Quantity: grams(10)}}, Lot: "MERGED"})
	c.do(region, &rulesv1.MsgEndConsequence{Batch: lotOf("L"), Contract: "peso", Rule: "minimo", Kind: rulesv1.ConsequenceKind_CONSEQUENCE_KIND_HOLD, Reason: "pesato"})
	c.do(shop, &custodyv1.MsgAccept{Offer: 1})
	c.do(producer, sell("LATE"))
	c.do(producer, make("L", "MADE"))
	c.do(producer, sell("MADE"))
	// What waits for a day may be worked on, and what is made of it waits too.
	c.enact(restful(contract("riposo", 1, "2026-11-01", "  - {rule: riposo, label: {it: riposo, en: rest}, on: [custom], when: 'batch.lot == \"N\"', require: 'true', severity: warn, effects: [{if: pass, do: hold_until, value: 'after_days(batch.production_date, rest)'}]}\n")))
	c.do(producer, &rulesv1.MsgJudge{Batch: lotOf("N")})
	c.refuses(producer, "rules.on_hold", "lot N of", sell("N"))
	c.do(producer, make("N", "OF-N"))
	c.refuses(producer, "rules.on_hold", "lot OF-N of", sell("OF-N"))
	check(t, c.app.CheckInvariants())
}

// restful gives a contract a figure of days.
func restful(document []byte) []byte {
	return bytes.Replace(document, []byte("rules:\n"), []byte("  rest: {label: {it: riposo, en: rest}, value: 30 days, source: \"https://example.org\", change: authority}\nrules:\n"), 1)
}

// What a control body alone may say is not believed of an owner.
func TestAnOwnerSaysNothingForTheControlBody(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	c.stage()
	c.do(producer, batch("L", 5_000))
	c.do(producer, &rulesv1.MsgDeclareFacts{Batch: lotOf("L"), Facts: []byte("land:\n  - {id: vigna-1, altitude: 300 m, listed: true}\ninputs:\n  - {what: uova, mass: 2 kg, certified: true}\n")})
	_, facts, err := c.app.Facts(gtin, "L", "")
	check(t, err)
	for _, word := range []string{"listed", "certified"} {
		if strings.Contains(string(facts), word) {
			t.Errorf("the owner says what is %s:\n%s", word, facts)
		}
	}
	if !strings.Contains(string(facts), "vigna-1") || !strings.Contains(string(facts), "uova") {
		t.Errorf("what the owner may say is lost:\n%s", facts)
	}
}

// An owner who told first what went in does not keep the control body from telling
// otherwise; the body's word is what is seen, and the owner cannot tell against it.
func TestAnOwnerDoesNotSilenceTheControlBody(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	body := newSender(3)
	c.stage()
	c.do(region, &registryv1.MsgEnrol{Id: "amap-apc", Name: "AMAP", Key: body.newKey("amap-apc", "main"), Grants: []*registryv1.NewGrant{{Role: registryv1.Role_ROLE_CERTIFIER, ValidFrom: began.Unix()}}})
	c.do(region, &registryv1.MsgAccredit{Certifier: "amap-apc", Specification: spec, ValidFrom: began.Unix(), Reference: "decreto 1"})
	c.do(producer, batch("L", 5_000))
	tell := func(what string) proto.Message {
		return &rulesv1.MsgDeclareFacts{Batch: lotOf("L"), Facts: []byte("inputs:\n  - {what: " + what + ", mass: 2 kg}\n")}
	}
	c.do(producer, tell("uova"))
	c.do(body, tell("farina"))
	_, facts, err := c.app.Facts(gtin, "L", "")
	check(t, err)
	if !strings.Contains(string(facts), "farina") || strings.Contains(string(facts), "uova") {
		t.Errorf("what is seen:\n%s", facts)
	}
	c.refuses(producer, "rules.bad_facts", "the book of matter does not", tell("uova"))
}

// Between two parties no more deliveries of a product are open than one handing over
// can ask.
func TestOpenDeliveriesAreBounded(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	shop = newSender(3)
	c.stage()
	c.do(region, &registryv1.MsgEnrol{Id: "bottega", Name: "Bottega", Key: shop.newKey("bottega", "main"), Grants: []*registryv1.NewGrant{{Role: registryv1.Role_ROLE_DISTRIBUTOR, ValidFrom: began.Unix()}}})
	text, who := sha256.Sum256([]byte("contratto")), sha256.Sum256([]byte("SPID"))
	id := &agreementv1.Identification{Means: "spid-l2", Sha256: who[:]}
	soon := c.now.Add(time.Hour).Unix()
	var proposals, signatures []proto.Message
	for n := range uint64(65) {
		proposals = append(proposals, &agreementv1.MsgPropose{
			Title: "Fornitura", DocumentSha256: text[:], Parties: []string{"pastificio", "bottega"}, SignUntil: soon, Identification: id,
			Deliveries: []*agreementv1.NewDelivery{{Seller: "pastificio", Buyer: "bottega", Gtin: gtin, Quantity: grams(10), DueAt: soon + 60, Penalty: 100}},
		})
		signatures = append(signatures, &agreementv1.MsgSign{Agreement: n + 1, DocumentSha256: text[:], Identification: id})
	}
	c.do(producer, proposals...)
	c.do(shop, signatures[:64]...)
	c.refuses(shop, "agreement.too_many_open", "64 deliveries", signatures[64])
}
