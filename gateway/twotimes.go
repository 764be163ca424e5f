package gateway

import (
	"context"
	"strconv"
	"time"

	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	"github.com/filiera-chain/filiera/index"
)

// TwoTimes asks for the book as it was known at one time, about what had happened
// by another.
type TwoTimes struct {
	KnownAt string `query:"known_at" doc:"As it was known then: a height, a day (to its end, UTC), or a moment (RFC 3339). Empty for now"`
	TrueFor string `query:"true_for" doc:"Of what had happened by the end of this day, YYYY-MM-DD; what was taken back by then known did not happen. Empty for all"`
}

// asOf is what TwoTimes asks for; zero for what is not asked.
type asOf struct {
	height int64
	until  int64 // first second no longer known
	day    string
}

func (t TwoTimes) parse(height int64) (as asOf, err error) {
	as.height = height
	if as.day, err = filterDay("true_for", t.TrueFor); err != nil || t.KnownAt == "" {
		return as, err
	}
	if height > 0 {
		return as, badRequest("known_at", "height and known_at are both given; give one")
	}
	if n, err := strconv.ParseInt(t.KnownAt, 10, 64); err == nil && n > 0 {
		as.height = n
		return as, nil
	}
	if day, err := time.Parse(time.DateOnly, t.KnownAt); err == nil {
		as.until = day.AddDate(0, 0, 1).Unix()
		return as, nil
	}
	moment, err := time.Parse(time.RFC3339, t.KnownAt)
	if err != nil {
		return as, badRequest("known_at", "known_at is %q; write a height, a day as 2026-11-23, or a moment as 2026-11-23T10:00:00Z", clip(t.KnownAt))
	}
	as.until = moment.Unix() + 1
	return as, nil
}

func (a asOf) asked() bool { return a != asOf{} }

// knows says whether something recorded at that second and height was known.
func (a asOf) knows(at, height int64) bool {
	return (a.height == 0 || height <= a.height) && (a.until == 0 || at < a.until)
}

// filter bounds entries by both times.
func (a asOf) filter(f index.EntryFilter) index.EntryFilter {
	f.Height, f.Until, f.Day = a.height, a.until, a.day
	return f
}

// entriesAsOf gives every entry that a filter and both times choose.
func (g *Gateway) entriesAsOf(ctx context.Context, f index.EntryFilter, as asOf) ([]*matterv1.Entry, error) {
	page := index.Page{Limit: 500}
	var all []*matterv1.Entry
	for {
		l, err := g.c.Index.Entries(ctx, as.filter(f), page)
		if err != nil {
			return nil, err
		}
		all = append(all, l.Items...)
		if l.Next == "" {
			return all, nil
		}
		page.Token = l.Next
	}
}
