package unit_test

import (
	"testing"

	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/units"
	"github.com/filiera-chain/filiera/x/lineage"
	"github.com/filiera-chain/filiera/x/unit"
)

func TestUnitsNeverHoldMoreThanIsAttested(t *testing.T) {
	w := newWorld(t)
	w.batch(pasta, "L1", 10_000)
	w.says(unit.ErrAttested, "maker", newPress(pasta, "L1", "A", 1).commit(250), "at most 0 units", "attest 0 g")
	first := w.certify("L1", 5_100)
	w.committed(pasta, "L1", "A", 12, 250)
	w.says(unit.ErrAttested, "maker", newPress(pasta, "L1", "B", 9).commit(250), "9 units of 250 g are 2.25 kg", "already hold 3 kg", "150 g too much", "at most 8 units", "attest 5.1 kg")
	w.committed(pasta, "L1", "C", 8, 250)
	// A certificate that ends leaves no room; units that are out stay.
	w.Do(by("body"), &certv1.MsgRevoke{Attestation: first, Reason: "umidità oltre il limite"})
	w.says(unit.ErrAttested, "maker", newPress(pasta, "L1", "D", 1).commit(250), "5.25 kg too much")
	w.certify("L1", 9_000)
	w.committed(pasta, "L1", "D", 16, 250)
	if got := w.tally(pasta, "L1"); got.GetContent() != 9_000 || got.GetUnits() != 36 || got.GetRuns() != 3 {
		t.Errorf("the tally is %v", got)
	}
}

func TestPartsShareWhatTheWholeWasAttested(t *testing.T) {
	w := newWorld(t)
	w.batch(pasta, "L1", 10_000)
	w.certify("L1", 5_000)
	w.Do(by("maker"), split(pasta, "L1", "L2", 4_000))
	p := w.committed(pasta, "L1", "A", 12, 250)
	w.says(unit.ErrAttested, "maker", newPress(pasta, "L2", "B", 9).commit(250), "lot L1, which the lot was split off, and its parts,", "already hold 3 kg", "at most 8 units", "attest 5 kg")
	w.committed(pasta, "L2", "B", 8, 250)
	w.says(unit.ErrAttested, "maker", newPress(pasta, "L1", "C", 1).commit(250), "already hold 5 kg")
	w.Do(by("maker"), p.void(&unitv1.Span{First: 0, Last: 3}))
	w.committed(pasta, "L2", "C", 4, 250)
	value, err := w.Branch.Get(statekey.UnitCoverage(pasta, "L1"))
	must(t, err)
	c := new(unitv1.Coverage)
	must(t, proto.Unmarshal(value, c))
	if c.GetContent() != 5_000 {
		t.Errorf("under the whole's certificates: %v", c)
	}
	// Certificates of its own take a part out from under the whole's.
	w.certify("L2", 4_000)
	w.says(unit.ErrStock, "maker", newPress(pasta, "L2", "D", 5).commit(250), "at most 4 units")
	w.committed(pasta, "L2", "D", 4, 250)
}

func TestUnitsNeverHoldMoreThanThereIs(t *testing.T) {
	w := newWorld(t)
	w.batch(flour, "F1", 1_000)
	w.Do(by("maker"), &matterv1.MsgWriteOff{What: use(flour, "F1", 100), Day: "2026-11-21", Reason: "bagnata"})
	w.Do(by("maker"), &matterv1.MsgSell{What: use(flour, "F1", 400), Day: "2026-11-21"})
	w.says(unit.ErrStock, "maker", newPress(flour, "F1", "A", 10).commit(100), "100 g too much", "900 g of it are left or sold")
	w.committed(flour, "F1", "A", 9, 100)
}

