package epcis

import (
	"fmt"
	"strings"
)

// Bounds of a JSON number: its text, and the power of ten it may be scaled by.
const (
	maxNumberText = 64
	maxExponent   = 40
)

// plainNumber turns a JSON number into plain decimal text: no exponent, no
// leading or trailing zeros, no "-0". It returns a problem instead when the
// text is no JSON number or is out of bounds.
func plainNumber(s string) (plain, problem string) {
	if len(s) > maxNumberText {
		return "", fmt.Sprintf("the number %s has %d characters: at most %d are read", quote(s), len(s), maxNumberText)
	}
	mantissa, exponent, hasExponent := cutExponent(s)
	unsigned := strings.TrimPrefix(mantissa, "-")
	whole, decimals, hasPoint := strings.Cut(unsigned, ".")
	if !isDigits(whole) || (len(whole) > 1 && whole[0] == '0') || (hasPoint && !isDigits(decimals)) {
		return "", quote(s) + " is not a JSON number"
	}
	shift := 0
	if hasExponent {
		var ok bool
		if shift, ok = parseExponent(exponent); !ok {
			return "", fmt.Sprintf("%s is not a JSON number with an exponent of at most %d", quote(s), maxExponent)
		}
	}
	return scaled(unsigned != mantissa, whole, decimals, shift), ""
}

func cutExponent(s string) (mantissa, exponent string, ok bool) {
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

func parseExponent(s string) (n int, ok bool) {
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	if !isDigits(s) {
		return 0, false
	}
	for i := 0; i < len(s); i++ {
		if n = n*10 + int(s[i]-'0'); n > maxExponent {
			return 0, false
		}
	}
	if negative {
		n = -n
	}
	return n, true
}

// scaled writes whole.decimals × 10^shift without needless zeros.
func scaled(negative bool, whole, decimals string, shift int) string {
	if shift > 0 {
		decimals += strings.Repeat("0", max(0, shift-len(decimals)))
		whole, decimals = whole+decimals[:shift], decimals[shift:]
	}
	if shift < 0 {
		whole = strings.Repeat("0", max(0, -shift-len(whole))) + whole
		cut := len(whole) + shift
		whole, decimals = whole[:cut], whole[cut:]+decimals
	}
	whole = strings.TrimLeft(whole, "0")
	decimals = strings.TrimRight(decimals, "0")
	if whole == "" {
		whole = "0"
	}
	if decimals != "" {
		whole += "." + decimals
	}
	if negative && whole != "0" {
		return "-" + whole
	}
	return whole
}

// numericText rewrites text that is a number, with or without a sign and with
// leading zeros, as the event hash wants it; other text stays. Exponents and
// digit separators do not make a number.
func numericText(s string) string {
	unsigned := s
	if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "+") {
		unsigned = s[1:]
	}
	whole, decimals, hasPoint := strings.Cut(unsigned, ".")
	if !isDigits(whole) || (hasPoint && !isDigits(decimals)) {
		return s
	}
	return scaled(strings.HasPrefix(s, "-"), whole, decimals, 0)
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
