package ledger

import (
	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkCloseRegister(m *ledgerv1.MsgCloseRegister) error {
	if err := module.CheckSlug("register", m.GetRegister(), 3, 64); err != nil {
		return shape(err)
	}
	return shape(module.CheckText("reason", m.GetReason(), 3, 500))
}

// closeRegister ends a register; what is in it stays provable.
func (l *Ledger) closeRegister(ctx *module.Context, m *ledgerv1.MsgCloseRegister) error {
	r, err := l.openedRegister(ctx, "register", m.GetRegister())
	if err != nil {
		return err
	}
	if err := l.maySpeak(ctx, r.GetBody(), "close its registers"); err != nil {
		return err
	}
	r.ClosedReason, r.ClosedAt, r.ClosedHeight = m.GetReason(), ctx.Time, ctx.Height
	return l.putRegister(ctx, r)
}
