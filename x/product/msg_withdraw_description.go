package product

import (
	"cosmossdk.io/collections"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkWithdrawDescription(m *productv1.MsgWithdrawDescription) error {
	if err := checkAboutDescription(m); err != nil {
		return err
	}
	if m.GetNumber() == 0 {
		return ErrShape.With("number is 0; write the number that the link was given")
	}
	return checkReason(m.GetReason())
}

// withdrawDescription takes a link off, by the product's owner; the record
// stays, with the reason.
func (p *Product) withdrawDescription(ctx *module.Context, m *productv1.MsgWithdrawDescription) error {
	gtin, err := p.describable(ctx, m)
	if err != nil {
		return err
	}
	d, err := module.Find(ctx, p.descriptions, collections.Join3(gtin, m.GetLot(), m.GetNumber()))
	switch {
	case err != nil:
		return err
	case d == nil:
		return ErrLinkUnknown.With("%s has no link number %d", describedName(gtin, m.GetLot()), m.GetNumber())
	case d.GetWithdrawnAt() != 0:
		return ErrState.With("link %d of %s was withdrawn on %s (%s)", d.GetNumber(), describedName(gtin, m.GetLot()), module.Day(d.GetWithdrawnAt()), d.GetWithdrawnReason())
	}
	d.WithdrawnAt, d.WithdrawnReason = max(ctx.Time, 1), m.GetReason()
	return p.putDescription(ctx, d)
}
