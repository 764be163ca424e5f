package trace_test

import (
	"testing"

	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/x/trace"
)

// Lot A of pasta has 1,000 t, in grams.
func TestAnEventTellsOfNoMoreThanThereWas(t *testing.T) {
	of := func(amount, unit string) epcis.Draft {
		return packing(epcis.Quantity{EPCClass: gs1.ClassURI(pasta, "A"), Amount: amount, UOM: unit})
	}
	w := newWorld(t)
	for _, d := range []epcis.Draft{of("1000000", "KGM"), of("1000", "TNE"), of("999999.9999", "KGM"), of("123456789012", ""), of("5000000000", "LTR"), of("", "")} {
		w.capture("maker", d)
	}
	for _, d := range []epcis.Draft{of("1000000.0001", "KGM"), of("1001", "TNE"), of("1000000001", "GRM")} {
		w.refuses(trace.ErrOverBatch, "maker", document(t, d), "lot A", "1,000,000 kg")
	}
}

func TestAnEventToldLateIsMarked(t *testing.T) {
	w := newWorld(t)
	late := func(days int) epcis.Draft {
		d := packing(lot(pasta, "A"))
		d.Time -= int64(days) * 24 * 3600 * 1000
		return d
	}
	for days, want := range map[int]uint32{0: 0, 7: 0, 8: 8, 400: 400} {
		id := w.capture("maker", late(days)).GetReceipts()[0].GetId()
		e, err := w.trace.Event(w.Reader(), id)
		must(t, err)
		if e.GetLateDays() != want {
			t.Errorf("%d days: marked %d", days, e.GetLateDays())
		}
	}
	// What is told of lots from outside is nobody's register.
	outside := intake(lot(flour, "X"))
	outside.Time -= 400 * 24 * 3600 * 1000
	e, err := w.trace.Event(w.Reader(), w.capture("maker", outside).GetReceipts()[0].GetId())
	must(t, err)
	if e.GetLateDays() != 0 {
		t.Errorf("marked %d", e.GetLateDays())
	}
}
