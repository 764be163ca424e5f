package custody

import (
	"context"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/module"
)

// Registry answers who may act.
type Registry interface {
	// Participant gives a participant by its id, or nil.
	Participant(ctx context.Context, id string) (*registryv1.Participant, error)
	// Params gives the limits of the ledger.
	Params(ctx context.Context) (*registryv1.Params, error)
}

// Products answers what batches are.
type Products interface {
	// Batch gives a batch by 14-digit GTIN and lot, or nil.
	Batch(ctx context.Context, gtin, lot string) (*productv1.Batch, error)
}

// Book moves matter.
type Book interface {
	// MayHandle is nil for who may hold goods of a specification ("" for any).
	MayHandle(ctx context.Context, at int64, participant, specification string) error
	// InBase gives a quantity of a batch's product in its base units.
	InBase(ctx context.Context, id *basev1.BatchID, q *basev1.Quantity) (*basev1.Quantity, error)
	// Free refuses so much of a batch that from may not hand to a receiver, and
	// gives it in base units.
	Free(ctx *module.Context, from, to string, id *basev1.BatchID, q *basev1.Quantity) (*basev1.Quantity, error)
	// Transfer writes the entry that hands goods from one holder to another, and
	// gives its number. A batch is named once.
	Transfer(ctx *module.Context, offer uint64, from, to string, list []*matterv1.Use) (uint64, error)
	// Pack sets so much of what a holder has free aside.
	Pack(ctx *module.Context, holder string, id *basev1.BatchID, q *basev1.Quantity) error
	// Unpack frees what Pack set aside, in base units.
	Unpack(ctx *module.Context, holder string, id *basev1.BatchID, amount int64) error
	// Lose writes off what a holder handed over and the other side did not find.
	Lose(ctx *module.Context, offer uint64, holder string, u *matterv1.Use, reason string) error
	// EachPacked tells of everything that is set aside, or was, in base units.
	EachPacked(rd *module.Reader, fn func(gtin, lot, holder string, amount int64) error) error
}

// Events answers what was recorded.
type Events interface {
	// Event gives the event with that 32-byte id, or nil.
	Event(ctx context.Context, id []byte) (*tracev1.Event, error)
}
