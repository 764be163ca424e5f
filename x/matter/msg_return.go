package matter

import (
	"google.golang.org/protobuf/proto"

	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/quantity"
)

func checkReturn(r *matterv1.MsgReturn) error { return checkSingle(r, 3) }

// takeBack takes goods back from the market: no more than went there; also of a
// batch that was called back, since that is what a recall is for.
func (m *Matter) takeBack(ctx *module.Context, r *matterv1.MsgReturn, told *matterv1.Entry) (proto.Message, error) {
	g, err := m.held(ctx, r.GetWhat().GetBatch(), r.GetWhat().GetQuantity())
	if err != nil {
		return nil, err
	}
	s, err := m.Stock(ctx, g.batch.GetGtin(), g.batch.GetLot())
	if err != nil {
		return nil, err
	}
	if g.amount > s.GetSold() {
		q := func(n int64) string { return quantity.Quantity{Amount: n, Unit: s.GetUnit()}.Display("en") }
		return nil, ErrNotEnough.With("%s of lot %s of GTIN %s come back, and %s are out: %s too much", q(g.amount), g.batch.GetLot(), g.batch.GetGtin(), q(s.GetSold()), q(g.amount-s.GetSold()))
	}
	return m.single(ctx, g, returned, marketAccount, 1, r, told)
}
