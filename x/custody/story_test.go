package custody_test

import (
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
)

type quantity = basev1.Quantity

// Random actors offer, accept, dispute, agree, cancel, refuse, pack and unpack; a
// toy that counts who has what agrees at every step, nothing is had twice, and
// every truth holds.
func TestGoodsAreInOnePairOfHands(t *testing.T) {
	people := []string{"miller", "shop", "grocer", "carrier"}
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(rt)
		has := map[string]int64{"miller": 1_000}
		packed := map[string]int64{}
		type offered struct {
			from, to       string
			amount, counts int64
			open, disputed bool
		}
		var offers []*offered
		for range 40 {
			who := rapid.SampledFrom(people).Draw(rt, "who")
			amount := rapid.Int64Range(1, 700).Draw(rt, "amount")
			n := rapid.IntRange(0, max(0, len(offers)-1)).Draw(rt, "offer")
			var o *offered
			if n < len(offers) {
				o = offers[n]
			} else {
				o = &offered{}
			}
			var m proto.Message
			possible, then := false, func() {}
			free := func(who string) int64 { return has[who] - packed[who] }
			move := func(amount int64) { has[o.from] -= amount; has[o.to] += amount; o.open, o.disputed = false, false }
			switch rapid.IntRange(0, 7).Draw(rt, "act") {
			case 0, 1:
				to := rapid.SampledFrom(people).Draw(rt, "to")
				m = offerTo(to, goods(flour, "F1", amount, "GRM"))
				possible = to != who && free(who) >= amount
				then = func() { offers = append(offers, &offered{from: who, to: to, amount: amount, open: true}) }
			case 2:
				m = &custodyv1.MsgAccept{Offer: uint64(n) + 1}
				possible = o.open && !o.disputed && who == o.to && free(o.from) >= o.amount
				then = func() { move(o.amount) }
			case 3:
				m = &custodyv1.MsgDispute{Offer: uint64(n) + 1, Counted: []*quantity{of(amount, "GRM")}, Reason: "counted again"}
				possible = o.open && who == o.to && amount != o.amount
				then = func() { o.disputed, o.counts = true, amount }
			case 4:
				m = &custodyv1.MsgAgree{Offer: uint64(n) + 1}
				possible = o.open && o.disputed && who == o.from && free(o.from) >= o.counts
				then = func() { move(o.counts) }
			case 5:
				m = &custodyv1.MsgCancel{Offer: uint64(n) + 1, Reason: "no longer"}
				possible = o.open && who == o.from
				then = func() { o.open = false }
			case 6:
				sscc := map[string]string{"miller": pallet, "shop": case1, "grocer": case2, "carrier": "395212340000000045"}[who]
				m = &custodyv1.MsgPack{Sscc: sscc, Contents: []*custodyv1.Content{content(flour, "F1", amount, "GRM")}}
				possible = free(who) >= amount && has[who] > 0
				then = func() { packed[who] += amount }
			case 7:
				sscc := map[string]string{"miller": pallet, "shop": case1, "grocer": case2, "carrier": "395212340000000045"}[who]
				m = &custodyv1.MsgUnpack{Sscc: sscc}
				possible = packed[who] > 0
				then = func() { packed[who] = 0 }
			}
			_, err := w.Try(by(who), m)
			if (err == nil) != possible {
				rt.Fatalf("%s: %s %v: possible %v, got %v", who, m.ProtoReflect().Descriptor().Name(), m, possible, err)
			}
			if err == nil {
				then()
			}
		}
		w.EndBlock(1)
		for _, who := range people {
			if got := w.has(who, flour, "F1"); got != has[who] {
				rt.Fatalf("%s has %d, and %d in the toy", who, got, has[who])
			}
		}
	})
}
