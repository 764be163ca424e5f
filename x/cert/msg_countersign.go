package cert

import (
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkCountersign(m *certv1.MsgCountersign) error {
	if err := module.CheckText("attestation", m.GetAttestation(), 1, 64); err != nil {
		return ErrShape.With("%v", err)
	}
	if err := module.CheckText("reason", m.GetReason(), 0, maxReason); err != nil {
		return ErrShape.With("%v", err)
	}
	return nil
}

// countersign puts a pending attestation into force, by another key of its
// certifier than the one that made it pending. Everything that is asked of an
// attestation when it enters is asked again, because time has passed.
func (c *Cert) countersign(ctx *module.Context, m *certv1.MsgCountersign) error {
	a, err := c.mustAttestation(ctx, m.GetAttestation())
	if err != nil {
		return err
	}
	who, err := c.signer(ctx, a)
	if err != nil {
		return err
	}
	if _, err := next(State(a, ctx.Time), countersign, who); err != nil {
		return about(a, err)
	}
	label := ctx.Signer.KeyLabel
	if label == a.GetPendingKey() {
		return ErrSameKey.With("the key %q made attestation %s pending; another key of %s must countersign it", label, a.GetId(), a.GetCertifier())
	}
	if err := c.registry.Accredited(ctx, ctx.Time, a.GetCertifier(), a.GetSpecification()); err != nil {
		return err
	}
	if everIssued(a) {
		err = c.roomAgain(ctx, a)
	} else if err = c.replaceOld(ctx, a); err == nil {
		err = c.checkBatches(ctx, a)
	}
	if err != nil {
		return err
	}
	a.CountersignedBy, a.PendingKey = label, ""
	reason := "countersigned with the key " + label
	if m.GetReason() != "" {
		reason = m.GetReason()
	}
	return c.move(ctx, a, countersign, who, ctx.Signer.Participant, reason)
}
