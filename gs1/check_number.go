package gs1

import (
	"fmt"
	"strings"
)

func checkClock(s, what string, limit int) string {
	if len(s) != 2 || !isDigits(s) {
		return fmt.Sprintf("the %s %s is not two digits", what, quote(s))
	}
	if atoi(s) >= limit {
		return fmt.Sprintf("the %s %s must be below %d", what, s, limit)
	}
	return ""
}

func checkHourMinute(s string) string {
	if len(s) != 4 {
		return fmt.Sprintf("the time %s is not four digits HHMM", quote(s))
	}
	if reason := checkClock(s[:2], "hour", 24); reason != "" {
		return reason
	}
	return checkClock(s[2:], "minute", 60)
}

// checkDate checks YYMMDD or YYYYMMDD. In the two-digit form the year matters
// only for 29 February; 1950 to 2049 and every other window agree on it, except
// for 00, which is a leap year in all the windows now living (2000).
func checkDate(s string, n int, dayMayBeZero bool) string {
	if len(s) != n || !isDigits(s) {
		return fmt.Sprintf("the date %s is not %d digits", quote(s), n)
	}
	year := atoi(s[:n-4])
	if n == 6 {
		year += 2000
	}
	month, day := atoi(s[n-4:n-2]), atoi(s[n-2:])
	if month < 1 || month > 12 {
		return fmt.Sprintf("the date %s has month %02d, which does not exist", quote(s), month)
	}
	if (day == 0 && !dayMayBeZero) || day > daysIn(year, month) {
		return fmt.Sprintf("the date %s has day %02d, which that month does not have", quote(s), day)
	}
	return ""
}

// checkCoordinate checks ten digits of at most limit, written in the same width.
func checkCoordinate(s, what, limit string) string {
	if len(s) != len(limit) || !isDigits(s) {
		return fmt.Sprintf("the %s %s is not %d digits", what, quote(s), len(limit))
	}
	if s > limit {
		return fmt.Sprintf("the %s %s is above %s", what, s, limit)
	}
	return ""
}

func checkNonZero(s string) string {
	if bad := nonDigit(s); bad >= 0 {
		return charReason(bad, s, "digits")
	}
	if strings.Trim(s, "0") == "" {
		return quote(s) + " must not be zero"
	}
	return ""
}

func checkNoZeroPrefix(s string) string {
	if bad := nonDigit(s); bad >= 0 {
		return charReason(bad, s, "digits")
	}
	if strings.HasPrefix(s, "0") {
		return quote(s) + " must not begin with zero"
	}
	return ""
}

func checkPercent(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			continue
		}
		if i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2]) {
			return quote(s) + " has a % that two hexadecimal digits do not follow"
		}
		i += 2
	}
	return ""
}

func checkPieceOfTotal(s string) string {
	if s == "" || len(s)%2 != 0 || !isDigits(s) {
		return quote(s) + " is not a piece number and a total of the same length"
	}
	piece, total := s[:len(s)/2], s[len(s)/2:]
	switch {
	case strings.Trim(piece, "0") == "" || strings.Trim(total, "0") == "":
		return quote(s) + " has a piece number or a total of zero"
	case piece > total:
		return fmt.Sprintf("%s has piece %s of only %s", quote(s), piece, total)
	}
	return ""
}

func checkPosition(s string) string {
	pos, end, ok := strings.Cut(s, "/")
	switch {
	case !ok || !isDigits(pos) || !isDigits(end):
		return quote(s) + " is not a position and an end such as 1/3"
	case pos[0] == '0' || end[0] == '0':
		return quote(s) + " has a number that begins with zero"
	case len(pos) > len(end) || (len(pos) == len(end) && pos > end):
		return quote(s) + " has a position beyond its end"
	}
	return ""
}

// checkIBAN verifies country, characters, length bounds and the modulo 97 check
// of ISO 13616. The exact length per country is the banks' business.
func checkIBAN(s string) string {
	if len(s) <= 10 || len(s) > 34 {
		return quote(s) + " has not the 11 to 34 characters of an IBAN"
	}
	for i := 0; i < len(s); i++ {
		if strings.IndexByte(digits+upper, s[i]) < 0 {
			return charReason(i, s, "the digits and upper case letters of an IBAN")
		}
	}
	if oneOf(s[:2], countryAlpha2, "") != "" {
		return quote(s) + " does not begin with a country code"
	}
	rest := 0
	for _, part := range [...]string{s[4:], s[:4]} {
		for i := 0; i < len(part); i++ {
			if part[i] <= '9' {
				rest = (rest*10 + int(part[i]-'0')) % 97
			} else {
				rest = (rest*100 + int(part[i]-'A') + 10) % 97
			}
		}
	}
	if rest != 1 {
		return quote(s) + " has wrong check digits"
	}
	return ""
}

func isHex(c byte) bool {
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f')
}
