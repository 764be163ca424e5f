package trace

import (
	"errors"

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
	if tracev1.ErrorBehaviour_name[int32(m.GetErrorBehaviour())] == "" {
		return ErrShape.With("error_behaviour is %d; write 1 for rollback or 2 for proceed", m.GetErrorBehaviour())
	}
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

// capture records the events of a document and answers with a receipt for each
// in the document's order: all or none, or, where it is to proceed, each for
// itself.
func (t *Trace) capture(ctx *module.Context, m *tracev1.MsgCapture) (proto.Message, error) {
	proceed := m.GetErrorBehaviour() == tracev1.ErrorBehaviour_ERROR_BEHAVIOUR_PROCEED
	params, err := t.registry.Params(ctx)
	if err != nil {
		return nil, err
	}
	doc, err := parse(m.GetDocument(), params, proceed)
	if err != nil {
		return nil, err
	}
	result := &tracev1.CaptureResult{}
	for i := range doc.Events {
		receipt, err := t.captureEvent(ctx, params, &doc.Events[i], uint32(i))
		if err != nil {
			if receipt = refused(receipt, err); !proceed || receipt == nil {
				return nil, err
			}
		}
		result.Receipts = append(result.Receipts, receipt)
	}
	return result, nil
}

// refused turns the refusal of an event into its receipt; nil for an error that
// is no refusal.
func refused(about *tracev1.Receipt, err error) *tracev1.Receipt {
	var refusal *module.Error
	if !errors.As(err, &refusal) {
		return nil
	}
	return &tracev1.Receipt{Id: about.GetId(), Outcome: tracev1.Outcome_OUTCOME_REFUSED, Refusal: refusal.ID(), Message: refusal.Error()}
}

func parse(document []byte, params *registryv1.Params, keepFaulty bool) (*epcis.Document, error) {
	most, events := int(params.GetMaxDocumentBytes()), int(params.GetMaxEventsPerDocument())
	if err := checkSize(document, most); err != nil {
		return nil, err
	}
	doc, err := epcis.Parse(document, epcis.Limits{MaxBytes: most, MaxValues: max(usualValues, most/bytesPerValue), MaxEvents: events, KeepFaulty: keepFaulty})
	var fault *epcis.Error
	switch {
	case errors.As(err, &fault) && fault.TooMany:
		return nil, ErrTooMany.With("document: %v", err)
	case err != nil:
		return nil, ErrDocument.With("document: %v", err)
	case len(doc.Events) == 0:
		return nil, ErrDocument.With("document has no events")
	}
	return doc, nil
}

// captureEvent records one event, or its declaration of error, unless it is
// known already. Every refusal comes before the first write; the receipt of a
// refused event holds its id, where it has one.
func (t *Trace) captureEvent(ctx *module.Context, params *registryv1.Params, e *epcis.Event, index uint32) (*tracev1.Receipt, error) {
	if e.Fault != nil {
		return nil, ErrDocument.With("document: %v", e.Fault)
	}
	id, err := identify(e)
	receipt := &tracev1.Receipt{Id: id}
	if err != nil {
		return receipt, err
	}
	known, err := t.Event(ctx, id)
	if err != nil {
		return nil, err
	}
	if known == nil {
		return receipt, t.recordNew(ctx, params, e, receipt, index)
	}
	if e.ErrorDeclaration != nil { // refused before adopt writes: a refused event leaves nothing
		if _, err := declarationOf(ctx, params, e, id); err != nil {
			return receipt, err
		}
	}
	adopted, is, err := t.adopt(ctx, params, e, known)
	if err != nil {
		return receipt, err
	}
	if is {
		ctx.Emit(&tracev1.EventCaptured{Event: adopted, Act: ctx.Act, Index: index, Adopted: true})
		receipt.Outcome, known = tracev1.Outcome_OUTCOME_ACCEPTED, adopted
	}
	if e.ErrorDeclaration != nil {
		return receipt, t.declare(ctx, params, e, known, receipt, index)
	}
	if !is {
		receipt.Outcome = tracev1.Outcome_OUTCOME_DUPLICATE
	}
	return receipt, nil
}

// recordNew records an event that the ledger does not have. One that comes with
// a declaration of error is recorded as declared wrong from the start: what the
// sender's own system told before is whole in it.
func (t *Trace) recordNew(ctx *module.Context, params *registryv1.Params, e *epcis.Event, receipt *tracev1.Receipt, index uint32) error {
	record, err := t.record(ctx, params, e, receipt.Id)
	if err != nil {
		return err
	}
	if e.ErrorDeclaration != nil {
		d, err := declarationOf(ctx, params, e, receipt.Id)
		if err != nil {
			return err
		}
		record.Declarations, receipt.Declaration = append(record.Declarations, d), d.GetId()
	}
	if err := t.put(ctx, record); err != nil {
		return err
	}
	ctx.Emit(&tracev1.EventCaptured{Event: record, Act: ctx.Act, Index: index})
	receipt.Outcome = tracev1.Outcome_OUTCOME_ACCEPTED
	return nil
}
