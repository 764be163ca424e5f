package epcis

import (
	"fmt"
	"strings"
)

const msPerDay = 24 * 60 * 60 * 1000

// ParseTime reads an RFC 3339 date-time with its zone and returns milliseconds
// since 1970-01-01T00:00:00Z, rounded half up as the event hash rounds. Leap
// seconds are refused, because the scale of the result has none.
func ParseTime(s string) (unixMilli int64, err error) {
	ms, ok := parseTime(s)
	if !ok {
		return 0, fmt.Errorf("%s is not a date and time with a zone such as 2026-05-04T08:30:00.000+02:00", quote(s))
	}
	return ms, nil
}

func parseTime(s string) (int64, bool) {
	if len(s) < len("2006-01-02T15:04:05Z") || len(s) > 64 {
		return 0, false
	}
	days, ok := parseDay(s[:10])
	if !ok || (s[10] != 'T' && s[10] != 't') {
		return 0, false
	}
	clock, ok := parseClock(s[11:19])
	if !ok {
		return 0, false
	}
	fraction, zone := cutFraction(s[19:])
	offset, ok := parseZone(zone)
	if !ok || fraction == "." {
		return 0, false
	}
	return days*msPerDay + clock + roundFraction(fraction) - offset, true
}

// parseDay reads YYYY-MM-DD into days since 1970-01-01, Gregorian.
func parseDay(s string) (int64, bool) {
	if s[4] != '-' || s[7] != '-' || !isDigits(s[:4]+s[5:7]+s[8:]) {
		return 0, false
	}
	y, m, d := atoi(s[:4]), atoi(s[5:7]), atoi(s[8:])
	if m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return 0, false
	}
	return daysFromCivil(y, m, d), true
}

func daysIn(y, m int64) int64 {
	switch m {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// daysFromCivil counts days from 1970-01-01, with the year beginning in March so
// that the leap day comes last.
func daysFromCivil(y, m, d int64) int64 {
	if m <= 2 {
		y--
		m += 12
	}
	return 365*y + floorDiv(y, 4) - floorDiv(y, 100) + floorDiv(y, 400) + (153*(m-3)+2)/5 + d - 1 - 719468
}

// civil is the inverse of daysFromCivil.
func civil(days int64) (y, m, d int64) {
	z := days + 719468
	era := floorDiv(z, 146097)
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	y, m, d = yoe+era*400, mp+3, doy-(153*mp+2)/5+1
	if m > 12 {
		return y + 1, m - 12, d
	}
	return y, m, d
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// parseClock reads HH:MM:SS into milliseconds.
func parseClock(s string) (int64, bool) {
	if s[2] != ':' || s[5] != ':' || !isDigits(s[:2]+s[3:5]+s[6:]) {
		return 0, false
	}
	h, m, sec := atoi(s[:2]), atoi(s[3:5]), atoi(s[6:])
	return ((h*60+m)*60 + sec) * 1000, h < 24 && m < 60 && sec < 60
}

// cutFraction separates ".123" from the zone.
func cutFraction(s string) (fraction, zone string) {
	if !strings.HasPrefix(s, ".") {
		return "", s
	}
	n := 1
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return s[:n], s[n:]
}

// roundFraction turns ".1415" into milliseconds, half up.
func roundFraction(s string) int64 {
	digits := strings.TrimPrefix(s, ".") + "0000"
	ms := atoi(digits[:3])
	if digits[3] >= '5' {
		ms++
	}
	return ms
}

// parseZone reads Z or ±HH:MM into milliseconds east.
func parseZone(s string) (int64, bool) {
	if s == "Z" || s == "z" {
		return 0, true
	}
	if len(s) != 6 || (s[0] != '+' && s[0] != '-') || s[3] != ':' || !isDigits(s[1:3]+s[4:]) {
		return 0, false
	}
	h, m := atoi(s[1:3]), atoi(s[4:])
	if h > 23 || m > 59 {
		return 0, false
	}
	ms := (h*60 + m) * 60_000
	if s[0] == '-' {
		ms = -ms
	}
	return ms, true
}

// FormatTime writes milliseconds since 1970 in UTC as the event hash wants them:
// 2026-05-04T06:30:00.000Z.
func FormatTime(unixMilli int64) string {
	days := floorDiv(unixMilli, msPerDay)
	rest := unixMilli - days*msPerDay
	y, m, d := civil(days)
	return fmt.Sprintf("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", y, m, d, rest/3_600_000, rest/60_000%60, rest/1000%60, rest%1000)
}

func atoi(digits string) int64 {
	var n int64
	for i := 0; i < len(digits); i++ {
		n = n*10 + int64(digits[i]-'0')
	}
	return n
}
