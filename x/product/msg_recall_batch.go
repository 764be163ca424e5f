package product

import (
	"errors"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkRecallBatch(m *productv1.MsgRecallBatch) error { return checkAboutBatch(m) }

// recallBatch calls a batch back (Reg. (EC) 178/2002 art. 19), by its owner, for
// whom being active is enough, or by an authority.
func (p *Product) recallBatch(ctx *module.Context, m *productv1.MsgRecallBatch) error {
	b, err := p.mustBatch(ctx, m.GetGtin(), m.GetLot())
	if err != nil {
		return err
	}
	if b.GetOwner() != ctx.Signer.Participant {
		if err := p.authority(ctx); err != nil {
			return notOwner(err, b)
		}
	}
	return p.moveBatch(ctx, b, recalled, m.GetReason())
}

// notOwner turns the registry's refusal of an authority into one that names
// both who might; a failure to read stays a failure.
func notOwner(err error, b *productv1.Batch) error {
	var refusal *module.Error
	if !errors.As(err, &refusal) {
		return err
	}
	return ErrNotOwner.With("batch %s lot %q belongs to %s; only it or an authority recalls it (%s)", b.GetGtin(), b.GetLot(), b.GetOwner(), refusal)
}
