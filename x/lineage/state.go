package lineage

import (
	"context"

	"cosmossdk.io/collections"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	"github.com/filiera-chain/filiera/module"
)

type (
	edge    = collections.Quad[string, string, string, string]
	markKey = collections.Triple[string, string, uint64]
	ofKey   = collections.Triple[uint64, string, string]
	waveKey = collections.Pair[uint32, uint64]
	stepKey = collections.Pair[uint64, uint64]
)

// Classes of recalls that spread, in the order in which blocks serve them.
const (
	live  = uint32(0)
	drill = uint32(1)
	over  = uint32(2) // what is left of one that is over is cleared away
)

// Lineage is the module's state and what it answers to other modules. Its methods
// take a *module.Context or *module.Reader as their context.
type Lineage struct {
	registry Registry
	schema   collections.Schema

	// madeOf: (GTIN, lot, GTIN, lot): the first was made of the second -> who tells.
	madeOf collections.Map[edge, *lineagev1.Edge]
	// wentInto is madeOf the other way round.
	wentInto collections.KeySet[edge]
	// marks: (GTIN, lot, recall) -> mark.
	marks collections.Map[markKey, *lineagev1.Mark]
	// ofRecall: (recall, GTIN, lot) of every mark.
	ofRecall collections.KeySet[ofKey]
	// spreads: recall -> how far it has come.
	spreads collections.Map[uint64, *lineagev1.Spread]
	// spreading: (class, recall) of those that have not settled.
	spreading collections.KeySet[waveKey]
	// queue: (recall, number) -> a batch whose descendants are to be looked at.
	queue collections.Map[stepKey, *lineagev1.Visit]
}

// New builds the module's tables.
func New(registry Registry) *Lineage {
	b := module.NewSchemaBuilder(name)
	str, n32, n64 := collections.StringKey, collections.Uint32Key, collections.Uint64Key
	edges := collections.QuadKeyCodec(str, str, str, str)
	l := &Lineage{
		registry:  registry,
		madeOf:    collections.NewMap(b, collections.NewPrefix(1), "made_of", edges, module.Record[lineagev1.Edge]()),
		wentInto:  collections.NewKeySet(b, collections.NewPrefix(2), "went_into", edges),
		marks:     collections.NewMap(b, collections.NewPrefix(3), "marks", collections.TripleKeyCodec(str, str, n64), module.Record[lineagev1.Mark]()),
		ofRecall:  collections.NewKeySet(b, collections.NewPrefix(4), "of_recall", collections.TripleKeyCodec(n64, str, str)),
		spreads:   collections.NewMap(b, collections.NewPrefix(5), "spreads", n64, module.Record[lineagev1.Spread]()),
		spreading: collections.NewKeySet(b, collections.NewPrefix(6), "spreading", collections.PairKeyCodec(n32, n64)),
		queue:     collections.NewMap(b, collections.NewPrefix(7), "queue", collections.PairKeyCodec(n64, n64), module.Record[lineagev1.Visit]()),
	}
	schema, err := b.Build()
	if err != nil {
		panic(err) // two tables on one number: a mistake of ours, caught at every start
	}
	l.schema = schema
	return l
}

// Mark gives the mark of a recall on a batch, or nil.
func (l *Lineage) Mark(ctx context.Context, recall uint64, id *basev1.BatchID) (*lineagev1.Mark, error) {
	return module.Find(ctx, l.marks, collections.Join3(id.GetGtin(), id.GetLot(), recall))
}

// MarksOn gives every mark on a batch, in order of recall.
func (l *Lineage) MarksOn(ctx context.Context, id *basev1.BatchID) (list []*lineagev1.Mark, err error) {
	of := new(collections.Range[markKey]).Prefix(collections.TripleSuperPrefix[string, string, uint64](id.GetGtin(), id.GetLot()))
	err = l.marks.Walk(ctx, of, func(_ markKey, m *lineagev1.Mark) (bool, error) {
		list = append(list, m)
		return false, nil
	})
	return list, err
}

// Spread says how far a recall has come, or gives nil.
func (l *Lineage) Spread(ctx context.Context, recall uint64) (*lineagev1.Spread, error) {
	return module.Find(ctx, l.spreads, recall)
}

// waves lists up to limit recalls of a class that spread, in order of number, and
// says whether there are more.
func (l *Lineage) waves(ctx context.Context, class uint32, limit int) (list []uint64, more bool, err error) {
	err = l.spreading.Walk(ctx, collections.NewPrefixedPairRange[uint32, uint64](class), func(k waveKey) (bool, error) {
		if more = len(list) == limit; more {
			return true, nil
		}
		list = append(list, k.K2())
		return false, nil
	})
	return list, more, err
}

func classOf(s *lineagev1.Spread) uint32 {
	switch {
	case s.GetOver():
		return over
	case s.GetDrill():
		return drill
	}
	return live
}

// passes says whether a recall goes on from a batch to what was made of it.
func passes(m *lineagev1.Mark) bool {
	return m.GetReached() && m.GetLift() != lineagev1.Lift_LIFT_WITH_MADE
}

// holds says whether a mark by itself keeps its batch.
func holds(m *lineagev1.Mark) bool {
	return m.GetReached() && m.GetLift() == lineagev1.Lift_LIFT_UNSPECIFIED
}

func (l *Lineage) putMark(ctx *module.Context, m *lineagev1.Mark) error {
	m.ChangedAt, m.ChangedHeight = ctx.Time, ctx.Height
	ctx.Emit(&lineagev1.MarkChanged{Mark: m})
	return l.marks.Set(ctx, collections.Join3(m.GetBatch().GetGtin(), m.GetBatch().GetLot(), m.GetRecall()), m)
}

func (l *Lineage) putSpread(ctx *module.Context, s *lineagev1.Spread) error {
	ctx.Emit(&lineagev1.SpreadChanged{Spread: s})
	return l.spreads.Set(ctx, s.GetRecall(), s)
}

func idOf(gtin, lot string) *basev1.BatchID { return &basev1.BatchID{Gtin: gtin, Lot: lot} }

func edgeOf(a, b *basev1.BatchID) edge {
	return collections.Join4(a.GetGtin(), a.GetLot(), b.GetGtin(), b.GetLot())
}
