package trace_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
)

// A refused receipt stands for nothing written: where a document is to proceed,
// an event whose declaration is refused is not taken over either.
func TestAnEventWhoseDeclarationIsRefusedIsNotTakenOver(t *testing.T) {
	w := newWorld(t)
	told := packing(lot(flour, "F1"))
	w.capture("other", told)
	w.Do(by("maker"), &productv1.MsgRegisterProduct{Gtin: flour, Name: "Flour", BaseUnit: "GRM"})
	w.batch("maker", flour, "F1")
	before := fmt.Sprint(w.Branch.Changes())
	future := declared(t, document(t, told), strings.Replace(usualDeclaration, "2026", "2126", 1))
	result := w.Do(by("maker"), &tracev1.MsgCapture{Document: future, ErrorBehaviour: tracev1.ErrorBehaviour_ERROR_BEHAVIOUR_PROCEED}).(*tracev1.CaptureResult)
	if got := outcomes(result); got != "refused" {
		t.Fatalf("outcomes %q", got)
	}
	if after := fmt.Sprint(w.Branch.Changes()); after != before || len(w.Said) != 0 {
		t.Errorf("the event was refused, and the state changed or %v was announced", w.Said)
	}
}

// Whatever is told, told again, declared wrong, by whom, in one document or in
// several: one receipt for each event, refused ones write nothing, every event
// stays readable, and no truth breaks.
func TestStoriesOfCapturesAndDeclarations(t *testing.T) {
	tt := t
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		seen, wrong := map[string]bool{}, map[string]int{}
		registered := false
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			if !registered && rapid.IntRange(0, 4).Draw(t, "register") == 0 {
				registered = true
				w.Do(by("maker"), &productv1.MsgRegisterProduct{Gtin: flour, Name: "Flour", BaseUnit: "GRM"})
				w.batch("maker", flour, "F1")
				w.batch("maker", flour, "F2")
			}
			who := rapid.SampledFrom([]string{"maker", "other", "carrier", "auditor"}).Draw(t, "who")
			n := rapid.IntRange(1, 3).Draw(t, "events")
			doc := document(t, random(t))
			if n > 1 {
				d := random(t)
				e := random(t)
				doc = document(t, d, e, d)
			}
			if rapid.Bool().Draw(t, "declare") && strings.Contains(string(doc), `"action":`) {
				year := rapid.SampledFrom([]string{"2026", "2026", "2126"}).Draw(t, "year")
				doc = declared(tt, doc, strings.Replace(usualDeclaration, "2026", year, 1))
			}
			before := fmt.Sprint(w.Branch.Changes())
			r, err := w.Try(by(who), &tracev1.MsgCapture{Document: doc, ErrorBehaviour: tracev1.ErrorBehaviour_ERROR_BEHAVIOUR_PROCEED})
			must(t, err)
			result := r.(*tracev1.CaptureResult)
			events := 1
			if n > 1 {
				events = 3
			}
			if len(result.GetReceipts()) != events {
				t.Fatalf("%d receipts of %d events", len(result.GetReceipts()), events)
			}
			written := false
			for _, receipt := range result.GetReceipts() {
				id := string(receipt.GetId())
				switch receipt.GetOutcome() {
				case tracev1.Outcome_OUTCOME_ACCEPTED:
					written, seen[id] = true, true
				case tracev1.Outcome_OUTCOME_CORRECTION:
					written = true
					if !seen[id] || len(receipt.GetDeclaration()) != 32 {
						t.Fatalf("a correction of what is not here: %v", receipt)
					}
					wrong[id]++
				case tracev1.Outcome_OUTCOME_DUPLICATE:
					if !seen[id] {
						t.Fatalf("a duplicate of what is not here: %v", receipt)
					}
				case tracev1.Outcome_OUTCOME_REFUSED:
					if receipt.GetRefusal() == "" {
						t.Fatalf("refused without a reason: %v", receipt)
					}
				default:
					t.Fatalf("outcome %v", receipt)
				}
			}
			if after := fmt.Sprint(w.Branch.Changes()); !written && after != before {
				t.Fatalf("every event is a duplicate or refused, and the state changed: %v", result.GetReceipts())
			}
			for id := range seen {
				e, err := w.trace.Event(w.Reader(), []byte(id))
				must(t, err)
				if e == nil || !bytes.Equal(e.GetId(), []byte(id)) {
					t.Fatalf("event %x is not readable", id)
				}
			}
		}
		w.CheckTruths()
	})
}
