package control

import "github.com/filiera-chain/filiera/module"

const name = "control"

// Refusals of this module.
var (
	ErrShape       = module.NewError(name, 1, "malformed", "a field is missing or badly written")
	ErrRequest     = module.NewError(name, 2, "unknown_request", "no request for control has this id")
	ErrBatch       = module.NewError(name, 3, "unknown_batch", "a batch is not registered")
	ErrNotOwner    = module.NewError(name, 4, "not_owner", "a batch belongs to another participant")
	ErrBatchState  = module.NewError(name, 5, "batch_not_active", "a batch is withdrawn")
	ErrBinding     = module.NewError(name, 6, "wrong_specification", "the batches are not bound to one version of one specification")
	ErrQuantity    = module.NewError(name, 7, "bad_quantity", "a quantity is not in its batch's unit or exceeds the batch")
	ErrDuplicate   = module.NewError(name, 8, "duplicate_request", "a request to this body for the batch has not ended")
	ErrDate        = module.NewError(name, 9, "bad_date", "a date lies in the past or before another one")
	ErrNotAllowed  = module.NewError(name, 10, "not_allowed", "the signer is not who may do this to the request")
	ErrState       = module.NewError(name, 11, "wrong_state", "the request is not in a state that allows this")
	ErrInspector   = module.NewError(name, 12, "bad_inspector", "the inspector is neither a key label of the body nor a code")
	ErrRequirement = module.NewError(name, 13, "unknown_requirement", "the specification version has no such requirement")
	ErrForeign     = module.NewError(name, 14, "batch_not_requested", "the batch is none of the request's")
	ErrFinding     = module.NewError(name, 15, "unknown_finding", "the request has no such non-conformity")
	ErrClosed      = module.NewError(name, 16, "finding_closed", "the non-conformity is closed already")
	ErrUnit        = module.NewError(name, 17, "wrong_unit", "a result is not in the unit of the requirement's limit")
	ErrLaboratory  = module.NewError(name, 18, "unknown_laboratory", "the laboratory is not enrolled")
	ErrOpenMajor   = module.NewError(name, 19, "open_major", "a major non-conformity of the batch is open")
	ErrLimit       = module.NewError(name, 20, "limit_reached", "the record already holds as many entries as it may")
)

func refusals() []*module.Error {
	return []*module.Error{
		ErrShape, ErrRequest, ErrBatch, ErrNotOwner, ErrBatchState, ErrBinding, ErrQuantity, ErrDuplicate, ErrDate, ErrNotAllowed,
		ErrState, ErrInspector, ErrRequirement, ErrForeign, ErrFinding, ErrClosed, ErrUnit, ErrLaboratory, ErrOpenMajor, ErrLimit,
	}
}
