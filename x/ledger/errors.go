package ledger

import (
	"slices"

	"github.com/filiera-chain/filiera/module"
)

const name = "ledger"

// Refusals about acts; 1 to 99 are theirs.
var (
	ErrShape      = module.NewError(name, 1, "malformed", "a field is missing or badly written")
	ErrActTwice   = module.NewError(name, 2, "duplicate_act", "an act of this kind, body, number, office and year is on the ledger")
	ErrAct        = module.NewError(name, 3, "unknown_act", "no act has this id")
	ErrSpeak      = module.NewError(name, 4, "not_competent", "the signer may not do this for the act's body")
	ErrHierarchy  = module.NewError(name, 5, "wrong_hierarchy", "an act of this kind cannot do this to an act of that kind or body")
	ErrDates      = module.NewError(name, 6, "wrong_dates", "the dates contradict one another, or lie ahead")
	ErrSelf       = module.NewError(name, 7, "self_relation", "an act cannot do anything to itself")
	ErrCycle      = module.NewError(name, 8, "relation_cycle", "the relation would close a circle of acts")
	ErrRelated    = module.NewError(name, 9, "duplicate_relation", "the relation is on the ledger already")
	ErrNotInForce = module.NewError(name, 10, "not_in_force", "the act is not in force on that day")
	ErrOwnWord    = module.NewError(name, 11, "own_word", "the key that deposited the act, or vouched for it before, cannot vouch for it")
	ErrRelation   = module.NewError(name, 12, "unknown_relation", "no such relation is on the ledger, or it was withdrawn")
	ErrToken      = module.NewError(name, 13, "bad_token", "the time stamp token cannot be read, or is of another file or time")
	ErrLimit      = module.NewError(name, 14, "limit_reached", "the record already holds as much as it may")
)

func actRefusals() []*module.Error {
	return []*module.Error{
		ErrShape, ErrActTwice, ErrAct, ErrSpeak, ErrHierarchy, ErrDates, ErrSelf, ErrCycle, ErrRelated, ErrNotInForce, ErrOwnWord,
		ErrRelation, ErrToken, ErrLimit,
	}
}

func refusals() []*module.Error {
	return slices.Concat(actRefusals(), registerRefusals(), budgetRefusals())
}

func shape(err error) error {
	if err != nil {
		return ErrShape.With("%v", err)
	}
	return nil
}
