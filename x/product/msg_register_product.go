package product

import (
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkRegisterProduct(m *productv1.MsgRegisterProduct) error {
	if _, err := parseGTIN(m.GetGtin()); err != nil {
		return err
	}
	if m.GetSpecification() != "" {
		if err := checkSpecificationID("specification", m.GetSpecification()); err != nil {
			return err
		}
	}
	if err := shape(module.CheckText("name", m.GetName(), 2, 200)); err != nil {
		return err
	}
	if err := checkUnit("base_unit", m.GetBaseUnit()); err != nil {
		return err
	}
	if m.GetNetContent() != nil {
		if err := checkQuantity("net_content", m.GetNetContent()); err != nil {
			return err
		}
	}
	return checkMatter(m.GetStage(), m.GetDensity())
}

// maxDensity is above that of any food, milligrams per millilitre.
const maxDensity = 5000

func checkMatter(stage string, density int64) error {
	if stage != "" {
		if err := shape(module.CheckSlug("stage", stage, 1, 40)); err != nil {
			return err
		}
	}
	if density < 0 || density > maxDensity {
		return ErrShape.With("density is %d milligrams per millilitre; it takes 1 to %d", density, maxDensity)
	}
	return nil
}

// registerProduct records a trade item of the signer, who makes goods within
// the specification's scope.
func (p *Product) registerProduct(ctx *module.Context, m *productv1.MsgRegisterProduct) error {
	gtin, err := parseGTIN(m.GetGtin())
	if err != nil {
		return err
	}
	if err := p.registry.Allowed(ctx, ctx.Time, ctx.Signer.Participant, m.GetSpecification(), "", makers...); err != nil {
		return err
	}
	if m.GetSpecification() != "" {
		if _, err := p.mustSpecification(ctx, m.GetSpecification()); err != nil {
			return err
		}
	}
	old, err := p.Product(ctx, gtin)
	if err != nil {
		return err
	}
	if old != nil {
		return ErrProductTaken.With("GTIN %s (%s) was registered by %s on %s", gtin, old.GetName(), old.GetOwner(), module.Day(old.GetRegisteredAt()))
	}
	product := &productv1.Product{
		Gtin: gtin, Owner: ctx.Signer.Participant, Specification: m.GetSpecification(), Name: m.GetName(),
		BaseUnit: m.GetBaseUnit(), NetContent: m.GetNetContent(), RegisteredAt: ctx.Time,
		Stage: m.GetStage(), Density: m.GetDensity(),
	}
	ctx.Emit(&productv1.ProductChanged{Product: product})
	return p.products.Set(ctx, gtin, product)
}
