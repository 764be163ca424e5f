package agreement

import "github.com/filiera-chain/filiera/module"

const name = "agreement"

// Refusals of this module.
var (
	ErrShape     = module.NewError(name, 1, "malformed", "a field is missing or badly written")
	ErrAgreement = module.NewError(name, 2, "unknown_agreement", "no agreement has this number")
	ErrParty     = module.NewError(name, 3, "not_a_party", "the participant is not a party of the agreement, or not active")
	ErrState     = module.NewError(name, 4, "wrong_state", "the agreement is not in the state that this asks for")
	ErrHash      = module.NewError(name, 5, "wrong_document", "the text that was read is not the one that was proposed")
	ErrTwice     = module.NewError(name, 6, "already_signed", "the party has signed already")
	ErrDeadline  = module.NewError(name, 7, "bad_deadline", "the deadline has passed, or lies too far ahead")
	ErrProduct   = module.NewError(name, 8, "unknown_product", "no product has this GTIN, or it is counted in another unit")
	ErrAmount    = module.NewError(name, 9, "bad_amount", "the quantity or the penalty is more than can be counted")
	ErrOpen      = module.NewError(name, 11, "too_many_open", "as many deliveries between the two are open as may be")
	ErrSettled   = module.NewError(name, 10, "nothing_to_settle", "there is no such consequence that the signer may settle")
)

func refusals() []*module.Error {
	return []*module.Error{ErrShape, ErrAgreement, ErrParty, ErrState, ErrHash, ErrTwice, ErrDeadline, ErrProduct, ErrAmount, ErrSettled, ErrOpen}
}

func shape(err error) error {
	if err == nil {
		return nil
	}
	return ErrShape.With("%v", err)
}
