package split_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/epcis/split"
)

var wide = split.Limits{MaxBytes: 1 << 20, MaxValues: 1 << 20, MaxEvents: 1 << 20}

func pieces(data []byte, limits split.Limits) (out []split.Piece, err error) {
	doc, err := split.Read(bytes.NewReader(data), limits)
	if err != nil {
		return nil, err
	}
	err = doc.Pieces(bytes.NewReader(data), func(p split.Piece) error { out = append(out, p); return nil })
	return out, err
}

// TestPiecesMeanTheWhole cuts the documents of GS1 and OpenEPCIS into pieces of
// one event: the events of the pieces are those of the whole.
func TestPiecesMeanTheWhole(t *testing.T) {
	n := 0
	err := filepath.WalkDir("../testdata", func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.Contains(filepath.Ext(path), ".json") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		whole, err := epcis.Parse(data, epcis.Limits{})
		if err != nil {
			return nil //nolint:nilerr // documents that are none are not cut
		}
		n++
		one := wide
		one.MaxEvents = 1
		list, err := pieces(data, one)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return nil
		}
		var hashes []string
		for _, p := range list {
			doc, err := epcis.Parse(p.Document, epcis.Limits{})
			if err != nil {
				t.Errorf("%s: %v in %s", path, err, p.Document)
				return nil
			}
			if doc.Kind != whole.Kind || doc.Sender != whole.Sender || doc.CreationTime != whole.CreationTime || p.First != len(hashes) {
				t.Errorf("%s: piece %d is not of the whole", path, p.Number)
			}
			for i := range doc.Events {
				hashes = append(hashes, doc.Events[i].PreHash(epcis.CBV20)+string(doc.Events[i].Raw))
			}
		}
		var want []string
		for i := range whole.Events {
			want = append(want, whole.Events[i].PreHash(epcis.CBV20)+string(whole.Events[i].Raw))
		}
		if !slices.Equal(hashes, want) {
			t.Errorf("%s: the events of the pieces are not those of the whole", path)
		}
		return nil
	})
	if err != nil || n < 60 {
		t.Fatalf("%d documents, %v", n, err)
	}
}

