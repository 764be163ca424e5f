package custody_test

import (
	"fmt"
	"testing"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/x/custody"
	"github.com/filiera-chain/filiera/x/lineage"
	"github.com/filiera-chain/filiera/x/matter"
)

func TestGoodsMoveWhenBothHaveSigned(t *testing.T) {
	w := newWorld(t)
	n := w.offer("miller", offerTo("shop", goods(flour, "F1", 400, "GRM"), goods(pasta, "P1", 10, "H87")))
	if w.has("shop", flour, "F1") != 0 {
		t.Error("the shop has flour before it signed")
	}
	w.says(custody.ErrNotYours, "grocer", &custodyv1.MsgAccept{Offer: n}, "miller to shop")
	w.says(custody.ErrNotYours, "miller", &custodyv1.MsgAccept{Offer: n})
	w.Do(by("shop"), &custodyv1.MsgAccept{Offer: n})
	w.CheckTruths()
	if f, p := w.has("shop", flour, "F1"), w.has("shop", pasta, "P1"); f != 400 || p != 10 {
		t.Errorf("the shop has %d g and %d packets", f, p)
	}
	if w.has("miller", flour, "F1") != 600 || w.custodian(flour, "F1") != "miller" {
		t.Errorf("the miller has %d g left and %s is custodian", w.has("miller", flour, "F1"), w.custodian(flour, "F1"))
	}
	w.says(custody.ErrState, "shop", &custodyv1.MsgAccept{Offer: n}, "accepted")
	// What is left goes too, and with it who holds the lot.
	w.hand("miller", "grocer", goods(flour, "F1", 600, "GRM"))
	if w.custodian(flour, "F1") != "grocer" {
		t.Errorf("%s is custodian", w.custodian(flour, "F1"))
	}
	// Each sells its own and no more.
	sell := func(n int64) *matterv1.MsgSell {
		return &matterv1.MsgSell{What: &matterv1.Use{Batch: id(flour, "F1"), Quantity: of(n, "GRM")}, Day: "2026-11-23"}
	}
	w.says(matter.ErrNotEnough, "shop", sell(401), "shop has 400 g of the 1 kg left", "1 g too much")
	w.Do(by("shop"), sell(400))
	w.says(matter.ErrNotEnough, "miller", sell(1))
	w.says(matter.ErrNotHeld, "carrier", sell(1), "carrier has none")
	w.CheckTruths()
}

func TestOfTwoOffersOfTheSameGoodsOneIsAccepted(t *testing.T) {
	for _, first := range []string{"shop", "grocer"} {
		w := newWorld(t)
		offers := map[string]uint64{
			"shop":   w.offer("miller", offerTo("shop", goods(flour, "F1", 1_000, "GRM"))),
			"grocer": w.offer("miller", offerTo("grocer", goods(flour, "F1", 1, "GRM"))),
		}
		done := 0
		for _, who := range []string{first, map[string]string{"shop": "grocer", "grocer": "shop"}[first]} {
			if _, err := w.Try(by(who), &custodyv1.MsgAccept{Offer: offers[who]}); err == nil {
				done++
			}
		}
		if done != 1 {
			t.Errorf("%d of two offers of the same kilogram were accepted", done)
		}
		w.CheckTruths()
	}
}

