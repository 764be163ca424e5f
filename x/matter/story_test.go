package matter_test

import (
	"fmt"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
)

// toy is the same book kept in the plainest way: what is left of each lot, and
// what is out.
type toy struct {
	left, out map[[2]string]int64
	area      int64 // of the 15,000 m² of 2026
}

// Random actors do random things with random amounts; the book and the toy agree
// about what is taken and what is refused for want of matter, and after every act
// every truth of the book holds.
func TestNoStoryMakesMatter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(rt)
		model := toy{left: map[[2]string]int64{}, out: map[[2]string]int64{}}
		for i := range 40 {
			step(rt, w, &model, fmt.Sprintf("N%d", i))
			if rapid.IntRange(0, 9).Draw(rt, "end of block") == 0 {
				w.EndBlock(1)
			}
		}
		for k, want := range model.left {
			if got := w.left(k[0], k[1]); got != want {
				rt.Fatalf("%v has %d left, and %d in the toy", k, got, want)
			}
		}
	})
}

func step(rt *rapid.T, w *world, model *toy, lot string) {
	who := rapid.SampledFrom([]string{"winery", "winery", "miller"}).Draw(rt, "who")
	amount := rapid.Int64Range(1, 20_000).Draw(rt, "amount")
	old := func(gtins ...string) [2]string {
		keys := [][2]string{{gtins[0], "none"}}
		for k := range model.left {
			for _, g := range gtins {
				if k[0] == g {
					keys = append(keys, k)
				}
			}
		}
		// A map's order is not the draw's.
		sortKeys(keys)
		return rapid.SampledFrom(keys).Draw(rt, "lot")
	}
	var act proto.Message
	possible, then := false, func() {}
	switch rapid.IntRange(0, 7).Draw(rt, "act") {
	case 0:
		who = "winery"
		m2 := amount
		kg := rapid.Int64Range(1, 30_000).Draw(rt, "kg")
		act = picked(lot, kg, m2)
		possible = model.area+m2 <= 15_000 && kg*1_000_000 <= m2*14_000*1_000_000/10_000*1200/1000
		then = func() { model.area += m2; model.left[[2]string{grapes, lot}] = kg }
	case 1:
		who = "winery"
		from := old(grapes)
		ml := rapid.Int64Range(1, 15_000_000).Draw(rt, "ml")
		act = pressed(lot, ml, use(from[0], from[1], amount, "KGM"))
		possible = model.left[from] >= amount && ml*10 <= amount*1000*7
		then = func() { model.left[from] -= amount; model.left[[2]string{wine, lot}] = ml }
	case 2:
		who = "miller"
		act = &productv1.MsgRegisterBatch{Gtin: flour, Lot: lot, Quantity: of(amount, "GRM"), ProductionDate: "2026-10-01", Place: matelca}
		possible = true
		then = func() { model.left[[2]string{flour, lot}] = amount }
	case 3:
		from := old(grapes, wine, flour)
		act = &matterv1.MsgSplit{From: id(from[0], from[1]), Parts: []*matterv1.Part{{Lot: lot, Quantity: of(amount, unitOf(from[0]))}}}
		possible = model.left[from] >= amount && holds(who, from[0])
		then = func() { model.left[from] -= amount; model.left[[2]string{from[0], lot}] = amount }
	case 4:
		a, b := old(flour), old(flour)
		act = &matterv1.MsgMerge{Inputs: []*matterv1.Use{use(a[0], a[1], amount, "GRM"), use(b[0], b[1], amount, "GRM")}, Lot: lot}
		possible = a != b && model.left[a] >= amount && model.left[b] >= amount && who == "miller"
		then = func() {
			model.left[a] -= amount
			model.left[b] -= amount
			model.left[[2]string{flour, lot}] = 2 * amount
		}
	case 5:
		from := old(grapes, wine, flour)
		act = &matterv1.MsgWriteOff{What: use(from[0], from[1], amount, unitOf(from[0])), Day: "2026-11-01", Reason: "spoiled"}
		possible = model.left[from] >= amount && holds(who, from[0])
		then = func() { model.left[from] -= amount }
	case 6:
		from := old(grapes, wine, flour)
		act = &matterv1.MsgSell{What: use(from[0], from[1], amount, unitOf(from[0])), Day: "2026-11-01"}
		possible = model.left[from] >= amount && holds(who, from[0])
		then = func() { model.left[from] -= amount; model.out[from] += amount }
	case 7:
		from := old(grapes, wine, flour)
		act = &matterv1.MsgReturn{What: use(from[0], from[1], amount, unitOf(from[0])), Day: "2026-11-01", Reason: "unsold"}
		possible = model.out[from] >= amount && holds(who, from[0])
		then = func() { model.left[from] += amount; model.out[from] -= amount }
	}
	_, err := w.Try(by(who), act)
	if (err == nil) != possible {
		rt.Fatalf("%s: %v: possible %v, got %v", who, act, possible, err)
	}
	if err == nil {
		then()
	}
}

func holds(who, gtin string) bool { return (who == "miller") == (gtin == flour) }

func unitOf(gtin string) string {
	return map[string]string{grapes: "KGM", wine: "MLT", flour: "GRM"}[gtin]
}

func sortKeys(keys [][2]string) {
	for i := range keys {
		for j := i; j > 0 && keys[j][0]+keys[j][1] < keys[j-1][0]+keys[j-1][1]; j-- {
			keys[j], keys[j-1] = keys[j-1], keys[j]
		}
	}
}
