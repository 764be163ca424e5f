package gateway

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
)

// told is an event that somebody told of a lot that had no record yet.
func told(n byte, lot string) action {
	e := &tracev1.Event{Id: bytes.Repeat([]byte{n}, 32), EventTimeMs: (firstTime - 90) * 1000, Reporter: "stranger", Batches: []*tracev1.Involved{
		{Batch: &basev1.BatchID{Gtin: testGTIN, Lot: lot}, Part: 1},
	}}
	return action{
		acts: []proto.Message{&tracev1.MsgCapture{Document: []byte(capturedDocument)}}, say: []proto.Message{&tracev1.EventCaptured{Event: e}},
	}
}

// What a stranger told of a lot stands in no registered batch's journey.
func TestAJourneyHoldsNothingThatWasToldBeforeTheBatchWasRegistered(t *testing.T) {
	w := newWorld(t)
	w.commit(told(1, testLot), told(2, "OUTSIDE"))
	w.story()
	for path, want := range map[string]string{
		"/v1/batches/" + testGTIN + "/" + testLot + "/trace": "pastificio",
		"/v1/batches/" + testGTIN + "/261123/trace":          "pastificio",
		"/v1/batches/" + testGTIN + "/OUTSIDE/trace":         "stranger",
		"/v1/events?gtin=" + testGTIN + "&lot=" + testLot:    "stranger",
	} {
		if r := w.get(path); r.status != 200 || r.at("items.0.record.reporter") != want && r.at("items.0.reporter") != want {
			t.Errorf("%s: %d, want the first told by %s: %s", path, r.status, want, r.body)
		}
	}
	if r := w.get("/v1/batches/" + testGTIN + "/" + testLot + "/trace"); r.at("items.1") != nil {
		t.Errorf("the journey holds more: %s", r.body)
	}
}
