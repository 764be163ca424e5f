package trace

import (
	"context"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
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
}

// Book answers who has goods.
type Book interface {
	// Holds says whether a participant has, or had, some of a batch.
	Holds(ctx context.Context, gtin, lot, participant string) (bool, error)
}

// reporters may tell events: about batches that they own, hold or held, and about
// what comes from outside. authorities may declare an event of others wrong.
var (
	reporters = []registryv1.Role{
		registryv1.Role_ROLE_PRODUCER, registryv1.Role_ROLE_PROCESSOR, registryv1.Role_ROLE_CARRIER, registryv1.Role_ROLE_DISTRIBUTOR,
	}
	authorities = []registryv1.Role{registryv1.Role_ROLE_AUTHORITY}
)
