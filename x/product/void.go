package product

import (
	"github.com/filiera-chain/filiera/module"
)

// Void takes a batch off that turned out never to have been; one that is off, or
// called back, stays so.
func (p *Product) Void(ctx *module.Context, gtin, lot, reason string) error {
	b, err := p.mustBatch(ctx, gtin, lot)
	if err != nil || b.GetStatus() != active {
		return err
	}
	b.Voided = true
	return p.moveBatch(ctx, b, withdrawn, reason)
}

// Hand names another custodian of a batch, to which the book of matter gave what
// the old one had.
func (p *Product) Hand(ctx *module.Context, gtin, lot, custodian string) error {
	b, err := p.mustBatch(ctx, gtin, lot)
	if err != nil {
		return err
	}
	b.Custodian = custodian
	return p.putBatch(ctx, b)
}
