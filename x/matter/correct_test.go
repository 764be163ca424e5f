package matter_test

import (
	"testing"

	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/x/matter"
	"github.com/filiera-chain/filiera/x/product"
)

func (w *world) entry(n uint64) *matterv1.Entry {
	w.T.Helper()
	e, err := w.matter.Entry(w.Reader(), n)
	must(w.T, err)
	return e
}

func TestAnEntryIsToldRightInOneAct(t *testing.T) {
	w := newWorld(t)
	w.Do(by("winery"), picked("U", 21_000, 15_000))
	wrong := w.Do(by("winery"), pressed("V", 7_000_000, use(grapes, "U", 10_000, "KGM"))).(*matterv1.PostedResult)
	right := &matterv1.MsgReverse{Entry: wrong.GetEntry(), Reason: "a cipher too many", Transform: pressed("V", 700_000, use(grapes, "U", 1_000, "KGM"))}
	r := w.Do(by("winery"), right).(*matterv1.PostedResult)
	w.CheckTruths()
	if w.left(grapes, "U") != 20_000 || w.left(wine, "V") != 700_000 {
		t.Errorf("%d kg and %d ml are left", w.left(grapes, "U"), w.left(wine, "V"))
	}
	old, now := w.entry(wrong.GetEntry()), w.entry(r.GetRight())
	if old.GetReversedBy() != r.GetEntry() || old.GetCorrectedBy() != r.GetRight() || now.GetCorrects() != old.GetNumber() || now.GetReason() != "" {
		t.Errorf("%v\n%v", old, now)
	}
	b, err := w.products.Batch(w.Reader(), wine, "V")
	must(t, err)
	if b.GetVoided() || b.GetQuantity().GetAmount() != 700_000 {
		t.Errorf("the batch is %v", b)
	}
	// Told right again, from the new entry; the old one is done with.
	w.says(matter.ErrReverse, "winery", right, "was taken back")
	right.Entry = r.GetRight()
	w.Do(by("winery"), right)
	w.CheckTruths()
}

func TestWhatDoesNotTellAnEntryRight(t *testing.T) {
	w := newWorld(t)
	w.Do(by("winery"), picked("U", 21_000, 15_000))
	made := w.Do(by("winery"), pressed("V", 700_000, use(grapes, "U", 1_000, "KGM"))).(*matterv1.PostedResult).GetEntry()
	sell := &matterv1.MsgSell{What: use(wine, "V", 1, "MLT"), Day: "2026-11-01"}
	w.says(matter.ErrReverse, "winery", &matterv1.MsgReverse{Entry: made, Reason: "wrong", WriteOff: &matterv1.MsgWriteOff{What: use(grapes, "U", 1, "KGM"), Day: "2026-11-01", Reason: "spoiled"}}, "a transformation", "a write_off")
	w.says(matter.ErrReverse, "region", &matterv1.MsgReverse{Entry: made, Reason: "wrong", Transform: pressed("V", 1, use(grapes, "U", 1, "KGM"))}, "winery, which alone")
	w.says(matter.ErrShape, "winery", &matterv1.MsgReverse{Entry: made, Reason: "wrong", Sell: sell, Transform: pressed("V", 1, use(grapes, "U", 1, "KGM"))}, "2 ways")
	w.says(matter.ErrShape, "winery", &matterv1.MsgReverse{Entry: made, Reason: "wrong", Sell: &matterv1.MsgSell{}})
	// What makes matter is refused, and then nothing is taken back.
	w.says(matter.ErrYield, "winery", &matterv1.MsgReverse{Entry: made, Reason: "wrong", Transform: pressed("V", 7_000_001, use(grapes, "U", 10_000, "KGM"))})
	if w.entry(made).GetReversedBy() != 0 || w.left(wine, "V") != 700_000 {
		t.Errorf("half of a refused correction was kept: %v", w.entry(made))
	}
	// The lot of a batch that never was is no one else's, nor one that is registered plainly.
	w.Do(by("winery"), &matterv1.MsgReverse{Entry: made, Reason: "wrong"})
	w.says(product.ErrState, "region", releasing(wine, "V"), "never was")
	w.Do(by("winery"), pressed("V", 70, use(grapes, "U", 1, "KGM")))
	w.CheckTruths()
}

func releasing(gtin, lot string) *productv1.MsgReleaseBatch {
	return &productv1.MsgReleaseBatch{Gtin: gtin, Lot: lot, Reason: "why not"}
}
