package privacy

import (
	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkErase(m *privacyv1.MsgErase) error {
	if err := checkID(m.GetCommitment()); err != nil {
		return err
	}
	if err := checkNames(m.GetFields()); err != nil {
		return err
	}
	return checkReason(m.GetReason())
}

// erase writes the receipt of who committed. It can be neither taken back nor
// repeated.
func (p *Privacy) erase(ctx *module.Context, m *privacyv1.MsgErase) error {
	c, err := p.own(ctx, m.GetCommitment())
	if err != nil {
		return err
	}
	for _, n := range m.GetFields() {
		f, err := kept(c, n)
		if err != nil {
			return err
		}
		f.ErasedAt, f.ErasureReason, f.ErasureKeyLabel = ctx.Time, m.GetReason(), ctx.Signer.KeyLabel
	}
	return p.put(ctx, c)
}
