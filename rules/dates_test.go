package rules

import (
	"strings"
	"testing"
	"time"
)

func date(t testing.TB, text string) Date {
	t.Helper()
	d, err := ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDatesAreReadAndWritten(t *testing.T) {
	for _, c := range []struct{ text, it, en string }{
		{"2026-09-10", "10 settembre 2026", "10 September 2026"},
		{"2024-02-29", "29 febbraio 2024", "29 February 2024"},
		{"1900-01-01", "1º gennaio 1900", "1 January 1900"},
		{"2200-12-31", "31 dicembre 2200", "31 December 2200"},
		{"1969-12-31", "31 dicembre 1969", "31 December 1969"},
	} {
		d := date(t, c.text)
		if d.String() != c.text || d.In(Italian) != c.it || d.In(English) != c.en {
			t.Errorf("%s: %s, %s, %s", c.text, d, d.In(Italian), d.In(English))
		}
	}
	for _, text := range []string{"", "2026-9-1", "2026-02-29", "2026-13-01", "10/09/2026", "1899-12-31", "2201-01-01", "1970-01-01", "2026-09-10T00:00:00Z", strings.Repeat("9", 100)} {
		if d, err := ParseDate(text); err == nil {
			t.Errorf("%q is read as %s", text, d)
		}
	}
	if minDate.In(English) != "1 January 1900" || maxDate.In(English) != "31 December 2200" || (maxDate+1).In(English) != "?" || (minDate-1).In(Italian) != "?" {
		t.Error("the ends of the calendar have moved")
	}
}

// TestMonthsAreCountedByTheCalendar follows Italian civil code art. 2963: a term in
// months ends on the day of the same number, or on the month's last.
func TestMonthsAreCountedByTheCalendar(t *testing.T) {
	for _, c := range []struct {
		from   string
		months int64
		want   string
	}{
		{"2024-12-01", 18, "2026-06-01"},
		{"2024-01-31", 1, "2024-02-29"},
		{"2023-01-31", 1, "2023-02-28"},
		{"2024-01-31", 3, "2024-04-30"},
		{"2024-02-29", 12, "2025-02-28"},
		{"2024-02-29", 48, "2028-02-29"},
		{"2024-03-31", -1, "2024-02-29"},
		{"2024-01-15", -1, "2023-12-15"},
		{"2024-01-15", -13, "2022-12-15"},
		{"2024-11-30", 13, "2025-12-30"},
		{"2024-06-15", 0, "2024-06-15"},
		{"1969-12-31", 2, "1970-02-28"},
	} {
		got, ok := addMonths(date(t, c.from), c.months)
		if !ok || got.String() != c.want {
			t.Errorf("%s and %d months: %s %v, want %s", c.from, c.months, got, ok, c.want)
		}
	}
	for _, c := range []struct {
		from   Date
		months int64
	}{{maxDate, 1}, {minDate, -1}, {0, 3601}, {0, -3601}, {1 << 60, 1}} {
		if got, ok := addMonths(c.from, c.months); ok {
			t.Errorf("%d and %d months: %s", c.from, c.months, got)
		}
	}
}

// TestMonthsAgreeWithTheLibraryWhereItDoesNotRollOver compares with an independent
// computation: time.AddDate, on days that every month has.
func TestMonthsAgreeWithTheLibraryWhereItDoesNotRollOver(t *testing.T) {
	start := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 400 {
		at := start.AddDate(0, 0, i*37)
		if at.Day() > 28 {
			continue
		}
		months := int64(i%61 - 30)
		got, ok := addMonths(date(t, at.Format(time.DateOnly)), months)
		if want := at.AddDate(0, int(months), 0).Format(time.DateOnly); !ok || got.String() != want {
			t.Fatalf("%s and %d months: %s, want %s", at, months, got, want)
		}
	}
}

func TestDaysOfTheYear(t *testing.T) {
	for text, want := range map[string]int64{"09-10": 910, "12-31": 1231, "01-01": 101, "02-28": 228} {
		if got, err := parseYearDay(text); err != nil || got != want {
			t.Errorf("%s: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"02-29", "02-30", "13-01", "00-10", "9-10", "09-1", "09/10", "", "04-31", "-1-10"} {
		if got, err := parseYearDay(text); err == nil {
			t.Errorf("%s is read as %d", text, got)
		}
	}
	if got := FormatAmount(1201, unitOf(YearDay), Italian); got != "1º dicembre" {
		t.Error(got)
	}
}

func TestInstants(t *testing.T) {
	a, err := parseInstant("2026-03-29T01:30:00+01:00")
	b, err2 := parseInstant("2026-03-29T03:30:00+02:00")
	if err != nil || err2 != nil || b-a != 3600 {
		t.Errorf("the night that lacks an hour: %d %v %v", b-a, err, err2)
	}
	for _, text := range []string{"2026-03-29T01:30:00", "2026-03-29 01:30:00Z", "2026-03-29T01:30:00.5Z", "2026-03-29", "1800-01-01T00:00:00Z"} {
		if _, err := parseInstant(text); err == nil {
			t.Errorf("%s is read", text)
		}
	}
	if got := formatInstant(a, Italian); got != "29 marzo 2026 00:30 UTC" {
		t.Error(got)
	}
}
