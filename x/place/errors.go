package place

import "github.com/filiera-chain/filiera/module"

const name = "place"

// Refusals of this module.
var (
	ErrShape    = module.NewError(name, 1, "malformed", "a field is missing or badly written")
	ErrID       = module.NewError(name, 2, "bad_location_id", "the id is no GLN under a company prefix, no GLN with extension and no id of the owner's own")
	ErrDate     = module.NewError(name, 3, "bad_date", "a date is not a day, or lies where it cannot")
	ErrParcel   = module.NewError(name, 4, "bad_parcel", "a cadastral parcel is badly written, or named twice")
	ErrPersonal = module.NewError(name, 5, "personal_data", "a text holds what identifies a natural person")
	ErrTaken    = module.NewError(name, 6, "already_taken", "the id, or its GLN, belongs to somebody")
	ErrLocation = module.NewError(name, 7, "unknown_location", "no location has this id")
	ErrNotOwner = module.NewError(name, 8, "not_owner", "the location belongs to somebody else")
	ErrState    = module.NewError(name, 9, "wrong_state", "the location is not in a state that allows this")
	ErrParent   = module.NewError(name, 10, "bad_parent", "the location cannot lie in that one")
	ErrLimit    = module.NewError(name, 11, "limit_reached", "the record already holds as many entries as it may")
)

func refusals() []*module.Error {
	return []*module.Error{
		ErrShape, ErrID, ErrDate, ErrParcel, ErrPersonal, ErrTaken, ErrLocation, ErrNotOwner, ErrState, ErrParent, ErrLimit,
	}
}
