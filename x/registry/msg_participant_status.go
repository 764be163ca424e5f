package registry

import (
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

const (
	active    = registryv1.ParticipantStatus_PARTICIPANT_STATUS_ACTIVE
	suspended = registryv1.ParticipantStatus_PARTICIPANT_STATUS_SUSPENDED
	revoked   = registryv1.ParticipantStatus_PARTICIPANT_STATUS_REVOKED
)

type aboutParticipant interface {
	GetParticipant() string
	GetReason() string
}

func checkAboutParticipant(m aboutParticipant) error {
	if err := CheckID("participant", m.GetParticipant()); err != nil {
		return err
	}
	return checkReason(m.GetReason())
}

func checkSuspendParticipant(m *registryv1.MsgSuspendParticipant) error {
	return checkAboutParticipant(m)
}

func checkReinstateParticipant(m *registryv1.MsgReinstateParticipant) error {
	return checkAboutParticipant(m)
}

func checkRevokeParticipant(m *registryv1.MsgRevokeParticipant) error {
	return checkAboutParticipant(m)
}

// suspendParticipant stops a participant for a time: none of its keys may sign.
func (r *Registry) suspendParticipant(ctx *module.Context, m *registryv1.MsgSuspendParticipant) error {
	return r.moveParticipant(ctx, m, suspended, active)
}

func (r *Registry) reinstateParticipant(ctx *module.Context, m *registryv1.MsgReinstateParticipant) error {
	return r.moveParticipant(ctx, m, active, suspended)
}

// revokeParticipant ends a participant for good; its records stay.
func (r *Registry) revokeParticipant(ctx *module.Context, m *registryv1.MsgRevokeParticipant) error {
	return r.moveParticipant(ctx, m, revoked, active, suspended)
}

func (r *Registry) moveParticipant(ctx *module.Context, m aboutParticipant, to registryv1.ParticipantStatus, from ...registryv1.ParticipantStatus) error {
	if err := r.authority(ctx); err != nil {
		return err
	}
	p, err := r.Participant(ctx, m.GetParticipant())
	if err != nil {
		return err
	}
	if p == nil {
		return ErrNoParticipant.With("participant %q is not enrolled", m.GetParticipant())
	}
	if isAuthority, err := r.authorities.Has(ctx, p.GetId()); err != nil || isAuthority {
		if err != nil {
			return err
		}
		return ErrByProposal.With("%s is an authority; remove its role by proposal first", p.GetId())
	}
	if !oneOf(p.GetStatus(), from) {
		return ErrState.With("participant %s is %s; it cannot become %s", p.GetId(), StatusWord(p.GetStatus()), StatusWord(to))
	}
	p.Status, p.StatusReason, p.StatusSince = to, m.GetReason(), ctx.Time
	return r.putParticipant(ctx, p)
}

func oneOf(s registryv1.ParticipantStatus, list []registryv1.ParticipantStatus) bool {
	for _, x := range list {
		if s == x {
			return true
		}
	}
	return false
}
