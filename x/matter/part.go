package matter

import (
	"context"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
)

// CoveredBy gives the batch whose certificates hold for a lot: its own once it has
// any, else those of the batch that it was split off.
func (m *Matter) CoveredBy(ctx context.Context, gtin, lot string) (*basev1.BatchID, error) {
	return m.coveredBy(ctx, idOf(gtin, lot))
}

// PartOf gives the lots of which a batch is a part, by the split or the merge that
// registered it, in the order of its lines; none for one that came into being
// otherwise, or whose entry was taken back.
func (m *Matter) PartOf(ctx context.Context, gtin, lot string) ([]*basev1.BatchID, error) {
	e, err := m.MadeBy(ctx, gtin, lot)
	if err != nil || e.GetKind() != split && e.GetKind() != merge {
		return nil, err
	}
	var list []*basev1.BatchID
	for _, p := range e.GetPostings() {
		if p.GetAccount() == stockAccount && p.GetAmount() < 0 {
			list = append(list, p.GetBatch())
		}
	}
	return list, nil
}
