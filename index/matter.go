package index

import (
	"context"

	"google.golang.org/protobuf/proto"

	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
)

// EntryFilter chooses entries of the book of matter; the zero value of a field
// does not filter.
type EntryFilter struct {
	// GTIN and Lot together name a batch that the entry names.
	GTIN, Lot string
	Kind      matterv1.EntryKind
	Actor     string
}

// Entries implements Model; in order of number.
func (db *DB) Entries(ctx context.Context, f EntryFilter, p Page) (List[*matterv1.Entry], error) {
	l := &listing{name: "entries", selects: "number, record", from: "entries", key: []keyColumn{{"number", 'i'}}}
	l.filter(f.GTIN != "", "number IN (SELECT number FROM entry_batches WHERE gtin = ? AND lot = ?)", f.GTIN, f.Lot)
	l.filter(f.Kind != 0, "kind = ?", int64(f.Kind))
	l.filter(f.Actor != "", "actor = ?", f.Actor)
	return list(ctx, db, l, p, func(s scanner) (*matterv1.Entry, []any, error) {
		var number int64
		var b []byte
		if err := s.Scan(&number, &b); err != nil {
			return nil, nil, err
		}
		e := new(matterv1.Entry)
		return e, []any{number}, proto.Unmarshal(b, e)
	})
}

// Lot names a batch.
type Lot struct {
	GTIN string `json:"gtin"`
	Lot  string `json:"lot"`
}

// MadeOf implements Model: what a batch was made of, or, forward, what was made of
// it, in order of GTIN and lot.
func (db *DB) MadeOf(ctx context.Context, batch Lot, forward bool, p Page) (List[Lot], error) {
	l := &listing{name: "made of", selects: "of_gtin, of_lot", from: "made_of", key: textKey("of_gtin", "of_lot")}
	if forward {
		l = &listing{name: "went into", selects: "gtin, lot", from: "made_of", key: textKey("gtin", "lot")}
		l.filter(true, "of_gtin = ? AND of_lot = ?", batch.GTIN, batch.Lot)
	} else {
		l.filter(true, "gtin = ? AND lot = ?", batch.GTIN, batch.Lot)
	}
	l.filter(true, "live = 1")
	return list(ctx, db, l, p, func(s scanner) (Lot, []any, error) {
		var b Lot
		err := s.Scan(&b.GTIN, &b.Lot)
		return b, []any{b.GTIN, b.Lot}, err
	})
}

// entry writes an entry, the batches that it names, and what it made of what.
func (p *projection) entry(e *matterv1.Entry) error {
	var in, out []*matterv1.Posting
	for _, line := range e.GetPostings() {
		if line.GetAccount() != matterv1.Account_ACCOUNT_STOCK {
			continue
		}
		p.put(tEntryBatches, line.GetBatch().GetGtin(), line.GetBatch().GetLot(), int64(e.GetNumber()))
		if line.GetAmount() > 0 {
			out = append(out, line)
		} else {
			in = append(in, line)
		}
	}
	if e.GetKind() != matterv1.EntryKind_ENTRY_KIND_REVERSAL {
		for _, o := range out {
			for _, i := range in {
				p.put(tMadeOf, o.GetBatch().GetGtin(), o.GetBatch().GetLot(), i.GetBatch().GetGtin(), i.GetBatch().GetLot(), flag(e.GetReversedBy() == 0))
			}
		}
	}
	return p.record(tEntries, e, int64(e.GetNumber()), int64(e.GetKind()), e.GetActor(), e.GetDay())
}
