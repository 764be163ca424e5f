package product

import (
	"errors"
	"testing"
	"time"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
)

func TestHowLateIsLate(t *testing.T) {
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC).Unix()
	day := func(n int) string { return time.Unix(at, 0).UTC().AddDate(0, 0, -n).Format(time.DateOnly) }
	strict := &productv1.Lateness{MarkAfterDays: 3, RefuseAfterDays: 30}
	for _, c := range []struct {
		name string
		l    *productv1.Lateness
		days int
		want uint32
		ok   bool
	}{
		{"today", strict, 0, 0, true},
		{"the last day in time", strict, 3, 0, true},
		{"the first day late", strict, 4, 4, true},
		{"the last day that is taken", strict, 30, 30, true},
		{"the first day too late", strict, 31, 0, false},
		{"ahead", strict, -1, 0, true},
		{"nothing said: a week", nil, 7, 0, true},
		{"nothing said: more than a week", nil, 8, 8, true},
		{"nothing said: never refused", nil, 9_000, 9_000, true},
		{"only a refusal said", &productv1.Lateness{RefuseAfterDays: 8}, 9, 0, false},
	} {
		got, err := lateDays(c.l, "spec", day(c.days), "", at)
		if got != c.want || (err == nil) != c.ok || err != nil && !errors.Is(err, ErrLate) {
			t.Errorf("%s: %d, %v", c.name, got, err)
		}
	}
	if got, err := lateDays(strict, "spec", day(31), day(31), at); got != 31 || err != nil {
		t.Errorf("what was told of that day before: %d, %v", got, err)
	}
	if _, err := lateDays(nil, "", "yesterday", "", at); !errors.Is(err, ErrDate) {
		t.Errorf("a day that is none: %v", err)
	}
}

func TestALatenessThatCannotBe(t *testing.T) {
	for _, l := range []*productv1.Lateness{
		{MarkAfterDays: maxLateDays + 1}, {RefuseAfterDays: maxLateDays + 1}, {MarkAfterDays: 10, RefuseAfterDays: 9}, {RefuseAfterDays: 6},
	} {
		if err := checkLateness(l); !errors.Is(err, ErrShape) {
			t.Errorf("%v: %v", l, err)
		}
	}
	for _, l := range []*productv1.Lateness{nil, {}, {MarkAfterDays: 10, RefuseAfterDays: 10}, {RefuseAfterDays: 7}} {
		if err := checkLateness(l); err != nil {
			t.Errorf("%v: %v", l, err)
		}
	}
}
