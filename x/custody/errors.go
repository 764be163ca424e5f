package custody

import "github.com/filiera-chain/filiera/module"

const name = "custody"

// Refusals of this module.
var (
	ErrShape    = module.NewError(name, 1, "malformed", "a field is missing or badly written")
	ErrBatch    = module.NewError(name, 2, "unknown_batch", "no batch has this GTIN and lot")
	ErrReceiver = module.NewError(name, 3, "bad_receiver", "the receiver is not one who may hold goods, or is the sender")
	ErrOffer    = module.NewError(name, 4, "unknown_offer", "no offer has this number")
	ErrNotYours = module.NewError(name, 5, "not_yours", "the offer or unit is not the signer's to change")
	ErrState    = module.NewError(name, 6, "wrong_state", "the offer is not in a state that allows this")
	ErrExpiry   = module.NewError(name, 7, "bad_expiry", "the offer ends before it begins, or too late")
	ErrEvent    = module.NewError(name, 8, "bad_event", "the event does not tell of these goods, or is not the signer's")
	ErrLimit    = module.NewError(name, 9, "limit_reached", "more is asked than one sender, unit or act may have")
	ErrUnit     = module.NewError(name, 10, "unknown_unit", "no logistic unit has this SSCC")
	ErrPacked   = module.NewError(name, 11, "packed_elsewhere", "the item or unit is in another unit")
	ErrInside   = module.NewError(name, 12, "not_inside", "the goods, item or unit are not in this unit")
)

func refusals() []*module.Error {
	return []*module.Error{ErrShape, ErrBatch, ErrReceiver, ErrOffer, ErrNotYours, ErrState, ErrExpiry, ErrEvent, ErrLimit, ErrUnit, ErrPacked, ErrInside}
}
