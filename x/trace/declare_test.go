package trace_test

import (
	"bytes"
	"strings"
	"testing"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/x/registry"
	"github.com/filiera-chain/filiera/x/trace"
)

const usualDeclaration = `{"declarationTime": "2026-11-23T07:59:00Z", "reason": "incorrect_data", "correctiveEventIDs": ["urn:uuid:2"]}`

// declared adds a declaration to the first event of a document.
func declared(t *testing.T, doc []byte, declaration string) []byte {
	t.Helper()
	return replaced(t, doc, `"action":`, `"errorDeclaration": `+declaration+`, "action":`)
}

func (w *world) send(who string, doc []byte) *tracev1.CaptureResult {
	w.T.Helper()
	return w.Do(by(who), &tracev1.MsgCapture{Document: doc}).(*tracev1.CaptureResult)
}

func TestAnErrorDeclarationIsNoDuplicateOfTheEventItDeclares(t *testing.T) {
	w := newWorld(t)
	d := packing(lot(pasta, "A"))
	d.EventID = "urn:uuid:1"
	doc := document(t, d)
	id := w.send("maker", doc).GetReceipts()[0].GetId()
	w.Block.Time, w.Block.Height = start+60, 7
	result := w.send("maker", declared(t, doc, usualDeclaration))
	receipt := result.GetReceipts()[0]
	if receipt.GetOutcome() != tracev1.Outcome_OUTCOME_CORRECTION || !bytes.Equal(receipt.GetId(), id) || len(receipt.GetDeclaration()) != 32 {
		t.Fatalf("receipt %v", receipt)
	}
	e, err := w.trace.Event(w.Reader(), id)
	must(t, err)
	if len(e.GetDeclarations()) != 1 {
		t.Fatalf("declarations: %v", e.GetDeclarations())
	}
	kept := e.GetDeclarations()[0]
	if kept.GetReason() != "https://ref.gs1.org/cbv/ER-incorrect_data" || kept.GetDeclaredBy() != "maker" || kept.GetRecordedAt() != start+60 ||
		kept.GetRecordedHeight() != 7 || strings.Join(kept.GetCorrectiveEventIds(), " ") != "urn:uuid:2" || kept.GetDeclaredTimeMs() != (start-60)*1000 {
		t.Errorf("kept %v", kept)
	}
	if e.GetRecordedHeight() != 1 || len(w.journey(pasta, "A")) != 1 {
		t.Errorf("the event itself changed: %v", e)
	}
	said, is := w.Said[0].(*tracev1.EventDeclaredWrong)
	if len(w.Said) != 1 || !is || !bytes.Equal(said.GetEvent().GetId(), id) {
		t.Errorf("announced %v", w.Said)
	}
	before := len(w.Branch.Changes())
	for name, again := range map[string]string{
		"the same":            usualDeclaration,
		"in another zone":     strings.Replace(usualDeclaration, "07:59:00Z", "08:59:00+01:00", 1),
		"with the reason URI": strings.Replace(usualDeclaration, `"incorrect_data"`, `"https://ref.gs1.org/cbv/ER-incorrect_data"`, 1),
	} {
		if got := w.send("maker", declared(t, doc, again)).GetReceipts()[0]; got.GetOutcome() != tracev1.Outcome_OUTCOME_DUPLICATE || !bytes.Equal(got.GetDeclaration(), receipt.GetDeclaration()) {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := outcomes(w.send("maker", doc)); got != "duplicate" || len(w.Branch.Changes()) != before {
		t.Errorf("the event told again: %q", got)
	}
}

func TestACorrectiveEventComesWithTheDeclaration(t *testing.T) {
	w := newWorld(t)
	wrong, right := packing(lot(pasta, "A")), packing(lot(pasta, "B"))
	right.EventID = "urn:uuid:2"
	w.capture("maker", wrong)
	if got := outcomes(w.send("maker", declared(t, document(t, wrong, right), usualDeclaration))); got != "correction accepted" {
		t.Errorf("outcomes %q", got)
	}
}

// What an event told elsewhere said is whole in its declaration: both are kept.
func TestADeclarationOfAnEventThatIsNotHereIsKeptWithIt(t *testing.T) {
	w := newWorld(t)
	doc := document(t, packing(lot(pasta, "A")))
	first := w.send("maker", declared(t, doc, usualDeclaration))
	if got := outcomes(first); got != "accepted" || len(first.GetReceipts()[0].GetDeclaration()) != 32 {
		t.Fatalf("%q: %v", got, first)
	}
	if e := w.journey(pasta, "A"); len(e) != 1 || len(e[0].GetDeclarations()) != 1 {
		t.Errorf("journey %v", e)
	}
	if got := outcomes(w.send("maker", doc)); got != "duplicate" {
		t.Errorf("the event that it declares wrong: %q", got)
	}
	if got := outcomes(w.send("maker", declared(t, doc, usualDeclaration))); got != "duplicate" {
		t.Errorf("the declaration again: %q", got)
	}
}

func TestWhoMayDeclareAnEventWrong(t *testing.T) {
	w := newWorld(t)
	doc := declared(t, document(t, packing(lot(pasta, "A"))), usualDeclaration)
	w.capture("maker", packing(lot(pasta, "A")))
	w.refuses(trace.ErrNotReporter, "other", doc, "maker told", "the signer is other")
	w.refuses(trace.ErrNotReporter, "auditor", doc)
	if got := outcomes(w.send("region", doc)); got != "correction" {
		t.Errorf("an authority: %q", got)
	}
	w.Do(by("region"), &registryv1.MsgRevokeRole{Participant: "maker", Grant: 1, Reason: "left"})
	w.refuses(registry.ErrNotAllowed, "maker", declared(t, document(t, packing(lot(pasta, "A"))), strings.Replace(usualDeclaration, "07:59", "07:58", 1)))
}

func TestWhatADeclarationMaySay(t *testing.T) {
	w := newWorld(t)
	doc := document(t, packing(lot(pasta, "A")))
	w.send("maker", doc)
	many := `"urn:x:1"` + strings.Repeat(`,"urn:x:1"`, 32)
	for name, declaration := range map[string]string{
		"a time before 1990":          strings.Replace(usualDeclaration, "2026-", "1926-", 1),
		"a time to come":              strings.Replace(usualDeclaration, "2026-", "2027-", 1),
		"more events than are kept":   strings.Replace(usualDeclaration, `"urn:uuid:2"`, many, 1),
		"an event id too long":        strings.Replace(usualDeclaration, "urn:uuid:2", "urn:x:"+strings.Repeat("a", 500), 1),
		"a reason that goes on":       strings.Replace(usualDeclaration, "incorrect_data", "https://example.org/"+strings.Repeat("a", 500), 1),
		"a word that is not a reason": strings.Replace(usualDeclaration, "incorrect_data", "oops", 1),
	} {
		t.Run(name, func(t *testing.T) {
			w.T = t
			want := trace.ErrDeclaration
			if strings.Contains(declaration, "oops") {
				want = trace.ErrDocument
			}
			w.refuses(want, "maker", declared(t, doc, declaration), "errorDeclaration")
		})
	}
	w.T = t
	for i := range 16 {
		w.send("maker", declared(t, doc, strings.Replace(usualDeclaration, "07:59:00", "07:00:"+string([]byte{'0' + byte(i/10), '0' + byte(i%10)}), 1)))
	}
	w.refuses(trace.ErrLimit, "maker", declared(t, doc, usualDeclaration), "declared wrong 16 times")
}

func TestProceedTakesWhatCanBeTakenAndSaysWhyNot(t *testing.T) {
	w := newWorld(t)
	n := int64(0)
	at := func(d epcis.Draft) epcis.Draft { n++; d.Time -= n; return d }
	good, foreign, unknown := at(packing(lot(pasta, "A"))), at(packing(lot(sauce, "S"))), at(packing(lot(pasta, "Z")))
	doc := document(t, good, foreign, unknown, good, at(packing(lot(pasta, "B"))), at(packing(lot(pasta, "B"))))
	last := strings.LastIndex(string(doc), `"OBSERVE"`)
	doc = append(append(bytes.Clone(doc[:last]), `"WATCH"`...), doc[last+len(`"OBSERVE"`):]...)
	w.refuses(trace.ErrDocument, "maker", doc, "eventList[5].action")
	result := w.Do(by("maker"), &tracev1.MsgCapture{Document: doc, ErrorBehaviour: tracev1.ErrorBehaviour_ERROR_BEHAVIOUR_PROCEED}).(*tracev1.CaptureResult)
	if got := outcomes(result); got != "accepted refused refused duplicate accepted refused" {
		t.Fatalf("outcomes %q", got)
	}
	for i, want := range map[int]*module.Error{1: trace.ErrNotHolder, 2: trace.ErrUnknownLot, 5: trace.ErrDocument} {
		r := result.GetReceipts()[i]
		if r.GetRefusal() != want.ID() || r.GetMessage() == "" || (i != 5) != (len(r.GetId()) == 32) {
			t.Errorf("event %d: %v", i, r)
		}
	}
	if len(w.Said) != 2 || w.Said[1].(*tracev1.EventCaptured).GetIndex() != 4 {
		t.Errorf("announced %v", w.Said)
	}
	if a, s := len(w.journey(pasta, "A")), len(w.journey(sauce, "S")); a != 1 || s != 0 {
		t.Errorf("journeys of %d and %d events", a, s)
	}
	_, err := w.Try(by("maker"), &tracev1.MsgCapture{Document: doc, ErrorBehaviour: 3})
	if e := module.AsError(err); err == nil || e.ID() != trace.ErrShape.ID() {
		t.Errorf("an unknown behaviour: %v", err)
	}
}

func TestAnEventIDStandsForOneEventOfItsReporter(t *testing.T) {
	w := newWorld(t)
	named := func(code string) epcis.Draft {
		d := packing(lot(pasta, code))
		d.EventID = "urn:uuid:1"
		return d
	}
	w.capture("maker", named("A"))
	w.refuses(trace.ErrEventIDTaken, "maker", document(t, named("B")), "urn:uuid:1")
	theirs := packing(lot(sauce, "S"))
	theirs.EventID = "urn:uuid:1"
	if got := outcomes(w.capture("other", theirs)); got != "accepted" {
		t.Errorf("another reporter's: %q", got)
	}
}

// Who told an event first, of lots that were not registered yet, does not keep
// it out of the journeys of their owner.
func TestAnEventToldByAStrangerIsTheOwnersWhenTheOwnerTellsIt(t *testing.T) {
	w := newWorld(t)
	told := packing(lot(flour, "F1"))
	told.EventID = "urn:uuid:1"
	if got := outcomes(w.capture("other", told)); got != "accepted" {
		t.Fatalf("the stranger's telling: %q", got)
	}
	w.send("other", declared(t, document(t, told), usualDeclaration))
	w.Do(by("maker"), &productv1.MsgRegisterProduct{Gtin: flour, Name: "Flour", BaseUnit: "GRM"})
	w.batch("maker", flour, "F1")
	if got := outcomes(w.capture("other", told)); got != "duplicate" {
		t.Errorf("the stranger's second telling: %q", got)
	}
	if got := len(w.journey(flour, "F1")); got != 0 {
		t.Fatalf("%d events in the journey before its owner tells one", got)
	}
	if got := outcomes(w.capture("maker", told)); got != "accepted" {
		t.Fatalf("the owner's telling: %q", got)
	}
	got := w.journey(flour, "F1")
	if len(got) != 1 || got[0].GetReporter() != "maker" || len(got[0].GetDeclarations()) != 0 {
		t.Errorf("the journey is %v", got)
	}
	if got := w.outside(flour, "F1", "other"); len(got) != 0 {
		t.Errorf("the stranger's telling still stands: %v", got)
	}
	if got := outcomes(w.capture("maker", told)); got != "duplicate" {
		t.Errorf("the owner's second telling: %q", got)
	}
	// The stranger's eventID is free again.
	other := packing(lot("09525678000028", "G1"))
	other.EventID = "urn:uuid:1"
	if got := outcomes(w.capture("other", other)); got != "accepted" {
		t.Errorf("another event under the stranger's eventID: %q", got)
	}
	w.CheckTruths()
}

// What strangers tell of a lot before anybody registers it stands apart, under
// their own names, and fills nothing.
func TestNobodySpeaksInTheJourneyOfALotThatIsRegisteredLater(t *testing.T) {
	w := newWorld(t)
	w.capture("other", intake(lot(flour, "F1")))
	w.capture("carrier", packing(lot(flour, "F1")))
	if got := len(w.journey(flour, "F1")); got != 0 {
		t.Errorf("%d events in the journey of a lot from outside", got)
	}
	for _, who := range []string{"other", "carrier"} {
		if got := w.outside(flour, "F1", who); len(got) != 1 || got[0].GetReporter() != who {
			t.Errorf("%s told %v", who, got)
		}
	}
	if got := w.outside(flour, "F1", "maker"); len(got) != 0 {
		t.Errorf("maker told %v", got)
	}
}
