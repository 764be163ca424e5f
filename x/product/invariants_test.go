package product

import (
	"testing"

	"cosmossdk.io/collections"
	"google.golang.org/protobuf/proto"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
)

// Each truth is broken by hand, in each way it speaks of, because an invariant
// that cannot fail proves nothing.
func TestEachTruthNoticesItsBreach(t *testing.T) {
	l := newLedger(t).withBatch()
	l.must(l.do(region, publish("2026-11-22")))
	batch := func(change func(*productv1.Batch)) func(*Product, *module.Context) error {
		return func(p *Product, ctx *module.Context) error {
			b := l.batch()
			change(b)
			return p.batches.Set(ctx, collections.Join(pastaGTIN, "24123"), b)
		}
	}
	version := func(n uint32, change func(*productv1.SpecificationVersion)) func(*Product, *module.Context) error {
		return func(p *Product, ctx *module.Context) error {
			shared, err := p.SpecificationVersion(ctx, pastaSpec, 2)
			l.must(err)
			v := proto.CloneOf(shared)
			change(v)
			return p.versions.Set(ctx, versionKey(pastaSpec, n), v)
		}
	}
	for name, breach := range map[string]func(*Product, *module.Context) error{
		"a version is missing":                   func(p *Product, ctx *module.Context) error { return p.versions.Remove(ctx, versionKey(pastaSpec, 1)) },
		"a version is not counted":               version(3, func(*productv1.SpecificationVersion) {}),
		"a version begins before the last":       version(2, func(v *productv1.SpecificationVersion) { v.InForceFrom = "2000-01-01" }),
		"the bound version is not of the day":    batch(func(b *productv1.Batch) { b.SpecificationVersion = 2 }),
		"a published version covered the day":    version(2, func(v *productv1.SpecificationVersion) { v.InForceFrom, v.PublishedAt = "2026-11-01", 1 }),
		"the batch is outside the zone":          batch(func(b *productv1.Batch) { b.Place = fermo }),
		"the batch is in another unit":           batch(func(b *productv1.Batch) { b.Quantity.Unit = "KGM" }),
		"the batch is empty":                     batch(func(b *productv1.Batch) { b.Quantity.Amount = 0 }),
		"the batch is of another specification":  batch(func(b *productv1.Batch) { b.Specification = oilSpec }),
		"the batch has another lot than its key": batch(func(b *productv1.Batch) { b.Lot = "X" }),
		"the batch has no custodian":             batch(func(b *productv1.Batch) { b.Custodian = "" }),
		"the batch has no status":                batch(func(b *productv1.Batch) { b.Status = 0 }),
		"the product of a batch is gone":         func(p *Product, ctx *module.Context) error { return p.products.Remove(ctx, pastaGTIN) },
		"a product is under a GTIN that is none": func(p *Product, ctx *module.Context) error {
			return p.products.Set(ctx, "1", &productv1.Product{Gtin: "1"})
		},
		"a product is made to nothing that is here": func(p *Product, ctx *module.Context) error {
			return p.products.Set(ctx, flourGTIN, &productv1.Product{Gtin: flourGTIN, BaseUnit: "KGM", Specification: oilSpec})
		},
		"a product has an unknown unit": func(p *Product, ctx *module.Context) error {
			return p.products.Set(ctx, flourGTIN, &productv1.Product{Gtin: flourGTIN, BaseUnit: "BOX"})
		},
	} {
		ctx := module.NewContext(l.kv.Branch(), l.block, module.Signer{})
		l.must(breach(l.product, ctx))
		noticed := false
		for _, i := range l.product.Module().Invariants {
			noticed = noticed || i.Check(ctx.Reader()) != nil
		}
		if !noticed {
			t.Errorf("went unnoticed: %s", name)
		}
	}
}
