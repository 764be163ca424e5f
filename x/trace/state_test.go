package trace_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/x/trace"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden is one stored pair, in hexadecimal.
type golden struct {
	Record string `json:"record"`
	Key    string `json:"key"`
	Value  string `json:"value"`
}

func TestStoredRecordsAreTheGoldenBytesUnderTheirPublishedKeys(t *testing.T) {
	w := newWorld(t)
	id := w.capture("maker", making([]epcis.Quantity{lot(flour, "F1")}, []epcis.Quantity{lot(pasta, "A")})).GetReceipts()[0].GetId()
	value, err := w.Branch.Get(statekey.Event(id))
	must(t, err)
	e := new(tracev1.Event)
	must(t, proto.Unmarshal(value, e))
	must(t, module.NoUnknown(e))
	got := []golden{{"event", hex.EncodeToString(statekey.Event(id)), hex.EncodeToString(value)}}
	for _, b := range []*basev1.BatchID{{Gtin: flour, Lot: "F1"}, {Gtin: pasta, Lot: "A"}} {
		from, to := statekey.JourneyOf(b.GetGtin(), b.GetLot())
		if b.GetGtin() == flour {
			from, to = statekey.OutsideOf(b.GetGtin(), b.GetLot(), "maker")
		}
		it, err := w.Branch.Iterator(from, to)
		must(t, err)
		for ; it.Valid(); it.Next() {
			rest := it.Key()[len(from):]
			if len(rest) != 8+32 || !bytes.Equal(rest[8:], id) {
				t.Errorf("after the lot, key %x does not hold a time and event %x", it.Key(), id)
			}
			got = append(got, golden{"journey of " + b.GetLot(), hex.EncodeToString(it.Key()), hex.EncodeToString(it.Value())})
		}
		must(t, it.Close())
	}
	if len(got) != 3 {
		t.Fatalf("%d pairs are kept, want an event and two entries", len(got))
	}
	text, err := json.MarshalIndent(got, "", "  ")
	must(t, err)
	text = append(text, '\n')
	if *update {
		must(t, os.WriteFile("testdata/records.json", text, 0o644))
	}
	want, err := os.ReadFile("testdata/records.json")
	must(t, err)
	if !bytes.Equal(text, want) {
		t.Errorf("stored records changed; a ledger that holds the old bytes would not agree:\n%s", text)
	}
}

func TestEveryBrokenTruthIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		breakIt func(w *world, e *tracev1.Event)
		says    string
	}{
		"an event without its entry": {func(w *world, e *tracev1.Event) {
			for _, key := range entries(w, "A") {
				must(w.T, w.Branch.Delete(key))
			}
		}, "does not stand beside lot A"},
		"an entry without its event": {func(w *world, e *tracev1.Event) {
			must(w.T, w.Branch.Delete(statekey.Event(e.GetId())))
		}, "names event"},
		"an event under another id": {func(w *world, e *tracev1.Event) {
			other := proto.Clone(e).(*tracev1.Event)
			other.Id = bytes.Repeat([]byte{7}, 32)
			w.putRaw(e.GetId(), other)
		}, "it says it is"},
		"an event that forgot a lot": {func(w *world, e *tracev1.Event) {
			e.Batches = e.Batches[:1]
			w.putRaw(e.GetId(), e)
		}, "does not name the lot"},
		"an event of another time": {func(w *world, e *tracev1.Event) {
			e.EventTimeMs++
			w.putRaw(e.GetId(), e)
		}, "journey"},
		"an event of more lots than it may have": {func(w *world, e *tracev1.Event) {
			for range 500 {
				e.Batches = append(e.Batches, e.GetBatches()[0])
			}
			w.putRaw(e.GetId(), e)
		}, "names 502 lots"},
		"a declaration twice": {func(w *world, e *tracev1.Event) {
			d := &tracev1.Declaration{Id: make([]byte, 32), DeclaredBy: "maker"}
			e.Declarations = []*tracev1.Declaration{d, d}
			w.putRaw(e.GetId(), e)
		}, "or there twice"},
		"an event of another reporter": {func(w *world, e *tracev1.Event) {
			e.Reporter = "other"
			w.putRaw(e.GetId(), e)
		}, "maker did not tell it"},
		"an eventID of another event": {func(w *world, e *tracev1.Event) {
			e.EventId = "urn:x:2"
			w.putRaw(e.GetId(), e)
		}, "eventID urn:x:1 of maker"},
		"an event without reporter": {func(w *world, e *tracev1.Event) {
			e.Reporter = ""
			w.putRaw(e.GetId(), e)
		}, "no content, reporter or time"},
		"a part that does not fit the event": {func(w *world, e *tracev1.Event) {
			e.Batches[0].Part = tracev1.Part_PART_SUBJECT
			w.putRaw(e.GetId(), e)
		}, "takes part as"},
		"a lot that is registered no more": {func(w *world, e *tracev1.Event) {
			e.Batches[1].Registered = false
			w.putRaw(e.GetId(), e)
		}, "does not stand beside lot A"},
		"a journey that is not counted": {func(w *world, e *tracev1.Event) {
			must(w.T, w.Branch.Delete(lengthKey("A")))
		}, "1 lots have entries and 0 are counted"},
		"a journey counted wrong": {func(w *world, e *tracev1.Event) {
			w.setLength("A", 2)
		}, "has 1 entries and counts 2"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			d := making([]epcis.Quantity{lot(flour, "F1")}, []epcis.Quantity{lot(pasta, "A")})
			d.EventID = "urn:x:1"
			id := w.capture("maker", d).GetReceipts()[0].GetId()
			e, err := w.trace.Event(w.Reader(), id)
			must(t, err)
			c.breakIt(w, e)
			found := ""
			for _, truth := range w.trace.Module().Invariants {
				if err := truth.Check(w.Reader()); err != nil {
					found += err.Error() + "\n"
				}
			}
			if !strings.Contains(found, c.says) {
				t.Errorf("found %q, want %q", found, c.says)
			}
		})
	}
}

