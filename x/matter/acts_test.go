package matter_test

import (
	"testing"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/x/lineage"
	"github.com/filiera-chain/filiera/x/matter"
	"github.com/filiera-chain/filiera/x/product"
)

// Cossignano, 2018: 150,000 litres of generic white sold as Verdicchio DOC. To be
// plausible they would have needed 214 t of grapes from 15.3 ha. Here they are
// refused at the first step that lacks what goes in, whichever that is.
func TestFalsicchioIsRefusedAtEveryStep(t *testing.T) {
	w := newWorld(t)
	// The wine from nothing.
	w.says(product.ErrFromNothing, "winery", &productv1.MsgRegisterBatch{Gtin: wine, Lot: "FALSO", Quantity: of(150_000_000, "MLT"), ProductionDate: "2026-10-01", Place: matelca},
		"150,000 l", "214,286 kg of grapes", "70 l from 100 kg", "15.31 ha", "14,000 kg each")
	// The wine from generic wine, which is no grapes.
	w.says(matter.ErrYield, "winery", &matterv1.MsgTransform{
		Outside: []*matterv1.OutsideInput{{What: "generic white wine", Stage: "grapes", Quantity: of(200_000, "KGM")}}, Outputs: []*matterv1.NewBatch{fresh(wine, "FALSO", 150_000_000, "MLT")},
	}, "214,285.714286 kg of grapes", "0 mg go in")
	// The grapes from the land that there is: 1.5 ha.
	w.says(matter.ErrLand, "winery", picked("FALSA", 214_286, 15_000), "214,286 kg", "21,000 kg", "25,200 kg", "189,086 kg too much")
	// The grapes from land that there is not.
	w.says(matter.ErrLand, "winery", picked("FALSA", 214_286, 153_062), "15.3062 ha", "1.5 ha", "13.8062 ha too much")
	// What the land gives is not enough for so much wine.
	w.Do(by("winery"), picked("G1", 21_000, 15_000))
	w.says(matter.ErrYield, "winery", pressed("FALSO", 150_000_000, use(grapes, "G1", 21_000, "KGM")), "214,285.714286 kg of grapes", "21,000 kg go in", "193,285.714286 kg are missing")
	// And what is right is recorded: 14,700 l.
	w.says(matter.ErrYield, "winery", pressed("VERO", 14_700_001, use(grapes, "G1", 21_000, "KGM")))
	w.Do(by("winery"), pressed("VERO", 14_700_000, use(grapes, "G1", 21_000, "KGM")))
	if w.left(grapes, "G1") != 0 || w.left(wine, "VERO") != 14_700_000 {
		t.Errorf("%d kg and %d ml are left", w.left(grapes, "G1"), w.left(wine, "VERO"))
	}
	// 19,600 bottles come of it, and not one more.
	bottled := func(n int64) *matterv1.MsgTransform {
		return &matterv1.MsgTransform{Inputs: []*matterv1.Use{use(wine, "VERO", 14_700, "LTR")}, Outputs: []*matterv1.NewBatch{fresh(bottle, "B1", n, "H87")}}
	}
	w.says(matter.ErrYield, "winery", bottled(19_601), "14,700.75 l of wine", "750 ml are missing")
	w.Do(by("winery"), bottled(19_600))
}

func TestWhatIsMadeWeighsNoMoreThanWhatGoesIn(t *testing.T) {
	w := newWorld(t)
	milled := func(grams int64) *matterv1.MsgTransform {
		return &matterv1.MsgTransform{
			Outside: []*matterv1.OutsideInput{{What: "wheat", Quantity: of(1, "KGM")}, {What: "bran sacks", Quantity: of(2, "H87"), UnitMg: 5_000}},
			Outputs: []*matterv1.NewBatch{fresh(flour, "F1", grams, "GRM")},
		}
	}
	w.says(matter.ErrMass, "miller", milled(1_011), "1.011 kg", "1.01 kg", "1 g come of nothing")
	w.Do(by("miller"), milled(800))
	book, err := w.matter.Entry(w.Reader(), 1)
	must(t, err)
	last := book.GetPostings()[len(book.GetPostings())-1]
	if last.GetAccount() != matterv1.Account_ACCOUNT_PROCESS_LOSS || last.GetMassMg() != 210_000 {
		t.Errorf("the loss is %v", last)
	}
}

