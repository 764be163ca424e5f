package trace_test

import (
	"os"
	"strings"
	"testing"
	"time"

	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/testnet/story"
)

// FuzzCapture carries any bytes out as a document on the real modules and the
// real store: the module refuses or records, keeps every truth, answers a second
// time with duplicates only, and never fails in a way of its own.
func FuzzCapture(f *testing.F) {
	told, err := story.Write(f.TempDir(), time.Unix(start, 0))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range told.Events {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	w := newWorld(fuzzT{f})
	f.Add(document(w.T, packing(lot(pasta, "A"))))
	f.Add(document(w.T, intake(lot(flour, "F")), making([]epcis.Quantity{lot(flour, "F")}, []epcis.Quantity{lot(pasta, "B")})))
	f.Add([]byte(strings.Replace(string(document(w.T, packing(lot(pasta, "A")))), `"quantity": 2.5`, `"quantity": -1e-40`, 1)))
	f.Add([]byte(`{"type":"ObjectEvent"}`))
	arranged := *w.World
	f.Fuzz(func(t *testing.T, document []byte) {
		fresh := arranged
		fresh.T, fresh.Branch = t, arranged.Branch.Branch()
		w := &world{World: &fresh, registry: w.registry, trace: w.trace}
		m := &tracev1.MsgCapture{Document: document}
		first, err := w.Try(by("maker"), m)
		if err != nil {
			if e := module.AsError(err); e.ID() == module.ErrInternal.ID() {
				t.Fatalf("failed without refusing: %v", err)
			}
			return
		}
		again, err := w.Try(by("maker"), m)
		if err != nil {
			t.Fatalf("refused the second time: %v", err)
		}
		for i, r := range again.(*tracev1.CaptureResult).GetReceipts() {
			if r.GetOutcome() != tracev1.Outcome_OUTCOME_DUPLICATE || string(r.GetId()) != string(first.(*tracev1.CaptureResult).GetReceipts()[i].GetId()) {
				t.Fatalf("told again, event %d has %v", i, r)
			}
		}
	})
}

// fuzzT lets seeds be written with the helpers of tests.
type fuzzT struct{ *testing.F }
