package index

import (
	"encoding/json"

	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
)

// document is a captured EPCIS document taken apart.
type document struct {
	events  []json.RawMessage
	context string
}

// event gives the JSON of one captured event and of its document's context;
// empty when the transaction does not hold it there.
func (o *opened) event(act, index uint32) (event, context string) {
	d, ok := o.captured[act]
	if !ok {
		d = new(document)
		if int(act) < len(o.acts) {
			if m, is := o.acts[act].(*tracev1.MsgCapture); is {
				d = takeApart(m.GetDocument())
			}
		}
		if o.captured == nil {
			o.captured = map[uint32]*document{}
		}
		o.captured[act] = d
	}
	if int(index) >= len(d.events) {
		return "", ""
	}
	return string(d.events[index]), d.context
}

// takeApart finds the events of an EPCIS 2.0 document in their order: those of
// an EPCISDocument or EPCISQueryDocument, or the one bare event. The chain has
// validated the document, so whatever does not fit gives no events. Names are
// taken as they are written: what the chain passed over (an "EventList" beside
// the "eventList") must not be shown for what it recorded.
func takeApart(doc []byte) *document {
	d := members(doc)
	out := &document{context: string(d["@context"])}
	var kind string
	if d == nil || json.Unmarshal(d["type"], &kind) != nil {
		return new(document)
	}
	list := members(d["epcisBody"])["eventList"]
	switch kind {
	case "EPCISDocument":
	case "EPCISQueryDocument":
		list = members(members(members(d["epcisBody"])["queryResults"])["resultsBody"])["eventList"]
	default:
		out.events = []json.RawMessage{doc}
		return out
	}
	if json.Unmarshal(list, &out.events) != nil {
		return new(document)
	}
	return out
}

// members takes an object apart; it gives nil for anything else.
func members(object json.RawMessage) map[string]json.RawMessage {
	var m map[string]json.RawMessage
	if json.Unmarshal(object, &m) != nil {
		return nil
	}
	return m
}
