package privacy

import "github.com/filiera-chain/filiera/module"

const name = "privacy"

// Refusals of this module.
var (
	ErrShape      = module.NewError(name, 1, "malformed", "a field is missing or badly written")
	ErrSubject    = module.NewError(name, 2, "unknown_subject", "the subject of private fields is not on the ledger")
	ErrNotYours   = module.NewError(name, 3, "not_allowed", "the signer has no part in the subject, or in the commitment")
	ErrTaken      = module.NewError(name, 4, "duplicate_commitment", "the same fields were committed to before")
	ErrCommitment = module.NewError(name, 5, "unknown_commitment", "no commitment has this id")
	ErrField      = module.NewError(name, 6, "unknown_field", "the commitment has no field of this name")
	ErrErased     = module.NewError(name, 7, "erased", "the field's opening is erased")
	ErrRecipient  = module.NewError(name, 8, "unknown_recipient", "who is to see the field is not on the ledger, or is who committed to it")
	ErrGrant      = module.NewError(name, 9, "unknown_grant", "the commitment has no grant of this number")
	ErrGrantOver  = module.NewError(name, 10, "grant_revoked", "the grant is revoked already")
	ErrNotHolder  = module.NewError(name, 11, "not_holder", "the signer is not noted as holder of an opening of the field")
	ErrLimit      = module.NewError(name, 12, "limit_reached", "the record already holds as many entries as it may")
	ErrEntitled   = module.NewError(name, 13, "not_entitled", "no grant in force lets the participant see the field")
	ErrNoChain    = module.NewError(name, 14, "no_chain", "the subject has no batch, so nothing is up or down its chain")
	ErrTooWide    = module.NewError(name, 15, "chain_too_wide", "more batches are up and down the chain than are looked at")
	ErrGone       = module.NewError(name, 16, "already_acknowledged", "the holder has acknowledged the erasure before")
)

func refusals() []*module.Error {
	return []*module.Error{
		ErrShape, ErrSubject, ErrNotYours, ErrTaken, ErrCommitment, ErrField, ErrErased, ErrRecipient, ErrGrant, ErrGrantOver,
		ErrNotHolder, ErrLimit, ErrEntitled, ErrNoChain, ErrTooWide, ErrGone,
	}
}
