package cert

import (
	"context"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
)

// covered is how much of a batch a attests, in the batch's unit.
func covered(a *certv1.Attestation, batch *productv1.Batch) int64 {
	for _, b := range a.GetBatches() {
		if b.GetBatch().GetGtin() == batch.GetGtin() && b.GetBatch().GetLot() == batch.GetLot() {
			return b.GetQuantity().GetAmount()
		}
	}
	return 0
}

// attested is how much of batch the attestations in force at second at cover.
// Amounts are below 2^53 and a batch has at most maxPerBatch attestations, so
// the sum fits.
func attested(list []*certv1.Attestation, batch *productv1.Batch, at int64) int64 {
	var sum int64
	for _, a := range list {
		if State(a, at) == Issued {
			sum += covered(a, batch)
		}
	}
	return sum
}

// room refuses when attesting wanted of batch, beside what is already in force and
// what was sold under certificates that are not, or under none, would exceed what it
// holds.
func room(batch *productv1.Batch, already, gone, wanted int64) error {
	whole := batch.GetQuantity().GetAmount()
	if already+gone+wanted <= whole {
		return nil
	}
	left := max(whole-already-gone, 0)
	if gone > 0 {
		return ErrQuantity.With("batch %s lot %q holds %d %s, of which %d are attested and in force, and %d were sold under no certificate or under others; %d more would exceed it by %d, so at most %d can be attested",
			batch.GetGtin(), batch.GetLot(), whole, batch.GetQuantity().GetUnit(), already, gone, wanted, already+gone+wanted-whole, left)
	}
	return ErrQuantity.With("batch %s lot %q holds %d %s, of which %d are attested and in force; %d more would exceed it by %d, so at most %d can be attested",
		batch.GetGtin(), batch.GetLot(), whole, batch.GetQuantity().GetUnit(), already, wanted, already+wanted-whole, left)
}

// Attested is how much of a batch the attestations in force at second at cover, in
// the batch's unit; nothing of one that is not registered.
func (c *Cert) Attested(ctx context.Context, at int64, gtin, lot string) (int64, error) {
	b, err := c.products.Batch(ctx, gtin, lot)
	if err != nil || b == nil {
		return 0, err
	}
	list, err := c.AttestationsOf(ctx, gtin, lot)
	return attested(list, b, at), err
}
