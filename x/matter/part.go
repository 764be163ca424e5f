package matter

import (
	"context"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
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
	var list []*basev1.BatchID
	// The entry that registers a batch is the first that names it, unless that one was
	// taken back and another tells the lot again.
	err := m.eachEntry(ctx, idOf(gtin, lot), 0, func(e *matterv1.Entry) (bool, error) {
		made := false
		for _, p := range e.GetPostings() {
			made = made || p.GetAccount() == stockAccount && p.GetAmount() > 0 && p.GetBatch().GetGtin() == gtin && p.GetBatch().GetLot() == lot
		}
		if e.GetReversedBy() != 0 && registers(e.GetKind()) || e.GetKind() == reversal {
			return false, nil
		}
		if !made || e.GetKind() != split && e.GetKind() != merge {
			return true, nil
		}
		for _, p := range e.GetPostings() {
			if p.GetAccount() == stockAccount && p.GetAmount() < 0 {
				list = append(list, p.GetBatch())
			}
		}
		return true, nil
	})
	return list, err
}
