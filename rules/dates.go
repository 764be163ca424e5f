package rules

import (
	"fmt"
	"strconv"
	"time"
)

// Date is a day of the calendar, counted from 1970-01-01. Zero is not stated.
type Date int64

// ParseDate reads YYYY-MM-DD of the years 1900 to 2200.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1900 || t.Year() > 2200 || t.Unix() == 0 {
		return 0, fmt.Errorf("%q is no date: write one such as 2026-09-10", clip(text))
	}
	return Date(t.Unix() / 86400), nil
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

// civil is the date's year, month and day.
func (d Date) civil() (int64, int64, int64) {
	t := time.Unix(int64(d)*86400, 0).UTC()
	return int64(t.Year()), int64(t.Month()), int64(t.Day())
}

// String is the date as YYYY-MM-DD.
func (d Date) String() string { return time.Unix(int64(d)*86400, 0).UTC().Format(time.DateOnly) }

// In is the date in words.
func (d Date) In(l Language) string {
	if d < minDate || d > maxDate {
		return "?"
	}
	y, m, day := d.civil()
	return dayMonth(day, m, l) + " " + strconv.FormatInt(y, 10)
}

// Dates that the language computes with: years 1900 to 2200.
const (
	minDate Date = -25567
	maxDate Date = 84370
)

func dateOf(year, month, day int64) (Date, bool) {
	if year < 1900 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31 {
		return 0, false
	}
	t := time.Date(int(year), time.Month(month), int(day), 0, 0, 0, 0, time.UTC)
	return Date(floorDiv(t.Unix(), 86400)), int64(t.Day()) == day
}

// addMonths counts months of the calendar: the same day of the month they lead
// to, or that month's last day if it has no such day (Italian civil code art.
// 2963, which counts prescription so, and which other terms follow).
func addMonths(d Date, months int64) (Date, bool) {
	if months < -3600 || months > 3600 || d < minDate || d > maxDate {
		return 0, false
	}
	y, m, day := d.civil()
	at := y*12 + m - 1 + months
	y, m = floorDiv(at, 12), at-floorDiv(at, 12)*12+1
	for ; day > 28; day-- {
		if made, ok := dateOf(y, m, day); ok {
			return made, true
		}
	}
	return dateOf(y, m, day)
}

// parseYearDay reads MM-DD into 100 × month + day; 29 February is refused, since
// most years have none.
func parseYearDay(text string) (int64, error) {
	if len(text) == 5 && text[2] == '-' && allDigits(text[:2]) && allDigits(text[3:]) {
		m, d := parseDigits(text[:2]), parseDigits(text[3:])
		if _, ok := dateOf(2025, m, d); ok {
			return m*100 + d, nil
		}
	}
	return 0, fmt.Errorf("%q is no day of the year: write month and day such as 09-10", clip(text))
}

// parseInstant reads an instant as RFC 3339 with its offset, to the second.
func parseInstant(text string) (int64, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.Nanosecond() != 0 || t.Year() < 1900 || t.Year() > 2200 {
		return 0, fmt.Errorf("%q is no instant: write one such as 2026-09-10T08:30:00+02:00", clip(text))
	}
	return t.Unix(), nil
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}
