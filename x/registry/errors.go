package registry

import "github.com/filiera-chain/filiera/module"

const name = "registry"

// Refusals of this module.
var (
	ErrShape         = module.NewError(name, 1, "malformed", "a field is missing or badly written")
	ErrNotAllowed    = module.NewError(name, 2, "not_allowed", "the participant lacks the role for this act")
	ErrScope         = module.NewError(name, 3, "out_of_scope", "the role does not cover the specification or the place")
	ErrDates         = module.NewError(name, 4, "out_of_dates", "the role is not valid at the block's time")
	ErrNoParticipant = module.NewError(name, 5, "unknown_participant", "no participant has this id")
	ErrInactive      = module.NewError(name, 6, "inactive_participant", "the participant is suspended or revoked")
	ErrTaken         = module.NewError(name, 7, "already_taken", "the id, key, label or alternate id belongs to somebody")
	ErrKeyProof      = module.NewError(name, 8, "bad_key_proof", "the key did not sign that it speaks for the participant")
	ErrNoKey         = module.NewError(name, 9, "unknown_key", "the participant has no such key")
	ErrLastKey       = module.NewError(name, 10, "last_key", "the participant would be left without a live key")
	ErrAlternateID   = module.NewError(name, 11, "bad_alternate_id", "the alternate id fails its own check")
	ErrNoGrant       = module.NewError(name, 12, "unknown_grant", "the participant has no such grant")
	ErrState         = module.NewError(name, 13, "wrong_state", "the record is not in a state that allows this")
	ErrByProposal    = module.NewError(name, 14, "by_proposal_only", "this needs a proposal approved by the authorities")
	ErrLastAuthority = module.NewError(name, 15, "last_authority", "the ledger would be left without an authority")
	ErrAccreditation = module.NewError(name, 16, "not_accredited", "the certifier is not accredited for this specification")
	ErrNoProposal    = module.NewError(name, 17, "unknown_proposal", "no proposal has this number")
	ErrApproved      = module.NewError(name, 18, "already_approved", "the authority already approved this proposal")
	ErrParams        = module.NewError(name, 19, "bad_parameter", "a parameter is outside its safe range")
	ErrValidator     = module.NewError(name, 20, "bad_validator", "the validator is unknown, already there, or the last")
	ErrLimit         = module.NewError(name, 21, "limit_reached", "the record already holds as many entries as it may")
)

func refusals() []*module.Error {
	return []*module.Error{
		ErrShape, ErrNotAllowed, ErrScope, ErrDates, ErrNoParticipant, ErrInactive, ErrTaken, ErrKeyProof, ErrNoKey, ErrLastKey,
		ErrAlternateID, ErrNoGrant, ErrState, ErrByProposal, ErrLastAuthority, ErrAccreditation, ErrNoProposal, ErrApproved,
		ErrParams, ErrValidator, ErrLimit,
	}
}