func TestWhatASplitMovesIsIssuedOnce(t *testing.T) {
	w := newWorld(t)
	w.batch(flour, "F1", 1_000)
	p := w.committed(flour, "F1", "A", 10, 100)
	w.Do(by("maker"), split(flour, "F1", "F2", 600))
	w.Do(by("maker"), split(flour, "F2", "F3", 200))
	for _, lot := range []string{"F2", "F3"} {
		w.says(unit.ErrStock, "maker", newPress(flour, lot, "B", 1).commit(100), "such as F1", "void those units first")
	}
	w.says(unit.ErrStock, "maker", newPress(flour, "F1", "B", 1).commit(100), "400 g of it are left")
	// What is voided may be issued anew, by one of the lots or the other.
	w.Do(by("maker"), p.void(&unitv1.Span{First: 2, Last: 7}))
	w.committed(flour, "F2", "B", 4, 100)
	w.says(unit.ErrStock, "maker", newPress(flour, "F2", "C", 1).commit(100))
	w.committed(flour, "F3", "C", 2, 100)
	w.says(unit.ErrStock, "maker", newPress(flour, "F1", "D", 1).commit(100))
	// Goods without serial numbers move first: then the part is free.
	w.batch(flour, "G1", 1_000)
	w.committed(flour, "G1", "A", 4, 100)
	w.Do(by("maker"), split(flour, "G1", "G2", 600))
	w.committed(flour, "G2", "B", 6, 100)
	// A merge brings what its lots bring.
	w.batch(flour, "H1", 300)
	w.committed(flour, "H1", "A", 3, 100)
	w.batch(flour, "H2", 300)
	w.Do(by("maker"), &matterv1.MsgMerge{Inputs: []*matterv1.Use{use(flour, "H1", 300), use(flour, "H2", 300)}, Lot: "H3"})
	w.says(unit.ErrStock, "maker", newPress(flour, "H3", "B", 4).commit(100), "at most 3 units", "300 g of that may bear", "H1")
	w.committed(flour, "H3", "B", 3, 100)
}

func TestWhatAUnitHolds(t *testing.T) {
	w := newWorld(t)
	w.batch(eggs, "E1", 100)
	w.batch(pasta, "L1", 10_000)
	w.certify("L1", 10_000)
	w.says(unit.ErrContent, "maker", newPress(eggs, "E1", "A", 2).commit(6), "counted in pieces")
	w.says(unit.ErrContent, "maker", newPress(pasta, "L1", "A", 2).commit(125), "125 g", "net content", "250 g")
	w.committed(eggs, "E1", "A", 100, 1)
}

func TestWhoMayCommitAndWhat(t *testing.T) {
	w := newWorld(t)
	w.batch(flour, "F1", 1_000)
	p := newPress(flour, "F1", "A", 3)
	w.says(unit.ErrNotHeld, "shop", p.commit(10), "made by maker", "the signer is shop")
	w.says(unit.ErrBatch, "maker", newPress(flour, "F9", "A", 1).commit(10), "F9")
	for name, change := range map[string]func(*unitv1.MsgCommitUnits){
		"no units":            func(m *unitv1.MsgCommitUnits) { m.Count = 0 },
		"too many units":      func(m *unitv1.MsgCommitUnits) { m.Count = units.MaxUnits + 1 },
		"nothing in them":     func(m *unitv1.MsgCommitUnits) { m.Content = 0 },
		"more than counts":    func(m *unitv1.MsgCommitUnits) { m.Count, m.Content = 1_000_000, 1<<53 },
		"no root":             func(m *unitv1.MsgCommitUnits) { m.Root = nil },
		"no kind":             func(m *unitv1.MsgCommitUnits) { m.Serials = 0 },
		"an unknown kind":     func(m *unitv1.MsgCommitUnits) { m.Serials = 3 },
		"a note that is long": func(m *unitv1.MsgCommitUnits) { m.Note = string(make([]byte, 501)) },
		"13 digits":           func(m *unitv1.MsgCommitUnits) { m.Batch = &basev1.BatchID{Gtin: flour[1:], Lot: "F1"} },
		"no lot":              func(m *unitv1.MsgCommitUnits) { m.Batch = &basev1.BatchID{Gtin: flour} },
	} {
		m := p.commit(10)
		change(m)
		t.Run(name, func(t *testing.T) { w.says(unit.ErrShape, "maker", m) })
	}
	w.committed(flour, "F1", "A", 3, 10)
	w.says(unit.ErrRunTwice, "maker", p.commit(10), "run 1")
	w.Do(by("maker"), &productv1.MsgWithdrawBatch{Gtin: flour, Lot: "F1", Reason: "registrato per errore"})
	w.says(unit.ErrState, "maker", newPress(flour, "F1", "B", 1).commit(10), "was taken off: registrato per errore")
}

func TestRecalledGoodsGetNoLabels(t *testing.T) {
	w := newWorld(t)
	w.batch(flour, "F1", 1_000)
	p := w.committed(flour, "F1", "A", 3, 100)
	must(t, w.lineage.Call(w.Context(module.Signer{}), 1, false, []*basev1.BatchID{id(flour, "F1")}))
	w.says(lineage.ErrRecalled, "maker", newPress(flour, "F1", "B", 1).commit(100), "lot F1", "recall 1")
	// What is out may still be voided, and shoppers may still ask.
	w.Do(by("maker"), p.void(&unitv1.Span{First: 0, Last: 0}))
	w.Do(by("shop"), p.reveal(1, 1))
}

