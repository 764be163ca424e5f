package matter

import (
	"context"

	"cosmossdk.io/collections"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	"github.com/filiera-chain/filiera/balance"
	"github.com/filiera-chain/filiera/module"
)

const (
	usualPage = 100
	mostPage  = 500
)

// queryBalance answers what a batch held at a height, and its entries.
func (m *Matter) queryBalance(rd *module.Reader, q *matterv1.BalanceRequest) (*matterv1.BalanceResponse, error) {
	if err := checkBatchID("batch", q.GetBatch()); err != nil {
		return nil, err
	}
	s, err := m.StockAt(rd, q.GetBatch(), q.GetHeight())
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, ErrBatch.With("no batch has GTIN %s and lot %q", q.GetBatch().GetGtin(), q.GetBatch().GetLot())
	}
	limit := int(q.GetLimit())
	if limit == 0 {
		limit = usualPage
	}
	limit = min(limit, mostPage)
	a := &matterv1.BalanceResponse{Stock: s}
	err = m.eachEntry(rd, q.GetBatch(), q.GetAfter(), func(e *matterv1.Entry) (bool, error) {
		if q.GetHeight() > 0 && e.GetRecordedHeight() > q.GetHeight() {
			return true, nil
		}
		if len(a.Entries) == limit {
			a.More = true
			return true, nil
		}
		a.Entries = append(a.Entries, e)
		return false, nil
	})
	return a, err
}

// StockAt gives what a batch held at the end of a height (0 for now), reckoned
// from its entries; nil for a batch that was not registered then.
func (m *Matter) StockAt(ctx context.Context, id *basev1.BatchID, height int64) (*matterv1.Stock, error) {
	if height == 0 {
		return m.Stock(ctx, id.GetGtin(), id.GetLot())
	}
	b, err := m.products.Batch(ctx, id.GetGtin(), id.GetLot())
	if err != nil || b == nil {
		return nil, err
	}
	// A lot that was told again was registered again: its entries are older than that.
	s, err := m.reckon(ctx, id, height)
	if err != nil || s.GetEntries() > 0 {
		return s, err
	}
	if b.GetRegisteredHeight() > height {
		return nil, nil
	}
	s.Unit, s.Entered, s.Left = b.GetQuantity().GetUnit(), b.GetQuantity().GetAmount(), b.GetQuantity().GetAmount()
	return s, nil
}

// reckon adds up the entries of a batch until a height, all for 0.
func (m *Matter) reckon(ctx context.Context, id *basev1.BatchID, height int64) (*matterv1.Stock, error) {
	s := &matterv1.Stock{Batch: id}
	holders := map[string]bool{}
	err := m.eachEntry(ctx, id, 0, func(e *matterv1.Entry) (bool, error) {
		if height > 0 && e.GetRecordedHeight() > height {
			return true, nil
		}
		reversed, err := m.reversedKind(ctx, e)
		if err != nil {
			return true, err
		}
		for _, p := range e.GetPostings() {
			if p.GetAccount() == stockAccount && p.GetBatch().GetGtin() == id.GetGtin() && p.GetBatch().GetLot() == id.GetLot() {
				s.Unit, holders[p.GetHolder()] = p.GetUnit(), true
				balance.Apply(s, e.GetKind(), reversed, p.GetAmount())
			}
		}
		return false, nil
	})
	s.Holders = uint32(len(holders))
	if err == nil && s.GetEntries() > 0 {
		var now *matterv1.Stock
		now, err = m.Stock(ctx, id.GetGtin(), id.GetLot())
		s.CoveredBy = now.GetCoveredBy()
	}
	return s, err
}

// eachEntry walks the entries that name a batch, in order, after one.
func (m *Matter) eachEntry(ctx context.Context, id *basev1.BatchID, after uint64, fn func(*matterv1.Entry) (bool, error)) error {
	of := collections.NewSuperPrefixedTripleRange[string, string, uint64](id.GetGtin(), id.GetLot())
	return m.ofBatch.Walk(ctx, of, func(k entryKey) (bool, error) {
		if k.K3() <= after {
			return false, nil
		}
		e, err := m.entries.Get(ctx, k.K3())
		if err != nil {
			return true, err
		}
		return fn(e)
	})
}

func (m *Matter) queryBook(rd *module.Reader, _ *matterv1.BookRequest) (*matterv1.BookResponse, error) {
	n, err := m.Last(rd)
	if err != nil {
		return nil, err
	}
	a := &matterv1.BookResponse{Entries: n}
	err = m.totals.Walk(rd, nil, func(_ uint32, t *matterv1.Total) (bool, error) {
		a.Totals = append(a.Totals, t)
		return false, nil
	})
	return a, err
}
