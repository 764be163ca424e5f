package privacy

import (
	"context"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
)

// Registry answers who may act.
type Registry interface {
	// Participant gives a participant whatever its status, or nil.
	Participant(ctx context.Context, id string) (*registryv1.Participant, error)
	// Active refuses a participant that is unknown, suspended or revoked.
	Active(ctx context.Context, id string) (*registryv1.Participant, error)
	// Allowed is nil when participant is active and holds one of roles at
	// second at, with a scope that covers spec and place ("" asks for none).
	Allowed(ctx context.Context, at int64, participant string, spec, place string, roles ...registryv1.Role) error
	// Accredited is nil when certifier may attest spec at second at.
	Accredited(ctx context.Context, at int64, certifier, spec string) error
}

// Products answers what private fields are about.
type Products interface {
	// Batch gives a batch by 14-digit GTIN and lot, or nil.
	Batch(ctx context.Context, gtin, lot string) (*productv1.Batch, error)
	// Product gives a trade item by 14-digit GTIN, or nil.
	Product(ctx context.Context, gtin string) (*productv1.Product, error)
	// SpecificationVersion gives a version, or nil. It is not to be changed.
	SpecificationVersion(ctx context.Context, id string, v uint32) (*productv1.SpecificationVersion, error)
}

// Book answers who has goods.
type Book interface {
	// Holds says whether a participant has, or had, some of a batch.
	Holds(ctx context.Context, gtin, lot, participant string) (bool, error)
	// Holdings gives who has, or had, what of a batch.
	Holdings(ctx context.Context, gtin, lot string) ([]*matterv1.Holding, error)
}

// Certificates answers what private fields are about.
type Certificates interface {
	// Attestation gives an attestation by id, or nil.
	Attestation(ctx context.Context, id string) (*certv1.Attestation, error)
}

// Traces answers what was made from what.
type Traces interface {
	// Event gives an event by its 32-byte id, or nil.
	Event(ctx context.Context, id []byte) (*tracev1.Event, error)
	// Journey gives up to limit events of a lot after the one given, and
	// whether there are more.
	Journey(ctx context.Context, gtin, lot string, after *tracev1.Event, limit int) (list []*tracev1.Event, more bool, err error)
}
