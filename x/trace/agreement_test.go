package trace_test

import (
	"testing"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/x/trace"
)

const bread = "09521234000037" // of other, made to a specification that says of what

func kilos(gtin, code, amount string) epcis.Quantity {
	return epcis.Quantity{EPCClass: gs1.ClassURI(gtin, code), Amount: amount, UOM: "KGM"}
}

func grams(n int64) *basev1.Quantity { return &basev1.Quantity{Amount: n, Unit: "GRM"} }

// bake makes sauce T of 100 kg of S and 10 kg of water, sauce U of 50 kg of S, and
// bread B of flour from outside, of which 4 kg are lot C. Sauce D is declared.
func (w *world) bake() (t uint64) {
	of := func(gtin, lot string, n int64) []*matterv1.NewBatch {
		return []*matterv1.NewBatch{{Gtin: gtin, Lot: lot, Quantity: grams(n), ProductionDate: "2026-11-22", Place: municipal}}
	}
	take := func(n int64) []*matterv1.Use {
		return []*matterv1.Use{{Batch: &basev1.BatchID{Gtin: sauce, Lot: "S"}, Quantity: grams(n)}}
	}
	water := []*matterv1.OutsideInput{{What: "water", Quantity: grams(10_000)}}
	t = w.Do(by("other"), &matterv1.MsgTransform{Inputs: take(100_000), Outside: water, Outputs: of(sauce, "T", 105_000)}).(*matterv1.PostedResult).GetEntry()
	w.Do(by("other"), &matterv1.MsgTransform{Inputs: take(50_000), Outputs: of(sauce, "U", 40_000)})
	w.batch("other", sauce, "D")
	w.Do(by("region"), &productv1.MsgRegisterSpecification{Id: "bread", Name: "Bread", Scheme: productv1.Scheme_SCHEME_QM, Version: &productv1.NewVersion{
		LegalBasis: "Example act", DocumentSha256: make([]byte, 32), Municipalities: []string{municipal}, InForceFrom: "2013-11-18",
		Stages: []*productv1.Stage{
			{Id: "bread", NameIt: "pane", NameEn: "bread", Yields: []*productv1.Yield{{From: "flour", Outside: true, Output: grams(1), Input: grams(1)}}},
		},
	}})
	w.Do(by("other"), &productv1.MsgRegisterProduct{Gtin: bread, Specification: "bread", Name: "Bread", BaseUnit: "GRM", Stage: "bread"})
	w.Do(by("other"), &matterv1.MsgTransform{Outside: []*matterv1.OutsideInput{{What: "flour", Stage: "flour", Quantity: grams(10_000)}}, Outputs: of(bread, "B", 10_000)})
	w.Do(by("other"), &matterv1.MsgSplit{From: &basev1.BatchID{Gtin: bread, Lot: "B"}, Parts: []*matterv1.Part{{Lot: "C", Quantity: grams(4_000)}}})
	return t
}

func TestATransformationIsHeldAgainstTheBook(t *testing.T) {
	w := newWorld(t)
	made := w.bake()
	yes, no, unknown := tracev1.Agreement_AGREEMENT_IN_BOOK, tracev1.Agreement_AGREEMENT_CONTRADICTS, tracev1.Agreement_AGREEMENT_NOT_IN_BOOK
	type lots = []epcis.Quantity
	for name, c := range map[string]struct {
		in, out lots
		want    tracev1.Agreement
		entry   bool
	}{
		"as the book has it":                         {lots{kilos(sauce, "S", "100")}, lots{kilos(sauce, "T", "105")}, yes, true},
		"less than the book has":                     {lots{kilos(sauce, "S", "99.5")}, lots{kilos(sauce, "T", "1")}, yes, true},
		"without amounts":                            {lots{{EPCClass: gs1.ClassURI(sauce, "S")}}, lots{{EPCClass: gs1.ClassURI(sauce, "T")}}, yes, true},
		"in another dimension":                       {lots{{EPCClass: gs1.ClassURI(sauce, "S"), Amount: "7000", UOM: "LTR"}}, lots{kilos(sauce, "T", "105")}, yes, true},
		"of something from outside, as the book":     {lots{kilos(sauce, "S", "100"), kilos(flour, "W", "10")}, lots{kilos(sauce, "T", "105")}, yes, true},
		"more of an input than the book took":        {lots{kilos(sauce, "S", "100.001")}, lots{kilos(sauce, "T", "105")}, no, true},
		"of a lot that the book did not take":        {lots{kilos(sauce, "D", "100")}, lots{kilos(sauce, "T", "100")}, no, true},
		"of something from outside, unlike the book": {lots{kilos(flour, "W", "10")}, lots{kilos(sauce, "U", "1")}, no, false},
		"more out than in":                           {lots{kilos(sauce, "S", "94.999")}, lots{kilos(sauce, "T", "105")}, no, true},
		"as much out as in with the water":           {lots{kilos(sauce, "S", "95")}, lots{kilos(sauce, "T", "105")}, yes, true},
		"of which the book does not know":            {lots{kilos(sauce, "S", "2")}, lots{kilos(sauce, "D", "2")}, unknown, false},
		"of which it does not know, out of nothing":  {lots{kilos(sauce, "S", "2")}, lots{kilos(sauce, "D", "2.001")}, no, false},
		"two outputs of two entries":                 {lots{kilos(sauce, "S", "50")}, lots{kilos(sauce, "T", "1"), kilos(sauce, "U", "1")}, yes, false},
		"no registered output":                       {lots{kilos(sauce, "S", "1")}, lots{kilos(flour, "W", "1")}, 0, false},
	} {
		e, err := w.trace.Event(w.Reader(), w.capture("other", making(c.in, c.out)).GetReceipts()[0].GetId())
		must(t, err)
		if e.GetAgreement() != c.want || c.entry && e.GetEntry() != made || !c.entry && e.GetEntry() == made {
			t.Errorf("%s: %v, entry %d; want %v, entry %d: %v", name, e.GetAgreement(), e.GetEntry(), c.want, made, c.entry)
		}
	}
	w.CheckTruths()
}

// Where a specification says of what a batch is made, what contradicts the book is
// refused, with the numbers.
func TestAContradictionIsRefusedWhereOriginIsAsked(t *testing.T) {
	w := newWorld(t)
	w.bake()
	w.capture("other", making([]epcis.Quantity{kilos(flour, "W", "10")}, []epcis.Quantity{kilos(bread, "B", "10")}))
	w.capture("other", making([]epcis.Quantity{kilos(bread, "B", "4")}, []epcis.Quantity{kilos(bread, "C", "4")}))
	over := making([]epcis.Quantity{kilos(bread, "B", "5")}, []epcis.Quantity{kilos(bread, "C", "4")})
	w.refuses(trace.ErrNotInBook, "other", document(t, over), "5 KGM of lot B", "the book of 4 kg")
	heavy := making([]epcis.Quantity{kilos(bread, "B", "3")}, []epcis.Quantity{kilos(bread, "C", "4")})
	w.refuses(trace.ErrNotInBook, "other", document(t, heavy), "4 kg come out of 3 kg: 1 kg too much")
	strange := making([]epcis.Quantity{kilos(flour, "W", "4")}, []epcis.Quantity{kilos(bread, "C", "4")})
	w.refuses(trace.ErrNotInBook, "other", document(t, strange), "of no lot W of GTIN "+flour)
}
