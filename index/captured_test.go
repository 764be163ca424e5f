package index

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/epcis"
)

// What the chain passed over must not be shown for what it recorded: names in
// another case are other names.
func TestADocumentIsTakenApartByItsNamesAsWritten(t *testing.T) {
	const real, fake = `{"type":"ObjectEvent","n":1}`, `{"type":"ObjectEvent","n":2}`
	for name, doc := range map[string]string{
		"EventList":           `{"type":"EPCISDocument","epcisBody":{"eventList":[` + real + `],"EventList":[` + fake + `]}}`,
		"EVENTLIST before":    `{"type":"EPCISDocument","epcisBody":{"EVENTLIST":[` + fake + `],"eventList":[` + real + `]}}`,
		"event of version 1":  `{"type":"EPCISDocument","epcisBody":{"event":` + fake + `,"eventList":[` + real + `]}}`,
		"TYPE":                `{"type":"EPCISDocument","TYPE":"ObjectEvent","epcisBody":{"eventList":[` + real + `]}}`,
		"another body":        `{"type":"EPCISDocument","epcisBody":{"eventList":[` + real + `]},"EPCISBody":{"eventList":[` + fake + `]}}`,
		"a query's":           `{"type":"EPCISQueryDocument","epcisBody":{"queryResults":{"resultsBody":{"eventList":[` + real + `],"Eventlist":[` + fake + `]}}}}`,
		"a query's beside it": `{"type":"EPCISQueryDocument","epcisBody":{"eventList":[` + fake + `],"queryResults":{"resultsBody":{"eventList":[` + real + `]}}}}`,
	} {
		got := takeApart([]byte(doc))
		if len(got.events) != 1 || string(got.events[0]) != real {
			t.Errorf("%s: %s", name, got.events)
		}
	}
	if got := takeApart([]byte(real)); len(got.events) != 1 || string(got.events[0]) != real {
		t.Errorf("a bare event: %s", got.events)
	}
	for _, none := range []string{``, `[]`, `7`, `{}`, `{"type":7}`, `{"type":"EPCISDocument"}`, `{"type":"EPCISDocument","epcisBody":{"eventList":7}}`} {
		if got := takeApart([]byte(none)); len(got.events) != 0 {
			t.Errorf("%s: %s", none, got.events)
		}
	}
}

// Every document of others that the chain takes comes back event by event with
// the content that was sent.
func TestStandardDocumentsComeBackWithTheirContent(t *testing.T) {
	documents, events := 0, 0
	err := filepath.WalkDir("../epcis/testdata", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		sent, err := epcis.Parse(raw, epcis.Limits{})
		if err != nil {
			return nil // no document, or one to refuse
		}
		c := newChain(t, 1, 0)
		var b Block
		c.capture(&b, string(raw))
		c.seal(b)
		m := openTemp(t)
		apply(t, m, c.blocks)
		list, err := m.EPCISEvents(t.Context(), EPCISQuery{}, Page{})
		if err != nil || len(list.Items) != len(sent.Events) {
			t.Errorf("%s: %d events of %d: %v", path, len(list.Items), len(sent.Events), err)
			return nil
		}
		for i, e := range list.Items {
			got, err := epcis.ParseJSON(e.Document, epcis.Limits{})
			if err != nil || !bytes.Equal(got.AppendCanonical(nil), sent.Events[i].Tree().AppendCanonical(nil)) {
				t.Errorf("%s, event %d came back as %s (%v)", path, i, e.Document, err)
			}
			context := sent.Tree.Get("@context")
			if got, err = epcis.ParseJSON(e.Context, epcis.Limits{}); err != nil || !bytes.Equal(got.AppendCanonical(nil), context.AppendCanonical(nil)) {
				t.Errorf("%s, event %d came back with the context %s (%v)", path, i, e.Context, err)
			}
		}
		documents, events = documents+1, events+len(sent.Events)
		return nil
	})
	if err != nil || documents < 70 {
		t.Fatalf("%d documents: %v", documents, err)
	}
	t.Logf("standard: valid EPCIS documents given back by the read model: %d cases, %d accepted, 0 refused (%d events)", documents, documents, events)
}

// The list of events shows a declaration of error that came after its event, and
// a journey nothing that was told before its lot was registered.
func TestEventsShowDeclarationsAndJourneysOnlyWhatStandsInThem(t *testing.T) {
	eachModel(t, func(t *testing.T, m Model) {
		about := func(n byte, registered bool) *tracev1.Event {
			return &tracev1.Event{Id: bytes.Repeat([]byte{n}, 32), EventTimeMs: int64(n), Reporter: "someone", Batches: []*tracev1.Involved{
				{Batch: &basev1.BatchID{Gtin: gtin(1), Lot: "A"}, Part: 1, Registered: registered},
			}}
		}
		c := newChain(t, 1, 0)
		var b Block
		doc := []proto.Message{&tracev1.MsgCapture{Document: []byte(testDocument)}}
		stranger, own := about(1, false), about(2, true)
		b.add(c.tx(doc, 0, &tracev1.EventCaptured{Event: stranger}, &tracev1.EventCaptured{Event: own, Index: 1}))
		c.seal(b)
		wrong := proto.Clone(own).(*tracev1.Event)
		wrong.Declarations = []*tracev1.Declaration{{Id: make([]byte, 32), DeclaredBy: "someone"}}
		var later Block
		later.add(c.tx(doc, 0, &tracev1.EventDeclaredWrong{Event: wrong}))
		c.seal(later)
		apply(t, m, c.blocks)
		ids := func(f EventFilter) (got string) {
			l, err := m.Events(t.Context(), f, Page{})
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range l.Items {
				got += string('0' + rune(e.Record.GetId()[0]))
				if len(e.Record.GetDeclarations()) > 0 {
					got += "!"
				}
				if !json.Valid(e.Document) || !bytes.Contains(e.Document, []byte{'"', 'n', '"', ':', '0' - 1 + e.Record.GetId()[0]}) {
					t.Errorf("event %d has the document %s", e.Record.GetId()[0], e.Document)
				}
			}
			return got
		}
		for f, want := range map[EventFilter]string{
			{}:                        "12!",
			{GTIN: gtin(1), Lot: "A"}: "12!",
			{GTIN: gtin(1), Lot: "A", InJourney: true}:   "2!",
			{GTIN: gtin(1), Lot: "A/B", InJourney: true}: "",
		} {
			if got := ids(f); got != want {
				t.Errorf("%+v: %s, want %s", f, got, want)
			}
		}
	})
}
