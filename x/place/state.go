package place

import (
	"context"

	"cosmossdk.io/collections"

	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
)

// Place is the module's state and what it answers to other modules. Its methods
// take a *module.Context or *module.Reader as their context.
type Place struct {
	registry Registry
	schema   collections.Schema

	// locations: id -> location.
	locations collections.Map[string, *placev1.Location]
	// revisions: (id, number) -> what was said before; the present is not here.
	revisions collections.Map[collections.Pair[string, uint32], *placev1.Revision]
	// glns: GLN -> owner of the places that it names, extended or not.
	glns collections.Map[string, string]
	// children: (parent, id) of every location that lies in another.
	children collections.KeySet[collections.Pair[string, string]]
}

// New builds the module's tables.
func New(registry Registry) *Place {
	b := module.NewSchemaBuilder(name)
	str := collections.StringKey
	p := &Place{
		registry:  registry,
		locations: collections.NewMap(b, collections.NewPrefix(1), "locations", str, module.Record[placev1.Location]()),
		revisions: collections.NewMap(b, collections.NewPrefix(2), "revisions", collections.PairKeyCodec(str, collections.Uint32Key), module.Record[placev1.Revision]()),
		glns:      collections.NewMap(b, collections.NewPrefix(3), "glns", str, collections.StringValue),
		children:  collections.NewKeySet(b, collections.NewPrefix(4), "children", collections.PairKeyCodec(str, str)),
	}
	schema, err := b.Build()
	if err != nil {
		panic(err) // two tables on one number: a mistake of ours, caught at every start
	}
	p.schema = schema
	return p
}

// Location gives the location with that id, or nil.
func (p *Place) Location(ctx context.Context, id string) (*placev1.Location, error) {
	return module.Find(ctx, p.locations, id)
}

// LocationOf gives the location that an identifier of a readPoint or a
// bizLocation means, the finest that is registered, or nil. See
// gs1.LocationIDs.
func (p *Place) LocationOf(ctx context.Context, uri string) (*placev1.Location, error) {
	for _, id := range gs1.LocationIDs(uri) {
		l, err := p.Location(ctx, id.String())
		if err != nil || l != nil {
			return l, err
		}
	}
	return nil, nil
}

// mustLocation is Location that refuses an unknown one.
func (p *Place) mustLocation(ctx context.Context, id string) (*placev1.Location, error) {
	l, err := p.Location(ctx, id)
	if err == nil && l == nil {
		return nil, ErrLocation.With("no location has the id %q", clip(id))
	}
	return l, err
}

// ownLocation is mustLocation that refuses another's.
func (p *Place) ownLocation(ctx *module.Context, id string) (*placev1.Location, error) {
	l, err := p.mustLocation(ctx, id)
	if err == nil && l.GetOwner() != ctx.Signer.Participant {
		return nil, ErrNotOwner.With("location %s belongs to %s; only it changes it", id, l.GetOwner())
	}
	return l, err
}

func (p *Place) put(ctx *module.Context, l *placev1.Location) error {
	ctx.Emit(&placev1.LocationChanged{Location: l})
	return p.locations.Set(ctx, l.GetId(), l)
}
