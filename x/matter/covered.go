package matter

import (
	"context"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	"github.com/filiera-chain/filiera/module"
)

// cover says of a lot that parts of others went into whose certificates hold for it:
// those of the one batch that all of them are parts of. A lot of two batches needs
// its own.
func (m *Matter) cover(ctx *module.Context, in []*goods, out *goods) error {
	var root *basev1.BatchID
	for _, g := range in {
		id, err := m.coveredBy(ctx, g.id())
		if err != nil {
			return err
		}
		if root != nil && keyOf(root) != keyOf(id) {
			return nil
		}
		root = id
	}
	s, err := m.stocks.Get(ctx, keyOf(out.id()))
	if err != nil {
		return err
	}
	s.CoveredBy = root
	ctx.Emit(&matterv1.StockChanged{Stock: s})
	return m.stocks.Set(ctx, keyOf(out.id()), s)
}

// coveredBy gives the batch whose certificates hold for a lot: its own once it has
// any, else those of the batch that it was split off.
func (m *Matter) coveredBy(ctx context.Context, id *basev1.BatchID) (*basev1.BatchID, error) {
	s, err := m.Stock(ctx, id.GetGtin(), id.GetLot())
	if err != nil || s.GetCoveredBy() == nil {
		return id, err
	}
	own, err := m.certs.Certified(ctx, id.GetGtin(), id.GetLot())
	if err != nil || own {
		return id, err
	}
	return s.GetCoveredBy(), nil
}

// count tells the certificates what an entry sells or takes back.
func (m *Matter) count(ctx *module.Context, kind, reversed matterv1.EntryKind, p *matterv1.Posting) error {
	if kind == reversal {
		kind = reversed
	}
	if kind != sale && kind != returned {
		return nil
	}
	id, err := m.coveredBy(ctx, p.GetBatch())
	if err != nil {
		return err
	}
	if p.GetAmount() < 0 {
		return m.certs.Sell(ctx, id.GetGtin(), id.GetLot(), -p.GetAmount())
	}
	return m.certs.TakeBack(ctx, id.GetGtin(), id.GetLot(), p.GetAmount())
}
