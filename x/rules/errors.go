package rules

import (
	"errors"

	"github.com/filiera-chain/filiera/module"
)

const name = "rules"

// Refusals of this module.
var (
	ErrShape       = module.NewError(name, 1, "malformed", "a field is missing or badly written")
	ErrDocument    = module.NewError(name, 2, "bad_contract", "the document is no contract that can be executed")
	ErrContract    = module.NewError(name, 3, "unknown_contract", "no contract has this id and version")
	ErrVersion     = module.NewError(name, 4, "wrong_version", "the version does not follow the last one, or begins too early")
	ErrNotAllowed  = module.NewError(name, 5, "not_allowed", "the signer has not the part that this asks for")
	ErrState       = module.NewError(name, 6, "wrong_state", "the version is not in the state that this asks for")
	ErrHash        = module.NewError(name, 7, "wrong_hash", "the document that was read is not the one that was deployed")
	ErrParameter   = module.NewError(name, 8, "bad_parameter", "the parameter may not be changed so, or not by the signer")
	ErrRefused     = module.NewError(name, 9, "refused", "a contract in force does not allow it")
	ErrEvaluation  = module.NewError(name, 10, "evaluation_failed", "a rule of a contract in force could not be evaluated")
	ErrCost        = module.NewError(name, 11, "cost_exceeded", "judging the transaction costs more than one transaction may")
	ErrFacts       = module.NewError(name, 12, "bad_facts", "what is declared of the batch cannot be read, or contradicts the book of matter")
	ErrBatch       = module.NewError(name, 13, "unknown_batch", "no batch has this GTIN and lot")
	ErrAttestation = module.NewError(name, 14, "unknown_attestation", "no attestation has this id, or it is another body's")
	ErrTwice       = module.NewError(name, 15, "already_given", "it was given before")
	ErrHeld        = module.NewError(name, 16, "on_hold", "a contract keeps the batch from being sold or handed over")
	ErrConsequence = module.NewError(name, 17, "unknown_consequence", "no such consequence holds for the batch")
	ErrLimit       = module.NewError(name, 18, "limit_reached", "the record already holds as much as it may")
	ErrDeclassed   = module.NewError(name, 19, "declassified", "the batch has lost its name and cannot be attested")
)

func refusals() []*module.Error {
	return []*module.Error{
		ErrShape, ErrDocument, ErrContract, ErrVersion, ErrNotAllowed, ErrState, ErrHash, ErrParameter, ErrRefused, ErrEvaluation, ErrCost, ErrFacts,
		ErrBatch, ErrAttestation, ErrTwice, ErrHeld, ErrConsequence, ErrLimit, ErrDeclassed,
	}
}

func shape(err error) error {
	if err == nil {
		return nil
	}
	return ErrShape.With("%v", err)
}

// isRefusal tells a refusal from a failure of the machine.
func isRefusal(err error) bool {
	var r *module.Error
	return errors.As(err, &r)
}
