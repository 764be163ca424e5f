package recall

import "github.com/filiera-chain/filiera/module"

const name = "recall"

// Refusals of this module.
var (
	ErrShape      = module.NewError(name, 1, "malformed", "a field is missing or badly written")
	ErrRecall     = module.NewError(name, 2, "unknown_recall", "no recall has this number")
	ErrBatch      = module.NewError(name, 3, "unknown_batch", "no batch has this GTIN and lot")
	ErrNotAllowed = module.NewError(name, 4, "not_allowed", "the signer neither owns nor certified the batch, and is no authority")
	ErrDeadline   = module.NewError(name, 5, "bad_deadline", "the deadline lies in the past or too far ahead")
	ErrState      = module.NewError(name, 6, "wrong_state", "the recall is closed, or still spreading")
	ErrLimit      = module.NewError(name, 7, "limit_reached", "the record already holds as much as it may")
	ErrNotHeld    = module.NewError(name, 8, "not_held", "the signer has and had nothing of the batch")
	ErrUnit       = module.NewError(name, 9, "wrong_unit", "the quantity is not in a unit that converts to the product's")
	ErrNothing    = module.NewError(name, 10, "nothing_to_recall", "there is no batch that the recall would begin with")
	ErrNotice     = module.NewError(name, 11, "no_notice", "the recall has no notice that stands, or a drill wants one")
	ErrQuantity   = module.NewError(name, 12, "bad_quantity", "more is set aside and destroyed than was found")
	ErrUnits      = module.NewError(name, 13, "bad_units", "the items lie outside what the batch holds")
)

func refusals() []*module.Error {
	return []*module.Error{
		ErrShape, ErrRecall, ErrBatch, ErrNotAllowed, ErrDeadline, ErrState, ErrLimit, ErrNotHeld, ErrUnit, ErrNothing, ErrNotice, ErrQuantity, ErrUnits,
	}
}
