package matter

import (
	"context"

	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
)

// MadeBy gives the entry that stands and made a batch: its harvest, transformation,
// split or merge; nil for a batch that was declared, or undone.
func (m *Matter) MadeBy(ctx context.Context, gtin, lot string) (*matterv1.Entry, error) {
	var by *matterv1.Entry
	err := m.eachEntry(ctx, idOf(gtin, lot), 0, func(e *matterv1.Entry) (bool, error) {
		if e.GetReversedBy() != 0 && registers(e.GetKind()) || e.GetKind() == reversal {
			return false, nil // undone; another may tell the lot again
		}
		if registers(e.GetKind()) && makes(e, gtin, lot) {
			by = e
		}
		return true, nil
	})
	return by, err
}

func makes(e *matterv1.Entry, gtin, lot string) bool {
	for _, p := range e.GetPostings() {
		if p.GetAccount() == stockAccount && p.GetAmount() > 0 && p.GetBatch().GetGtin() == gtin && p.GetBatch().GetLot() == lot {
			return true
		}
	}
	return false
}

// Weigh gives the milligrams of so many base units of a product, 0 where its mass is
// not known.
func (m *Matter) Weigh(p *productv1.Product, amount int64) (int64, error) { return massOf(p, amount) }