func document(sizes []int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"type":"EPCISDocument","epcisBody":{"x:y":1, "eventList":[`)
	for i, size := range sizes {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, ` {"n":%d,"t":"%s"}`, i, strings.Repeat("x", size))
	}
	b.WriteString(`]},"@context":"https://ref.gs1.org/standards/epcis/epcis-context.jsonld"}`)
	return b.Bytes()
}

func TestPiecesKeepLimitsAndOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.IntRange(0, 700), 1, 60).Draw(t, "sizes")
		limits := split.Limits{MaxBytes: rapid.IntRange(400, 2000).Draw(t, "bytes"), MaxValues: rapid.IntRange(12, 60).Draw(t, "values"), MaxEvents: rapid.IntRange(1, 9).Draw(t, "events")}
		list, err := pieces(document(sizes), limits)
		if err != nil {
			t.Fatal(err)
		}
		next := 0
		for i, p := range list {
			if p.Number != i || p.First != next || p.Count < 1 || p.Count > limits.MaxEvents || len(p.Document) > limits.MaxBytes {
				t.Fatalf("piece %d: %+v", i, p)
			}
			if (p.Fault != nil) != (p.Document == nil) {
				t.Fatalf("piece %d: fault %v and %d bytes", i, p.Fault, len(p.Document))
			}
			for n := p.First; n < p.First+p.Count && p.Fault == nil; n++ {
				if !bytes.Contains(p.Document, []byte(fmt.Sprintf(`{"n":%d,`, n))) {
					t.Fatalf("event %d is not in piece %d", n, i)
				}
			}
			next += p.Count
		}
		if next != len(sizes) {
			t.Fatalf("%d events of %d", next, len(sizes))
		}
	})
}

func TestReadRefuses(t *testing.T) {
	for name, c := range map[string]struct{ json, want string }{
		"cut off":         {`{"epcisBody":{"eventList":[{}`, "the rest of the file is missing"},
		"more after":      {`{"type":"x"} {}`, "more after the end"},
		"no object":       {`[]`, "the document must be an object"},
		"name twice":      {`{"a":1,"a":2}`, `"a" is given twice in the document`},
		"body twice":      {`{"epcisBody":{},"epcisBody":{}}`, `"epcisBody" is given twice`},
		"name twice deep": {`{"epcisBody":{"eventList":[],"eventList":[]}}`, `"eventList" is given twice in epcisBody`},
		"two lists":       {`{"epcisBody":{"eventList":[],"queryResults":{"resultsBody":{"eventList":[]}}}}`, "second eventList"},
		"body no object":  {`{"epcisBody":[]}`, "epcisBody must be an object"},
		"list no array":   {`{"epcisBody":{"eventList":{}}}`, "eventList must be an array"},
		"bad value":       {`{"epcisBody":{"eventList":[{]}}`, "wrong at byte"},
		"name no text":    {"{\"a\xff\":1}", "no valid text"},
		"name half":       {`{"a\ud800":1}`, "no valid text"},
		"large header":    {`{"sender":"` + strings.Repeat("x", 600<<10) + `","epcisBody":{"eventList":[]}}`, "what stands around the events"},
		"many members":    {manyMembers(200_000), "has more than 1048576 bytes"},
		"large event":     {`{"epcisBody":{"eventList":["` + strings.Repeat("x", 4<<20) + `"]}}`, "more than 1048576 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := pieces([]byte(c.json), wide); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v does not say %q", err, c.want)
			}
		})
	}
}

// manyMembers is an object whose members are small and do not end soon.
func manyMembers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"x:m%d":"y"`, i)
	}
	return "{" + b.String()[1:] + "}"
}

// endless gives a document of n events without holding it.
type endless struct {
	event []byte
	left  int
	rest  []byte
	first bool
}

func (e *endless) Read(p []byte) (int, error) {
	for len(e.rest) == 0 {
		switch {
		case !e.first:
			e.first, e.rest = true, []byte(`{"type":"EPCISDocument","epcisBody":{"eventList":[`)
		case e.left > 1:
			e.left--
			e.rest = append(bytes.Clone(e.event), ',')
		case e.left == 1:
			e.left--
			e.rest = append(bytes.Clone(e.event), []byte(`]}}`)...)
		default:
			return 0, io.EOF
		}
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// TestALargeDocumentNeedsLittleMemory divides 200 MB while holding a few.
func TestALargeDocumentNeedsLittleMemory(t *testing.T) {
	event := []byte(`{"type":"ObjectEvent","x:y":"` + strings.Repeat("z", 2000) + `"}`)
	n := 200_000_000 / len(event)
	limits := split.Limits{MaxBytes: 512 << 10, MaxValues: 65_536, MaxEvents: 1000}
	doc, err := split.Read(&endless{event: event, left: n}, limits)
	if err != nil || doc.Events != n {
		t.Fatalf("%d events, %v", doc.Events, err)
	}
	var most uint64
	events := 0
	err = doc.Pieces(&endless{event: event, left: n}, func(p split.Piece) error {
		events += p.Count
		if p.Number%50 == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
		}
		return nil
	})
	if err != nil || events != n {
		t.Fatalf("%d events, %v", events, err)
	}
	if most > 128<<20 {
		t.Errorf("%d MB of heap", most>>20)
	}
	t.Logf("%d MB in %d events: at most %d MB of heap", n*len(event)>>20, n, most>>20)
}

func TestYieldEndsIt(t *testing.T) {
	stop := errors.New("stop")
	doc, err := split.Read(bytes.NewReader(document([]int{1, 2, 3})), wide)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Pieces(bytes.NewReader(document([]int{1, 2, 3})), func(split.Piece) error { return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
}

func TestOnlyKeepsWhatIsWanted(t *testing.T) {
	for n := range 1 << 4 {
		data := document([]int{1, 2, 3, 4})
		doc, err := split.Read(bytes.NewReader(data), wide)
		if err != nil {
			t.Fatal(err)
		}
		got, err := doc.Only(bytes.NewReader(data), func(i int) bool { return n>>i&1 == 1 })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := epcis.ParseJSON(got, epcis.Limits{}); err != nil {
			t.Fatalf("%v in %s", err, got)
		}
		for i := range 4 {
			if bytes.Contains(got, fmt.Appendf(nil, `{"n":%d,`, i)) != (n>>i&1 == 1) {
				t.Errorf("of mask %04b: %s", n, got)
			}
		}
	}
}

// FuzzSplit: pieces keep the limits, and hold the events of the whole, none
// left out and none twice; a document that epcis.Parse refuses has a piece that
// it refuses too, so that dividing mends nothing.
func FuzzSplit(f *testing.F) {
	f.Add(document([]int{1, 20, 3}))
	f.Add([]byte(`{"epcisBody":{"queryResults":{"queryName":"q","resultsBody":{"eventList":[{"a":1}]}}},"id":"x:y"}`))
	f.Add([]byte(`{"@context":"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld","type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-11-23T09:00:00Z","epcisBody":{"eventList":[` +
		`{"type":"ObjectEvent","action":"OBSERVE","eventTime":"2026-01-02T08:00:00Z","eventTimeZoneOffset":"+00:00","epcList":["urn:epc:id:sgtin:4012345.012345.1"]},` +
		`{"type":"ObjectEvent","action":"OBSERVE","eventTime":"2026-01-02T08:00:01Z","eventTimeZoneOffset":"+00:00","epcList":["urn:epc:id:sgtin:4012345.012345.2"]},` +
		`{"type":"ObjectEvent","action":"OBSERVE","eventTime":"2026-01-02T08:00:02Z","eventTimeZoneOffset":"+00:00","epcList":["urn:epc:id:sgtin:4012345.012345.3"]}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		limits := split.Limits{MaxBytes: 4096, MaxValues: 500, MaxEvents: 2}
		list, err := pieces(data, limits)
		if err != nil {
			return
		}
		next, bad, events := 0, false, ""
		for _, p := range list {
			if p.First != next || p.Count > limits.MaxEvents || len(p.Document) > limits.MaxBytes || (p.Fault == nil) == (p.Document == nil) {
				t.Fatalf("after %d events: %+v", next, p)
			}
			next += p.Count
			doc, err := epcis.Parse(p.Document, epcis.Limits{})
			if err != nil {
				bad = true
				continue
			}
			events += written(doc)
		}
		whole, err := epcis.Parse(data, epcis.Limits{})
		if err != nil {
			if !bad {
				t.Fatalf("all pieces are good, and of the whole: %v", err)
			}
			return
		}
		if want := written(whole); !bad && events != want {
			t.Fatalf("%s\nis not\n%s", events, want)
		}
	})
}

// written are the events of a document, as they are written but for white space.
func written(doc *epcis.Document) (out string) {
	for i := range doc.Events {
		var line bytes.Buffer
		if json.Compact(&line, doc.Events[i].Raw) != nil {
			line.Write(doc.Events[i].Raw)
		}
		out += line.String() + "\n"
	}
	return out
}
