package cert

import "github.com/filiera-chain/filiera/module"

const name = "cert"

// Refusals of this module.
var (
	ErrShape       = module.NewError(name, 1, "malformed", "a field is missing or badly written")
	ErrCredential  = module.NewError(name, 2, "bad_credential", "the bytes are not a certificate of this ledger's profile")
	ErrChain       = module.NewError(name, 3, "wrong_chain", "the certificate was signed for another ledger")
	ErrKey         = module.NewError(name, 4, "unknown_key", "the certifier has no key of this label")
	ErrRetiredKey  = module.NewError(name, 5, "retired_key", "the key that signed is retired")
	ErrSignature   = module.NewError(name, 6, "bad_signature", "the signature was not made by the key that the certificate names")
	ErrValidity    = module.NewError(name, 7, "bad_validity", "the certificate is over, or begins too far ahead")
	ErrTaken       = module.NewError(name, 8, "duplicate_attestation", "the attestation id is taken")
	ErrVersion     = module.NewError(name, 9, "unknown_specification_version", "the specification has no such version")
	ErrFailedPoint = module.NewError(name, 10, "failed_point", "a certificate cannot attest a point that failed")
	ErrOpenPoint   = module.NewError(name, 11, "missing_point", "a requirement of the specification is not answered")
	ErrBatch       = module.NewError(name, 12, "unknown_batch", "a covered batch is not registered")
	ErrBatchState  = module.NewError(name, 13, "batch_not_active", "a covered batch is withdrawn")
	ErrBinding     = module.NewError(name, 14, "wrong_specification", "a covered batch is bound to another specification or version")
	ErrUnit        = module.NewError(name, 15, "wrong_unit", "a covered quantity is not in its batch's unit")
	ErrQuantity    = module.NewError(name, 16, "over_quantity", "more would be attested than the batch holds")
	ErrAttestation = module.NewError(name, 17, "unknown_attestation", "no attestation has this id")
	ErrNotAllowed  = module.NewError(name, 18, "not_allowed", "the signer is not who may do this to the attestation")
	ErrState       = module.NewError(name, 19, "wrong_state", "the attestation is not in a state that allows this")
	ErrLimit       = module.NewError(name, 20, "limit_reached", "the record already holds as many entries as it may")
	ErrSameKey     = module.NewError(name, 21, "same_key", "the key that made the attestation pending cannot countersign it")
	ErrIndexTaken  = module.NewError(name, 22, "status_index_taken", "the index in the status list stands for another attestation")
	ErrReduction   = module.NewError(name, 23, "bad_reduction", "the reduction does not lower what the attestation covers to something above nothing")
	ErrNotCovered  = module.NewError(name, 24, "not_covered", "the attestation does not cover the batch")
	ErrStale       = module.NewError(name, 25, "stale_status_list", "the status list says something else than the ledger, or is older than the one published")
	ErrStatusURL   = module.NewError(name, 27, "other_status_url", "the status list is published under another URL")
	ErrSold        = module.NewError(name, 28, "over_sold", "more would be sold under certificates than they attest")
	ErrRequest     = module.NewError(name, 26, "unknown_request", "no request for control has this id")
)

func refusals() []*module.Error {
	return []*module.Error{
		ErrShape, ErrCredential, ErrChain, ErrKey, ErrRetiredKey, ErrSignature, ErrValidity, ErrTaken, ErrVersion, ErrFailedPoint,
		ErrOpenPoint, ErrBatch, ErrBatchState, ErrBinding, ErrUnit, ErrQuantity, ErrAttestation, ErrNotAllowed, ErrState, ErrLimit,
		ErrSameKey, ErrIndexTaken, ErrReduction, ErrNotCovered, ErrStale, ErrRequest, ErrStatusURL, ErrSold,
	}
}
