package cert

import (
	"context"

	controlv1 "github.com/filiera-chain/filiera/api/control/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
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
	// TwoPerson says whether certifier's accreditation for spec asks for two
	// keys on each attestation.
	TwoPerson(ctx context.Context, certifier, spec string) (bool, error)
	// Params gives the limits of the ledger.
	Params(ctx context.Context) (*registryv1.Params, error)
}

// Products answers what a certificate is about.
type Products interface {
	// Batch gives a batch by 14-digit GTIN and lot, or nil.
	Batch(ctx context.Context, gtin, lot string) (*productv1.Batch, error)
	// SpecificationVersion gives a version, or nil. It is not to be changed.
	SpecificationVersion(ctx context.Context, id string, v uint32) (*productv1.SpecificationVersion, error)
}

// Controls answers what a control found, and hears how it ended.
type Controls interface {
	// Clear refuses while the batch is recalled, or a major non-conformity of it
	// is open.
	Clear(ctx context.Context, gtin, lot string) error
	// Request gives a request for control, or nil.
	Request(ctx context.Context, id string) (*controlv1.ControlRequest, error)
	// Answer closes a request with an attestation of certifier that is in force
	// and covers its batches.
	Answer(ctx *module.Context, id, certifier, attestation string) error
}
