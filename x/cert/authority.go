package cert

import (
	"errors"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

// aboutAttestation is any message that names an attestation and a reason.
type aboutAttestation interface {
	GetAttestation() string
	GetReason() string
}

func checkAbout(m aboutAttestation) error {
	if err := module.CheckText("attestation", m.GetAttestation(), 1, 64); err != nil {
		return ErrShape.With("%v", err)
	}
	if err := module.CheckText("reason", m.GetReason(), 3, maxReason); err != nil {
		return ErrShape.With("%v", err)
	}
	return nil
}

// signer says what the signer is to a. Its certifier is that before anything
// else, and needs no accreditation to take back its own word.
func (c *Cert) signer(ctx *module.Context, a *certv1.Attestation) (party, error) {
	if ctx.Signer.Participant == a.GetCertifier() {
		return byCertifier, nil
	}
	err := c.registry.Allowed(ctx, ctx.Time, ctx.Signer.Participant, "", "", registryv1.Role_ROLE_AUTHORITY)
	var refusal *module.Error
	switch {
	case err == nil:
		return byAuthority, nil
	case errors.As(err, &refusal):
		return byOther, nil
	}
	return "", err
}

// bySigner finds the attestation that m names and does v to it.
func (c *Cert) bySigner(ctx *module.Context, m aboutAttestation, v verb) error {
	a, err := c.mustAttestation(ctx, m.GetAttestation())
	if err != nil {
		return err
	}
	who, err := c.signer(ctx, a)
	if err != nil {
		return err
	}
	return c.move(ctx, a, v, who, ctx.Signer.Participant, m.GetReason())
}
