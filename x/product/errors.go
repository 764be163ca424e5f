package product

import "github.com/filiera-chain/filiera/module"

const name = "product"

// Refusals of this module.
var (
	ErrShape         = module.NewError(name, 1, "malformed", "a field is missing or badly written")
	ErrGTIN          = module.NewError(name, 2, "bad_gtin", "the GTIN is not 8, 12, 13 or 14 digits with the right check digit")
	ErrLot           = module.NewError(name, 3, "bad_lot", "the lot is not 1 to 20 characters of GS1 AI 10")
	ErrUnknownUnit   = module.NewError(name, 4, "unknown_unit", "the unit is not a UN/ECE code known here")
	ErrWrongUnit     = module.NewError(name, 5, "wrong_unit", "the batch is not counted in its product's base unit")
	ErrQuantity      = module.NewError(name, 6, "bad_quantity", "the quantity is zero, negative or too large")
	ErrDate          = module.NewError(name, 7, "bad_date", "a date is not a day, or lies where it cannot")
	ErrSpecification = module.NewError(name, 8, "unknown_specification", "no specification has this id")
	ErrSpecTaken     = module.NewError(name, 9, "duplicate_specification", "the specification id is taken")
	ErrVersionOrder  = module.NewError(name, 10, "version_order", "a version must begin after the one before it")
	ErrNotInForce    = module.NewError(name, 11, "not_in_force", "no version of the specification is in force on the production date")
	ErrZone          = module.NewError(name, 12, "outside_zone", "the place is outside the specification's zone")
	ErrProduct       = module.NewError(name, 13, "unknown_product", "no product has this GTIN")
	ErrProductTaken  = module.NewError(name, 14, "duplicate_product", "the GTIN is registered")
	ErrBatch         = module.NewError(name, 15, "unknown_batch", "no batch has this GTIN and lot")
	ErrBatchTaken    = module.NewError(name, 16, "duplicate_batch", "the GTIN and lot are registered")
	ErrNotOwner      = module.NewError(name, 17, "not_owner", "the product or batch belongs to somebody else")
	ErrState         = module.NewError(name, 18, "wrong_state", "the batch is not in a state that allows this")
	ErrLimit         = module.NewError(name, 19, "limit_reached", "the record already holds as many entries as it may")
	ErrLink          = module.NewError(name, 20, "bad_link", "the link's type, address, language, media type or hash is badly written or missing")
	ErrLinkTaken     = module.NewError(name, 21, "duplicate_link", "the product or batch already has this very link")
	ErrStage         = module.NewError(name, 23, "bad_stage", "the product is of no stage of its specification")
	ErrFromNothing   = module.NewError(name, 24, "from_nothing", "batches of this product come only of land, animals or other batches")
	ErrStated        = module.NewError(name, 25, "already_stated", "what balances rest on is stated once")
	ErrLate          = module.NewError(name, 26, "too_late", "what happened is told later than the specification lets")
	ErrLinkUnknown   = module.NewError(name, 22, "unknown_link", "the product or batch has no link of this number")
)

func refusals() []*module.Error {
	return []*module.Error{
		ErrShape, ErrGTIN, ErrLot, ErrUnknownUnit, ErrWrongUnit, ErrQuantity, ErrDate, ErrSpecification, ErrSpecTaken, ErrVersionOrder,
		ErrNotInForce, ErrZone, ErrProduct, ErrProductTaken, ErrBatch, ErrBatchTaken, ErrNotOwner, ErrState, ErrLimit,
		ErrLink, ErrLinkTaken, ErrLinkUnknown, ErrStage, ErrFromNothing, ErrStated, ErrLate,
	}
}
