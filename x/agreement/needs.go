package agreement

import (
	"context"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
)

// Registry answers who the parties are.
type Registry interface {
	// Active gives a participant, or refuses one that is unknown or not active.
	Active(ctx context.Context, id string) (*registryv1.Participant, error)
	// Params gives the limits of the ledger.
	Params(ctx context.Context) (*registryv1.Params, error)
}

// Products answers what is delivered.
type Products interface {
	// Product gives a product by 14-digit GTIN, or nil.
	Product(ctx context.Context, gtin string) (*productv1.Product, error)
}

// Certificates answers what is attested.
type Certificates interface {
	// Attested gives how much of a batch is attested at second at, in base units.
	Attested(ctx context.Context, at int64, gtin, lot string) (int64, error)
}

// Book answers under whose certificates a lot stands.
type Book interface {
	// CoveredBy gives the batch whose certificates hold for a lot that was split off;
	// nil for any other.
	CoveredBy(ctx context.Context, gtin, lot string) (*basev1.BatchID, error)
}