func TestDisputedQuantities(t *testing.T) {
	for _, c := range []struct {
		name           string
		counted        int64
		writeOff       bool
		shop, miller   int64
		left, disposed int64
	}{
		{"the rest stays", 380, false, 380, 620, 1_000, 0},
		{"the rest is written off", 380, true, 380, 600, 980, 20},
		{"nothing came", 0, true, 0, 600, 600, 400},
		{"more came", 420, false, 420, 580, 1_000, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			n := w.offer("miller", offerTo("shop", goods(flour, "F1", 400, "GRM")))
			w.says(custody.ErrState, "miller", &custodyv1.MsgAgree{Offer: n})
			w.says(custody.ErrShape, "shop", &custodyv1.MsgDispute{Offer: n, Counted: []*quantity{of(400, "GRM")}, Reason: "as said"}, "accept the offer")
			w.Do(by("shop"), &custodyv1.MsgDispute{Offer: n, Counted: []*quantity{of(c.counted, "GRM")}, Reason: "a sack was torn"})
			w.says(custody.ErrState, "shop", &custodyv1.MsgAccept{Offer: n}, "disputed")
			w.says(custody.ErrNotYours, "shop", &custodyv1.MsgAgree{Offer: n})
			w.Do(by("miller"), &custodyv1.MsgAgree{Offer: n, WriteOffMissing: c.writeOff})
			if s, m := w.has("shop", flour, "F1"), w.has("miller", flour, "F1"); s != c.shop || m != c.miller {
				t.Errorf("the shop has %d and the miller %d; want %d and %d", s, m, c.shop, c.miller)
			}
			s, err := w.matter.Stock(w.Reader(), flour, "F1")
			must(t, err)
			if s.GetLeft() != c.left || s.GetWrittenOff() != c.disposed {
				t.Errorf("%d are left and %d written off", s.GetLeft(), s.GetWrittenOff())
			}
			w.CheckTruths()
		})
	}
}

func TestOffersThatEnd(t *testing.T) {
	w := newWorld(t)
	g := goods(flour, "F1", 10, "GRM")
	sent, cancelled, expired := w.offer("miller", offerTo("shop", g)), w.offer("miller", offerTo("shop", g)), w.offer("miller", offerTo("shop", g))
	w.Do(by("shop"), &custodyv1.MsgRefuse{Offer: sent, Reason: "not ordered"})
	w.says(custody.ErrNotYours, "shop", &custodyv1.MsgCancel{Offer: cancelled, Reason: "why not"})
	w.Do(by("miller"), &custodyv1.MsgCancel{Offer: cancelled, Reason: "wrong lot"})
	w.says(custody.ErrState, "shop", &custodyv1.MsgAccept{Offer: cancelled}, "cancelled")
	w.EndBlock(7 * 24 * 3600)
	if o, _ := w.custody.Offer(w.Reader(), expired); o.GetStatus() != custodyv1.OfferStatus_OFFER_STATUS_OPEN {
		t.Errorf("in its last second the offer is %v", o.GetStatus())
	}
	w.EndBlock(1)
	w.EndBlock(1)
	if o, _ := w.custody.Offer(w.Reader(), expired); o.GetStatus() != custodyv1.OfferStatus_OFFER_STATUS_EXPIRED {
		t.Errorf("after its end the offer is %v", o.GetStatus())
	}
	w.says(custody.ErrState, "shop", &custodyv1.MsgAccept{Offer: expired}, "expired")
	w.CheckTruths()
}

func TestAnEndedOfferIsRefusedBeforeItsTurnComes(t *testing.T) {
	w := newWorld(t)
	n := w.offer("miller", offerTo("shop", goods(flour, "F1", 10, "GRM")))
	w.Block.Time = start + 7*24*3600 + 1 // within the block, before its end
	w.says(custody.ErrState, "shop", &custodyv1.MsgAccept{Offer: n}, "ended on 2026-11-30")
}

func TestWhatCannotBeOffered(t *testing.T) {
	w := newWorld(t)
	g := goods(flour, "F1", 10, "GRM")
	w.says(custody.ErrReceiver, "miller", offerTo("miller", g), "itself")
	w.says(custody.ErrReceiver, "miller", offerTo("nobody", g), "nobody")
	w.says(custody.ErrReceiver, "miller", offerTo("auditor", g), "auditor may not hold")
	w.says(matter.ErrNotHeld, "shop", offerTo("grocer", g), "held by miller")
	w.says(matter.ErrNotEnough, "miller", offerTo("shop", goods(flour, "F1", 2, "KGM")), "1 kg too much")
	w.says(custody.ErrShape, "miller", offerTo("shop", g, g), "twice")
	w.says(custody.ErrShape, "miller", offerTo("shop"), "one logistic unit")
	w.says(custody.ErrBatch, "miller", offerTo("shop", goods(flour, "F2", 1, "GRM")))
	late := offerTo("shop", g)
	late.ExpiresAt = start
	w.says(custody.ErrExpiry, "miller", late)
	late.ExpiresAt = start + 367*24*3600
	w.says(custody.ErrExpiry, "miller", late, "366 days")
	for range 1_000 {
		w.offer("miller", offerTo("shop", goods(flour, "F1", 1, "GRM")))
	}
	w.says(custody.ErrLimit, "miller", offerTo("shop", g), "1000 offers")
	w.Do(by("miller"), &custodyv1.MsgCancel{Offer: 1, Reason: "room is needed"})
	w.offer("miller", offerTo("shop", g))
}

