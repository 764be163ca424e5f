package matter

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	"github.com/filiera-chain/filiera/module"
)

type (
	lotKey   = collections.Pair[string, string]
	entryKey = collections.Triple[string, string, uint64]
	// holdingKey is GTIN, lot and participant.
	holdingKey = collections.Triple[string, string, string]
	useKey     = collections.Triple[string, string, uint32]
)

// Matter is the module's state and what it answers to other modules. Its methods
// take a *module.Context or *module.Reader as their context.
type Matter struct {
	registry Registry
	products Products
	places   Places
	certs    Certificates
	lineage  Lineage
	schema   collections.Schema

	// entries: number -> entry.
	entries collections.Map[uint64, *matterv1.Entry]
	// stocks: (GTIN, lot) -> what is left of a batch that the book has heard of.
	stocks collections.Map[lotKey, *matterv1.Stock]
	// ofBatch: (GTIN, lot, number) of every entry that names a batch.
	ofBatch collections.KeySet[entryKey]
	// land: (parcel, specification, year) -> what was claimed of it.
	land collections.Map[useKey, *matterv1.LandUse]
	// herds: (location, specification, year) -> what was claimed of it.
	herds collections.Map[useKey, *matterv1.HerdUse]
	// totals: account -> milligrams.
	totals collections.Map[uint32, *matterv1.Total]
	// last is the number of the last entry.
	last collections.Item[uint64]
	// holdings: (GTIN, lot, participant) -> what it has of a batch that the book has
	// heard of.
	holdings collections.Map[holdingKey, *matterv1.Holding]
}

// New builds the module's tables.
func New(registry Registry, places Places, products Products, lineage Lineage, certs Certificates) *Matter {
	b := module.NewSchemaBuilder(name)
	str, n32, n64 := collections.StringKey, collections.Uint32Key, collections.Uint64Key
	lots := collections.PairKeyCodec(str, str)
	uses := collections.TripleKeyCodec(str, str, n32)
	m := &Matter{
		registry: registry, products: products, places: places, lineage: lineage, certs: certs,
		entries:  collections.NewMap(b, collections.NewPrefix(1), "entries", n64, module.Record[matterv1.Entry]()),
		stocks:   collections.NewMap(b, collections.NewPrefix(2), "stocks", lots, module.Record[matterv1.Stock]()),
		ofBatch:  collections.NewKeySet(b, collections.NewPrefix(3), "of_batch", collections.TripleKeyCodec(str, str, n64)),
		land:     collections.NewMap(b, collections.NewPrefix(4), "land", uses, module.Record[matterv1.LandUse]()),
		herds:    collections.NewMap(b, collections.NewPrefix(5), "herds", uses, module.Record[matterv1.HerdUse]()),
		totals:   collections.NewMap(b, collections.NewPrefix(6), "totals", n32, module.Record[matterv1.Total]()),
		last:     collections.NewItem(b, collections.NewPrefix(7), "last", collections.Uint64Value),
		holdings: collections.NewMap(b, collections.NewPrefix(10), "holdings", collections.TripleKeyCodec(str, str, str), module.Record[matterv1.Holding]()),
	}
	schema, err := b.Build()
	if err != nil {
		panic(err) // two tables on one number: a mistake of ours, caught at every start
	}
	m.schema = schema
	return m
}

// Entry gives an entry by its number, or nil.
func (m *Matter) Entry(ctx context.Context, number uint64) (*matterv1.Entry, error) {
	return module.Find(ctx, m.entries, number)
}

// Stock gives what is left of a batch. A batch of which the book has not heard
// has what it was registered with; nil for one that is not registered.
func (m *Matter) Stock(ctx context.Context, gtin, lot string) (*matterv1.Stock, error) {
	s, err := module.Find(ctx, m.stocks, collections.Join(gtin, lot))
	if err != nil || s != nil {
		return s, err
	}
	b, err := m.products.Batch(ctx, gtin, lot)
	if err != nil || b == nil {
		return nil, err
	}
	amount := b.GetQuantity().GetAmount()
	return &matterv1.Stock{Batch: idOf(gtin, lot), Unit: b.GetQuantity().GetUnit(), Entered: amount, Left: amount}, nil
}

// Last is the number of the last entry.
func (m *Matter) Last(ctx context.Context) (uint64, error) {
	n, err := m.last.Get(ctx)
	if errors.Is(err, collections.ErrNotFound) {
		return 0, nil
	}
	return n, err
}

func idOf(gtin, lot string) *basev1.BatchID { return &basev1.BatchID{Gtin: gtin, Lot: lot} }

func keyOf(id *basev1.BatchID) lotKey { return collections.Join(id.GetGtin(), id.GetLot()) }
