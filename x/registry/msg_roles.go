package registry

import (
	"errors"

	"cosmossdk.io/collections"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkGrantRole(m *registryv1.MsgGrantRole) error {
	if err := CheckID("participant", m.GetParticipant()); err != nil {
		return err
	}
	return checkGrant(m.GetGrant())
}

func (r *Registry) grantRole(ctx *module.Context, m *registryv1.MsgGrantRole) error {
	if err := r.authority(ctx); err != nil {
		return err
	}
	p, err := r.Active(ctx, m.GetParticipant())
	if err != nil {
		return err
	}
	if err := r.give(ctx, p, m.GetGrant()); err != nil {
		return err
	}
	return r.putParticipant(ctx, p)
}

func checkRevokeRole(m *registryv1.MsgRevokeRole) error {
	if m.GetGrant() == 0 {
		return ErrShape.With("grant number is 0; grants are numbered from 1")
	}
	return checkAboutParticipant(m)
}

func (r *Registry) revokeRole(ctx *module.Context, m *registryv1.MsgRevokeRole) error {
	if err := r.authority(ctx); err != nil {
		return err
	}
	g, err := r.grants.Get(ctx, collections.Join(m.GetParticipant(), m.GetGrant()))
	if errors.Is(err, collections.ErrNotFound) {
		return ErrNoGrant.With("participant %s has no grant number %d", m.GetParticipant(), m.GetGrant())
	}
	if err != nil {
		return err
	}
	if g.GetRole() == registryv1.Role_ROLE_AUTHORITY {
		return ErrByProposal.With("the authority role is taken away by proposal: submit remove_authority")
	}
	return r.endGrant(ctx, g, m.GetReason())
}

func (r *Registry) endGrant(ctx *module.Context, g *registryv1.Grant, reason string) error {
	if g.GetRevokedAt() != 0 {
		return ErrState.With("grant %d of %s was revoked on %s: %s", g.GetNumber(), g.GetParticipant(), module.Day(g.GetRevokedAt()), g.GetRevokedReason())
	}
	// Time 0 means not revoked; no block has it.
	g.RevokedAt, g.RevokedReason = max(ctx.Time, 1), reason
	return r.putGrant(ctx, g)
}
