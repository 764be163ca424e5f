package trace_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/x/trace"
)

// ask puts a question as the app does.
func (w *world) ask(method string, q proto.Message) (proto.Message, error) {
	w.T.Helper()
	for _, query := range w.trace.Module().Queries {
		if query.Method == method {
			return query.Answer(w.Reader(), q)
		}
	}
	w.T.Fatalf("there is no question %s", method)
	return nil, nil
}

// pages reads a journey a few events at a time.
func (w *world) pages(gtin, code string, limit uint32) []*tracev1.Event {
	w.T.Helper()
	var list []*tracev1.Event
	q := &tracev1.JourneyRequest{Gtin: gtin, Lot: code, Limit: limit}
	if gtin == flour {
		q.Reporter = "maker"
	}
	for {
		a, err := w.ask("Journey", q)
		must(w.T, err)
		page := a.(*tracev1.JourneyResponse)
		list = append(list, page.GetEvents()...)
		if !page.GetMore() {
			return list
		}
		if len(page.GetEvents()) != int(limit) {
			w.T.Fatalf("a page of %d events was asked for and one of %d given, with more to come", limit, len(page.GetEvents()))
		}
		q.After = page.GetEvents()[limit-1].GetId()
	}
}

// random draws an event that maker may report, out of few lots and times, so
// that events meet.
func random(t *rapid.T) epcis.Draft {
	own := rapid.SampledFrom([]string{"A", "B"})
	outside := rapid.SampledFrom([]string{"F1", "F2"})
	at := (start - int64(rapid.IntRange(0, 3).Draw(t, "hours ago"))*3600) * 1000
	var d epcis.Draft
	switch rapid.IntRange(0, 2).Draw(t, "kind") {
	case 0:
		d = packing(lot(pasta, own.Draw(t, "lot")))
		d.BizStep = rapid.SampledFrom([]string{"packing", "shipping", "storing"}).Draw(t, "step")
	case 1:
		d = intake(lot(flour, outside.Draw(t, "lot")))
	default:
		made := own.Draw(t, "made")
		inputs := []epcis.Quantity{lot(flour, outside.Draw(t, "flour"))}
		if made == "A" && rapid.Bool().Draw(t, "of B too") {
			inputs = append(inputs, lot(pasta, "B"))
		}
		d = making(inputs, []epcis.Quantity{lot(pasta, made)})
	}
	d.Time = at
	return d
}

func TestCapturingTwiceChangesNothingAndJourneysAreInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		toy := map[string]*epcis.Event{}
		for range rapid.IntRange(1, 4).Draw(t, "documents") {
			var drafts []epcis.Draft
			for range rapid.IntRange(1, 4).Draw(t, "events") {
				drafts = append(drafts, random(t))
			}
			doc := document(t, drafts...)
			parsed, err := epcis.Parse(doc, epcis.Limits{})
			must(t, err)
			first := w.Do(by("maker"), &tracev1.MsgCapture{Document: doc}).(*tracev1.CaptureResult)
			for i, receipt := range first.GetReceipts() {
				_, known := toy[string(receipt.GetId())]
				if known != (receipt.GetOutcome() == tracev1.Outcome_OUTCOME_DUPLICATE) {
					t.Fatalf("event %d was known: %t; its outcome is %s", i, known, receipt.GetOutcome())
				}
				toy[string(receipt.GetId())] = &parsed.Events[i]
			}
			before := w.Branch.Changes()
			again := w.Do(by("maker"), &tracev1.MsgCapture{Document: doc}).(*tracev1.CaptureResult)
			for i, receipt := range again.GetReceipts() {
				if receipt.GetOutcome() != tracev1.Outcome_OUTCOME_DUPLICATE || !bytes.Equal(receipt.GetId(), first.GetReceipts()[i].GetId()) {
					t.Fatalf("told again, event %d has %v", i, receipt)
				}
			}
			if after := w.Branch.Changes(); fmt.Sprint(before) != fmt.Sprint(after) || len(w.Said) != 0 {
				t.Fatalf("capturing twice changed the state, or announced %v", w.Said)
			}
		}
		for _, l := range [][2]string{{pasta, "A"}, {pasta, "B"}, {flour, "F1"}, {flour, "F2"}} {
			compare(t, w, toy, l[0], l[1])
		}
	})
}

// compare holds a lot's journey against the toy's.
func compare(t *rapid.T, w *world, toy map[string]*epcis.Event, gtin, code string) {
	var want []string
	for id, e := range toy {
		if slices.ContainsFunc(e.Lots, func(u epcis.LotUse) bool { return u.GTIN == gtin && u.Lot == code }) {
			want = append(want, fmt.Sprintf("%020d %x", e.EventTime, id))
		}
	}
	slices.Sort(want)
	for _, limit := range []uint32{1, 2, 1000} {
		var got []string
		for _, e := range w.pages(gtin, code, limit) {
			got = append(got, fmt.Sprintf("%020d %x", e.GetEventTimeMs(), e.GetId()))
		}
		if !slices.Equal(got, want) {
			t.Fatalf("journey of %s by %d:\n%q\nwant\n%q", code, limit, got, want)
		}
	}
}

func TestQuestionsAboutWhatIsNotThere(t *testing.T) {
	w := newWorld(t)
	id := w.capture("maker", packing(lot(pasta, "A"))).GetReceipts()[0].GetId()
	if e, err := w.ask("Event", &tracev1.EventRequest{Id: id}); err != nil || !bytes.Equal(e.(*tracev1.Event).GetId(), id) {
		t.Errorf("the event: %v, %v", e, err)
	}
	if got := w.pages("9521234000013", "A", 10); len(got) != 1 {
		t.Errorf("a GTIN of 13 digits: %d events", len(got))
	}
	if a, err := w.ask("Journey", &tracev1.JourneyRequest{Gtin: pasta, Lot: "nothing"}); err != nil || len(a.(*tracev1.JourneyResponse).GetEvents()) != 0 {
		t.Errorf("a lot without events: %v, %v", a, err)
	}
	for name, c := range map[string]struct {
		method string
		q      proto.Message
		want   *module.Error
	}{
		"an unknown event":       {"Event", &tracev1.EventRequest{Id: make([]byte, 32)}, trace.ErrEvent},
		"a short id":             {"Event", &tracev1.EventRequest{Id: id[:31]}, trace.ErrShape},
		"a wrong GTIN":           {"Journey", &tracev1.JourneyRequest{Gtin: "1", Lot: "A"}, trace.ErrShape},
		"a wrong lot":            {"Journey", &tracev1.JourneyRequest{Gtin: pasta, Lot: "a\x00"}, trace.ErrShape},
		"too many at a time":     {"Journey", &tracev1.JourneyRequest{Gtin: pasta, Lot: "A", Limit: 1001}, trace.ErrShape},
		"after a short id":       {"Journey", &tracev1.JourneyRequest{Gtin: pasta, Lot: "A", After: []byte{1}}, trace.ErrShape},
		"after an unknown event": {"Journey", &tracev1.JourneyRequest{Gtin: pasta, Lot: "A", After: make([]byte, 32)}, trace.ErrEvent},
		"far too many at a time": {"Journey", &tracev1.JourneyRequest{Gtin: pasta, Lot: "A", Limit: 1<<32 - 1}, trace.ErrShape},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := w.ask(c.method, c.q); module.AsError(err).ID() != c.want.ID() {
				t.Errorf("got %v, want %s", err, c.want.ID())
			}
		})
	}
}