func TestALotIsConsumedOnce(t *testing.T) {
	w := newWorld(t)
	w.Do(by("winery"), picked("G1", 14_000, 10_000))
	w.Do(by("winery"), pressed("V1", 7_000_000, use(grapes, "G1", 10_000, "KGM")))
	w.says(matter.ErrNotEnough, "winery", pressed("V2", 1_000_000, use(grapes, "G1", 10_000, "KGM")), "4,000 kg left of 14,000 kg", "10,000 kg are taken", "6,000 kg too much")
	w.Do(by("winery"), pressed("V2", 2_800_000, use(grapes, "G1", 4_000, "KGM")))
	w.says(matter.ErrNotEnough, "winery", pressed("V3", 1, use(grapes, "G1", 1, "KGM")))
	// The same lot at two sites: it is registered once.
	w.says(product.ErrBatchTaken, "winery", picked("G1", 100, 1_000))
	// In one entry a batch stands once.
	w.says(matter.ErrShape, "winery", pressed("V3", 1, use(grapes, "G1", 1, "KGM"), use(grapes, "G1", 1, "KGM")), "twice")
}

// The same grapes do not make two wines, even where each alone would be within
// its yield and both weigh less than the grapes.
func TestOutputsShareTheirInputs(t *testing.T) {
	w := newWorld(t)
	w.Do(by("winery"), picked("G1", 10_000, 10_000))
	two := &matterv1.MsgTransform{Inputs: []*matterv1.Use{use(grapes, "G1", 10_000, "KGM")}, Outputs: []*matterv1.NewBatch{
		fresh(wine, "V1", 4_000_000, "MLT"), fresh(wine, "V2", 3_000_001, "MLT"),
	}}
	w.says(matter.ErrYield, "winery", two, "10,000.001429 kg")
	two.Outputs[1].Quantity.Amount--
	w.Do(by("winery"), two)
}

// A parcel bears once, whoever registers it, under whatever id.
func TestLandBearsOnce(t *testing.T) {
	w := newWorld(t)
	w.Do(by("winery"), picked("G1", 14_000, 10_000))
	w.says(matter.ErrLand, "winery", picked("G2", 10_000, 10_000), "5,000 m² of them free", "5,000 m² too much")
	w.Do(by("winery"), &placev1.MsgRegisterLocation{Id: "winery/altra", Details: land("Altra", placev1.Kind_KIND_PARCEL, "12", 10_000, "13", 5_000)})
	again := picked("G2", 10_000, 10_000)
	again.Claims[0].Location = "winery/altra"
	w.says(matter.ErrLand, "winery", again, "5,000 m² of them free")
	w.Do(by("winery"), &placev1.MsgRegisterLocation{Id: "winery/grande", Details: land("Grande", placev1.Kind_KIND_PARCEL, "12", 90_000, "13", 5_000)})
	again.Claims[0].Location = "winery/grande"
	w.says(matter.ErrParcel, "winery", again, "90000 m²", "10000 m²")
	w.Do(by("winery"), picked("G2", 7_000, 5_000))
	next := picked("G3", 14_000, 10_000) // the year after it bears again
	next.HarvestYear = 2025
	w.Do(by("winery"), next)
	for name, c := range map[string]*matterv1.Claim{"nowhere": {Location: "winery/nessuna", AreaM2: 1}, "animals on land": {Location: farm, Heads: 1}} {
		h := picked("G4", 1, 1)
		h.Claims = []*matterv1.Claim{c}
		if _, err := w.Try(by("winery"), h); err == nil {
			t.Errorf("%s: a harvest", name)
		}
	}
}

