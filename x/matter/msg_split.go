package matter

import (
	"google.golang.org/protobuf/proto"

	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
)

func checkSplit(s *matterv1.MsgSplit) error {
	if err := checkBatchID("from", s.GetFrom()); err != nil {
		return err
	}
	if len(s.GetParts()) < 1 || len(s.GetParts()) > maxLines {
		return ErrShape.With("parts has %d lines; it takes 1 to %d", len(s.GetParts()), maxLines)
	}
	seen := map[string]bool{}
	for _, p := range s.GetParts() {
		if _, err := gs1.ParseLot(p.GetLot()); err != nil {
			return ErrShape.With("parts.lot: %v", err)
		}
		if seen[p.GetLot()] {
			return ErrShape.With("parts name lot %s twice", p.GetLot())
		}
		seen[p.GetLot()] = true
		if err := checkQuantity("parts.quantity", p.GetQuantity()); err != nil {
			return err
		}
	}
	return nil
}

// split moves parts of a batch that the signer holds into new lots, which have its
// days and its place.
func (m *Matter) split(ctx *module.Context, s *matterv1.MsgSplit, told *matterv1.Entry) (proto.Message, error) {
	from, err := m.usable(ctx, s.GetFrom(), s.GetParts()[0].GetQuantity())
	if err != nil {
		return nil, err
	}
	if err := m.open(ctx, from); err != nil {
		return nil, err
	}
	from.amount, from.mass = 0, 0
	e := newEntry(ctx, split, module.Day(ctx.Time), "", told)
	e.Postings = []*matterv1.Posting{nil}
	var out []*goods
	for _, p := range s.GetParts() {
		g, err := m.derived(ctx, from, p.GetLot(), p.GetQuantity(), from.batch.GetProductionDate(), from.batch.GetExpiryDate())
		if err != nil {
			return nil, err
		}
		from.amount += g.amount
		from.mass += g.mass
		out = append(out, g)
		e.Postings = append(e.Postings, g.line(1))
	}
	if from.amount > maxAmount || from.mass > maxMass {
		return nil, ErrLimit.With("the parts are more than one entry takes")
	}
	e.Postings[0] = from.line(-1)
	result, err := m.post(ctx, e)
	if err != nil {
		return nil, err
	}
	for _, g := range out {
		if err := m.cover(ctx, []*goods{from}, g); err != nil {
			return nil, err
		}
	}
	return result, m.join(ctx, []*goods{from}, out)
}

// derived registers a lot of the same product that holds part of another.
func (m *Matter) derived(ctx *module.Context, from *goods, lot string, q quantityOf, produced, expiry string) (*goods, error) {
	amount, err := inBaseUnits(from.product, q)
	if err != nil {
		return nil, err
	}
	b, err := m.products.Make(ctx, &productv1.MsgRegisterBatch{
		Gtin: from.batch.GetGtin(), Lot: lot, Quantity: quantityIn(amount, from.product.GetBaseUnit()), ProductionDate: produced, ExpiryDate: expiry, Place: from.batch.GetPlace(),
	}, true, "")
	if err != nil {
		return nil, err
	}
	mass, err := massOf(from.product, amount)
	return &goods{b, from.product, amount, mass, ctx.Signer.Participant}, err
}
