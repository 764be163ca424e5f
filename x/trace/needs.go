package trace

import (
	"context"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

// Registry answers who may act, and within which limits.
type Registry interface {
	// Allowed is nil when participant is active and holds one of roles at
	// second at, with a scope that covers spec and place ("" asks for none).
	Allowed(ctx context.Context, at int64, participant string, spec, place string, roles ...registryv1.Role) error
	// Params gives the limits of the ledger.
	Params(ctx context.Context) (*registryv1.Params, error)
}

// Products answers which lots the ledger knows.
type Products interface {
	// Batch gives a batch by 14-digit GTIN and lot, or nil.
	Batch(ctx context.Context, gtin, lot string) (*productv1.Batch, error)
	// Product gives a trade item by 14-digit GTIN, or nil.
	Product(ctx context.Context, gtin string) (*productv1.Product, error)
	// Stage gives the stage of a version that a product belongs to, or nil. It is not
	// to be changed.
	Stage(ctx context.Context, p *productv1.Product, version uint32) (*productv1.Stage, error)
	// Late gives how many days after a day something of it is told at second at, when
	// that is late for the version of a specification, else 0; it refuses what is told
	// later than that lets.
	Late(ctx context.Context, at int64, specification string, version uint32, day, told string) (uint32, error)
}

// Book answers who has goods.
type Book interface {
	// Holds says whether a participant has, or had, some of a batch.
	Holds(ctx context.Context, gtin, lot, participant string) (bool, error)
	// MadeBy gives the entry that stands and made a batch, or nil.
	MadeBy(ctx context.Context, gtin, lot string) (*matterv1.Entry, error)
	// Weigh gives the milligrams of so many base units of a product, 0 where its mass
	// is not known.
	Weigh(p *productv1.Product, amount int64) (int64, error)
}

// Lineage keeps what was made of what.
type Lineage interface {
	// Join notes that out was made of in, as the book tells or, else, an event;
	// Part takes that back, once.
	Join(ctx *module.Context, out, in *basev1.BatchID, book bool) error
	Part(ctx *module.Context, out, in *basev1.BatchID, book bool) error
	// Edge says who tells that out was made of in, or gives nil.
	Edge(ctx context.Context, out, in *basev1.BatchID) (*lineagev1.Edge, error)
	// Edges gives every edge with who tells it.
	Edges(ctx context.Context, fn func(out, in *basev1.BatchID, e *lineagev1.Edge) error) error
}

// reporters may tell events: about batches that they own, hold or held, and about
// what comes from outside. authorities may declare an event of others wrong.
var (
	reporters = []registryv1.Role{
		registryv1.Role_ROLE_PRODUCER, registryv1.Role_ROLE_PROCESSOR, registryv1.Role_ROLE_CARRIER, registryv1.Role_ROLE_DISTRIBUTOR,
	}
	authorities = []registryv1.Role{registryv1.Role_ROLE_AUTHORITY}
)
