package cert

import (
	"fmt"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkReinstate(m *certv1.MsgReinstate) error { return checkAbout(m) }

// reinstate ends a suspension, by its certifier, which must still be accredited:
// it gives its word again. Others may have attested the same goods meanwhile, so
// there must be room for it.
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
	if err := c.registry.Accredited(ctx, ctx.Time, a.GetCertifier(), a.GetSpecification()); err != nil {
		return err
	}
	for _, b := range a.GetBatches() {
		batch, err := c.products.Batch(ctx, b.GetBatch().GetGtin(), b.GetBatch().GetLot())
		if err != nil {
			return err
		}
		if batch == nil {
			return fmt.Errorf("batch %s lot %q of attestation %s is gone", b.GetBatch().GetGtin(), b.GetBatch().GetLot(), a.GetId())
		}
		others, err := c.AttestationsOf(ctx, batch.GetGtin(), batch.GetLot())
		if err != nil {
			return err
		}
		if err := room(batch, attested(others, batch, ctx.Time), b.GetQuantity().GetAmount()); err != nil {
			return err
		}
	}
	return c.move(ctx, a, reinstate, who, ctx.Signer.Participant, m.GetReason())
}
