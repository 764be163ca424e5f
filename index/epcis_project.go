package index

import (
	"fmt"

	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/epcis"
)

// eventShift leaves room for 2^20 events in a block.
const eventShift = 20

// EventSeqAfter is above the number of every event up to a height.
func EventSeqAfter(height int64) int64 { return (height + 1) << eventShift }

// queryable makes an event answer to EPCIS queries. seq numbers the events of
// the chain in the order in which they were recorded. An event whose JSON is not
// in a transaction (of a genesis state, of another chain) cannot be shown in an
// EPCIS document and is left out. own says that the JSON is not that of the row
// of the event.
func (p *projection) queryable(id []byte, eventTime int64, document, context string, own bool) error {
	if document == "" {
		return nil
	}
	if p.events >= 1<<eventShift {
		return fmt.Errorf("more than %d events", 1<<eventShift-1)
	}
	seq := p.height<<eventShift | p.events
	p.events++
	kept, keptContext := "", ""
	if own {
		kept, keptContext = document, context
	}
	p.put(tEPCISEvents, seq, id, eventTime, p.time.UnixMilli(), kept, keptContext)
	for _, t := range documentTerms(document, context) {
		p.put(tEPCISTerms, t.field, t.value, seq)
	}
	return nil
}

// declaredWrong makes an error declaration answer to queries as the event that it
// is: it repeats the event that it declares wrong, and stands beside it. The record
// of that event is shown with the declaration from now on.
func (p *projection) declaredWrong(a *tracev1.EventDeclaredWrong, o *opened) error {
	r := a.GetEvent()
	p.eventEdges(r)
	if err := p.record(tDeclaredEvents, r, nonNil(r.GetId())); err != nil || o == nil {
		return err
	}
	document, context := o.event(a.GetAct(), a.GetIndex())
	return p.queryable(nonNil(r.GetId()), r.GetEventTimeMs(), document, context, true)
}

// readLimits are above what the chain takes: what it took is read.
var readLimits = epcis.Limits{MaxBytes: 16 << 20, MaxValues: 4 << 20, MaxEvents: 1}

// documentTerms reads an event with the context of its document. The chain has
// checked the event; one that cannot be read any more has no terms.
func documentTerms(document, context string) []term {
	tree, err := epcis.ParseJSON([]byte(document), readLimits)
	if err != nil || tree.Kind != epcis.Object {
		return nil
	}
	alone := `{"@context":` + orEmpty(context) + `,"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2000-01-01T00:00:00Z",` +
		`"epcisBody":{"eventList":[` + document + `]}}`
	if tree.Get("@context") != nil && context == "" {
		alone = document
	}
	doc, err := epcis.Parse([]byte(alone), readLimits)
	if err != nil || len(doc.Events) != 1 {
		return nil
	}
	e := &doc.Events[0]
	return eventTerms(e, e.Hash(epcis.CBV20))
}

func orEmpty(context string) string {
	if context == "" {
		return "[]"
	}
	return context
}
