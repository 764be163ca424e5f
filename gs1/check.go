package gs1

import (
	"fmt"
	"strings"
)

// checks are the content checks named by the syntax dictionary. Each takes one
// component's text, whose characters need not have been checked, and returns a
// reason or "". Source: GS1 Barcode Syntax Tests, by name.
var checks = map[string]func(string) string{
	"cset82":         func(s string) string { return charReason(set82.outside(s), s, "the GS1 character set 82") },
	"cset39":         func(s string) string { return charReason(set39.outside(s), s, "the GS1 character set 39") },
	"cset64":         func(s string) string { return charReason(badBase64URL(s), s, "base64url") },
	"csetnumeric":    func(s string) string { return charReason(nonDigit(s), s, "digits") },
	"csum":           checkSum,
	"csumalpha":      checkSumAlpha,
	"gcppos1":        checkPrefix,
	"gcppos2":        func(s string) string { return checkPrefix(dropFirst(s)) },
	"hasnondigit":    checkHasNonDigit,
	"hh":             func(s string) string { return checkClock(s, "hour", 24) },
	"mi":             func(s string) string { return checkClock(s, "minute", 60) },
	"ss":             func(s string) string { return checkClock(s, "second", 60) },
	"hhmi":           checkHourMinute,
	"hyphen":         checkHyphen,
	"iban":           checkIBAN,
	"importeridx":    checkImporter,
	"iso3166":        func(s string) string { return oneOf(s, countryNumeric, "an ISO 3166 numeric country code") },
	"iso3166999":     checkCountryOr999,
	"iso3166alpha2":  func(s string) string { return oneOf(s, countryAlpha2, "an ISO 3166 two-letter country code") },
	"iso4217":        func(s string) string { return oneOf(s, currencyNumeric, "an ISO 4217 numeric currency code") },
	"iso5218":        func(s string) string { return oneOf(s, "0 1 2 9", "an ISO/IEC 5218 code") },
	"latitude":       func(s string) string { return checkCoordinate(s, "latitude", "1800000000") },
	"longitude":      func(s string) string { return checkCoordinate(s, "longitude", "3600000000") },
	"mediatype":      checkMediaType,
	"nonzero":        checkNonZero,
	"nozeroprefix":   checkNoZeroPrefix,
	"packagetype":    checkPackageType,
	"pcenc":          checkPercent,
	"pieceoftotal":   checkPieceOfTotal,
	"posinseqslash":  checkPosition,
	"winding":        func(s string) string { return oneOf(s, "0 1 9", "a winding direction") },
	"yesno":          func(s string) string { return oneOf(s, "0 1", "0 or 1") },
	"yymmdd":         func(s string) string { return checkDate(s, 6, false) },
	"yymmd0":         func(s string) string { return checkDate(s, 6, true) },
	"yyyymmdd":       func(s string) string { return checkDate(s, 8, false) },
	"yyyymmd0":       func(s string) string { return checkDate(s, 8, true) },
	"zero":           func(s string) string { return oneOf(s, "0", "zero") },
	"couponcode":     checkCoupon,
	"couponposoffer": checkPositiveOffer,
}

// runChecks applies the dictionary's content checks to a value that split has
// accepted.
func (ai *AI) runChecks(parts []string) error {
	for i, part := range parts {
		for _, name := range ai.Components[i].Checks {
			check, ok := checks[name]
			if !ok {
				return fmt.Errorf("AI (%s) %s needs the check %q, which is not known", ai.Code, ai.Title, name)
			}
			if reason := check(part); reason != "" {
				return fmt.Errorf("AI (%s) %s: %s", ai.Code, ai.Title, reason)
			}
		}
	}
	return nil
}

func charReason(bad int, s, set string) string {
	if bad < 0 {
		return ""
	}
	if bad >= len(s) {
		return fmt.Sprintf("%s is not complete %s", quote(s), set)
	}
	return fmt.Sprintf("%s has %s, outside %s", quote(s), quoteChar(s, bad), set)
}

