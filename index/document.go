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
// validated the document, so whatever does not fit gives no events.
func takeApart(doc []byte) *document {
	var d struct {
		Context json.RawMessage `json:"@context"`
		Type    string          `json:"type"`
		Body    struct {
			Event  json.RawMessage   `json:"event"`
			Events []json.RawMessage `json:"eventList"`
			Query  struct {
				Results struct {
					Events []json.RawMessage `json:"eventList"`
				} `json:"resultsBody"`
			} `json:"queryResults"`
		} `json:"epcisBody"`
	}
	if json.Unmarshal(doc, &d) != nil {
		return new(document)
	}
	out := &document{context: string(d.Context)}
	switch {
	case d.Type != "EPCISDocument" && d.Type != "EPCISQueryDocument":
		out.events = []json.RawMessage{doc}
	case d.Body.Event != nil:
		out.events = []json.RawMessage{d.Body.Event}
	case d.Body.Events != nil:
		out.events = d.Body.Events
	default:
		out.events = d.Body.Query.Results.Events
	}
	return out
}
