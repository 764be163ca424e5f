package rules

import (
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

// The parts in which a participant speaks for a contract.
const (
	authority   = "authority"
	consortium  = "consortium"
	controlBody = "control_body"
)

// speaks refuses a signer that may not speak in a part for a specification; "" is
// a policy on all batches, for which only authorities speak.
func (r *Rules) speaks(ctx *module.Context, as, specification string) error {
	who := ctx.Signer.Participant
	if specification == "" && as != authority {
		return ErrNotAllowed.With("a policy on all batches is a matter of authorities, not of a %s", as)
	}
	switch as {
	case authority:
		return r.registry.Allowed(ctx, ctx.Time, who, "", "", registryv1.Role_ROLE_AUTHORITY)
	case consortium:
		return r.registry.Allowed(ctx, ctx.Time, who, specification, "", registryv1.Role_ROLE_CONSORTIUM)
	case controlBody:
		return r.registry.Accredited(ctx, ctx.Time, who, specification)
	}
	return ErrShape.With("as is %q; write authority, consortium or control_body", clip(as))
}

// speaksOneOf is speaks for the first of the parts that the signer has.
func (r *Rules) speaksOneOf(ctx *module.Context, specification string, parts ...string) error {
	var first error
	for _, as := range parts {
		err := r.speaks(ctx, as, specification)
		if err == nil || !isRefusal(err) {
			return err
		}
		if first == nil {
			first = err
		}
	}
	return first
}
