package trace

import (
	"context"
	"errors"
	"fmt"

	"cosmossdk.io/collections"

	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/module"
)

// entry places an event in a lot's journey: (14-digit GTIN, lot, event time in
// unix milliseconds, event id).
type entry = collections.Quad[string, string, int64, []byte]

// Trace is the module's state and what it answers to other modules. Its methods
// take a *module.Context or *module.Reader as their context.
type Trace struct {
	registry Registry
	products Products
	schema   collections.Schema

	// events: 32-byte CBV 2.0 event hash -> event. Never changed or removed.
	events collections.Map[[]byte, *tracev1.Event]
	// journey: one entry for every lot of every event, so that a lot's events
	// are read in order of time, then id.
	journey collections.KeySet[entry]
	// lengths: (14-digit GTIN, lot) -> entries in its journey, so that none
	// outgrows what one answer can read and prove.
	lengths collections.Map[collections.Pair[string, string], uint64]
}

// New builds the module's tables.
func New(registry Registry, products Products) *Trace {
	b := module.NewSchemaBuilder(name)
	str := collections.StringKey
	t := &Trace{
		registry: registry,
		products: products,
		events:   collections.NewMap(b, collections.NewPrefix(1), "events", collections.BytesKey, module.Record[tracev1.Event]()),
		journey:  collections.NewKeySet(b, collections.NewPrefix(2), "journey", collections.QuadKeyCodec(str, str, collections.Int64Key, collections.BytesKey)),
		lengths:  collections.NewMap(b, collections.NewPrefix(3), "lengths", collections.PairKeyCodec(str, str), collections.Uint64Value),
	}
	schema, err := b.Build()
	if err != nil {
		panic(err) // two tables on one number: a mistake of ours, caught at every start
	}
	t.schema = schema
	return t
}

// Event gives the event with that 32-byte id, or nil.
func (t *Trace) Event(ctx context.Context, id []byte) (*tracev1.Event, error) {
	return module.Find(ctx, t.events, id)
}

// Journey gives up to limit events of a lot in order of time, then id, after the
// one given (nil begins at the first), and whether there are more.
func (t *Trace) Journey(ctx context.Context, gtin, lot string, after *tracev1.Event, limit int) (list []*tracev1.Event, more bool, err error) {
	of := new(collections.Range[entry]).Prefix(collections.QuadSuperPrefix[string, string, int64, []byte](gtin, lot))
	if after != nil {
		of = of.StartExclusive(collections.Join4(gtin, lot, after.GetEventTimeMs(), after.GetId()))
	}
	err = t.journey.Walk(ctx, of, func(k entry) (bool, error) {
		if len(list) == limit {
			more = true
			return true, nil
		}
		e, err := t.events.Get(ctx, k.K4())
		list = append(list, e)
		return err != nil, err
	})
	if err != nil {
		return nil, false, fmt.Errorf("journey of %s lot %q: %w", gtin, lot, err)
	}
	return list, more, nil
}

// put writes an event and its place in the journey of every lot it involves.
func (t *Trace) put(ctx *module.Context, e *tracev1.Event) error {
	if err := t.events.Set(ctx, e.GetId(), e); err != nil {
		return err
	}
	for _, i := range e.GetBatches() {
		if err := t.enter(ctx, e, i); err != nil {
			return err
		}
	}
	return nil
}

// enter writes an event into a lot's journey; an event that names the lot twice
// stands there once.
func (t *Trace) enter(ctx *module.Context, e *tracev1.Event, i *tracev1.Involved) error {
	has, err := t.journey.Has(ctx, entryOf(e, i))
	if err != nil || has {
		return err
	}
	lot := collections.Join(i.GetBatch().GetGtin(), i.GetBatch().GetLot())
	n, err := t.lengths.Get(ctx, lot)
	if err != nil && !errors.Is(err, collections.ErrNotFound) {
		return err
	}
	if n >= maxJourney {
		return ErrLimit.With("lot %s of GTIN %s already has %d events, which is the most; tell several things in one event", lot.K2(), lot.K1(), n)
	}
	if err := t.lengths.Set(ctx, lot, n+1); err != nil {
		return err
	}
	return t.journey.Set(ctx, entryOf(e, i))
}

func entryOf(e *tracev1.Event, i *tracev1.Involved) entry {
	return collections.Join4(i.GetBatch().GetGtin(), i.GetBatch().GetLot(), e.GetEventTimeMs(), e.GetId())
}
