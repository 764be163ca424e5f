package unit

import (
	"context"

	"cosmossdk.io/collections"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
	"github.com/filiera-chain/filiera/module"
)

type (
	lotKey  = collections.Pair[string, string]
	runKey  = collections.Triple[string, string, uint32]
	unitKey = collections.Quad[string, string, uint32, uint32]
)

// Unit is the module's state and what it answers to other modules. Its methods
// take a *module.Context or *module.Reader as their context.
type Unit struct {
	registry     Registry
	products     Products
	matter       Matter
	certificates Certificates
	lineage      Lineage
	schema       collections.Schema

	// runs: (GTIN, lot, number) -> run.
	runs collections.Map[runKey, *unitv1.Run]
	// units: (GTIN, lot, run, index) -> what happened to a unit.
	units collections.Map[unitKey, *unitv1.Unit]
	// voidings: (GTIN, lot, number) -> voiding.
	voidings collections.Map[runKey, *unitv1.Voiding]
	// tallies: (GTIN, lot) -> what the runs of a batch come to.
	tallies collections.Map[lotKey, *unitv1.Tally]
	// coverages: (GTIN, lot) -> what units hold under the certificates of a batch.
	coverages collections.Map[lotKey, *unitv1.Coverage]
}

// New builds the module's tables.
func New(registry Registry, products Products, matter Matter, certificates Certificates, lineage Lineage) *Unit {
	b := module.NewSchemaBuilder(name)
	str, n32 := collections.StringKey, collections.Uint32Key
	lots, numbers := collections.PairKeyCodec(str, str), collections.TripleKeyCodec(str, str, n32)
	u := &Unit{
		registry: registry, products: products, matter: matter, certificates: certificates, lineage: lineage,
		runs:      collections.NewMap(b, collections.NewPrefix(1), "runs", numbers, module.Record[unitv1.Run]()),
		units:     collections.NewMap(b, collections.NewPrefix(2), "units", collections.QuadKeyCodec(str, str, n32, n32), module.Record[unitv1.Unit]()),
		voidings:  collections.NewMap(b, collections.NewPrefix(3), "voidings", numbers, module.Record[unitv1.Voiding]()),
		tallies:   collections.NewMap(b, collections.NewPrefix(4), "tallies", lots, module.Record[unitv1.Tally]()),
		coverages: collections.NewMap(b, collections.NewPrefix(5), "coverages", lots, module.Record[unitv1.Coverage]()),
	}
	schema, err := b.Build()
	if err != nil {
		panic(err) // two tables on one number: a mistake of ours, caught at every start
	}
	u.schema = schema
	return u
}

// Run gives a run of a batch by its number, or nil.
func (u *Unit) Run(ctx context.Context, gtin, lot string, number uint32) (*unitv1.Run, error) {
	return module.Find(ctx, u.runs, collections.Join3(gtin, lot, number))
}

// Tally gives what the runs of a batch come to; an empty one where there are none.
func (u *Unit) Tally(ctx context.Context, gtin, lot string) (*unitv1.Tally, error) {
	t, err := module.Find(ctx, u.tallies, collections.Join(gtin, lot))
	if err == nil && t == nil {
		t = &unitv1.Tally{Batch: idOf(gtin, lot)}
	}
	return t, err
}

// runsOf gives every run of a batch in order of number.
func (u *Unit) runsOf(ctx context.Context, gtin, lot string) ([]*unitv1.Run, error) {
	var list []*unitv1.Run
	err := u.runs.Walk(ctx, collections.NewSuperPrefixedTripleRange[string, string, uint32](gtin, lot), func(_ runKey, r *unitv1.Run) (bool, error) {
		list = append(list, r)
		return false, nil
	})
	return list, err
}

// find gives the record of a unit, or a new one.
func (u *Unit) find(ctx context.Context, r *unitv1.Run, index uint32) (*unitv1.Unit, error) {
	x, err := module.Find(ctx, u.units, unitKeyOf(r.GetBatch(), r.GetNumber(), index))
	if err == nil && x == nil {
		x = &unitv1.Unit{Batch: r.GetBatch(), Run: r.GetNumber(), Index: index}
	}
	return x, err
}

func (u *Unit) putRun(ctx *module.Context, r *unitv1.Run) error {
	ctx.Emit(&unitv1.RunChanged{Run: r})
	return u.runs.Set(ctx, collections.Join3(r.GetBatch().GetGtin(), r.GetBatch().GetLot(), r.GetNumber()), r)
}

func (u *Unit) putUnit(ctx *module.Context, x *unitv1.Unit) error {
	ctx.Emit(&unitv1.UnitChanged{Unit: x})
	return u.units.Set(ctx, unitKeyOf(x.GetBatch(), x.GetRun(), x.GetIndex()), x)
}

func (u *Unit) putVoiding(ctx *module.Context, v *unitv1.Voiding) error {
	ctx.Emit(&unitv1.UnitsVoided{Voiding: v})
	return u.voidings.Set(ctx, collections.Join3(v.GetBatch().GetGtin(), v.GetBatch().GetLot(), v.GetNumber()), v)
}

func (u *Unit) putTally(ctx *module.Context, t *unitv1.Tally) error {
	ctx.Emit(&unitv1.TallyChanged{Tally: t})
	return u.tallies.Set(ctx, collections.Join(t.GetBatch().GetGtin(), t.GetBatch().GetLot()), t)
}

// covered is what units hold under the certificates of a batch.
func (u *Unit) covered(ctx context.Context, id *basev1.BatchID) (*unitv1.Coverage, error) {
	c, err := module.Find(ctx, u.coverages, keyOf(id))
	if err == nil && c == nil {
		c = &unitv1.Coverage{Batch: id}
	}
	return c, err
}

// cover adds what units of a run hold, or takes it off, where certificates are
// asked for.
func (u *Unit) cover(ctx *module.Context, r *unitv1.Run, content int64) error {
	if r.GetCoveredBy() == nil {
		return nil
	}
	c, err := u.covered(ctx, r.GetCoveredBy())
	if err != nil {
		return err
	}
	c.Content += content
	return u.coverages.Set(ctx, keyOf(r.GetCoveredBy()), c)
}

// void says whether a unit is void: named by a voiding, or ended with its run
// before its code was revealed.
func void(r *unitv1.Run, x *unitv1.Unit) bool {
	return x.GetVoiding() != 0 || r.GetRestVoiding() != 0 && (x.GetReveals() == 0 || x.GetVoidWhenAcquitted())
}

func keyOf(id *basev1.BatchID) lotKey { return collections.Join(id.GetGtin(), id.GetLot()) }

func idOf(gtin, lot string) *basev1.BatchID { return &basev1.BatchID{Gtin: gtin, Lot: lot} }

func unitKeyOf(id *basev1.BatchID, run, index uint32) unitKey {
	return collections.Join4(id.GetGtin(), id.GetLot(), run, index)
}
