package matter

import (
	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	"github.com/filiera-chain/filiera/module"
)

// join notes that each output was made of each input. Outputs were registered
// in the same act, so nothing was made of them yet: no circle can close.
func (m *Matter) join(ctx *module.Context, in, out []*goods) error {
	for _, o := range out {
		for _, i := range in {
			if err := m.lineage.Join(ctx, o.id(), i.id(), true); err != nil {
				return err
			}
		}
	}
	return nil
}

// part takes back what join noted of batches that turned out never to have been.
func (m *Matter) part(ctx *module.Context, in, out []*basev1.BatchID) error {
	for _, o := range out {
		for _, i := range in {
			if err := m.lineage.Part(ctx, o, i, true); err != nil {
				return err
			}
		}
	}
	return nil
}
