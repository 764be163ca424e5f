package privacy

import (
	"cosmossdk.io/collections"

	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkAcknowledgeErasure(m *privacyv1.MsgAcknowledgeErasure) error {
	if err := checkID(m.GetCommitment()); err != nil {
		return err
	}
	if err := checkNames(m.GetFields()); err != nil {
		return err
	}
	return checkReason(m.GetReason())
}

// acknowledgeErasure writes a holder's receipt, before or after that of who
// committed.
func (p *Privacy) acknowledgeErasure(ctx *module.Context, m *privacyv1.MsgAcknowledgeErasure) error {
	c, err := p.mustCommitment(ctx, m.GetCommitment())
	if err != nil {
		return err
	}
	who := ctx.Signer.Participant
	for _, n := range m.GetFields() {
		if _, err := field(c, n); err != nil {
			return err
		}
		h, err := module.Find(ctx, p.holdings, collections.Join3(c.GetId(), n, who))
		switch {
		case err != nil:
			return err
		case h == nil:
			return ErrNotHolder.With("%s was never noted as holder of field %s of commitment %x", who, n, c.GetId())
		case h.GetErasedAt() != 0:
			return ErrGone.With("%s acknowledged the erasure of field %s of commitment %x on %s", who, n, c.GetId(), module.Day(h.GetErasedAt()))
		}
		h.ErasedAt, h.ErasureReason, h.ErasureKeyLabel = ctx.Time, m.GetReason(), ctx.Signer.KeyLabel
		if err := p.putHolding(ctx, h); err != nil {
			return err
		}
	}
	return nil
}
