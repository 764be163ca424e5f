package batchfile

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	isoDate     = regexp.MustCompile(`^(\d{4})-(\d{1,2})-(\d{1,2})$`)
	italianDate = regexp.MustCompile(`^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$`)
	shortDate   = regexp.MustCompile(`^(\d{1,2})[/.-](\d{1,2})[/.-](\d{2})$`)
	midnight    = regexp.MustCompile(`[ T]00?[:.]00([:.]00)?$`)
	serialDay   = regexp.MustCompile(`^\d{5}$`)

	// monthDay is what Excel shows for a lot such as 1-11 or 11/26
	monthDay = regexp.MustCompile(`^(?i:\d{1,2}[-/](gen|feb|mar|apr|mag|giu|lug|ago|set|ott|nov|dic|jan|may|jun|jul|aug|sep|oct|dec)([-/]\d{2,4})?|(gen|feb|mar|apr|mag|giu|lug|ago|set|ott|nov|dic|jan|may|jun|jul|aug|sep|oct|dec)[-/]\d{2,4})$`)
)

// looksLikeDate says whether a lot has the shape of a date as Excel in Italy
// writes one. YYYY-MM-DD is not: Excel there never writes it by itself.
func looksLikeDate(s string) bool {
	if monthDay.MatchString(s) {
		return true
	}
	m := italianDate.FindStringSubmatch(midnight.ReplaceAllString(s, ""))
	if m == nil || strings.ContainsAny(s, ".") {
		return false
	}
	_, ok := day(m[3], m[2], m[1])
	return ok
}

// day checks a calendar day between 1990 and 2099 and writes it YYYY-MM-DD.
func day(year, month, date string) (string, bool) {
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(date)
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	ok := y >= 1990 && y <= 2099 && t.Year() == y && int(t.Month()) == m && t.Day() == d
	return fmt.Sprintf("%04d-%02d-%02d", y, m, d), ok
}

func (c *checker) date(f field, required bool) string {
	s := c.cell(f)
	if s == "" && !required {
		return ""
	}
	s, ok := c.required(f)
	if !ok {
		return ""
	}
	bare := midnight.ReplaceAllString(s, "")
	if m := isoDate.FindStringSubmatch(bare); m != nil {
		if d, ok := day(m[1], m[2], m[3]); ok {
			return d
		}
	}
	if m := italianDate.FindStringSubmatch(bare); m != nil {
		if d, ok := day(m[3], m[2], m[1]); ok {
			return d
		}
		if d, ok := day(m[3], m[1], m[2]); ok {
			c.fail(f, "date_american", "«%s» ha il mese prima del giorno: scrivere %s", "“%s” has the month before the day: write %s", s, italianDay(d))
			return ""
		}
	}
	c.wrongDate(f, s, bare)
	return ""
}

func (c *checker) wrongDate(f field, s, bare string) {
	if m := shortDate.FindStringSubmatch(bare); m != nil {
		if d, ok := day("20"+m[3], m[2], m[1]); ok {
			c.fail(f, "date_short_year", "l'anno di «%s» ha due cifre: scrivere %s", "the year of “%s” has two digits: write %s", s, italianDay(d))
			return
		}
	}
	if serialDay.MatchString(bare) {
		// Excel counts days from 30 December 1899
		n, _ := strconv.Atoi(bare)
		d := time.Date(1899, 12, 30+n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		if d, ok := day(d[:4], d[5:7], d[8:]); ok {
			c.fail(f, "date_serial", "«%s» è il numero con cui Excel conta i giorni: formattare la colonna come Data o scrivere %s",
				"“%s” is the number by which Excel counts days: format the column as Date or write %s", s, italianDay(d))
			return
		}
	}
	c.fail(f, "date_invalid", "«%s» non è una data del calendario: scrivere giorno/mese/anno come 23/11/2026", "“%s” is not a calendar date: write day/month/year as 23/11/2026, or 2026-11-23", short(s))
}

// italianDay writes YYYY-MM-DD as dd/mm/yyyy.
func italianDay(iso string) string { return iso[8:] + "/" + iso[5:7] + "/" + iso[:4] }
