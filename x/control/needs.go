package control

import (
	"context"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
)

// Registry answers who may act, and with which key.
type Registry interface {
	// Allowed is nil when participant is active and holds one of roles at
	// second at, with a scope that covers spec and place ("" asks for none).
	Allowed(ctx context.Context, at int64, participant string, spec, place string, roles ...registryv1.Role) error
	// Accredited is nil when certifier may attest spec at second at.
	Accredited(ctx context.Context, at int64, certifier, spec string) error
	// KeyByLabel gives a participant's key, live or retired, or nil.
	KeyByLabel(ctx context.Context, participant, label string) (*registryv1.Key, error)
	// Participant gives a participant, or nil.
	Participant(ctx context.Context, id string) (*registryv1.Participant, error)
}

// Products answers what is controlled.
type Products interface {
	// Batch gives a batch by 14-digit GTIN and lot, or nil.
	Batch(ctx context.Context, gtin, lot string) (*productv1.Batch, error)
	// SpecificationVersion gives a version, or nil. It is not to be changed.
	SpecificationVersion(ctx context.Context, id string, v uint32) (*productv1.SpecificationVersion, error)
}

// Recalls answers what may not be attested.
type Recalls interface {
	// Free refuses a batch that is recalled, itself or by what it was made of.
	Free(ctx context.Context, id *basev1.BatchID) error
}

// makers are the roles that ask for controls of their goods.
var makers = []registryv1.Role{registryv1.Role_ROLE_PRODUCER, registryv1.Role_ROLE_PROCESSOR}
