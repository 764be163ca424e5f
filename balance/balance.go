// Package balance reckons what is left of a batch from the entries of the book of
// matter that name it. The ledger, the gateway and who checks their answers use the
// same lines. Pure; safe for concurrent use.
package balance

import (
	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
)

// Apply adds a posting of an entry of that kind to a stock, in base units; reversed
// is the kind of the entry that a reversal takes back.
func Apply(s *matterv1.Stock, kind, reversed matterv1.EntryKind, amount int64) {
	if kind == matterv1.EntryKind_ENTRY_KIND_TRANSFER {
		// Two postings that meet, from one holder to another: one entry.
		if amount < 0 {
			s.Entries++
		}
		return
	}
	s.Entries++
	s.Left += amount
	if kind == matterv1.EntryKind_ENTRY_KIND_REVERSAL {
		count(s, reversed, -amount, -1) // the original amount, counted back
		return
	}
	count(s, kind, amount, 1)
}

// Reckon adds up entries that name a batch, in order of number: what its stock was
// when these were all that was known, but for whose certificates hold for it. Of a
// reversal, the entry that it takes back must be among them.
func Reckon(id *basev1.BatchID, entries []*matterv1.Entry) *matterv1.Stock {
	s := &matterv1.Stock{Batch: id}
	kinds, holders := map[uint64]matterv1.EntryKind{}, map[string]bool{}
	for _, e := range entries {
		kinds[e.GetNumber()] = e.GetKind()
		for _, p := range e.GetPostings() {
			if p.GetAccount() != matterv1.Account_ACCOUNT_STOCK || p.GetBatch().GetGtin() != id.GetGtin() || p.GetBatch().GetLot() != id.GetLot() {
				continue
			}
			s.Unit, holders[p.GetHolder()] = p.GetUnit(), true
			Apply(s, e.GetKind(), kinds[e.GetReverses()], p.GetAmount())
		}
	}
	s.Holders = uint32(len(holders))
	return s
}

// Hold adds a posting of an entry to what one holder has; as [Apply].
func Hold(h *matterv1.Holding, kind, reversed matterv1.EntryKind, amount int64) {
	h.Left += amount
	if kind == matterv1.EntryKind_ENTRY_KIND_REVERSAL {
		kind = reversed
	}
	if kind == matterv1.EntryKind_ENTRY_KIND_SALE || kind == matterv1.EntryKind_ENTRY_KIND_RETURN {
		h.Sold -= amount
	}
}

// count adds an original amount of an entry of that kind, times times.
func count(s *matterv1.Stock, kind matterv1.EntryKind, amount, times int64) {
	switch {
	case kind == matterv1.EntryKind_ENTRY_KIND_SALE || kind == matterv1.EntryKind_ENTRY_KIND_RETURN:
		s.Sold -= amount * times
	case amount > 0:
		s.Entered += amount * times
	case kind == matterv1.EntryKind_ENTRY_KIND_TRANSFORMATION:
		s.Consumed -= amount * times
	case kind == matterv1.EntryKind_ENTRY_KIND_SPLIT || kind == matterv1.EntryKind_ENTRY_KIND_MERGE:
		s.Moved -= amount * times
	case kind == matterv1.EntryKind_ENTRY_KIND_WRITE_OFF:
		s.WrittenOff -= amount * times
	}
}

// Meets says whether everything that entered a stock is accounted for, and nothing
// is below zero.
func Meets(s *matterv1.Stock) bool {
	sum := int64(0)
	for _, n := range [...]int64{s.GetLeft(), s.GetConsumed(), s.GetMoved(), s.GetWrittenOff(), s.GetSold()} {
		if n < 0 {
			return false
		}
		sum += n
	}
	return sum == s.GetEntered()
}
