package rules

import (
	"context"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
)

// Registry answers who may act.
type Registry interface {
	// Allowed is nil when participant is active and holds one of roles at
	// second at, with a scope that covers spec and place ("" asks for none).
	Allowed(ctx context.Context, at int64, participant string, spec, place string, roles ...registryv1.Role) error
	// Accredited is nil when certifier may attest batches of spec at second at.
	Accredited(ctx context.Context, at int64, certifier, spec string) error
	// Params gives the limits of the ledger.
	Params(ctx context.Context) (*registryv1.Params, error)
}

// Products answers what specifications and batches there are.
type Products interface {
	// Specification gives a specification by id, or nil.
	Specification(ctx context.Context, id string) (*productv1.Specification, error)
	// Batch gives a batch by 14-digit GTIN and lot, or nil.
	Batch(ctx context.Context, gtin, lot string) (*productv1.Batch, error)
}

// Certificates answers what was attested by whom.
type Certificates interface {
	// Attestation gives an attestation by id, or nil.
	Attestation(ctx context.Context, id string) (*certv1.Attestation, error)
}
