package matter

import (
	"math/big"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/quantity"
)

// maxMass bounds the milligrams of one posting: nine million tonnes, so that no
// sum of a block overflows.
const maxMass = 1 << 53

// massOf gives the milligrams of so much of a product, 0 where its mass is not
// known: what is counted in volume needs a density, what is counted in pieces a
// net content.
func massOf(p *productv1.Product, amount int64) (int64, error) {
	q := quantity.Quantity{Amount: amount, Unit: p.GetBaseUnit()}
	mg := smallestMass(p, q)
	if mg.Cmp(big.NewInt(maxMass)) > 0 {
		return 0, ErrLimit.With("%s of GTIN %s weigh more than one entry takes, which is %d t", q.Display("en"), p.GetGtin(), int64(maxMass)/1_000_000_000)
	}
	return mg.Int64(), nil
}

func smallestMass(p *productv1.Product, q quantity.Quantity) *big.Int {
	u, known := quantity.LookupUnit(q.Unit)
	if !known {
		return new(big.Int)
	}
	switch n := q.Smallest(); u.Dimension {
	case quantity.Mass:
		return n
	case quantity.Volume:
		return n.Mul(n, big.NewInt(p.GetDensity()))
	case quantity.Count:
		net := p.GetNetContent()
		if net == nil || net.GetUnit() == q.Unit {
			return new(big.Int)
		}
		if c, ok := quantity.LookupUnit(net.GetUnit()); !ok || c.Dimension != quantity.Mass && c.Dimension != quantity.Volume {
			return new(big.Int)
		}
		return n.Mul(n, smallestMass(p, quantity.Quantity{Amount: net.GetAmount(), Unit: net.GetUnit()}))
	}
	return new(big.Int)
}

// needMass is massOf for what must be weighed.
func needMass(p *productv1.Product, amount int64) (int64, error) {
	mg, err := massOf(p, amount)
	if err == nil && mg == 0 {
		err = ErrNoMass.With("GTIN %s is counted in %s and its mass is not known; state its %s", p.GetGtin(), p.GetBaseUnit(), missing(p))
	}
	return mg, err
}

func missing(p *productv1.Product) string {
	if u, _ := quantity.LookupUnit(p.GetBaseUnit()); u.Dimension == quantity.Volume {
		return "density"
	}
	if net := p.GetNetContent(); net != nil && quantity.Alike(net.GetUnit(), "MLT") {
		return "density"
	}
	return "net content, as a mass or as a volume with its density"
}

// kg writes milligrams for people.
func kg(mg int64) string { return quantity.Quantity{Amount: mg, Unit: "MGM"}.Display("en") }
