package custody

import (
	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkRefuse(m *custodyv1.MsgRefuse) error {
	if err := checkNumber(m.GetOffer()); err != nil {
		return err
	}
	return checkReason(m.GetReason())
}

// refuse ends an offer by who was to have the goods.
func (c *Custody) refuse(ctx *module.Context, m *custodyv1.MsgRefuse) error {
	o, err := c.waiting(ctx, m.GetOffer(), receiver, open, disputed)
	if err != nil {
		return err
	}
	return c.answer(ctx, o, refused, m.GetReason())
}
