package recall

import (
	"context"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
	"github.com/filiera-chain/filiera/module"
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
}

// Book answers who has goods.
type Book interface {
	// Holds says whether a participant has, or had, some of a batch.
	Holds(ctx context.Context, gtin, lot, participant string) (bool, error)
}

// Certificates answers what was certified by whom.
type Certificates interface {
	// Attestation gives an attestation by id, or nil.
	Attestation(ctx context.Context, id string) (*certv1.Attestation, error)
	// AttestationsOf gives every attestation of a batch, whatever its state.
	AttestationsOf(ctx context.Context, gtin, lot string) ([]*certv1.Attestation, error)
}

// Lineage spreads recalls along what was made of what.
type Lineage interface {
	// Call begins a recall at its targets, which it marks at once.
	Call(ctx *module.Context, recall uint64, drill bool, targets []*basev1.BatchID) error
	// Lift lets a batch out, alone or with what was made of it.
	Lift(ctx *module.Context, recall uint64, id *basev1.BatchID, withMade bool, number uint32) error
	// End says that a recall was unfounded.
	End(ctx *module.Context, recall uint64) error
	// Spread says how far a recall has come, or gives nil.
	Spread(ctx context.Context, recall uint64) (*lineagev1.Spread, error)
	// MarksOn gives every mark on a batch.
	MarksOn(ctx context.Context, id *basev1.BatchID) ([]*lineagev1.Mark, error)
	// Mark gives the mark of a recall on a batch, or nil.
	Mark(ctx context.Context, recall uint64, id *basev1.BatchID) (*lineagev1.Mark, error)
	// WentInto gives up to limit batches that were made of a batch, after one,
	// and whether there are more.
	WentInto(ctx context.Context, id, after *basev1.BatchID, limit int) ([]*basev1.BatchID, bool, error)
}

// Units answers how many labels a batch has.
type Units interface {
	// Tally gives what the runs of a batch come to; an empty one where there are
	// none.
	Tally(ctx context.Context, gtin, lot string) (*unitv1.Tally, error)
}

var authorities = []registryv1.Role{registryv1.Role_ROLE_AUTHORITY}