func TestCalledBackGoodsGoBackAndNowhereElse(t *testing.T) {
	w := newWorld(t)
	w.hand("miller", "shop", goods(flour, "F1", 500, "GRM"))
	waiting := w.offer("shop", offerTo("grocer", goods(flour, "F1", 1, "GRM")))
	must(t, w.lineage.Call(w.Context(module.Signer{}), 1, false, []*basev1.BatchID{{Gtin: flour, Lot: "F1"}}))
	w.says(lineage.ErrRecalled, "shop", offerTo("grocer", goods(flour, "F1", 500, "GRM")), "under recall 1", "goes back to its owner miller")
	w.says(lineage.ErrRecalled, "grocer", &custodyv1.MsgAccept{Offer: waiting}, "under recall 1")
	w.hand("shop", "miller", goods(flour, "F1", 500, "GRM"))
	if w.has("miller", flour, "F1") != 1_000 {
		t.Errorf("the miller has %d back", w.has("miller", flour, "F1"))
	}
	w.CheckTruths()
}

func objectEvent(step, lot string) string {
	return fmt.Sprintf(`{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],"type":"EPCISDocument","schemaVersion":"2.0",
"creationDate":"2026-11-23T08:00:00Z","epcisBody":{"eventList":[{"type":"ObjectEvent","eventTime":"2026-11-23T07:59:00Z","eventTimeZoneOffset":"+01:00","action":"OBSERVE",
"bizStep":%q,"quantityList":[{"epcClass":"https://id.gs1.org/01/%s/10/%s","quantity":1,"uom":"KGM"}]}]}}`, step, flour, lot)
}

func (w *world) capture(who, step, lot string) []byte {
	w.T.Helper()
	r := w.Do(by(who), captured(objectEvent(step, lot))).(*tracev1.CaptureResult)
	return r.GetReceipts()[0].GetId()
}

func TestEventsOfShippingAndReceivingStandBeside(t *testing.T) {
	w := newWorld(t)
	w.batch(flour, "F2", 1_000, "GRM")
	shipped, other, packing := w.capture("miller", "shipping", "F1"), w.capture("miller", "shipping", "F2"), w.capture("miller", "packing", "F1")
	o := offerTo("shop", goods(flour, "F1", 1, "KGM"))
	for _, bad := range [][]byte{other, packing, make([]byte, 32)} {
		o.ShippingEvent = bad
		w.says(custody.ErrEvent, "miller", o)
	}
	o.ShippingEvent = shipped
	n := w.offer("miller", o)
	w.says(custody.ErrState, "shop", &custodyv1.MsgTie{Offer: n, Event: shipped}, "accept it first")
	w.Do(by("shop"), &custodyv1.MsgAccept{Offer: n})
	received := w.capture("shop", "receiving", "F1")
	w.says(custody.ErrEvent, "shop", &custodyv1.MsgTie{Offer: n, Event: shipped}, "is of miller")
	w.Do(by("shop"), &custodyv1.MsgTie{Offer: n, Event: received})
	w.says(custody.ErrState, "shop", &custodyv1.MsgTie{Offer: n, Event: received}, "already")
	w.says(custody.ErrNotYours, "grocer", &custodyv1.MsgTie{Offer: n, Event: received})
	got, err := w.custody.Offer(w.Reader(), n)
	must(t, err)
	if string(got.GetShippingEvent()) != string(shipped) || string(got.GetReceivingEvent()) != string(received) || got.GetEntry() == 0 {
		t.Errorf("the offer is %v", got)
	}
	w.CheckTruths()
}
