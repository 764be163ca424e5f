package matter

import (
	"google.golang.org/protobuf/proto"

	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkRelease(r *matterv1.MsgRelease) error { return checkSingle(r, 0) }

// release hands goods to who eats them, or to who is not on this ledger.
func (m *Matter) release(ctx *module.Context, r *matterv1.MsgRelease) (proto.Message, error) {
	g, err := m.usable(ctx, r.GetWhat().GetBatch(), r.GetWhat().GetQuantity())
	if err != nil {
		return nil, err
	}
	return m.single(ctx, g, release, marketAccount, -1, r)
}
