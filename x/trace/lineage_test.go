package trace_test

import (
	"fmt"
	"testing"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/x/trace"
)

// made says what a lot was made of, as lineage has it.
func (w *world) made(gtin, code string) string {
	w.T.Helper()
	list, _, err := w.lineage.MadeOf(w.Reader(), &basev1.BatchID{Gtin: gtin, Lot: code}, nil, 100)
	must(w.T, err)
	text := ""
	for _, b := range list {
		text += b.GetLot() + " "
	}
	return text
}

func TestTransformationsOfRegisteredLotsAreLineage(t *testing.T) {
	w := newWorld(t)
	first := making([]epcis.Quantity{lot(flour, "X"), lot(flour, "Y")}, []epcis.Quantity{lot(pasta, "A"), lot(flour, "OUT")})
	doc := document(t, first)
	w.send("maker", doc)
	again := making([]epcis.Quantity{lot(flour, "X")}, []epcis.Quantity{lot(pasta, "A"), lot(pasta, "B")})
	w.capture("maker", again)
	if a, b, out := w.made(pasta, "A"), w.made(pasta, "B"), w.made(flour, "OUT"); a != "X Y " || b != "X " || out != "" {
		t.Fatalf("A of %q, B of %q, OUT of %q", a, b, out)
	}
	// Two events tell that A was made of X; one of them is taken back.
	wrong := replaced(t, doc, `"bizStep":`, `"errorDeclaration": `+usualDeclaration+`, "bizStep":`)
	if r := w.send("maker", wrong); r.GetReceipts()[0].GetOutcome() != tracev1.Outcome_OUTCOME_CORRECTION {
		t.Fatal(r)
	}
	if a := w.made(pasta, "A"); a != "X " {
		t.Errorf("A is made of %q", a)
	}
	w.send("maker", replaced(t, wrong, "07:59:00Z", "07:58:00Z")) // declared wrong twice
	if a := w.made(pasta, "A"); a != "X " {
		t.Errorf("A is made of %q", a)
	}
}

func TestABoxHoldsWhatWasPutIntoIt(t *testing.T) {
	w := newWorld(t)
	pack := epcis.Draft{
		Type: epcis.AggregationEvent, Time: (start - 3600) * 1000, Offset: "+01:00", Action: "ADD", BizStep: "packing",
		ParentID: "https://id.gs1.org/01/" + pasta + "/10/A/21/1", ChildQuantities: []epcis.Quantity{lot(pasta, "B"), lot(flour, "X")},
	}
	w.capture("maker", pack)
	pack.Action, pack.Time = "DELETE", pack.Time+1000
	w.capture("maker", pack)
	pack.Action, pack.ParentID = "OBSERVE", "https://id.gs1.org/01/"+pasta+"/10/B/21/1"
	pack.ChildQuantities = []epcis.Quantity{lot(flour, "Z")}
	w.capture("maker", pack)
	if a, b := w.made(pasta, "A"), w.made(pasta, "B"); a != "B X " || b != "" {
		t.Errorf("the box A holds %q, and B %q", a, b)
	}
}

func TestAnEventToldByTheOwnerIsLineageAtLast(t *testing.T) {
	w := newWorld(t)
	d := making([]epcis.Quantity{lot(flour, "X")}, []epcis.Quantity{{EPCClass: gs1.ClassURI("04012345678901", "NEW"), Amount: "1", UOM: "KGM"}})
	w.capture("carrier", d)
	if made := w.made("04012345678901", "NEW"); made != "" {
		t.Errorf("a stranger told that it was made of %q", made)
	}
}

func TestAnEventThatJoinsTooMuchIsRefused(t *testing.T) {
	w := newWorld(t)
	var in []epcis.Quantity
	for i := range 499 {
		in = append(in, lot(flour, fmt.Sprintf("I%03d", i)))
	}
	w.capture("maker", making(in, []epcis.Quantity{lot(pasta, "A")}))
	w.batch("maker", pasta, "C")
	w.refuses(trace.ErrLimit, "maker", document(t, making(in[:400], []epcis.Quantity{lot(pasta, "A"), lot(pasta, "B"), lot(pasta, "C")})), "1200 pairs", "in steps")
}
