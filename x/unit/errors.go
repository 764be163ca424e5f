package unit

import "github.com/filiera-chain/filiera/module"

const name = "unit"

// Refusals of this module.
var (
	ErrShape    = module.NewError(name, 1, "malformed", "a field is missing or badly written")
	ErrBatch    = module.NewError(name, 2, "unknown_batch", "no batch has this GTIN and lot")
	ErrNotHeld  = module.NewError(name, 3, "not_held", "the signer neither made nor holds the batch")
	ErrState    = module.NewError(name, 4, "wrong_state", "the batch was withdrawn")
	ErrContent  = module.NewError(name, 5, "wrong_content", "a unit cannot hold so much of the product")
	ErrAttested = module.NewError(name, 6, "over_attested", "the units hold more than the certificates in force attest")
	ErrStock    = module.NewError(name, 7, "over_stock", "the units hold more than there is of the batch")
	ErrRun      = module.NewError(name, 8, "unknown_run", "the batch has no run of this number")
	ErrRunTwice = module.NewError(name, 9, "duplicate_run", "the batch already has a run with this root")
	ErrProof    = module.NewError(name, 10, "bad_proof", "the proof does not show that the unit is in the run")
	ErrVoid     = module.NewError(name, 11, "already_void", "the unit is void already")
	ErrAcquit   = module.NewError(name, 12, "already_acquitted", "the unit was acquitted, so it is not voided")
	ErrCode     = module.NewError(name, 13, "wrong_code", "the code is not that of the unit")
	ErrRepeated = module.NewError(name, 14, "reveal_repeated", "this reveal is on record; a further one shows the code anew")
	ErrLimit    = module.NewError(name, 15, "limit_reached", "the record already holds as much as it may")
)

func refusals() []*module.Error {
	return []*module.Error{
		ErrShape, ErrBatch, ErrNotHeld, ErrState, ErrContent, ErrAttested, ErrStock, ErrRun, ErrRunTwice, ErrProof, ErrVoid, ErrAcquit,
		ErrCode, ErrRepeated, ErrLimit,
	}
}
