package index

import (
	"context"
	"strconv"

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
	// Late leaves out what was told in time.
	Late bool
	// Height and Until bound what was known: at the end of a block, and before a
	// second. Day bounds what had happened, and leaves out entries that were taken back
	// by then known, and what took them back. 0 and "" ask for none.
	Height, Until int64
	Day           string
}

// Entries implements Model; in order of number.
func (db *DB) Entries(ctx context.Context, f EntryFilter, p Page) (List[*matterv1.Entry], error) {
	l := &listing{name: "entries", selects: "number, record", from: "entries", key: []keyColumn{{"number", 'i'}}}
	l.filter(f.GTIN != "", "number IN (SELECT number FROM entry_batches WHERE gtin = ? AND lot = ?)", f.GTIN, f.Lot)
	l.filter(f.Kind != 0, "kind = ?", int64(f.Kind))
	l.filter(f.Late, "late > 0")
	l.filter(f.Height > 0, "height <= ?", f.Height)
	l.filter(f.Until > 0, "at < ?", f.Until)
	if f.Day != "" {
		known, args := "", []any{f.Day}
		if f.Height > 0 {
			known, args = known+" AND r.height <= ?", append(args, f.Height)
		}
		if f.Until > 0 {
			known, args = known+" AND r.at < ?", append(args, f.Until)
		}
		l.filter(true, "day <= ? AND reverses = 0 AND NOT EXISTS (SELECT 1 FROM entries r WHERE r.reverses = entries.number"+known+")", args...)
	}
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
	// An entry that was told right was announced before as taken back; what it made of
	// what may stand again by the one that tells it right.
	if k := e.GetKind(); e.GetCorrectedBy() == 0 && k != matterv1.EntryKind_ENTRY_KIND_REVERSAL && k != matterv1.EntryKind_ENTRY_KIND_TRANSFER {
		for _, o := range out {
			for _, i := range in {
				p.put(tMadeOf, o.GetBatch().GetGtin(), o.GetBatch().GetLot(), i.GetBatch().GetGtin(), i.GetBatch().GetLot(), fromBook, strconv.FormatUint(e.GetNumber(), 10), flag(e.GetReversedBy() == 0))
			}
		}
	}
	return p.record(tEntries, e, int64(e.GetNumber()), int64(e.GetKind()), e.GetActor(), e.GetDay(), int64(e.GetLateDays()), e.GetRecordedAt(), e.GetRecordedHeight(), int64(e.GetReverses()))
}
