package ledger

import (
	"errors"
	"strings"

	"github.com/filiera-chain/filiera/module"
)

// Refusals about the budget; 200 to 299 are theirs. I1 to I9 are the truths of
// package budget.
var (
	ErrLine      = module.NewError(name, 200, "unknown_line", "no line of the budget has this id")
	ErrLineTwice = module.NewError(name, 201, "duplicate_line", "a line of the budget has this id")
	ErrClosed    = module.NewError(name, 202, "line_closed", "the line is closed")
	ErrPosition  = module.NewError(name, 203, "unknown_position", "no reservation or commitment has this id")
	ErrRefTwice  = module.NewError(name, 204, "duplicate_reference", "the reference, or the id of a reservation or commitment, is used already")
	ErrMovement  = module.NewError(name, 205, "unknown_movement", "no movement has this number, or it cannot be undone")
	ErrTree      = module.NewError(name, 206, "wrong_place", "the line cannot stand there in the tree")
	ErrOrder     = module.NewError(name, 207, "out_of_order", "the movement is dated before what it rests on")

	ErrWhole    = module.NewError(name, 211, "i1_action_not_whole", "I1: an action's money stands on its interventions, all of it")
	ErrGiven    = module.NewError(name, 212, "i2_more_than_available", "I2: a line gives no more than it has")
	ErrNeutral  = module.NewError(name, 213, "i3_transfer_not_neutral", "I3: what leaves one line enters another one of the same book")
	ErrPhase    = module.NewError(name, 214, "i4_phase_exceeded", "I4: reserved ≤ allocated, liquidated ≤ committed, paid ≤ liquidated, on every day")
	ErrCited    = module.NewError(name, 215, "i5_act_not_competent", "I5: a movement cites an act that is in force, competent, and not younger")
	ErrCap      = module.NewError(name, 216, "i6_cap_exceeded", "I6: a beneficiary holds at most the cap of the call, for a project that costs enough")
	ErrReserve  = module.NewError(name, 217, "i7_reserve_broken", "I7: what a call keeps for listed beneficiaries goes to them")
	ErrAmount   = module.NewError(name, 218, "i8_bad_amount", "I8: amounts are whole cents above nothing")
	ErrReturned = module.NewError(name, 219, "i9_return_not_exact", "I9: what is saved or revoked returns exactly, to a pot that is named")
)

func budgetRefusals() []*module.Error {
	return []*module.Error{
		ErrLine, ErrLineTwice, ErrClosed, ErrPosition, ErrRefTwice, ErrMovement, ErrTree, ErrOrder,
		ErrWhole, ErrGiven, ErrNeutral, ErrPhase, ErrCited, ErrCap, ErrReserve, ErrAmount, ErrReturned,
	}
}

// truths are the refusals by the first two letters of what package budget says.
var truths = map[string]*module.Error{
	"I1": ErrWhole, "I2": ErrGiven, "I3": ErrNeutral, "I4": ErrPhase, "I5": ErrCited, "I6": ErrCap, "I7": ErrReserve, "I8": ErrAmount, "I9": ErrReturned,
}

// broken makes a refusal of what package budget says would be broken.
func broken(err error) error {
	if err == nil {
		return nil
	}
	label, _, _ := strings.Cut(err.Error(), ":")
	if e := truths[label]; e != nil {
		return e.With("%v", err)
	}
	return ErrMovement.With("%v", err)
}

// inPart says which part of an act a refusal is about, where there are several.
func inPart(what string, i, of int, err error) error {
	var refusal *module.Error
	if of == 1 || !errors.As(err, &refusal) {
		return err
	}
	return refusal.With("%s %d of %d: %s", what, i+1, of, refusal.Error())
}
