package product

import (
	"context"
	"time"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
)

const (
	// usualMarkDays is how late something may be told without a mark where the
	// specification is silent, or there is none.
	usualMarkDays = 7
	maxLateDays   = 3660
)

func checkLateness(l *productv1.Lateness) error {
	switch {
	case l.GetMarkAfterDays() > maxLateDays || l.GetRefuseAfterDays() > maxLateDays:
		return ErrShape.With("version.lateness is %d and %d days; at most %d are taken", l.GetMarkAfterDays(), l.GetRefuseAfterDays(), maxLateDays)
	case l.GetRefuseAfterDays() > 0 && l.GetRefuseAfterDays() < markAfter(l):
		return ErrShape.With("version.lateness refuses after %d days and marks after %d; it marks first", l.GetRefuseAfterDays(), markAfter(l))
	}
	return nil
}

func markAfter(l *productv1.Lateness) uint32 {
	if n := l.GetMarkAfterDays(); n > 0 {
		return n
	}
	return usualMarkDays
}

// lateDays gives how many days after a day something of it is told at second at, 0
// when that is in time, and refuses what is told too late.
//
// What was told of the day told before, "" for nothing, may be told right at any time,
// and is marked all the same.
func lateDays(l *productv1.Lateness, specification, day, told string, at int64) (uint32, error) {
	then, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return 0, ErrDate.With("the day is %q; write it as YYYY-MM-DD", clip(day))
	}
	days := (at - then.Unix()) / daySeconds
	if days <= int64(markAfter(l)) {
		return 0, nil
	}
	if most := l.GetRefuseAfterDays(); most > 0 && day != told && days > int64(most) {
		return 0, ErrLate.With("what happened on %s is told on %s, %d days later, and %s lets at most %d days pass: %d too many", day, module.Day(at), days, specification, most, days-int64(most))
	}
	return uint32(min(days, 1<<31)), nil
}

// Late gives how many days after a day something of it is told at second at, when
// that is late for the version of a specification, and 0 when it is in time. It
// refuses what is told later than the version lets. Without a specification what is
// more than 7 days late is marked, and nothing refused; nor is what was told of the day
// told before, which is told right.
func (p *Product) Late(ctx context.Context, at int64, specification string, version uint32, day, told string) (uint32, error) {
	var l *productv1.Lateness
	if version > 0 {
		v, err := p.version(ctx, specification, version)
		if err != nil {
			return 0, err
		}
		l = v.GetLateness()
	}
	return lateDays(l, specification, day, told, at)
}
