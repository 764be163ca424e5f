package cert

import (
	"fmt"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkReinstate(m *certv1.MsgReinstate) error { return checkAbout(m) }

// reinstate ends a suspension, by its certifier, which must still be accredited:
// it gives its word again. Others may have attested the same goods meanwhile, so
// there must be room for it. Where the accreditation asks for two persons, it
// is pending until another key countersigns.
func (c *Cert) reinstate(ctx *module.Context, m *certv1.MsgReinstate) error {
	a, err := c.mustAttestation(ctx, m.GetAttestation())
	if err != nil {
		return err
	}
	who, err := c.signer(ctx, a)
	if err != nil {
		return err
	}
	if _, err := next(State(a, ctx.Time), reinstate, who); err != nil {
		return about(a, err)
	}
	two, err := c.registry.TwoPerson(ctx, a.GetCertifier(), a.GetSpecification())
	if err != nil {
		return err
	}
	if two {
		a.PendingKey = ctx.Signer.KeyLabel
		return c.move(ctx, a, propose, who, ctx.Signer.Participant, m.GetReason())
	}
	if err := c.registry.Accredited(ctx, ctx.Time, a.GetCertifier(), a.GetSpecification()); err != nil {
		return err
	}
	if err := c.roomAgain(ctx, a); err != nil {
		return err
	}
	return c.move(ctx, a, reinstate, who, ctx.Signer.Participant, m.GetReason())
}

// roomAgain refuses an attestation whose goods others have attested meanwhile,
// or which an open major non-conformity excludes. A batch may have been
// withdrawn since; that speaks for itself.
func (c *Cert) roomAgain(ctx *module.Context, a *certv1.Attestation) error {
	for _, b := range a.GetBatches() {
		gtin, lot := b.GetBatch().GetGtin(), b.GetBatch().GetLot()
		batch, err := c.products.Batch(ctx, gtin, lot)
		if err != nil {
			return err
		}
		if batch == nil {
			return fmt.Errorf("batch %s lot %q of attestation %s is gone", gtin, lot, a.GetId())
		}
		if err := c.controls.Clear(ctx, gtin, lot); err != nil {
			return err
		}
		if err := c.roomFor(ctx, ctx.Time, a.GetId(), batch, b.GetQuantity().GetAmount()); err != nil {
			return err
		}
	}
	return nil
}
