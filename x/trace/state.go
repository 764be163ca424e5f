package trace

import (
	"context"
	"fmt"

	"cosmossdk.io/collections"

	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/module"
)

// entry places an event in a lot's journey: (14-digit GTIN, lot, event time in
// unix milliseconds, event id).
type entry = collections.Quad[string, string, int64, []byte]

// outsideEntry places an event about a lot from outside: (14-digit GTIN, lot,
// reporter, event time as in a journey's key and event id, 8 and 32 bytes).
type outsideEntry = collections.Quad[string, string, string, []byte]

// Trace is the module's state and what it answers to other modules. Its methods
// take a *module.Context or *module.Reader as their context.
type Trace struct {
	registry Registry
	products Products
	book     Book
	lineage  Lineage
	schema   collections.Schema

	// events: 32-byte CBV 2.0 event hash -> event. Never removed. Declarations
	// of error are added, and adopt puts the owner's telling in a stranger's place.
	events collections.Map[[]byte, *tracev1.Event]
	// journey: one entry for every registered lot of every event, so that a
	// lot's events are read in order of time, then id.
	journey collections.KeySet[entry]
	// lengths: (14-digit GTIN, lot) -> entries in its journey, so that none
	// outgrows what one answer can read and prove.
	lengths collections.Map[collections.Pair[string, string], uint64]
	// outside: one entry for every lot of every event that was not registered
	// when it was recorded, under the name of who told it: nobody can fill, or
	// speak in, the journey of another.
	outside collections.KeySet[outsideEntry]
	// outsideLengths: (14-digit GTIN, lot, reporter) -> entries in outside.
	outsideLengths collections.Map[collections.Triple[string, string, string], uint64]
	// eventIDs: (reporter, its own eventID) -> 32-byte event id.
	eventIDs collections.Map[collections.Pair[string, string], []byte]
}

// New builds the module's tables.
func New(registry Registry, products Products, book Book, lineage Lineage) *Trace {
	b := module.NewSchemaBuilder(name)
	str := collections.StringKey
	t := &Trace{
		registry:       registry,
		products:       products,
		book:           book,
		lineage:        lineage,
		events:         collections.NewMap(b, collections.NewPrefix(1), "events", collections.BytesKey, module.Record[tracev1.Event]()),
		journey:        collections.NewKeySet(b, collections.NewPrefix(2), "journey", collections.QuadKeyCodec(str, str, collections.Int64Key, collections.BytesKey)),
		lengths:        collections.NewMap(b, collections.NewPrefix(3), "lengths", collections.PairKeyCodec(str, str), collections.Uint64Value),
		outside:        collections.NewKeySet(b, collections.NewPrefix(4), "outside", collections.QuadKeyCodec(str, str, str, collections.BytesKey)),
		outsideLengths: collections.NewMap(b, collections.NewPrefix(5), "outside_lengths", collections.TripleKeyCodec(str, str, str), collections.Uint64Value),
		eventIDs:       collections.NewMap(b, collections.NewPrefix(6), "event_ids", collections.PairKeyCodec(str, str), collections.BytesValue),
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
