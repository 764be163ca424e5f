package trace

import (
	"errors"

	"cosmossdk.io/collections"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/module"
)

// adopt records anew an event that was told of lots from outside alone, when one
// who may report about those that are registered by now tells it: a partner, or
// somebody in bad faith, may have told it before the owner could, and must not
// keep it out of the journeys of the owner's batches. The event gets the new
// reporter and time of recording; what the first one declared wrong was its own
// telling. It returns false for an event that stays what it is, a duplicate.
func (t *Trace) adopt(ctx *module.Context, params *registryv1.Params, e *epcis.Event, known *tracev1.Event) (*tracev1.Event, bool, error) {
	if len(known.GetBatches()) == 0 || namesRegistered(known) {
		return nil, false, nil
	}
	record, err := t.record(ctx, params, e, known.GetId())
	var refusal *module.Error
	switch {
	case errors.As(err, &refusal):
		return nil, false, nil // it may not be told by this signer now, and is known
	case err != nil:
		return nil, false, err
	case !namesRegistered(record):
		return nil, false, nil
	}
	if err := t.room(ctx, record); err != nil {
		return nil, false, err
	}
	if err := t.eventIDFree(ctx, record); err != nil {
		return nil, false, err
	}
	if err := checkJoins(record); err != nil {
		return nil, false, err
	}
	if err := t.leave(ctx, known); err != nil {
		return nil, false, err
	}
	return record, true, t.put(ctx, record)
}

func namesRegistered(e *tracev1.Event) bool {
	for _, i := range e.GetBatches() {
		if i.GetRegistered() {
			return true
		}
	}
	return false
}

// leave takes away what put wrote beside an event of lots from outside alone.
func (t *Trace) leave(ctx *module.Context, e *tracev1.Event) error {
	if e.GetEventId() != "" {
		if err := t.eventIDs.Remove(ctx, collections.Join(e.GetReporter(), e.GetEventId())); err != nil {
			return err
		}
	}
	for _, i := range e.GetBatches() {
		has, err := t.entered(ctx, e, i)
		if err != nil {
			return err
		}
		if !has {
			continue // named twice, and gone already
		}
		if err := t.leaveLot(ctx, e, i); err != nil {
			return err
		}
	}
	return nil
}

func (t *Trace) leaveLot(ctx *module.Context, e *tracev1.Event, i *tracev1.Involved) error {
	n, err := t.length(ctx, e, i)
	if err != nil {
		return err
	}
	if err := t.outside.Remove(ctx, outsideEntryOf(e, i)); err != nil {
		return err
	}
	if n <= 1 {
		return t.outsideLengths.Remove(ctx, outsideKey(e, i))
	}
	return t.outsideLengths.Set(ctx, outsideKey(e, i), n-1)
}
