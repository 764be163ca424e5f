package epcisrest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// schedule says when a query is put, in UTC, as cron does: each field lists
// numbers and ranges, "1,[3-5]", and a field that is absent is free. The fields
// finer than the finest that is given are at their first value: {"hour":"1",
// "minute":"5"} is once a day. Source: EPCIS 2.0.1, 8.2.5.3.
type schedule struct {
	Second     string `json:"second,omitempty"`
	Minute     string `json:"minute,omitempty"`
	Hour       string `json:"hour,omitempty"`
	DayOfMonth string `json:"dayOfMonth,omitempty"`
	Month      string `json:"month,omitempty"`
	// DayOfWeek: 1 is Monday, 7 Sunday.
	DayOfWeek string `json:"dayOfWeek,omitempty"`
}

// timetable is a schedule as it was understood: nil is free.
type timetable struct{ seconds, minutes, hours, days, months, weekdays []int }

func (sc schedule) timetable() (t timetable, err error) {
	given := false
	for _, f := range [...]struct {
		name, text  string
		first, last int
		into        *[]int
	}{
		{"second", sc.Second, 0, 59, &t.seconds},
		{"minute", sc.Minute, 0, 59, &t.minutes},
		{"hour", sc.Hour, 0, 23, &t.hours},
		{"dayOfMonth", sc.DayOfMonth, 1, 31, &t.days},
		{"month", sc.Month, 1, 12, &t.months},
		{"dayOfWeek", sc.DayOfWeek, 1, 7, &t.weekdays},
	} {
		if strings.TrimSpace(f.text) == "" {
			continue
		}
		given = true
		if *f.into, err = times(f.text, f.first, f.last); err != nil {
			return t, fmt.Errorf("%s: %w", f.name, err)
		}
	}
	if !given {
		return t, fmt.Errorf("the schedule is empty; give second, minute, hour, dayOfMonth, month or dayOfWeek")
	}
	if t.seconds == nil {
		t.seconds = []int{0}
		if t.minutes == nil {
			t.minutes = []int{0}
			if t.hours == nil {
				t.hours = []int{0}
			}
		}
	}
	return t, nil
}

// times reads "1,[3-5],7".
func times(text string, first, last int) ([]int, error) {
	var out []int
	for _, item := range strings.Split(text, ",") {
		item = strings.TrimSpace(item)
		from, to := item, item
		if inner, ok := strings.CutPrefix(item, "["); ok {
			inner, closed := strings.CutSuffix(inner, "]")
			var two bool
			if from, to, two = strings.Cut(inner, "-"); !closed || !two {
				return nil, fmt.Errorf("%s is no range; write one as [3-5]", clip(item))
			}
		}
		a, err := strconv.Atoi(strings.TrimSpace(from))
		b, err2 := strconv.Atoi(strings.TrimSpace(to))
		if err != nil || err2 != nil || a < first || b > last || a > b {
			return nil, fmt.Errorf("%s is no number from %d to %d, nor a range of them such as [%d-%d]", clip(item), first, last, first, last)
		}
		for n := a; n <= b; n++ {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// searchYears bounds the search for a day: 29 February on a Monday comes within 40.
const searchYears = 41

// next is the first moment of the timetable after a moment; zero when there is
// none.
func (t timetable) next(after time.Time) time.Time {
	after = after.UTC().Truncate(time.Second)
	day := time.Date(after.Year(), after.Month(), after.Day(), 0, 0, 0, 0, time.UTC)
	for end := day.AddDate(searchYears, 0, 0); day.Before(end); day = day.AddDate(0, 0, 1) {
		if !t.onDay(day) {
			continue
		}
		if at := t.inDay(day, after); !at.IsZero() {
			return at
		}
	}
	return time.Time{}
}

func in(list []int, n int) bool { return list == nil || slices.Contains(list, n) }

func (t timetable) onDay(day time.Time) bool {
	weekday := int(day.Weekday())
	if weekday == 0 {
		weekday = 7
	}
	return in(t.months, int(day.Month())) && in(t.days, day.Day()) && in(t.weekdays, weekday)
}

func (t timetable) inDay(day, after time.Time) time.Time {
	for h := range 24 {
		if !in(t.hours, h) || day.Add(time.Duration(h+1)*time.Hour).Before(after) {
			continue
		}
		for m := range 60 {
			if !in(t.minutes, m) {
				continue
			}
			for sec := range 60 {
				at := day.Add(time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(sec)*time.Second)
				if in(t.seconds, sec) && at.After(after) {
					return at
				}
			}
		}
	}
	return time.Time{}
}