func TestAHerdGivesSoMuchForEachHead(t *testing.T) {
	w := newWorld(t)
	milked := func(lot string, litres, heads int64) *matterv1.MsgHarvest {
		return &matterv1.MsgHarvest{Batch: fresh(milk, lot, litres, "LTR"), HarvestYear: 2026, Claims: []*matterv1.Claim{{Location: stable, Heads: heads}}}
	}
	w.says(matter.ErrLand, "winery", milked("M1", 6_001, 1), "6,001 l", "6,000 l", "1 l too much")
	w.Do(by("winery"), milked("M1", 6_000, 1))
	w.says(matter.ErrLand, "winery", milked("M2", 60_000, 10), "keeps 10", "1 of them claimed already", "1 too many")
	w.Do(by("winery"), milked("M2", 54_000, 9))
}

func TestSplitsAndMergesMoveWhatThereIs(t *testing.T) {
	w := newWorld(t)
	w.Do(by("miller"), &productv1.MsgRegisterBatch{Gtin: flour, Lot: "F1", Quantity: of(1000, "GRM"), ProductionDate: "2026-10-01", ExpiryDate: "2027-10-01", Place: matelca})
	cut := &matterv1.MsgSplit{From: id(flour, "F1"), Parts: []*matterv1.Part{{Lot: "F2", Quantity: of(300, "GRM")}, {Lot: "F3", Quantity: of(701, "GRM")}}}
	w.says(matter.ErrNotEnough, "miller", cut, "1 kg left of 1 kg", "1 g too much")
	cut.Parts[1].Quantity.Amount = 600
	w.says(matter.ErrNotHeld, "winery", cut)
	w.Do(by("miller"), cut)
	if w.left(flour, "F1") != 100 || w.left(flour, "F2") != 300 || w.left(flour, "F3") != 600 {
		t.Errorf("left: %d %d %d", w.left(flour, "F1"), w.left(flour, "F2"), w.left(flour, "F3"))
	}
	w.Do(by("miller"), &matterv1.MsgMerge{Inputs: []*matterv1.Use{use(flour, "F1", 100, "GRM"), use(flour, "F2", 200, "GRM")}, Lot: "F4"})
	b, err := w.products.Batch(w.Reader(), flour, "F4")
	must(t, err)
	if b.GetQuantity().GetAmount() != 300 || b.GetExpiryDate() != "2027-10-01" || w.left(flour, "F4") != 300 {
		t.Errorf("merged: %v, %d left", b, w.left(flour, "F4"))
	}
	up, _, err := w.lineage.MadeOf(w.Reader(), id(flour, "F4"), nil, 10)
	must(t, err)
	down, _, err := w.lineage.WentInto(w.Reader(), id(flour, "F1"), nil, 10)
	must(t, err)
	if len(up) != 2 || len(down) != 3 {
		t.Errorf("made of %v; went into %v", up, down)
	}
	// Pieces without a known mass are split too, and not transformed.
	w.Do(by("miller"), &productv1.MsgRegisterBatch{Gtin: jars, Lot: "J1", Quantity: of(10, "H87"), ProductionDate: "2026-10-01", Place: matelca})
	w.Do(by("miller"), &matterv1.MsgSplit{From: id(jars, "J1"), Parts: []*matterv1.Part{{Lot: "J2", Quantity: of(4, "H87")}}})
	w.says(matter.ErrNoMass, "miller", &matterv1.MsgTransform{Inputs: []*matterv1.Use{use(jars, "J2", 4, "H87")}, Outputs: []*matterv1.NewBatch{fresh(flour, "F9", 1, "GRM")}}, "net content")
}

