package matter_test

import (
	"fmt"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
)

// What the entries say of a height, later, is what stood in the state at its end:
// for every lot, also for lots that were undone and told again.
func TestThePastStaysWhatItWas(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(rt)
		was := map[int64]map[[2]string]*matterv1.Stock{}
		for i := range 25 {
			w.doSome(rt, i)
			if rapid.Bool().Draw(rt, "correct") {
				w.correctSome(rt)
			}
			was[w.Block.Height] = w.stocks()
			w.EndBlock(1)
		}
		for height, lots := range was {
			for lot := range was[w.Block.Height-1] {
				got, err := w.matter.StockAt(w.Reader(), id(lot[0], lot[1]), height)
				must(rt, err)
				want := lots[lot]
				for _, s := range [...]*matterv1.Stock{got, want} {
					if s != nil {
						s.CoveredBy = nil // of the present, whatever the height
					}
				}
				if !proto.Equal(got, want) {
					rt.Fatalf("%v at height %d: %v, and in the state it was %v", lot, height, got, want)
				}
			}
		}
	})
}

// lots are the names that doSome gives, in turn.
func lots() (all []string) {
	for i := range 25 {
		all = append(all, fmt.Sprint("N", i))
	}
	return all
}

// doSome carries out an act about any lots, of which much is refused.
func (w *world) doSome(rt *rapid.T, i int) {
	fresh := lots()[i]
	old := rapid.SampledFrom(lots()[:i+1]).Draw(rt, "lot")
	of := rapid.SampledFrom([]string{grapes, wine, flour}).Draw(rt, "product")
	amount := rapid.Int64Range(1, 2000).Draw(rt, "amount")
	act := []proto.Message{
		picked(fresh, amount, 700),
		pressed(fresh, amount, use(grapes, old, amount, "KGM")),
		&productv1.MsgRegisterBatch{Gtin: flour, Lot: fresh, Quantity: &basev1.Quantity{Amount: amount, Unit: "GRM"}, ProductionDate: "2026-10-01", Place: matelca},
		&matterv1.MsgSplit{From: id(of, old), Parts: []*matterv1.Part{{Lot: fresh, Quantity: &basev1.Quantity{Amount: amount, Unit: unitOf(of)}}}},
		&matterv1.MsgWriteOff{What: use(of, old, amount/9+1, unitOf(of)), Day: "2026-11-01", Reason: "spoiled"},
		&matterv1.MsgSell{What: use(of, old, amount/9+1, unitOf(of)), Day: "2026-11-01"},
		&matterv1.MsgReturn{What: use(of, old, amount/9+1, unitOf(of)), Day: "2026-11-01", Reason: "unsold"},
	}[rapid.IntRange(0, 6).Draw(rt, "act")]
	who := "winery"
	if of == flour {
		who = "miller"
	}
	if _, is := act.(*productv1.MsgRegisterBatch); is {
		who = "miller"
	}
	_, _ = w.Try(by(who), act)
}

// correctSome takes an entry back, or tells it right with half of it, as the draw
// has it; what cannot be is refused, and leaves nothing.
func (w *world) correctSome(rt *rapid.T) {
	last, err := w.matter.Last(w.Reader())
	must(rt, err)
	if last == 0 {
		return
	}
	e := w.entry(rapid.Uint64Range(1, last).Draw(rt, "entry"))
	r := &matterv1.MsgReverse{Entry: e.GetNumber(), Reason: "told wrong"}
	if rapid.Bool().Draw(rt, "right") {
		halve(r, e)
	}
	_, _ = w.Try(by(e.GetActor()), r)
}

// halve fills in what tells an entry right.
func halve(r *matterv1.MsgReverse, e *matterv1.Entry) {
	half := func(p *matterv1.Posting) *matterv1.Use {
		n := p.GetAmount()
		if n < 0 {
			n = -n
		}
		return &matterv1.Use{Batch: p.GetBatch(), Quantity: &basev1.Quantity{Amount: max(n/2, 1), Unit: p.GetUnit()}}
	}
	first := half(e.GetPostings()[0])
	switch e.GetKind() {
	case matterv1.EntryKind_ENTRY_KIND_HARVEST:
		r.Harvest = picked(first.GetBatch().GetLot(), first.GetQuantity().GetAmount(), e.GetClaims()[0].GetAreaM2())
	case matterv1.EntryKind_ENTRY_KIND_TRANSFORMATION:
		var in []*matterv1.Use
		var out *matterv1.Use
		for _, p := range e.GetPostings() {
			switch {
			case p.GetAccount() != matterv1.Account_ACCOUNT_STOCK:
			case p.GetAmount() < 0:
				in = append(in, half(p))
			default:
				out = half(p)
			}
		}
		r.Transform = pressed(out.GetBatch().GetLot(), out.GetQuantity().GetAmount(), in...)
	case matterv1.EntryKind_ENTRY_KIND_WRITE_OFF:
		r.WriteOff = &matterv1.MsgWriteOff{What: first, Day: e.GetDay(), Reason: "spoiled"}
	case matterv1.EntryKind_ENTRY_KIND_SALE:
		r.Sell = &matterv1.MsgSell{What: first, Day: e.GetDay()}
	case matterv1.EntryKind_ENTRY_KIND_RETURN:
		r.ReturnGoods = &matterv1.MsgReturn{What: first, Day: e.GetDay(), Reason: "unsold"}
	}
}

// stocks gives what every lot has, from the state.
func (w *world) stocks() map[[2]string]*matterv1.Stock {
	all := map[[2]string]*matterv1.Stock{}
	for _, gtin := range []string{grapes, wine, flour} {
		for _, lot := range lots() {
			s, err := w.matter.Stock(w.Reader(), gtin, lot)
			must(w.T, err)
			all[[2]string{gtin, lot}] = proto.Clone(s).(*matterv1.Stock)
		}
	}
	return all
}

// A lot that a merge made, undone and told again, is a part of the lots of the
// second telling.
func TestALotThatIsToldAgainIsPartOfWhatItIsToldOf(t *testing.T) {
	w := newWorld(t)
	w.Do(by("winery"), picked("U", 10_000, 15_000))
	merged := func(lots ...string) *matterv1.MsgMerge {
		m := &matterv1.MsgMerge{Lot: "M"}
		for _, lot := range lots {
			m.Inputs = append(m.Inputs, use(grapes, lot, 100, "KGM"))
		}
		return m
	}
	split := func(lot string) *matterv1.MsgSplit {
		return &matterv1.MsgSplit{From: id(grapes, "U"), Parts: []*matterv1.Part{{Lot: lot, Quantity: of(1000, "KGM")}}}
	}
	for _, lot := range []string{"A", "B", "C"} {
		w.Do(by("winery"), split(lot))
	}
	wrong := w.Do(by("winery"), merged("A", "B")).(*matterv1.PostedResult).GetEntry()
	w.Do(by("winery"), &matterv1.MsgReverse{Entry: wrong, Reason: "the wrong lots", Merge: merged("A", "C")})
	w.CheckTruths()
	parts, err := w.matter.PartOf(w.Reader(), grapes, "M")
	must(t, err)
	if len(parts) != 2 || parts[0].GetLot() != "A" || parts[1].GetLot() != "C" {
		t.Errorf("it is part of %v", parts)
	}
}
