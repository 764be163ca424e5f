package rules

import (
	"context"
	"sync"

	"cosmossdk.io/collections"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
	"github.com/filiera-chain/filiera/module"
)

// Bounds.
const (
	maxText = 500
	// maxActive bounds the versions that judge one trigger of one specification.
	maxActive = 64
	// maxChanges bounds the changes of figures that a version keeps.
	maxChanges = 100
	maxFacts   = 64 << 10
	// maxSpeakers bounds who declares facts of one batch.
	maxSpeakers = 16
)

type (
	versionKey = collections.Pair[string, uint32]
	activeKey  = collections.Pair[string, string]
	// rulingKey is GTIN, lot, and trigger, contract and subject parted by "/".
	rulingKey = collections.Triple[string, string, string]
	textKey   = collections.Pair[string, string]
)

// Rules is the module's state and what it answers to other modules. Its methods
// take a *module.Context or *module.Reader as their context.
type Rules struct {
	registry Registry
	products Products
	certs    Certificates
	schema   collections.Schema
	compiled *cache

	// versions: (contract, version) -> version.
	versions collections.Map[versionKey, *rulesv1.Version]
	// documents: SHA-256 -> text.
	documents collections.Map[[]byte, *rulesv1.Document]
	// active: (specification, trigger) -> versions that judge it.
	active collections.Map[activeKey, *rulesv1.Active]
	// rulings: (GTIN, lot, trigger/contract/subject) -> ruling.
	rulings collections.Map[rulingKey, *rulesv1.Ruling]
	// consequences: (GTIN, lot, contract/rule/kind) -> consequence.
	consequences collections.Map[rulingKey, *rulesv1.Consequence]
	// declarations: (GTIN, lot, participant) -> facts.
	declarations collections.Map[rulingKey, *rulesv1.Declaration]
	// notices: attestation -> notice.
	notices collections.Map[string, *rulesv1.Notice]
	// points: (participant, contract) -> points.
	points collections.Map[textKey, *rulesv1.Points]
}

// New builds the module's tables.
func New(registry Registry, products Products, certs Certificates) *Rules {
	b := module.NewSchemaBuilder(name)
	str, n32 := collections.StringKey, collections.Uint32Key
	two, three := collections.PairKeyCodec(str, str), collections.TripleKeyCodec(str, str, str)
	r := &Rules{
		registry: registry, products: products, certs: certs, compiled: newCache(),
		versions:     collections.NewMap(b, collections.NewPrefix(1), "versions", collections.PairKeyCodec(str, n32), module.Record[rulesv1.Version]()),
		documents:    collections.NewMap(b, collections.NewPrefix(2), "documents", collections.BytesKey, module.Record[rulesv1.Document]()),
		active:       collections.NewMap(b, collections.NewPrefix(3), "active", two, module.Record[rulesv1.Active]()),
		rulings:      collections.NewMap(b, collections.NewPrefix(4), "rulings", three, module.Record[rulesv1.Ruling]()),
		consequences: collections.NewMap(b, collections.NewPrefix(5), "consequences", three, module.Record[rulesv1.Consequence]()),
		declarations: collections.NewMap(b, collections.NewPrefix(6), "declarations", three, module.Record[rulesv1.Declaration]()),
		notices:      collections.NewMap(b, collections.NewPrefix(7), "notices", str, module.Record[rulesv1.Notice]()),
		points:       collections.NewMap(b, collections.NewPrefix(8), "points", two, module.Record[rulesv1.Points]()),
	}
	schema, err := b.Build()
	if err != nil {
		panic(err) // two tables on one number: a mistake of ours, caught at every start
	}
	r.schema = schema
	return r
}

// Version gives a version of a contract, or nil.
func (r *Rules) Version(ctx context.Context, contract string, version uint32) (*rulesv1.Version, error) {
	return module.Find(ctx, r.versions, collections.Join(contract, version))
}

// mustVersion is Version that refuses an unknown one.
func (r *Rules) mustVersion(ctx context.Context, contract string, version uint32) (*rulesv1.Version, error) {
	v, err := r.Version(ctx, contract, version)
	if err == nil && v == nil {
		return nil, ErrContract.With("contract %s has no version %d", clip(contract), version)
	}
	return v, err
}

// versionsOf gives every version of a contract, in order.
func (r *Rules) versionsOf(ctx context.Context, contract string) ([]*rulesv1.Version, error) {
	var out []*rulesv1.Version
	err := r.versions.Walk(ctx, collections.NewPrefixedPairRange[string, uint32](contract), func(_ versionKey, v *rulesv1.Version) (bool, error) {
		out = append(out, v)
		return false, nil
	})
	return out, err
}

func (r *Rules) put(ctx *module.Context, v *rulesv1.Version) error {
	ctx.Emit(&rulesv1.VersionChanged{Version: v})
	return r.versions.Set(ctx, collections.Join(v.GetContract(), v.GetVersion()), v)
}

// text gives the document of a hash, or nil.
func (r *Rules) text(ctx context.Context, hash []byte) ([]byte, error) {
	d, err := module.Find(ctx, r.documents, hash)
	return d.GetText(), err
}

// ofBatch ranges over a table by batch.
func ofBatch(id *basev1.BatchID) collections.Ranger[rulingKey] {
	return collections.NewSuperPrefixedTripleRange[string, string, string](id.GetGtin(), id.GetLot())
}

func keyOf(id *basev1.BatchID, rest string) rulingKey {
	return collections.Join3(id.GetGtin(), id.GetLot(), rest)
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}

// cache keeps compiled contracts by what they were compiled from, so that it can
// be emptied at any time without anything changing but the time that judging takes.
type cache struct {
	mu   sync.Mutex
	held map[string]any
}

// maxCompiled bounds the cache: a compiled contract takes some hundred kB.
const maxCompiled = 256

func newCache() *cache { return &cache{held: map[string]any{}} }

func (c *cache) get(key string) any {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.held[key]
}

func (c *cache) put(key string, v any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.held) >= maxCompiled {
		clear(c.held)
	}
	c.held[key] = v
}