func TestTheMarketGivesBackNoMoreThanItTook(t *testing.T) {
	w := newWorld(t)
	w.Do(by("miller"), &productv1.MsgRegisterBatch{Gtin: flour, Lot: "F1", Quantity: of(1000, "GRM"), ProductionDate: "2026-10-01", Place: matelca})
	sold := func(n int64) *matterv1.MsgSell {
		return &matterv1.MsgSell{What: use(flour, "F1", n, "GRM"), Day: "2026-11-20"}
	}
	back := func(n int64) *matterv1.MsgReturn {
		return &matterv1.MsgReturn{What: use(flour, "F1", n, "GRM"), Day: "2026-11-21", Reason: "damaged packs"}
	}
	lost := func(n int64) *matterv1.MsgWriteOff {
		return &matterv1.MsgWriteOff{What: use(flour, "F1", n, "GRM"), Day: "2026-11-21", Reason: "mice"}
	}
	w.Do(by("miller"), sold(700))
	w.says(matter.ErrNotEnough, "miller", back(701), "700 g are out", "1 g too much")
	w.Do(by("miller"), back(200))
	w.says(matter.ErrNotEnough, "miller", lost(501), "500 g left")
	w.Do(by("miller"), lost(500))
	w.says(matter.ErrNotEnough, "miller", sold(1))
	must(t, w.lineage.Call(w.Context(module.Signer{}), 1, false, []*basev1.BatchID{id(flour, "F1")}))
	w.says(lineage.ErrRecalled, "miller", sold(1), "lot F1", "recall 1")
	w.Do(by("miller"), back(500)) // a recall brings goods back
	w.Do(by("miller"), lost(500)) // and destroys them
	late := lost(1)
	late.Day = "2026-12-25"
	w.says(matter.ErrDate, "miller", late)
}

func TestAnEntryIsTakenBackWhileWhatItBroughtIsThere(t *testing.T) {
	w := newWorld(t)
	g := w.Do(by("winery"), picked("G1", 21_000, 15_000)).(*matterv1.PostedResult).GetEntry()
	v := w.Do(by("winery"), pressed("V1", 14_000_000, use(grapes, "G1", 20_000, "KGM"))).(*matterv1.PostedResult).GetEntry()
	undo := func(n uint64) *matterv1.MsgReverse { return &matterv1.MsgReverse{Entry: n, Reason: "the wrong tank"} }
	w.says(matter.ErrNotEnough, "winery", undo(g), "1,000 kg left")
	w.says(matter.ErrReverse, "miller", undo(v), "winery")
	w.Do(by("winery"), undo(v))
	w.says(matter.ErrReverse, "winery", undo(v), "was taken back by entry")
	if w.left(grapes, "G1") != 21_000 || w.left(wine, "V1") != 0 {
		t.Errorf("%d kg and %d ml are left", w.left(grapes, "G1"), w.left(wine, "V1"))
	}
	b, err := w.products.Batch(w.Reader(), wine, "V1")
	must(t, err)
	if b.GetStatus() != productv1.BatchStatus_BATCH_STATUS_WITHDRAWN {
		t.Errorf("what never was is %v", b.GetStatus())
	}
	w.Do(by("region"), undo(g)) // an authority may
	w.Do(by("winery"), picked("G2", 21_000, 15_000))
	w.says(matter.ErrEntry, "winery", undo(999))
}

func TestABalanceIsKnownAtEveryHeight(t *testing.T) {
	w := newWorld(t)
	w.Do(by("winery"), picked("G1", 14_000, 10_000))
	w.EndBlock(1)
	w.Do(by("winery"), pressed("V1", 7_000_000, use(grapes, "G1", 10_000, "KGM")))
	w.Do(by("winery"), pressed("V2", 700_000, use(grapes, "G1", 1_000, "KGM")))
	w.EndBlock(1)
	w.Do(by("winery"), &matterv1.MsgWriteOff{What: use(grapes, "G1", 500, "KGM"), Day: "2026-11-01", Reason: "rotten"})
	for height, want := range map[int64]int64{1: 14_000, 2: 3_000, 3: 2_500, 0: 2_500, 9: 2_500} {
		s, err := w.matter.StockAt(w.Reader(), id(grapes, "G1"), height)
		must(t, err)
		if s.GetLeft() != want {
			t.Errorf("at height %d: %v left, want %d", height, s, want)
		}
	}
	if s, err := w.matter.StockAt(w.Reader(), id(wine, "V1"), 1); err != nil || s != nil {
		t.Errorf("before it was: %v %v", s, err)
	}
}
