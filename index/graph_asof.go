package index

import (
	"context"
	"slices"
	"strings"
	"time"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
)

// AsOf is the past of the book: what was known at the end of a height and before a
// second, of what had happened by the end of a day, YYYY-MM-DD. 0 and "" ask for
// none.
type AsOf struct {
	Height, Until int64
	Day           string
}

// lastDay is later than any day that can be told.
const lastDay = "9999-12-31"

// knows says whether something recorded then was known.
func (a AsOf) knows(at, height int64) bool {
	return (a.Height == 0 || height <= a.Height) && (a.Until == 0 || at < a.Until)
}

// happened says whether a moment lies within the day, UTC.
func (a AsOf) happened(ms int64) bool {
	return a.Day == "" || time.UnixMilli(ms).UTC().Format(time.DateOnly) <= a.Day
}

// GraphAsOf implements Model: as Graph, of what was known then. It reads the entries
// and events of each batch on its way, so it costs more than the graph of today.
func (db *DB) GraphAsOf(ctx context.Context, batch Lot, forward bool, depth, most int, as AsOf) (*Graph, error) {
	return walkGraph(batch, forward, depth, most, func(at Lot, _ Page) (List[Lot], error) {
		found := map[Lot]bool{}
		if err := db.bookAsOf(ctx, at, forward, as, found); err != nil {
			return List[Lot]{}, err
		}
		if err := db.eventsAsOf(ctx, at, forward, as, found); err != nil {
			return List[Lot]{}, err
		}
		var l List[Lot]
		for lot := range found {
			l.Items = append(l.Items, lot)
		}
		slices.SortFunc(l.Items, func(a, b Lot) int {
			if n := strings.Compare(a.GTIN, b.GTIN); n != 0 {
				return n
			}
			return strings.Compare(a.Lot, b.Lot)
		})
		return l, nil
	})
}

// bookAsOf adds what the entries that stood then made of what.
func (db *DB) bookAsOf(ctx context.Context, at Lot, forward bool, as AsOf, found map[Lot]bool) error {
	f := EntryFilter{GTIN: at.GTIN, Lot: at.Lot, Height: as.Height, Until: as.Until, Day: as.Day}
	if f.Day == "" {
		f.Day = lastDay // leaves out what was taken back
	}
	return eachPage(func(p Page) (string, error) {
		l, err := db.Entries(ctx, f, p)
		for _, e := range l.Items {
			switch e.GetKind() {
			case matterv1.EntryKind_ENTRY_KIND_TRANSFORMATION, matterv1.EntryKind_ENTRY_KIND_SPLIT, matterv1.EntryKind_ENTRY_KIND_MERGE:
				besideInEntry(e, at, forward, found)
			}
		}
		return l.Next, err
	})
}

func besideInEntry(e *matterv1.Entry, at Lot, forward bool, found map[Lot]bool) {
	takes, makes := map[Lot]bool{}, map[Lot]bool{}
	for _, p := range e.GetPostings() {
		switch {
		case p.GetAccount() != matterv1.Account_ACCOUNT_STOCK:
		case p.GetAmount() < 0:
			takes[lotNamed(p.GetBatch())] = true
		default:
			makes[lotNamed(p.GetBatch())] = true
		}
	}
	here, there := makes, takes
	if forward {
		here, there = takes, makes
	}
	if here[at] {
		for lot := range there {
			found[lot] = true
		}
	}
}

// eventsAsOf adds what events told that nobody had declared wrong then.
func (db *DB) eventsAsOf(ctx context.Context, at Lot, forward bool, as AsOf, found map[Lot]bool) error {
	return eachPage(func(p Page) (string, error) {
		l, err := db.Events(ctx, EventFilter{GTIN: at.GTIN, Lot: at.Lot}, p)
		for _, e := range l.Items {
			if r := e.Record; as.knows(r.GetRecordedAt(), r.GetRecordedHeight()) && as.happened(r.GetEventTimeMs()) && !slices.ContainsFunc(r.GetDeclarations(), func(d *tracev1.Declaration) bool {
				return as.knows(d.GetRecordedAt(), d.GetRecordedHeight())
			}) {
				besideInEvent(r, at, forward, found)
			}
		}
		return l.Next, err
	})
}

func besideInEvent(r *tracev1.Event, at Lot, forward bool, found map[Lot]bool) {
	for _, pair := range toldPairs(r) {
		switch {
		case forward && pair.From == at:
			found[pair.To] = true
		case !forward && pair.To == at:
			found[pair.From] = true
		}
	}
}

func lotNamed(id *basev1.BatchID) Lot { return Lot{id.GetGtin(), id.GetLot()} }

// eachPage reads until there is no next page.
func eachPage(read func(Page) (next string, err error)) error {
	p := Page{Limit: MaxLimit}
	for {
		next, err := read(p)
		if err != nil || next == "" {
			return err
		}
		p.Token = next
	}
}
