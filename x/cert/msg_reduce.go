package cert

import (
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
)

func checkReduce(m *certv1.MsgReduce) error {
	if err := checkAbout(m); err != nil {
		return err
	}
	if gtin, err := gs1.ParseGTIN(m.GetBatch().GetGtin()); err != nil || gtin != m.GetBatch().GetGtin() {
		return ErrShape.With("batch.gtin is %q; write all 14 digits with the right check digit", clip(m.GetBatch().GetGtin()))
	}
	if _, err := gs1.ParseLot(m.GetBatch().GetLot()); err != nil {
		return ErrShape.With("batch.lot: %v", err)
	}
	if n := m.GetQuantity().GetAmount(); n < 1 {
		return ErrReduction.With("quantity is %d; what stays attested is at least 1: to take back all of it, revoke", n)
	}
	return nil
}

// reduce lowers how much of a batch an attestation in force covers, by its
// certifier. What it no longer covers may be attested again.
func (c *Cert) reduce(ctx *module.Context, m *certv1.MsgReduce) error {
	a, err := c.mustAttestation(ctx, m.GetAttestation())
	if err != nil {
		return err
	}
	who, err := c.signer(ctx, a)
	if err != nil {
		return err
	}
	if _, err := next(State(a, ctx.Time), reduce, who); err != nil {
		return about(a, err)
	}
	b := coveredBatch(a, m.GetBatch().GetGtin(), m.GetBatch().GetLot())
	if b == nil {
		return ErrNotCovered.With("attestation %s does not cover batch %s lot %q", a.GetId(), m.GetBatch().GetGtin(), m.GetBatch().GetLot())
	}
	now, left := b.GetQuantity(), m.GetQuantity()
	if left.GetUnit() != now.GetUnit() {
		return ErrUnit.With("attestation %s counts batch %s lot %q in %s, not in %s", a.GetId(), b.GetBatch().GetGtin(), b.GetBatch().GetLot(), now.GetUnit(), clip(left.GetUnit()))
	}
	if left.GetAmount() >= now.GetAmount() {
		return ErrReduction.With("attestation %s covers %d %s of batch %s lot %q; %d is no reduction", a.GetId(), now.GetAmount(), now.GetUnit(), b.GetBatch().GetGtin(), b.GetBatch().GetLot(), left.GetAmount())
	}
	if err := c.keepsSold(ctx, a.GetId(), b, left.GetAmount()); err != nil {
		return err
	}
	a.Reductions = append(a.Reductions, &certv1.Reduction{Batch: b.GetBatch(), Before: now.GetAmount(), After: left.GetAmount(), Line: uint32(len(a.GetHistory()))})
	now.Amount = left.GetAmount()
	return c.move(ctx, a, reduce, who, ctx.Signer.Participant, m.GetReason())
}

// coveredBatch finds the batch among those of a, or gives nil.
func coveredBatch(a *certv1.Attestation, gtin, lot string) *certv1.CoveredBatch {
	for _, b := range a.GetBatches() {
		if b.GetBatch().GetGtin() == gtin && b.GetBatch().GetLot() == lot {
			return b
		}
	}
	return nil
}
