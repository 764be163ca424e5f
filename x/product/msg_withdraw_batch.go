package product

import (
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkWithdrawBatch(m *productv1.MsgWithdrawBatch) error { return checkAboutBatch(m) }

// withdrawBatch takes a batch off, by its owner. Being active is enough: whoever
// lost its role must still be able to take its goods off.
func (p *Product) withdrawBatch(ctx *module.Context, m *productv1.MsgWithdrawBatch) error {
	b, err := p.mustBatch(ctx, m.GetGtin(), m.GetLot())
	if err != nil {
		return err
	}
	if b.GetOwner() != ctx.Signer.Participant {
		return ErrNotOwner.With("batch %s lot %q belongs to %s; only it withdraws it", b.GetGtin(), b.GetLot(), b.GetOwner())
	}
	return p.moveBatch(ctx, b, withdrawn, m.GetReason())
}
