package custody_test

import (
	"fmt"
	"testing"

	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/x/custody"
	"github.com/filiera-chain/filiera/x/matter"
)

func (w *world) unit(sscc string) *custodyv1.LogisticUnit {
	w.T.Helper()
	u, err := w.custody.Unit(w.Reader(), sscc)
	must(w.T, err)
	return u
}

// packed is a pallet of two cases, of which one names its packets.
func packed(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.Do(by("miller"), &custodyv1.MsgPack{Sscc: case1, Contents: []*custodyv1.Content{content(pasta, "P1", 2, "H87", "S1", "S2")}})
	w.Do(by("miller"), &custodyv1.MsgPack{Sscc: case2, Contents: []*custodyv1.Content{content(flour, "F1", 300, "GRM")}})
	w.Do(by("miller"), &custodyv1.MsgPack{Sscc: pallet, Children: []string{case2, case1}, Contents: []*custodyv1.Content{content(flour, "F1", 200, "GRM")}})
	w.CheckTruths()
	return w
}

func TestAPalletIsHandedOverAsItStands(t *testing.T) {
	w := packed(t)
	w.says(custody.ErrPacked, "miller", &custodyv1.MsgOffer{Receiver: "shop", Sscc: case1, ExpiresAt: start + 60}, pallet)
	n := w.offer("miller", &custodyv1.MsgOffer{Receiver: "shop", Sscc: pallet, ExpiresAt: start + 600})
	o, err := w.custody.Offer(w.Reader(), n)
	must(t, err)
	if len(o.GetLines()) != 2 || o.GetLines()[0].GetQuantity().GetAmount() != 500 {
		t.Errorf("offered: %v", o.GetLines())
	}
	w.says(custody.ErrState, "shop", &custodyv1.MsgDispute{Offer: n, Counted: []*quantity{of(1, "GRM"), of(1, "H87")}, Reason: "one is missing"}, "repack")
	w.Do(by("shop"), &custodyv1.MsgAccept{Offer: n})
	w.CheckTruths()
	if w.has("shop", flour, "F1") != 500 || w.has("shop", pasta, "P1") != 2 || w.unit(case1).GetHolder() != "shop" {
		t.Errorf("the shop has %d and %d, and the case is of %s", w.has("shop", flour, "F1"), w.has("shop", pasta, "P1"), w.unit(case1).GetHolder())
	}
	// What is packed is sold once it is unpacked.
	sell := &matterv1.MsgSell{What: &matterv1.Use{Batch: id(flour, "F1"), Quantity: of(200, "GRM")}, Day: "2026-11-23"}
	w.says(matter.ErrNotEnough, "shop", sell, "of which 500 g are packed", "unpack")
	w.says(custody.ErrNotYours, "miller", &custodyv1.MsgUnpack{Sscc: pallet})
	w.Do(by("shop"), &custodyv1.MsgUnpack{Sscc: pallet})
	w.Do(by("shop"), sell)
	if u := w.unit(case2); u.GetParent() != "" || len(w.unit(pallet).GetChildren()) != 0 {
		t.Errorf("the case is in %q", u.GetParent())
	}
	w.Do(by("shop"), &custodyv1.MsgUnpack{Sscc: case1, Contents: []*custodyv1.Content{content(pasta, "P1", 1, "H87", "S2")}})
	w.says(custody.ErrInside, "shop", &custodyv1.MsgUnpack{Sscc: case1, Contents: []*custodyv1.Content{content(pasta, "P1", 1, "H87", "S2")}}, "S2")
	w.CheckTruths()
}

func TestARepackedPalletIsOfferedAgain(t *testing.T) {
	w := packed(t)
	n := w.offer("miller", &custodyv1.MsgOffer{Receiver: "shop", Sscc: pallet, ExpiresAt: start + 600})
	w.Do(by("miller"), &custodyv1.MsgUnpack{Sscc: case2, Contents: []*custodyv1.Content{content(flour, "F1", 1, "GRM")}})
	w.says(custody.ErrState, "shop", &custodyv1.MsgAccept{Offer: n}, "repacked")
	w.CheckTruths()
}

func TestWhatCannotBePacked(t *testing.T) {
	w := packed(t)
	other := "395212340000000045"
	pack := func(sscc string, list ...*custodyv1.Content) *custodyv1.MsgPack {
		return &custodyv1.MsgPack{Sscc: sscc, Contents: list}
	}
	w.says(matter.ErrNotEnough, "miller", pack(other, content(flour, "F1", 501, "GRM")), "of which 500 g are packed", "1 g too much")
	w.says(custody.ErrPacked, "miller", pack(other, content(pasta, "P1", 1, "H87", "S1")), case1)
	w.says(custody.ErrShape, "miller", pack(other, content(pasta, "P1", 2, "H87", "S3")), "as many pieces")
	w.says(custody.ErrShape, "miller", pack(case1, content(pasta, "P1", 1, "H87")), "name all or none")
	w.says(custody.ErrShape, "miller", pack("395212340000000046", content(flour, "F1", 1, "GRM")), "sscc")
	w.says(custody.ErrShape, "miller", pack(other))
	w.says(matter.ErrNotHeld, "shop", pack(other, content(flour, "F1", 1, "GRM")))
	w.says(custody.ErrNotYours, "shop", pack(pallet, content(flour, "F1", 1, "GRM")))
	w.says(custody.ErrPacked, "miller", &custodyv1.MsgPack{Sscc: other, Children: []string{case1}}, pallet)
	w.says(custody.ErrUnit, "miller", &custodyv1.MsgPack{Sscc: other, Children: []string{"395212340000000052"}})
	w.says(custody.ErrLimit, "miller", &custodyv1.MsgPack{Sscc: case1, Children: []string{pallet}}, "in itself")
	w.says(custody.ErrInside, "miller", &custodyv1.MsgUnpack{Sscc: case1, Children: []string{case2}})
	w.CheckTruths()
}

func TestUnitsStandSixDeep(t *testing.T) {
	w := newWorld(t)
	at := ""
	for i := range 7 {
		body := fmt.Sprintf("3952123400000%04d", i+100)
		digit, err := gs1.CheckDigit(body)
		must(t, err)
		sscc := body + string(digit)
		m := &custodyv1.MsgPack{Sscc: sscc, Children: []string{at}}
		if at == "" {
			m = &custodyv1.MsgPack{Sscc: sscc, Contents: []*custodyv1.Content{content(flour, "F1", 1, "GRM")}}
		}
		if i == 6 {
			w.says(custody.ErrLimit, "miller", m, "deep")
			break
		}
		w.Do(by("miller"), m)
		at = sscc
	}
	w.CheckTruths()
}
