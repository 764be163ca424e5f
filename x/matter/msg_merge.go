package matter

import (
	"google.golang.org/protobuf/proto"

	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
)

func checkMerge(g *matterv1.MsgMerge) error {
	if err := checkUses("inputs", g.GetInputs(), 2); err != nil {
		return err
	}
	if _, err := gs1.ParseLot(g.GetLot()); err != nil {
		return ErrShape.With("lot: %v", err)
	}
	return nil
}

// merge moves batches of one product, version and place into a new lot, which is
// as old as the oldest and expires with the first.
func (m *Matter) merge(ctx *module.Context, s *matterv1.MsgMerge, told *matterv1.Entry) (proto.Message, error) {
	e := newEntry(ctx, merge, module.Day(ctx.Time), "", told)
	var in []*goods
	whole, produced, expiry := int64(0), "", ""
	for _, u := range s.GetInputs() {
		g, err := m.usable(ctx, u.GetBatch(), u.GetQuantity())
		if err != nil {
			return nil, err
		}
		if len(in) > 0 {
			if err := alike(in[0], g); err != nil {
				return nil, err
			}
		}
		if err := m.open(ctx, g); err != nil {
			return nil, err
		}
		in = append(in, g)
		e.Postings = append(e.Postings, g.line(-1))
		whole += g.amount
		if day := g.batch.GetProductionDate(); produced == "" || day < produced {
			produced = day
		}
		if day := g.batch.GetExpiryDate(); day != "" && (expiry == "" || day < expiry) {
			expiry = day
		}
	}
	if whole > maxAmount {
		return nil, ErrLimit.With("the batches are more than one batch holds")
	}
	out, err := m.derived(ctx, in[0], s.GetLot(), quantityIn(whole, in[0].product.GetBaseUnit()), produced, expiry)
	if err != nil {
		return nil, err
	}
	e.Postings = append(e.Postings, out.line(1))
	result, err := m.post(ctx, e)
	if err != nil {
		return nil, err
	}
	if err := m.cover(ctx, in, out); err != nil {
		return nil, err
	}
	return result, m.join(ctx, in, []*goods{out})
}

func alike(a, b *goods) error {
	x, y := a.batch, b.batch
	if x.GetGtin() != y.GetGtin() || x.GetSpecificationVersion() != y.GetSpecificationVersion() || x.GetPlace() != y.GetPlace() {
		return ErrMixed.With("lot %s (GTIN %s, version %d, place %s) and lot %s (GTIN %s, version %d, place %s) do not merge into one lot; tell it as a transformation",
			x.GetLot(), x.GetGtin(), x.GetSpecificationVersion(), x.GetPlace(), y.GetLot(), y.GetGtin(), y.GetSpecificationVersion(), y.GetPlace())
	}
	return nil
}
