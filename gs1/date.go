package gs1

import "fmt"

// Date is a calendar day. Year is the full year, Month 1 to 12, Day 1 to 31.
// MonthOnly marks a date whose element string gave day 00: Day is then the last
// day of the month, which is how such a date is to be read.
type Date struct {
	Year, Month, Day int
	MonthOnly        bool
}

// String returns the day as YYYY-MM-DD (ISO 8601).
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// AI returns the date as an element string holds it, YYMMDD, with day 00 for a
// month-only date.
func (d Date) AI() string {
	day := d.Day
	if d.MonthOnly {
		day = 0
	}
	return fmt.Sprintf("%02d%02d%02d", ((d.Year%100)+100)%100, d.Month, day)
}

// ParseDate reads the YYMMDD of AI 11, 12, 13, 15, 16 or 17. The century is the
// one that puts the year within 49 years before or 50 after refYear, the year of
// the block or of the document, never of the machine. Day 00 means the last day
// of the month. Source: GS1 General Specifications, sections 3.4 and 7.12.
func ParseDate(yymmdd string, refYear int) (Date, error) {
	if refYear < 1900 || refYear > 9000 {
		return Date{}, fmt.Errorf("the reference year %d is outside 1900 to 9000: give the year in which the date was read", refYear)
	}
	if len(yymmdd) != 6 || !isDigits(yymmdd) {
		return Date{}, fmt.Errorf("the date %s is not six digits: write it YYMMDD", quote(yymmdd))
	}
	year := windowYear(atoi(yymmdd[:2]), refYear)
	month, day := atoi(yymmdd[2:4]), atoi(yymmdd[4:])
	if month < 1 || month > 12 {
		return Date{}, fmt.Errorf("the date %s has month %02d: it must be 01 to 12", quote(yymmdd), month)
	}
	last := daysIn(year, month)
	if day > last {
		return Date{}, fmt.Errorf("the date %s has day %02d: that month has %d days", quote(yymmdd), day, last)
	}
	if day == 0 {
		return Date{year, month, last, true}, nil
	}
	return Date{Year: year, Month: month, Day: day}, nil
}

// windowYear applies the sliding window to a two-digit year.
func windowYear(yy, refYear int) int {
	year := refYear - refYear%100 + yy
	switch diff := year - refYear; {
	case diff >= 51:
		return year - 100
	case diff <= -50:
		return year + 100
	}
	return year
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// atoi converts text known to be a few digits.
func atoi(digits string) int {
	n := 0
	for i := 0; i < len(digits); i++ {
		n = n*10 + int(digits[i]-'0')
	}
	return n
}
