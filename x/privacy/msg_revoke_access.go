package privacy

import (
	"cosmossdk.io/collections"

	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkRevokeAccess(m *privacyv1.MsgRevokeAccess) error {
	if err := checkID(m.GetCommitment()); err != nil {
		return err
	}
	if m.GetGrant() == 0 {
		return ErrShape.With("grant is 0; grants are numbered from 1")
	}
	return checkReason(m.GetReason())
}

// revokeAccess ends a grant. What was handed over before stays with its holder.
func (p *Privacy) revokeAccess(ctx *module.Context, m *privacyv1.MsgRevokeAccess) error {
	c, err := p.own(ctx, m.GetCommitment())
	if err != nil {
		return err
	}
	g, err := module.Find(ctx, p.grants, collections.Join(c.GetId(), m.GetGrant()))
	switch {
	case err != nil:
		return err
	case g == nil:
		return ErrGrant.With("commitment %x has no grant %d; its last is %d", c.GetId(), m.GetGrant(), c.GetLastGrant())
	case g.GetRevokedAt() != 0:
		return ErrGrantOver.With("grant %d of commitment %x was revoked on %s: %s", g.GetNumber(), c.GetId(), module.Day(g.GetRevokedAt()), g.GetRevokedReason())
	}
	g.RevokedAt, g.RevokedReason = ctx.Time, m.GetReason()
	return p.putGrant(ctx, g)
}
