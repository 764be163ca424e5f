package matter

import (
	"math/big"

	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/quantity"
)

func (m *Matter) checkHarvest(h *matterv1.MsgHarvest) error {
	if err := m.checkNew("batch", h.GetBatch()); err != nil {
		return err
	}
	if h.GetHarvestYear() < firstYear || h.GetHarvestYear() > 9999 {
		return ErrDate.With("harvest_year is %d; write a year", h.GetHarvestYear())
	}
	if len(h.GetClaims()) < 1 || len(h.GetClaims()) > maxLines {
		return ErrShape.With("claims has %d lines; it takes 1 to %d: the land or the animals of which the batch comes", len(h.GetClaims()), maxLines)
	}
	seen := map[string]bool{}
	for _, c := range h.GetClaims() {
		if c.GetLocation() == "" || len(c.GetLocation()) > 200 {
			return ErrShape.With("claims: location is %q; write the id of a location", clip(c.GetLocation()))
		}
		if seen[c.GetLocation()] {
			return ErrShape.With("claims name location %s twice; write one line with the sum", clip(c.GetLocation()))
		}
		seen[c.GetLocation()] = true
		if (c.GetAreaM2() > 0) == (c.GetHeads() > 0) || c.GetAreaM2() < 0 || c.GetHeads() < 0 || c.GetAreaM2() > maxAmount || c.GetHeads() > maxAmount {
			return ErrShape.With("claim of %s states %d m² and %d animals; state one of them", clip(c.GetLocation()), c.GetAreaM2(), c.GetHeads())
		}
	}
	return nil
}

// harvest registers a batch that comes of the signer's land or animals, which
// bear so much a year and no more, whoever asks.
func (m *Matter) harvest(ctx *module.Context, h *matterv1.MsgHarvest, told *matterv1.Entry) (proto.Message, error) {
	b, err := m.make(ctx, h.GetBatch(), told)
	if err != nil {
		return nil, err
	}
	g, stage, err := m.made(ctx, b)
	if err != nil {
		return nil, err
	}
	if stage.GetOrigin() == nil {
		return nil, ErrStage.With("lot %s of GTIN %s is of %s, which is not harvested: its specification says of what it is made", b.GetLot(), b.GetGtin(), stageName(stage))
	}
	if year := b.GetProductionDate()[:4]; year < yearText(h.GetHarvestYear()) {
		return nil, ErrDate.With("production_date is %s, before the harvest year %d", b.GetProductionDate(), h.GetHarvestYear())
	}
	e := newEntry(ctx, harvest, b.GetProductionDate(), "", told)
	e.HarvestYear, e.Claims, e.Specification = h.GetHarvestYear(), h.GetClaims(), b.GetSpecification()
	e.LateDays = b.GetLateDays()
	if err := m.claim(ctx, e); err != nil {
		return nil, err
	}
	if err := bears(stage.GetOrigin(), h, g); err != nil {
		return nil, err
	}
	e.Postings = []*matterv1.Posting{g.line(1), g.other(originAccount, -1)}
	return m.post(ctx, e)
}

// made gives a batch that was just registered with its mass and stage.
func (m *Matter) made(ctx *module.Context, b *productv1.Batch) (*goods, *productv1.Stage, error) {
	p, err := m.products.Product(ctx, b.GetGtin())
	if err != nil {
		return nil, nil, err
	}
	stage, err := m.products.Stage(ctx, p, b.GetSpecificationVersion())
	if err != nil {
		return nil, nil, err
	}
	g := &goods{batch: b, product: p, amount: b.GetQuantity().GetAmount(), holder: b.GetCustodian()}
	g.mass, err = massOf(p, g.amount)
	return g, stage, err
}

// bears refuses more than the claims may bear: each hectare and head so much, and
// in a good year the tolerance on top. Beyond it the whole is refused, as
// specifications have it.
func bears(o *productv1.Origin, h *matterv1.MsgHarvest, g *goods) error {
	var area, heads int64
	for _, c := range h.GetClaims() {
		area += c.GetAreaM2()
		heads += c.GetHeads()
	}
	asked := quantity.Quantity{Amount: g.amount, Unit: g.product.GetBaseUnit()}
	limit, what := new(big.Int), ""
	for _, of := range []struct {
		per   *basev1.Quantity
		have  quantity.Quantity
		each  quantity.Quantity
		words string
	}{
		{o.GetPerHectare(), quantity.Quantity{Amount: area, Unit: "MTK"}, quantity.Quantity{Amount: 10_000, Unit: "MTK"}, "hectare"},
		{o.GetPerHead(), quantity.Quantity{Amount: heads, Unit: "H87"}, quantity.Quantity{Amount: 1, Unit: "H87"}, "animal"},
	} {
		switch {
		case of.have.Amount == 0:
			continue
		case of.per == nil:
			return ErrLand.With("the specification bounds no harvest by the %s; claim what it does", of.words)
		case !quantity.Alike(of.per.GetUnit(), asked.Unit):
			return ErrUnit.With("the specification counts %s for each %s, and GTIN %s is counted in %s", of.per.GetUnit(), of.words, g.product.GetGtin(), asked.Unit)
		}
		limit.Add(limit, quantity.Ratio{Output: amountOf(of.per), Input: of.each}.AtMost(of.have.Smallest()))
		what += of.have.Display("en") + " at " + amountOf(of.per).Display("en") + " for each " + of.words + "; "
	}
	with := new(big.Int).Mul(limit, big.NewInt(1000+int64(o.GetTolerancePermille())))
	with.Div(with, big.NewInt(1000))
	if asked.Smallest().Cmp(with) <= 0 {
		return nil
	}
	over := new(big.Int).Sub(asked.Smallest(), with)
	return ErrLand.With("%s are claimed of %sthat bears %s, with a tolerance of %d ‰ %s: %s too much", asked.Display("en"), what,
		smallestText(limit, asked.Unit), o.GetTolerancePermille(), smallestText(with, asked.Unit), smallestText(over, asked.Unit))
}

func amountOf(q *basev1.Quantity) quantity.Quantity {
	return quantity.Quantity{Amount: q.GetAmount(), Unit: q.GetUnit()}
}

// smallestText writes an amount in the smallest unit of a dimension for people.
func smallestText(n *big.Int, like string) string {
	unit := "H87"
	switch {
	case quantity.Alike(like, "MGM"):
		unit = "MGM"
	case quantity.Alike(like, "MLT"):
		unit = "MLT"
	}
	if !n.IsInt64() {
		return n.String() + " " + unit
	}
	return quantity.Quantity{Amount: n.Int64(), Unit: unit}.Display("en")
}

func stageName(s *productv1.Stage) string {
	if s == nil {
		return "no stage"
	}
	return "the stage " + s.GetId()
}

func yearText(y uint32) string {
	digits := [4]byte{byte('0' + y/1000%10), byte('0' + y/100%10), byte('0' + y/10%10), byte('0' + y%10)}
	return string(digits[:])
}
