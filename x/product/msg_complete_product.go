package product

import (
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkCompleteProduct(m *productv1.MsgCompleteProduct) error {
	if _, err := parseGTIN(m.GetGtin()); err != nil {
		return err
	}
	if m.GetStage() == "" && m.GetDensity() == 0 && m.GetNetContent() == nil {
		return ErrShape.With("nothing is stated; give stage, density or net_content")
	}
	if m.GetNetContent() != nil {
		if err := checkQuantity("net_content", m.GetNetContent()); err != nil {
			return err
		}
	}
	return checkMatter(m.GetStage(), m.GetDensity())
}

// completeProduct states, once, what a product of the signer was registered
// without. What is stated never changes: balances rest on it.
func (p *Product) completeProduct(ctx *module.Context, m *productv1.MsgCompleteProduct) error {
	gtin, err := parseGTIN(m.GetGtin())
	if err != nil {
		return err
	}
	product, err := p.ownProduct(ctx, gtin)
	if err != nil {
		return err
	}
	if err := p.registry.Allowed(ctx, ctx.Time, ctx.Signer.Participant, product.GetSpecification(), "", makers...); err != nil {
		return err
	}
	switch {
	case m.GetStage() != "" && product.GetStage() != "":
		return ErrStated.With("GTIN %s is of the stage %s already", gtin, product.GetStage())
	case m.GetDensity() != 0 && product.GetDensity() != 0:
		return ErrStated.With("the density of GTIN %s is %d milligrams per millilitre already", gtin, product.GetDensity())
	case m.GetNetContent() != nil && product.GetNetContent() != nil:
		return ErrStated.With("the net content of GTIN %s is %s already", gtin, shown(product.GetNetContent()))
	}
	if m.GetStage() != "" {
		product.Stage = m.GetStage()
	}
	if m.GetDensity() != 0 {
		product.Density = m.GetDensity()
	}
	if m.GetNetContent() != nil {
		product.NetContent = m.GetNetContent()
	}
	ctx.Emit(&productv1.ProductChanged{Product: product})
	return p.products.Set(ctx, gtin, product)
}
