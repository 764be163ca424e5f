package matter

import (
	"google.golang.org/protobuf/proto"

	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkSell(r *matterv1.MsgSell) error { return checkSingle(r, 0) }

// sell hands goods to who eats them, or to who is not on this ledger.
func (m *Matter) sell(ctx *module.Context, r *matterv1.MsgSell, told *matterv1.Entry) (proto.Message, error) {
	g, err := m.usable(ctx, r.GetWhat().GetBatch(), r.GetWhat().GetQuantity())
	if err != nil {
		return nil, err
	}
	return m.single(ctx, g, sale, marketAccount, -1, r, told)
}