func entries(w *world, code string) (keys [][]byte) {
	from, to := statekey.JourneyOf(pasta, code)
	it, err := w.Branch.Iterator(from, to)
	must(w.T, err)
	for ; it.Valid(); it.Next() {
		keys = append(keys, bytes.Clone(it.Key()))
	}
	must(w.T, it.Close())
	return keys
}

// lengthKey is the key of the count of a lot of pasta's events.
func lengthKey(code string) []byte { return []byte("trace/\x03" + pasta + "\x00" + code) }

func (w *world) setLength(code string, n uint64) {
	must(w.T, w.Branch.Set(lengthKey(code), binary.BigEndian.AppendUint64(nil, n)))
}

func TestALotHasNoMoreEventsThanAnAnswerCanHold(t *testing.T) {
	w := newWorld(t)
	twice := packing(lot(pasta, "A"))
	twice.EPCs = []string{"https://id.gs1.org/01/" + pasta + "/10/A/21/7"}
	w.capture("maker", twice) // one entry, named twice
	ctx := w.Context(by("maker"))
	d := packing(lot(pasta, "A"))
	try := func() error {
		_, err := w.trace.Module().Acts[0].Run(ctx, &tracev1.MsgCapture{Document: document(t, d)})
		return err
	}
	// The world's truths would find a length that is not so, hence no Try.
	w.setLength("A", 9_999)
	if err := try(); err != nil {
		t.Errorf("event 10,000: %v", err)
	}
	if d.Time--; !errors.Is(try(), trace.ErrLimit) {
		t.Error("event 10,001 was taken")
	}
}

func (w *world) putRaw(id []byte, e *tracev1.Event) {
	b, err := module.Marshal(e)
	must(w.T, err)
	must(w.T, w.Branch.Set(statekey.Event(id), b))
}

func TestAReadModelThatBeginsAtGenesisIsToldEveryEvent(t *testing.T) {
	w := newWorld(t)
	w.capture("maker", packing(lot(pasta, "A")), packing(lot(pasta, "B")))
	var told []*tracev1.EventCaptured
	err := w.trace.Module().Records(w.Reader(), func(m proto.Message) { told = append(told, m.(*tracev1.EventCaptured)) })
	if err != nil || len(told) != 2 || told[0].GetEvent().GetReporter() != "maker" {
		t.Errorf("told %v (%v)", told, err)
	}
}
