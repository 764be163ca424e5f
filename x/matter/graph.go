package matter

import (
	"context"

	"cosmossdk.io/collections"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	"github.com/filiera-chain/filiera/module"
)

// join notes that each output was made of each input. Outputs were registered
// in the same act, so nothing was made of them yet: no circle can close.
func (m *Matter) join(ctx *module.Context, in, out []*goods) error {
	for _, o := range out {
		for _, i := range in {
			if err := m.madeOf.Set(ctx, edgeOf(o.id(), i.id())); err != nil {
				return err
			}
			if err := m.wentInto.Set(ctx, edgeOf(i.id(), o.id())); err != nil {
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
			if err := m.madeOf.Remove(ctx, edgeOf(o, i)); err != nil {
				return err
			}
			if err := m.wentInto.Remove(ctx, edgeOf(i, o)); err != nil {
				return err
			}
		}
	}
	return nil
}

func edgeOf(a, b *basev1.BatchID) edge {
	return collections.Join4(a.GetGtin(), a.GetLot(), b.GetGtin(), b.GetLot())
}

// MadeOf gives up to limit batches that a batch was made of, in order, after the
// one given (nil begins at the first), and whether there are more.
func (m *Matter) MadeOf(ctx context.Context, id, after *basev1.BatchID, limit int) ([]*basev1.BatchID, bool, error) {
	return beside(ctx, m.madeOf, id, after, limit)
}

// WentInto gives up to limit batches that were made of a batch; as MadeOf.
func (m *Matter) WentInto(ctx context.Context, id, after *basev1.BatchID, limit int) ([]*basev1.BatchID, bool, error) {
	return beside(ctx, m.wentInto, id, after, limit)
}

func beside(ctx context.Context, set collections.KeySet[edge], id, after *basev1.BatchID, limit int) (list []*basev1.BatchID, more bool, err error) {
	of := new(collections.Range[edge]).Prefix(collections.QuadSuperPrefix[string, string, string, string](id.GetGtin(), id.GetLot()))
	if after != nil {
		of = of.StartExclusive(edgeOf(id, after))
	}
	err = set.Walk(ctx, of, func(k edge) (bool, error) {
		if len(list) == limit {
			more = true
			return true, nil
		}
		list = append(list, idOf(k.K3(), k.K4()))
		return false, nil
	})
	return list, more, err
}