func checkSum(s string) string {
	if len(s) < 2 || !isDigits(s) {
		return quote(s) + " is not digits ending in a check digit"
	}
	n := len(s) - 1
	if want := checkDigit(s[:n]); s[n] != want {
		return fmt.Sprintf("%s has check digit %c but its other digits give %c", quote(s), s[n], want)
	}
	return ""
}

// checkSumAlpha verifies the two check characters of a Global Model Number.
// Source: GS1 General Specifications, section 7.9.5: prime weights from the
// right, modulo 1021, written in a 32-character alphabet.
func checkSumAlpha(s string) string {
	if len(s) < 2 || len(s) > 99 {
		return fmt.Sprintf("%s must have 2 to 99 characters to carry a check pair", quote(s))
	}
	if bad := set82.outside(s); bad >= 0 {
		return charReason(bad, s, "the GS1 character set 82")
	}
	const pairs = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	body := s[:len(s)-2]
	sum, prime := 0, 2
	for i := len(body) - 1; i >= 0; i-- {
		sum += strings.IndexByte(chars82, body[i]) * prime
		prime = nextPrime(prime)
	}
	sum %= 1021
	if want := string([]byte{pairs[sum>>5], pairs[sum&31]}); s[len(s)-2:] != want {
		return fmt.Sprintf("%s ends in the check pair %s but the rest gives %s", quote(s), quote(s[len(s)-2:]), want)
	}
	return ""
}

func nextPrime(p int) int {
	for n := p + 1; ; n++ {
		composite := false
		for d := 2; d*d <= n; d++ {
			composite = composite || n%d == 0
		}
		if !composite {
			return n
		}
	}
}

// checkPrefix asks for the four digits that every GS1 Company Prefix has at
// least; which prefixes are issued is not published as a table.
func checkPrefix(s string) string {
	if len(s) < 4 {
		return quote(s) + " is too short to hold a GS1 Company Prefix"
	}
	if nonDigit(s[:4]) >= 0 {
		return quote(s) + " does not begin with the digits of a GS1 Company Prefix"
	}
	return ""
}

func dropFirst(s string) string {
	if s == "" {
		return s
	}
	return s[1:]
}

func checkHasNonDigit(s string) string {
	if nonDigit(s) < 0 {
		return quote(s) + " needs at least one character that is not a digit"
	}
	return ""
}

func checkHyphen(s string) string {
	if s == "" || strings.Trim(s, "-") != "" {
		return quote(s) + " is not a hyphen"
	}
	return ""
}

func checkImporter(s string) string {
	if len(s) != 1 || !setURL[s[0]] {
		return quote(s) + " is not one importer index character (letter, digit, - or _)"
	}
	return ""
}

func oneOf(s, list, what string) string {
	for _, item := range strings.Fields(list) {
		if s == item {
			return ""
		}
	}
	return quote(s) + " is not " + what
}

func checkCountryOr999(s string) string {
	if s == "999" {
		return ""
	}
	return oneOf(s, countryNumeric, "an ISO 3166 numeric country code or 999")
}

func checkMediaType(s string) string {
	if len(s) == 2 && isDigits(s) {
		if n := atoi(s); (n >= 1 && n <= 10) || n >= 80 {
			return ""
		}
	}
	return quote(s) + " is not an AIDC media type (01 to 10, 80 to 99)"
}

// checkPackageType checks the shape of a UN/ECE Recommendation 21 package code;
// the list itself grows every year and is not kept here.
func checkPackageType(s string) string {
	const chars = digits + upper
	for i := 0; i < len(s); i++ {
		if strings.IndexByte(chars, s[i]) < 0 {
			return quote(s) + " is not a package type code"
		}
	}
	if len(s) < 1 || len(s) > 3 || strings.Trim(s, "0") == "" {
		return quote(s) + " is not a package type code"
	}
	return ""
}
