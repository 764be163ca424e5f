package registry

import (
	"cosmossdk.io/collections"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

const (
	accActive    = registryv1.AccreditationStatus_ACCREDITATION_STATUS_ACTIVE
	accSuspended = registryv1.AccreditationStatus_ACCREDITATION_STATUS_SUSPENDED
	accRevoked   = registryv1.AccreditationStatus_ACCREDITATION_STATUS_REVOKED
)

// accreditationWords are the states as history writes them.
var accreditationWords = map[registryv1.AccreditationStatus]string{accActive: "active", accSuspended: "suspended", accRevoked: "revoked"}

func checkAccredit(m *registryv1.MsgAccredit) error {
	if err := checkPairIDs(m); err != nil {
		return err
	}
	if err := shape(module.CheckText("reference", m.GetReference(), 3, maxReason)); err != nil {
		return err
	}
	return shape(module.CheckSpan("accreditation validity", m.GetValidFrom(), m.GetValidUntil()))
}

// accredit lets a certifier attest a specification, or renews an
// accreditation that ended or is about to. A suspension is not lifted by it.
func (r *Registry) accredit(ctx *module.Context, m *registryv1.MsgAccredit) error {
	if err := r.authority(ctx); err != nil {
		return err
	}
	if err := r.Allowed(ctx, ctx.Time, m.GetCertifier(), m.GetSpecification(), "", registryv1.Role_ROLE_CERTIFIER); err != nil {
		return err
	}
	a, err := module.Find(ctx, r.accreditations, collections.Join(m.GetCertifier(), m.GetSpecification()))
	if err != nil {
		return err
	}
	if a == nil {
		a = &registryv1.Accreditation{Certifier: m.GetCertifier(), Specification: m.GetSpecification()}
	}
	if a.GetStatus() == accSuspended {
		return ErrState.With("the accreditation of %s for %s is suspended; reinstate or revoke it first", m.GetCertifier(), m.GetSpecification())
	}
	a.ValidFrom, a.ValidUntil, a.Reference, a.TwoPerson = m.GetValidFrom(), m.GetValidUntil(), m.GetReference(), m.GetTwoPerson()
	return r.putAccreditation(ctx, a, accActive, m.GetReference())
}

type aboutAccreditation interface {
	pairIDs
	GetReason() string
}

type pairIDs interface {
	GetCertifier() string
	GetSpecification() string
}

func checkPairIDs(m pairIDs) error {
	if err := CheckID("certifier", m.GetCertifier()); err != nil {
		return err
	}
	return CheckSpecificationID("specification", m.GetSpecification())
}

func checkAboutAccreditation(m aboutAccreditation) error {
	if err := checkPairIDs(m); err != nil {
		return err
	}
	return checkReason(m.GetReason())
}

func checkSuspendAccreditation(m *registryv1.MsgSuspendAccreditation) error {
	return checkAboutAccreditation(m)
}

func checkReinstateAccreditation(m *registryv1.MsgReinstateAccreditation) error {
	return checkAboutAccreditation(m)
}

func checkRevokeAccreditation(m *registryv1.MsgRevokeAccreditation) error {
	return checkAboutAccreditation(m)
}

func (r *Registry) suspendAccreditation(ctx *module.Context, m *registryv1.MsgSuspendAccreditation) error {
	return r.moveAccreditation(ctx, m, accSuspended, accActive)
}

func (r *Registry) reinstateAccreditation(ctx *module.Context, m *registryv1.MsgReinstateAccreditation) error {
	return r.moveAccreditation(ctx, m, accActive, accSuspended)
}

func (r *Registry) revokeAccreditation(ctx *module.Context, m *registryv1.MsgRevokeAccreditation) error {
	return r.moveAccreditation(ctx, m, accRevoked, accActive, accSuspended)
}

func (r *Registry) moveAccreditation(ctx *module.Context, m aboutAccreditation, to registryv1.AccreditationStatus, from ...registryv1.AccreditationStatus) error {
	if err := r.authority(ctx); err != nil {
		return err
	}
	a, err := module.Find(ctx, r.accreditations, collections.Join(m.GetCertifier(), m.GetSpecification()))
	if err != nil {
		return err
	}
	if a == nil {
		return ErrAccreditation.With("certifier %s is not accredited for %s", m.GetCertifier(), m.GetSpecification())
	}
	for _, s := range from {
		if a.GetStatus() == s {
			return r.putAccreditation(ctx, a, to, m.GetReason())
		}
	}
	return ErrState.With("the accreditation of %s for %s is %s; it cannot become %s", m.GetCertifier(), m.GetSpecification(), accreditationWords[a.GetStatus()], accreditationWords[to])
}

func (r *Registry) putAccreditation(ctx *module.Context, a *registryv1.Accreditation, to registryv1.AccreditationStatus, reason string) error {
	// The last place in a full history is kept for the end.
	if n := len(a.GetHistory()); n >= maxHistory || n == maxHistory-1 && to != accRevoked {
		return ErrLimit.With("the accreditation of %s for %s changed %d times; it can only be revoked now", a.GetCertifier(), a.GetSpecification(), n)
	}
	a.Status = to
	a.History = append(a.History, &basev1.StatusLine{
		Status: accreditationWords[to], Reason: reason, Actor: ctx.Signer.Participant, At: ctx.Time, Height: ctx.Height,
	})
	ctx.Emit(&registryv1.AccreditationChanged{Accreditation: a})
	return r.accreditations.Set(ctx, collections.Join(a.GetCertifier(), a.GetSpecification()), a)
}
