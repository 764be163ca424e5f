package trace

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"cosmossdk.io/collections"

	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/module"
)

// put writes an event and its place beside every lot it involves. Everything
// that refuses comes before the first write.
func (t *Trace) put(ctx *module.Context, e *tracev1.Event) error {
	if err := t.room(ctx, e); err != nil {
		return err
	}
	if err := t.eventIDFree(ctx, e); err != nil {
		return err
	}
	if err := checkJoins(e); err != nil {
		return err
	}
	if err := t.events.Set(ctx, e.GetId(), e); err != nil {
		return err
	}
	if e.GetEventId() != "" {
		if err := t.eventIDs.Set(ctx, collections.Join(e.GetReporter(), e.GetEventId()), e.GetId()); err != nil {
			return err
		}
	}
	for _, i := range e.GetBatches() {
		if err := t.enter(ctx, e, i); err != nil {
			return err
		}
	}
	return t.join(ctx, e)
}

// eventIDFree refuses an eventID that the reporter gave to another event: what
// one of them declares or corrects would be unclear.
func (t *Trace) eventIDFree(ctx *module.Context, e *tracev1.Event) error {
	if e.GetEventId() == "" {
		return nil
	}
	id, err := t.eventIDs.Get(ctx, collections.Join(e.GetReporter(), e.GetEventId()))
	switch {
	case errors.Is(err, collections.ErrNotFound):
		return nil
	case err != nil:
		return err
	case bytes.Equal(id, e.GetId()):
		return nil
	}
	return ErrEventIDTaken.With("eventID %s stands for another event of %s, %x; give this one an eventID of its own, or none", clip(e.GetEventId(), 120), e.GetReporter(), id)
}

// room refuses an event about a lot that has as many as it may.
func (t *Trace) room(ctx *module.Context, e *tracev1.Event) error {
	for _, i := range e.GetBatches() {
		n, err := t.length(ctx, e, i)
		if err != nil {
			return err
		}
		if n >= maxJourney {
			return ErrLimit.With("lot %s of GTIN %s already has %d events, which is the most; tell several things in one event", i.GetBatch().GetLot(), i.GetBatch().GetGtin(), n)
		}
	}
	return nil
}

func (t *Trace) length(ctx context.Context, e *tracev1.Event, i *tracev1.Involved) (n uint64, err error) {
	if i.GetRegistered() {
		n, err = t.lengths.Get(ctx, lotKey(i))
	} else {
		n, err = t.outsideLengths.Get(ctx, outsideKey(e, i))
	}
	if errors.Is(err, collections.ErrNotFound) {
		return 0, nil
	}
	return n, err
}

// enter writes an event beside a lot; an event that names the lot twice stands
// there once.
func (t *Trace) enter(ctx *module.Context, e *tracev1.Event, i *tracev1.Involved) error {
	has, err := t.entered(ctx, e, i)
	if err != nil || has {
		return err
	}
	n, err := t.length(ctx, e, i)
	if err != nil {
		return err
	}
	if !i.GetRegistered() {
		if err := t.outsideLengths.Set(ctx, outsideKey(e, i), n+1); err != nil {
			return err
		}
		return t.outside.Set(ctx, outsideEntryOf(e, i))
	}
	if err := t.lengths.Set(ctx, lotKey(i), n+1); err != nil {
		return err
	}
	return t.journey.Set(ctx, entryOf(e, i))
}

// entered says whether the event stands beside the lot.
func (t *Trace) entered(ctx context.Context, e *tracev1.Event, i *tracev1.Involved) (bool, error) {
	if i.GetRegistered() {
		return t.journey.Has(ctx, entryOf(e, i))
	}
	return t.outside.Has(ctx, outsideEntryOf(e, i))
}

func lotKey(i *tracev1.Involved) collections.Pair[string, string] {
	return collections.Join(i.GetBatch().GetGtin(), i.GetBatch().GetLot())
}

func outsideKey(e *tracev1.Event, i *tracev1.Involved) collections.Triple[string, string, string] {
	return collections.Join3(i.GetBatch().GetGtin(), i.GetBatch().GetLot(), e.GetReporter())
}

func entryOf(e *tracev1.Event, i *tracev1.Involved) entry {
	return collections.Join4(i.GetBatch().GetGtin(), i.GetBatch().GetLot(), e.GetEventTimeMs(), e.GetId())
}

func outsideEntryOf(e *tracev1.Event, i *tracev1.Involved) outsideEntry {
	return collections.Join4(i.GetBatch().GetGtin(), i.GetBatch().GetLot(), e.GetReporter(), moment(e))
}

// moment is the event's time, written so that it sorts, and its id.
func moment(e *tracev1.Event) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(e.GetEventTimeMs())^1<<63), e.GetId()...)
}

// Outside gives up to limit events that reporter told of a lot from outside, in
// order of time, then id, after the one given (nil begins at the first), and
// whether there are more.
func (t *Trace) Outside(ctx context.Context, gtin, lot, reporter string, after *tracev1.Event, limit int) (list []*tracev1.Event, more bool, err error) {
	of := new(collections.Range[outsideEntry]).Prefix(collections.QuadSuperPrefix3[string, string, string, []byte](gtin, lot, reporter))
	if after != nil {
		of = of.StartExclusive(collections.Join4(gtin, lot, reporter, moment(after)))
	}
	err = t.outside.Walk(ctx, of, func(k outsideEntry) (bool, error) {
		if len(list) == limit {
			more = true
			return true, nil
		}
		e, err := t.events.Get(ctx, k.K4()[8:])
		list = append(list, e)
		return err != nil, err
	})
	if err != nil {
		return nil, false, fmt.Errorf("what %s told of %s lot %q: %w", reporter, gtin, lot, err)
	}
	return list, more, nil
}
