package gateway

import (
	"encoding/json"
	"testing"

	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/verify"
)

const testSSCC = "395212340000000014"

// hands commits that a shop has part of the batch of the story, by an offer of a
// pallet.
func (w *world) hands() {
	id := &basev1.BatchID{Gtin: testGTIN, Lot: testLot}
	grams := func(n int64) *basev1.Quantity { return &basev1.Quantity{Amount: n, Unit: "GRM"} }
	offer := &custodyv1.Offer{
		Number: 1, Sender: "pastificio", Receiver: "bottega", Sscc: testSSCC, Lines: []*custodyv1.Line{{Batch: id, Quantity: grams(500_000)}},
		Status: custodyv1.OfferStatus_OFFER_STATUS_ACCEPTED, OfferedAt: firstTime, OfferedHeight: 2, AnsweredAt: firstTime, Entry: 4, ExpiresAt: firstTime + 60,
	}
	unit := &custodyv1.LogisticUnit{Sscc: testSSCC, Holder: "bottega", PackedBy: "pastificio", Contents: []*custodyv1.Content{{Batch: id, Quantity: grams(500_000)}}}
	stock := &matterv1.Stock{Batch: id, Unit: "GRM", Entered: 1_500_000, Left: 1_500_000, Entries: 2, Holders: 2}
	state := map[string]proto.Message{
		string(statekey.Offer(1)): offer, string(statekey.LogisticUnit(testSSCC)): unit, string(statekey.Stock(testGTIN, testLot)): stock,
	}
	say := []proto.Message{index.AnnounceRecord(offer), index.AnnounceRecord(unit), index.AnnounceRecord(stock)}
	for who, n := range map[string]int64{"bottega": 500_000, "pastificio": 1_000_000} {
		h := &matterv1.Holding{Batch: id, Holder: who, Unit: "GRM", Left: n}
		if who == "bottega" {
			h.Packed = n
		}
		state[string(statekey.Holding(testGTIN, testLot, who))] = h
		say = append(say, index.AnnounceRecord(h))
	}
	w.commit(action{acts: []proto.Message{&custodyv1.MsgAccept{Offer: 1}}, state: state, say: say})
}

func TestWhoHasABatchIsProven(t *testing.T) {
	w := newWorld(t)
	w.story()
	path := "/v1/batches/" + testGTIN + "/" + testLot + "/holders"
	type answer struct {
		Left  json.Number
		Items []struct {
			Holder       string
			Left, Packed json.Number
		}
		Proof json.RawMessage
	}
	ask := func(query string) (a answer) {
		t.Helper()
		r := w.get(path + query)
		if r.status != 200 {
			t.Fatalf("%s: %d %s", query, r.status, r.body)
		}
		must(t, json.Unmarshal(r.body, &a))
		return a
	}
	if a := ask(""); len(a.Items) != 1 || a.Items[0].Holder != "pastificio" || a.Left != "1500000" {
		t.Errorf("before the book heard of it: %+v", a)
	}
	w.hands()
	w.commit()
	a := ask("?proof=true")
	if len(a.Items) != 2 || a.Items[0].Holder != "bottega" || a.Items[0].Packed != "500000" || a.Items[1].Left != "1000000" {
		t.Errorf("%+v", a)
	}
	keys := [][]byte{
		statekey.Stock(testGTIN, testLot), statekey.Holding(testGTIN, testLot, "bottega"), statekey.Holding(testGTIN, testLot, "pastificio"), statekey.Batch(testGTIN, testLot),
	}
	values, _, err := verify.CheckRecordProof(a.Proof, verify.Trust{ValidatorsHash: w.set().Hash(), ChainID: testChain}, keys...)
	must(t, err)
	sum := int64(0)
	for _, raw := range values[1:3] {
		h := new(matterv1.Holding)
		must(t, proto.Unmarshal(raw, h))
		sum += h.GetLeft()
	}
	s := new(matterv1.Stock)
	must(t, proto.Unmarshal(values[0], s))
	if sum != s.GetLeft() {
		t.Errorf("the holders have %d of %d", sum, s.GetLeft())
	}
}

func TestOffersAndUnitsAreListed(t *testing.T) {
	w := newWorld(t)
	w.story()
	w.hands()
	w.commit()
	batch := "gtin=" + testGTIN + "&lot=" + testLot
	for query, want := range map[string]int{
		"/v1/offers": 1, "/v1/offers?receiver=bottega&status=accepted": 1, "/v1/offers?sender=bottega": 0, "/v1/offers?" + batch: 1, "/v1/offers?sscc=" + testSSCC: 1,
		"/v1/offers?status=open": 0, "/v1/logistic-units": 1, "/v1/logistic-units?holder=pastificio": 0, "/v1/logistic-units?" + batch: 1,
		"/v1/batches?custodian=bottega": 1, "/v1/batches?custodian=nobody": 0,
	} {
		var l struct{ Items []map[string]any }
		must(t, json.Unmarshal(w.get(query).body, &l))
		if len(l.Items) != want {
			t.Errorf("%s: %d, want %d", query, len(l.Items), want)
		}
	}
	for query, want := range map[string]int{
		"/v1/offers/1?proof=true": 200, "/v1/offers/2": 404, "/v1/offers/x": 400, "/v1/offers?gtin=" + testGTIN: 400, "/v1/offers?status=gone": 400,
		"/v1/logistic-units/" + testSSCC + "?proof=true": 200, "/v1/logistic-units/1": 400, "/v1/logistic-units/395212340000000021": 404,
	} {
		if r := w.get(query); r.status != want {
			t.Errorf("%s: %d %s", query, r.status, r.body)
		}
	}
}
