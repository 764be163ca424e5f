package matter

import (
	"context"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

// Registry answers who may act.
type Registry interface {
	// Allowed is nil when participant is active and holds one of roles at
	// second at, with a scope that covers spec and place ("" asks for none).
	Allowed(ctx context.Context, at int64, participant string, spec, place string, roles ...registryv1.Role) error
}

// Products answers what batches are, and registers those that come of something.
type Products interface {
	// Batch gives a batch by 14-digit GTIN and lot, or nil.
	Batch(ctx context.Context, gtin, lot string) (*productv1.Batch, error)
	// Product gives a trade item by 14-digit GTIN, or nil.
	Product(ctx context.Context, gtin string) (*productv1.Product, error)
	// Stage gives the stage of a version that a product belongs to, or nil. It is
	// not to be changed.
	Stage(ctx context.Context, p *productv1.Product, version uint32) (*productv1.Stage, error)
	// CheckNewBatch is what a new batch must be, whatever the state.
	CheckNewBatch(m *productv1.MsgRegisterBatch) error
	// Make registers a batch of the signer; a derived one may be of another's
	// product; what was told of the day told is not too late.
	Make(ctx *module.Context, m *productv1.MsgRegisterBatch, derived bool, told string) (*productv1.Batch, error)
	// Late gives how many days after a day something of it is told at second at, when
	// that is late for the version of a specification, else 0; it refuses what is told
	// later than that lets.
	Late(ctx context.Context, at int64, specification string, version uint32, day, told string) (uint32, error)
	// Hand names another custodian.
	Hand(ctx *module.Context, gtin, lot, custodian string) error
	// Void takes a batch off that turned out never to have been.
	Void(ctx *module.Context, gtin, lot, reason string) error
}

// Certificates count what is sold under them.
type Certificates interface {
	// Sell counts so much of a batch as sold, in base units, and refuses more than
	// its certificates attest, once it has any.
	Sell(ctx *module.Context, gtin, lot string, amount int64) error
	// TakeBack counts so much as come back.
	TakeBack(ctx *module.Context, gtin, lot string, amount int64) error
	// Certified says whether a certificate was ever issued for a batch.
	Certified(ctx context.Context, gtin, lot string) (bool, error)
}

// Places answers where things are.
type Places interface {
	// Location gives a location by its id, or nil.
	Location(ctx context.Context, id string) (*placev1.Location, error)
}

// Lineage keeps what was made of what, and which of it is recalled.
type Lineage interface {
	// Join notes that out was made of in, as the book tells or, else, an event;
	// Part takes that back, once.
	Join(ctx *module.Context, out, in *basev1.BatchID, book bool) error
	Part(ctx *module.Context, out, in *basev1.BatchID, book bool) error
	// Free refuses a batch that is recalled, itself or by what it was made of.
	Free(ctx context.Context, id *basev1.BatchID) error
	// Edges gives every edge with who tells it.
	Edges(ctx context.Context, fn func(out, in *basev1.BatchID, e *lineagev1.Edge) error) error
}

// handlers are the roles that may move goods on; authorities take entries of
// others back.
var (
	handlers = []registryv1.Role{
		registryv1.Role_ROLE_PRODUCER, registryv1.Role_ROLE_PROCESSOR, registryv1.Role_ROLE_CARRIER, registryv1.Role_ROLE_DISTRIBUTOR,
	}
	authorities = []registryv1.Role{registryv1.Role_ROLE_AUTHORITY}
)
