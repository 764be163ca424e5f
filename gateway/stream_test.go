package gateway

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// heard is one server-sent event.
type heard struct{ id, event, data string }

// listen opens a stream and hands its events over until the test ends.
func (w *world) listen(query, lastID string) <-chan heard {
	w.t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	w.t.Cleanup(stop)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+"/v1/stream?"+query, nil)
	must(w.t, err)
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	res, err := http.DefaultClient.Do(r)
	must(w.t, err)
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" || res.Header.Get("Access-Control-Allow-Origin") != "*" {
		w.t.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	out := make(chan heard, 1000)
	began := make(chan bool)
	go func() {
		defer res.Body.Close()
		defer close(out)
		var e heard
		lines := bufio.NewScanner(res.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "":
				if value == "begin" {
					close(began)
				} else if e.event != "" {
					out <- e
					e = heard{}
				}
			case "id":
				e.id = value
			case "event":
				e.event = value
			case "data":
				e.data = value
			}
		}
	}()
	<-began
	return out
}

func next(t *testing.T, from <-chan heard) heard {
	t.Helper()
	select {
	case e, open := <-from:
		if !open {
			t.Fatal("the stream ended")
		}
		return e
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was heard")
	}
	return heard{}
}

func TestAStreamTellsWhatIsCommittedAndGoesOnWhereItWasCut(t *testing.T) {
	w := newWorld(t)
	live := w.listen("type=BatchChanged", "")
	w.story()
	w.commit()
	first := next(t, live)
	var told struct {
		Height int64  `json:"height"`
		TxHash string `json:"tx_hash"`
		Record struct {
			GTIN string `json:"gtin"`
			Lot  string `json:"lot"`
		} `json:"record"`
	}
	must(t, json.Unmarshal([]byte(first.data), &told))
	if first.event != "filiera.product.v1.BatchChanged" || told.Record.GTIN != testGTIN || told.Height == 0 || len(told.TxHash) != 64 {
		t.Fatalf("heard %+v", first)
	}
	all := w.listen("from=1", "")
	var ids []heard
	for len(ids) < 6 {
		ids = append(ids, next(t, all))
	}
	again := w.listen("", ids[2].id)
	for i, want := range ids[3:] {
		if got := next(t, again); got != want {
			t.Fatalf("after %s, event %d is %+v, not %+v", ids[2].id, i, got, want)
		}
	}
	mine := w.listen("from=1&gtin="+testGTIN, "")
	for range 2 {
		if e := next(t, mine); !strings.Contains(e.data, testGTIN) {
			t.Errorf("asked for %s and heard %+v", testGTIN, e)
		}
	}
}

func TestAStreamEndsWithTheServerAndRefusesWhatItCannotBegin(t *testing.T) {
	w := newWorld(t)
	w.commit()
	for query, status := range map[string]int{"from=-1": 400, "gtin=1": 400, "participants=x": 400} {
		if r := w.get("/v1/stream?" + query); r.status != status {
			t.Errorf("%s: %d %s", query, r.status, r.body)
		}
	}
	open := w.listen("", "")
	w.gw.endStreams()
	for range open {
		t.Error("something was heard")
	}
}