func TestVoiding(t *testing.T) {
	w := newWorld(t)
	w.batch(flour, "F1", 1_000)
	p := w.committed(flour, "F1", "A", 10, 100)
	w.says(unit.ErrStock, "maker", newPress(flour, "F1", "B", 1).commit(100))
	out := w.Do(by("maker"), p.void(&unitv1.Span{First: 0, Last: 1}, &unitv1.Span{First: 4, Last: 4})).(*unitv1.VoidUnitsResult)
	if out.GetUnits() != 3 || out.GetVoiding() != 1 {
		t.Errorf("the result is %v", out)
	}
	proven := &unitv1.MsgVoidUnits{Batch: id(flour, "F1"), Run: 1, Proven: []*unitv1.ProvenUnit{{Serial: p.serials[9], Proof: p.proof(9)}}, Reason: "rotta"}
	w.says(unit.ErrProof, "maker", &unitv1.MsgVoidUnits{Batch: id(flour, "F1"), Run: 1, Proven: []*unitv1.ProvenUnit{{Serial: p.serials[8], Proof: p.proof(9)}}, Reason: "rotta"}, p.serials[8])
	w.Do(by("region"), proven) // an authority may as well
	w.says(unit.ErrNotHeld, "shop", p.void(&unitv1.Span{First: 5, Last: 5}))
	w.says(unit.ErrVoid, "maker", proven, "voiding 2")
	w.says(unit.ErrVoid, "maker", p.void(&unitv1.Span{First: 3, Last: 5}), "unit 4", "voiding 1")
	w.says(unit.ErrShape, "maker", p.void(&unitv1.Span{First: 5, Last: 10}), "10 units")
	w.Do(by("shop"), p.reveal(5, 1))
	w.says(unit.ErrAcquit, "maker", p.void(&unitv1.Span{First: 5, Last: 5}), "revealed on 2026-11-23")
	// Four are void: so many may be committed.
	w.says(unit.ErrStock, "maker", newPress(flour, "F1", "B", 5).commit(100), "at most 4 units")
	w.committed(flour, "F1", "B", 4, 100)
	// The rest: five that are neither void nor acquitted.
	rest := &unitv1.MsgVoidUnits{Batch: id(flour, "F1"), Run: 1, Rest: true, Reason: "stampa annullata"}
	if out := w.Do(by("maker"), rest).(*unitv1.VoidUnitsResult); out.GetUnits() != 5 {
		t.Errorf("the rest is %v", out)
	}
	w.says(unit.ErrVoid, "maker", rest, "whole of run 1")
	w.says(unit.ErrRun, "maker", &unitv1.MsgVoidUnits{Batch: id(flour, "F1"), Run: 3, Rest: true, Reason: "stampa annullata"}, "no run 3")
	// The acquitted unit is not void, and another that is shown is.
	if got := w.Do(by("shop"), p.reveal(5, 2)).(*unitv1.AcquitUnitResult); got.GetVoid() || got.GetReveals() != 2 {
		t.Errorf("the acquitted unit: %v", got)
	}
	if got := w.Do(by("shop"), p.reveal(6, 1)).(*unitv1.AcquitUnitResult); !got.GetVoid() {
		t.Errorf("a void unit: %v", got)
	}
	for name, m := range map[string]*unitv1.MsgVoidUnits{
		"none named":     {Batch: id(flour, "F1"), Run: 1, Reason: "rotta"},
		"named twice":    {Batch: id(flour, "F1"), Run: 1, Reason: "rotta", Rest: true, Spans: []*unitv1.Span{{}}},
		"no reason":      {Batch: id(flour, "F1"), Run: 1, Rest: true},
		"no run":         {Batch: id(flour, "F1"), Rest: true, Reason: "rotta"},
		"backwards":      p.void(&unitv1.Span{First: 2, Last: 1}),
		"out of order":   p.void(&unitv1.Span{First: 2, Last: 3}, &unitv1.Span{First: 3, Last: 4}),
		"too many":       p.void(&unitv1.Span{First: 0, Last: 1000}),
		"all there are":  p.void(&unitv1.Span{First: 0, Last: 1<<32 - 1}),
		"another's run":  {Batch: id(flour, "F1"), Run: 2, Reason: "rotta", Proven: proven.Proven},
		"a serial twice": {Batch: id(flour, "F1"), Run: 1, Reason: "rotta", Proven: append(proven.Proven, proven.Proven...)},
	} {
		t.Run(name, func(t *testing.T) { w.says(unit.ErrShape, "maker", m) })
	}
}

