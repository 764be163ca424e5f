package custody

import (
	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkCancel(m *custodyv1.MsgCancel) error {
	if err := checkNumber(m.GetOffer()); err != nil {
		return err
	}
	return checkReason(m.GetReason())
}

// cancel ends an offer by who made it.
func (c *Custody) cancel(ctx *module.Context, m *custodyv1.MsgCancel) error {
	o, err := c.waiting(ctx, m.GetOffer(), sender, open, disputed)
	if err != nil {
		return err
	}
	return c.answer(ctx, o, cancelled, m.GetReason())
}
