package unit

import (
	"context"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
)

// Registry answers who may act.
type Registry interface {
	// Allowed is nil when participant is active and holds one of roles at
	// second at, with a scope that covers spec and place ("" asks for none).
	Allowed(ctx context.Context, at int64, participant string, spec, place string, roles ...registryv1.Role) error
}

// Products answers what batches are.
type Products interface {
	// Batch gives a batch by 14-digit GTIN and lot, or nil.
	Batch(ctx context.Context, gtin, lot string) (*productv1.Batch, error)
	// Product gives a trade item by 14-digit GTIN, or nil.
	Product(ctx context.Context, gtin string) (*productv1.Product, error)
}

// Matter answers how much of a batch there is, and of which lots it is a part.
type Matter interface {
	// Stock gives what is left of a batch, or nil.
	Stock(ctx context.Context, gtin, lot string) (*matterv1.Stock, error)
	// PartOf gives the lots of which a batch is a part, by the split or the merge
	// that registered it; none for one that came into being otherwise.
	PartOf(ctx context.Context, gtin, lot string) ([]*basev1.BatchID, error)
	// CoveredBy gives the batch whose certificates hold for a lot: its own, or the
	// one that it was split off.
	CoveredBy(ctx context.Context, gtin, lot string) (*basev1.BatchID, error)
}

// Certificates answers how much of a batch is certified.
type Certificates interface {
	// Attested is how much of a batch the attestations in force at second at
	// cover, in the batch's unit.
	Attested(ctx context.Context, at int64, gtin, lot string) (int64, error)
}

// Lineage answers what recalls have reached.
type Lineage interface {
	// Free refuses a batch that is recalled, itself or by what it was made of.
	Free(ctx context.Context, id *basev1.BatchID) error
}

// makers are the roles that may put serial numbers on goods; authorities may take
// units of others out.
var (
	makers      = []registryv1.Role{registryv1.Role_ROLE_PRODUCER, registryv1.Role_ROLE_PROCESSOR}
	authorities = []registryv1.Role{registryv1.Role_ROLE_AUTHORITY}
)
