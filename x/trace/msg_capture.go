package trace

import (
	"crypto/sha256"
	"strings"

	"google.golang.org/protobuf/proto"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/module"
)

// Bounds on what one event puts into the state, and on the events of one lot:
// an answer about the lot reads and proves them all.
const (
	maxLots    = 500
	maxURI     = 500
	maxJourney = 10_000
	// largestDocument is the most that the parameters can ever allow, bytes.
	largestDocument = 4 << 20
	// firstEventMs is 1990-01-01T00:00:00Z: an event before it is a mistyped year.
	firstEventMs = 631_152_000_000
	// usualValues and bytesPerValue bound the JSON values of a document: a
	// small one may be dense, a large one holds events of the usual make.
	usualValues   = 40_000
	bytesPerValue = 8
)

func checkCapture(m *tracev1.MsgCapture) error {
	if len(m.GetDocument()) == 0 {
		return ErrDocument.With("document is empty; put the bytes of an EPCIS 2.0 document in JSON there")
	}
	return checkSize(m.GetDocument(), largestDocument)
}

func checkSize(document []byte, most int) error {
	if len(document) > most {
		return ErrTooLarge.With("document has %d bytes; at most %d are taken, so split it into several", len(document), most)
	}
	return nil
}

// capture records every event of a document or none, and answers with a receipt
// for each in the document's order.
func (t *Trace) capture(ctx *module.Context, m *tracev1.MsgCapture) (proto.Message, error) {
	params, err := t.registry.Params(ctx)
	if err != nil {
		return nil, err
	}
	doc, err := parse(m.GetDocument(), params)
	if err != nil {
		return nil, err
	}
	result := &tracev1.CaptureResult{}
	for i := range doc.Events {
		receipt, err := t.captureEvent(ctx, params, &doc.Events[i], uint32(i))
		if err != nil {
			return nil, err
		}
		result.Receipts = append(result.Receipts, receipt)
	}
	return result, nil
}

func parse(document []byte, params *registryv1.Params) (*epcis.Document, error) {
	most, events := int(params.GetMaxDocumentBytes()), int(params.GetMaxEventsPerDocument())
	if err := checkSize(document, most); err != nil {
		return nil, err
	}
	// The number of events is refused below, under its own code.
	doc, err := epcis.Parse(document, epcis.Limits{MaxBytes: most, MaxValues: max(usualValues, most/bytesPerValue), MaxEvents: most})
	switch {
	case err != nil:
		return nil, ErrDocument.With("document: %v", err)
	case len(doc.Events) == 0:
		return nil, ErrDocument.With("document has no events")
	case len(doc.Events) > events:
		return nil, ErrTooMany.With("document has %d events; at most %d are taken, so split it into several", len(doc.Events), events)
	}
	return doc, nil
}

// captureEvent records one event, unless it is known already.
func (t *Trace) captureEvent(ctx *module.Context, params *registryv1.Params, e *epcis.Event, index uint32) (*tracev1.Receipt, error) {
	id, err := identify(e)
	if err != nil {
		return nil, err
	}
	receipt := &tracev1.Receipt{Id: id, Outcome: tracev1.Outcome_OUTCOME_DUPLICATE}
	known, err := t.events.Has(ctx, id)
	if err != nil || known {
		return receipt, err
	}
	record, err := t.record(ctx, params, e, id)
	if err != nil {
		return nil, err
	}
	if err := t.put(ctx, record); err != nil {
		return nil, err
	}
	ctx.Emit(&tracev1.EventCaptured{Event: record, Act: ctx.Act, Index: index})
	receipt.Outcome = tracev1.Outcome_OUTCOME_ACCEPTED
	return receipt, nil
}

// identify gives the event's id, after refusing what has none of its own: an
// error declaration has the hash of the event that it declares wrong.
func identify(e *epcis.Event) ([]byte, error) {
	if e.Type != epcis.ObjectEvent && e.Type != epcis.TransformationEvent {
		return nil, ErrType.With("%s.type is %s; this version takes ObjectEvent and TransformationEvent, the others come with a later one", e.Path, e.Type)
	}
	if e.ErrorDeclaration != nil {
		return nil, ErrCorrection.With("%s.errorDeclaration declares an event wrong; corrections come with a later version, so capture the right event without it", e.Path)
	}
	computed := e.Hash(epcis.CBV20)
	sum, _, err := epcis.ParseHash(computed)
	if err != nil {
		return nil, err
	}
	return sum[:], checkEventID(e, computed)
}

// checkEventID refuses an eventID that is an event hash and not this event's.
func checkEventID(e *epcis.Event, computed string) error {
	const scheme = "ni:"
	if len(e.EventID) < len(scheme) || !strings.EqualFold(e.EventID[:len(scheme)], scheme) {
		return nil
	}
	if _, version, err := epcis.ParseHash(e.EventID); err != nil {
		return ErrEventID.With("%s.eventID is %s, which is not a SHA-256 event hash of CBV 2.0; this event has %s", e.Path, clip(e.EventID, 120), computed)
	} else if own := e.Hash(version); own != e.EventID {
		return ErrEventID.With("%s.eventID is %s, but this event has %s; leave it out, or make it again with a current tool", e.Path, e.EventID, own)
	}
	return nil
}

// record builds what the ledger keeps of an event that may be reported.
func (t *Trace) record(ctx *module.Context, params *registryv1.Params, e *epcis.Event, id []byte) (*tracev1.Event, error) {
	if err := checkTime(ctx, params, e); err != nil {
		return nil, err
	}
	if err := checkTexts(e); err != nil {
		return nil, err
	}
	batches, err := t.involved(ctx, e)
	if err != nil {
		return nil, err
	}
	content := sha256.Sum256(e.Raw)
	return &tracev1.Event{
		Id: id, Type: string(e.Type), EventTimeMs: e.EventTime, TimeZoneOffset: e.TimeZoneOffset, Action: e.Action, BizStep: e.BizStep,
		Disposition: e.Disposition, ReadPoint: e.ReadPoint, BizLocation: e.BizLocation, Batches: batches, Reporter: ctx.Signer.Participant,
		RecordedAt: ctx.Time, RecordedHeight: ctx.Height, ContentSha256: content[:],
	}, nil
}

func checkTime(ctx *module.Context, params *registryv1.Params, e *epcis.Event) error {
	if e.EventTime < firstEventMs {
		return ErrTime.With("%s.eventTime is %s, before 1990; correct the year", e.Path, e.EventTimeText)
	}
	if latest := (ctx.Time + params.GetMaxEventAheadSeconds()) * 1000; e.EventTime > latest {
		return ErrTime.With("%s.eventTime is %s, but it is %s here; tell an event once it has happened, and check the clock and the zone", e.Path, e.EventTimeText, epcis.FormatTime(ctx.Time*1000))
	}
	return nil
}

// checkTexts bounds what is copied from the document into the record.
func checkTexts(e *epcis.Event) error {
	for _, f := range [...]struct{ field, text string }{
		{"bizStep", e.BizStep}, {"disposition", e.Disposition}, {"readPoint.id", e.ReadPoint}, {"bizLocation.id", e.BizLocation},
	} {
		if len(f.text) > maxURI {
			return ErrLimit.With("%s.%s has %d characters; at most %d are kept", e.Path, f.field, len(f.text), maxURI)
		}
	}
	return nil
}

func clip(s string, n int) string {
	if len(s) > n {
		return strings.ToValidUTF8(s[:n], "") + "…"
	}
	return s
}
