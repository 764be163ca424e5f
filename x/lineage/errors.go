package lineage

import "github.com/filiera-chain/filiera/module"

const name = "lineage"

// Refusals of this module.
var (
	ErrRecalled  = module.NewError(name, 1, "recalled", "the batch is recalled, itself or by what it was made of")
	ErrSpreading = module.NewError(name, 2, "recall_spreading", "a recall is spreading, and not all of what the batch was made of could be looked at")
	ErrNoMark    = module.NewError(name, 3, "not_reached", "the recall has not reached the batch")
	ErrLifted    = module.NewError(name, 4, "already_lifted", "the batch was let out of the recall before")
	ErrShape     = module.NewError(name, 5, "malformed", "a field is missing or badly written")
)

func refusals() []*module.Error {
	return []*module.Error{ErrRecalled, ErrSpreading, ErrNoMark, ErrLifted, ErrShape}
}
