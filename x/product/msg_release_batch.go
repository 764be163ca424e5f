package product

import (
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkReleaseBatch(m *productv1.MsgReleaseBatch) error { return checkAboutBatch(m) }

// releaseBatch undoes a withdrawal, by an authority.
func (p *Product) releaseBatch(ctx *module.Context, m *productv1.MsgReleaseBatch) error {
	if err := p.authority(ctx); err != nil {
		return err
	}
	b, err := p.mustBatch(ctx, m.GetGtin(), m.GetLot())
	if err != nil {
		return err
	}
	if b.GetVoided() {
		return ErrState.With("batch %s lot %q never was: %s", b.GetGtin(), b.GetLot(), b.GetStatusReason())
	}
	return p.moveBatch(ctx, b, active, m.GetReason())
}
