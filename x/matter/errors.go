package matter

import "github.com/filiera-chain/filiera/module"

const name = "matter"

// Refusals of this module.
var (
	ErrShape     = module.NewError(name, 1, "malformed", "a field is missing or badly written")
	ErrBatch     = module.NewError(name, 2, "unknown_batch", "no batch has this GTIN and lot")
	ErrNotHeld   = module.NewError(name, 3, "not_held", "the batch is in another's hands")
	ErrState     = module.NewError(name, 4, "wrong_state", "the batch is withdrawn")
	ErrUnit      = module.NewError(name, 5, "wrong_unit", "the quantity is not in a unit that converts to the product's")
	ErrNotEnough = module.NewError(name, 6, "not_enough", "the batch has less left than is taken")
	ErrMass      = module.NewError(name, 7, "mass_from_nothing", "what is made weighs more than what goes in")
	ErrNoMass    = module.NewError(name, 8, "unknown_mass", "the mass of a product is not known")
	ErrYield     = module.NewError(name, 9, "over_yield", "more is made than the specification lets the inputs give")
	ErrStage     = module.NewError(name, 10, "wrong_stage", "batches of this stage do not come into being this way")
	ErrLand      = module.NewError(name, 11, "over_land", "the land or the animals cannot bear so much")
	ErrParcel    = module.NewError(name, 12, "bad_parcel", "the location has no cadastral parcel that can be claimed")
	ErrEntry     = module.NewError(name, 13, "unknown_entry", "the book has no entry of this number")
	ErrReverse   = module.NewError(name, 14, "not_reversible", "the entry cannot be taken back")
	ErrDate      = module.NewError(name, 15, "bad_date", "a date is not a day, or lies where it cannot")
	ErrLimit     = module.NewError(name, 16, "limit_reached", "the record already holds as much as it may")
	ErrMixed     = module.NewError(name, 17, "mixed_specifications", "batches of one entry belong to different specifications or products")
)

func refusals() []*module.Error {
	return []*module.Error{
		ErrShape, ErrBatch, ErrNotHeld, ErrState, ErrUnit, ErrNotEnough, ErrMass, ErrNoMass, ErrYield, ErrStage, ErrLand, ErrParcel,
		ErrEntry, ErrReverse, ErrDate, ErrLimit, ErrMixed,
	}
}