func TestARevealIsRecordedOnce(t *testing.T) {
	w := newWorld(t)
	w.batch(flour, "F1", 1_000)
	p := w.committed(flour, "F1", "A", 7, 100)
	w.says(unit.ErrCode, "shop", p.reveal(3, 2)) // not the link that is next
	w.says(unit.ErrCode, "shop", p.reveal(3, 0)) // what everybody can read in the proof
	wrong := p.reveal(3, 1)
	wrong.Token = make([]byte, units.TokenSize)
	w.says(unit.ErrCode, "shop", wrong, "as it stands under the cap")
	other := p.reveal(3, 1)
	other.Serial = p.serials[4]
	w.says(unit.ErrProof, "shop", other)
	first := w.Do(by("shop"), p.reveal(3, 1)).(*unitv1.AcquitUnitResult)
	if first.GetReveals() != 1 || first.GetAcquittedAt() != start {
		t.Errorf("the first reveal: %v", first)
	}
	w.EndBlock(3600)
	// Who reads the ledger can repeat what stands there, and it does not count.
	w.says(unit.ErrRepeated, "maker", p.reveal(3, 1), "1 times", "2026-11-23")
	second := w.Do(by("maker"), p.reveal(3, 2)).(*unitv1.AcquitUnitResult)
	if second.GetReveals() != 2 || second.GetAcquittedAt() != start {
		t.Errorf("the second reveal: %v", second)
	}
	w.says(unit.ErrRepeated, "maker", p.reveal(3, 1))
	for n := 3; n <= units.Reveals; n++ {
		w.Do(by("shop"), p.reveal(3, n))
	}
	w.says(unit.ErrLimit, "shop", wrong, "8 times")
	if got := w.tally(flour, "F1"); got.GetAcquitted() != 1 {
		t.Errorf("the tally is %v", got)
	}
	x := new(unitv1.Unit)
	value, err := w.Branch.Get(statekey.Unit(flour, "F1", 1, 3))
	must(t, err)
	must(t, proto.Unmarshal(value, x))
	if x.GetReveals() != 8 || x.GetAcquittedAt() != start || x.GetLastRevealedAt() != start+3600 || x.GetAcquittedHeight() != 1 || x.GetLastRevealedHeight() != 2 {
		t.Errorf("the record is %v", x)
	}
}

func TestTheKeysAreThoseOfVerifiers(t *testing.T) {
	w := newWorld(t)
	w.batch(flour, "F1", 1_000)
	w.committed(flour, "F1", "A", 3, 100)
	w.committed(flour, "F1", "B", 3, 100)
	w.Do(by("maker"), &unitv1.MsgVoidUnits{Batch: id(flour, "F1"), Run: 2, Rest: true, Reason: "stampa annullata"})
	run, voiding, tally := new(unitv1.Run), new(unitv1.Voiding), new(unitv1.Tally)
	for _, c := range []struct {
		key  []byte
		into proto.Message
	}{{statekey.UnitRun(flour, "F1", 2), run}, {statekey.Voiding(flour, "F1", 1), voiding}, {statekey.UnitTally(flour, "F1"), tally}} {
		value, err := w.Branch.Get(c.key)
		if err != nil || value == nil {
			t.Fatalf("key %x: %v", c.key, err)
		}
		must(t, proto.Unmarshal(value, c.into))
	}
	if run.GetNumber() != 2 || run.GetRestVoiding() != 1 || !voiding.GetRest() || voiding.GetUnits() != 3 || tally.GetContent() != 300 {
		t.Errorf("got %v, %v, %v", run, voiding, tally)
	}
	from, to := statekey.UnitRunsOf(flour, "F1")
	it, err := w.Branch.Iterator(from, to)
	must(t, err)
	defer it.Close()
	n := 0
	for ; it.Valid(); it.Next() {
		n++
		if string(it.Key()) != string(statekey.UnitRun(flour, "F1", uint32(n))) {
			t.Errorf("run %d stands under %x", n, it.Key())
		}
	}
	if n != 2 {
		t.Errorf("the range has %d runs", n)
	}
}

func TestABatchHasSoManyRuns(t *testing.T) {
	w := newWorld(t)
	w.batch(flour, "F1", 1_000)
	for i := range units.MaxRuns {
		w.committed(flour, "F1", string(rune('A'+i/10))+string(rune('a'+i%10)), 1, 1)
	}
	w.says(unit.ErrLimit, "maker", newPress(flour, "F1", "X", 1).commit(1), "100 runs")
}
