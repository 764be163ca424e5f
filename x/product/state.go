package product

import (
	"context"
	"fmt"

	"cosmossdk.io/collections"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
)

// Product is the module's state and what it answers to other modules. Its
// methods take a *module.Context or *module.Reader as their context.
type Product struct {
	registry Registry
	schema   collections.Schema

	// specifications: id -> name, scheme, number of its last version.
	specifications collections.Map[string, *productv1.Specification]
	// versions: (specification, number from 1 without gaps) -> text. What is
	// read from here is shared and must not be changed.
	versions collections.Map[collections.Pair[string, uint32], *productv1.SpecificationVersion]
	// products: 14-digit GTIN -> trade item.
	products collections.Map[string, *productv1.Product]
	// batches: (14-digit GTIN, lot) -> batch.
	batches collections.Map[collections.Pair[string, string], *productv1.Batch]
	// descriptions: (14-digit GTIN, lot or "", number) -> link.
	descriptions collections.Map[collections.Triple[string, string, uint32], *productv1.Description]
}

// New builds the module's tables.
func New(registry Registry) *Product {
	b := module.NewSchemaBuilder(name)
	str := collections.StringKey
	p := &Product{
		registry:       registry,
		specifications: collections.NewMap(b, collections.NewPrefix(1), "specifications", str, module.Record[productv1.Specification]()),
		versions:       collections.NewMap(b, collections.NewPrefix(2), "versions", collections.PairKeyCodec(str, collections.Uint32Key), newVersionCodec()),
		products:       collections.NewMap(b, collections.NewPrefix(3), "products", str, module.Record[productv1.Product]()),
		batches:        collections.NewMap(b, collections.NewPrefix(4), "batches", collections.PairKeyCodec(str, str), module.Record[productv1.Batch]()),
		descriptions:   collections.NewMap(b, collections.NewPrefix(5), "descriptions", collections.TripleKeyCodec(str, str, collections.Uint32Key), module.Record[productv1.Description]()),
	}
	schema, err := b.Build()
	if err != nil {
		panic(err) // two tables on one number: a mistake of ours, caught at every start
	}
	p.schema = schema
	return p
}

// Specification gives the specification with that id, or nil.
func (p *Product) Specification(ctx context.Context, id string) (*productv1.Specification, error) {
	return module.Find(ctx, p.specifications, id)
}

// SpecificationVersion gives version v of specification id, or nil. The record
// is shared between all who ask: read it, never change it.
func (p *Product) SpecificationVersion(ctx context.Context, id string, v uint32) (*productv1.SpecificationVersion, error) {
	return module.Find(ctx, p.versions, collections.Join(id, v))
}

// Product gives the trade item with that 14-digit GTIN, or nil.
func (p *Product) Product(ctx context.Context, gtin string) (*productv1.Product, error) {
	return module.Find(ctx, p.products, gtin)
}

// Batch gives the batch with that 14-digit GTIN and lot, or nil.
func (p *Product) Batch(ctx context.Context, gtin, lot string) (*productv1.Batch, error) {
	return module.Find(ctx, p.batches, collections.Join(gtin, lot))
}

// mustBatch is Batch that refuses an unknown one. gtin may have 8 to 14 digits.
func (p *Product) mustBatch(ctx context.Context, gtin, lot string) (*productv1.Batch, error) {
	gtin, err := parseGTIN(gtin)
	if err != nil {
		return nil, err
	}
	b, err := p.Batch(ctx, gtin, lot)
	if err == nil && b == nil {
		return nil, ErrBatch.With("no batch has GTIN %s and lot %q", gtin, clip(lot))
	}
	return b, err
}

// version reads a version that must be there.
func (p *Product) version(ctx context.Context, spec string, n uint32) (*productv1.SpecificationVersion, error) {
	v, err := p.versions.Get(ctx, collections.Join(spec, n))
	if err != nil {
		return nil, fmt.Errorf("specification %s counts a version %d that cannot be read: %w", spec, n, err)
	}
	return v, nil
}
