package app

import "github.com/filiera-chain/filiera/module"

// Refusals of the application itself; code 1 is module.ErrInternal.
var (
	ErrQueryPath = module.NewError("app", 2, "unknown_query", "the query path is not one that this node answers")
	ErrQuery     = module.NewError("app", 3, "bad_query", "the query's data cannot be read")
	ErrHeight    = module.NewError("app", 4, "height_not_kept", "the node answers for the last committed height only")
	ErrMempool   = module.NewError("app", 5, "other_mempool", "this node keeps its mempool in the engine, not in the application")
	ErrPanicked  = module.NewError("app", 6, "act_failed", "an act failed in a way that it should not; nothing of it was written")
)

func refusals() []*module.Error {
	return []*module.Error{module.ErrInternal, ErrQueryPath, ErrQuery, ErrHeight, ErrMempool, ErrPanicked}
}
