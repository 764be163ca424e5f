package budget

import (
	"fmt"
	"strconv"
	"strings"
)

// MaxCents bounds one amount: ten thousand billion euros. MaxBook bounds all that
// enters a book, so that no sum in it is more than a number of JSON holds exactly.
const (
	MaxCents = 1_000_000_000_000_000
	MaxBook  = 8 * MaxCents
)

// Format writes cents as a person reads them, with two decimals: 18.000.000,00 in
// Italian, 18,000,000.00 otherwise. lang is it or en.
func Format(cents int64, lang string) string {
	thousands, decimals := ",", "."
	if lang == "it" {
		thousands, decimals = ".", ","
	}
	sign, n := "", uint64(cents)
	if cents < 0 {
		sign, n = "-", -n
	}
	digits := strconv.FormatUint(n/100, 10)
	var b strings.Builder
	b.WriteString(sign)
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(thousands)
		}
		b.WriteRune(d)
	}
	return b.String() + decimals + fmt.Sprintf("%02d", n%100)
}

// Euro is Format with the sign of the euro after it.
func Euro(cents int64, lang string) string { return Format(cents, lang) + " €" }

// Plain writes cents for programs: 18000000.00.
func Plain(cents int64) string {
	sign, n := "", uint64(cents)
	if cents < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}

// ParseAmount reads euros and cents into cents: 18000000, 18000000.00, 18.000.000,00
// or 18,000,000.00, with or without €. What can be read in two ways, such as 1.000,
// is refused, as is what is not above 0 or has parts of a cent.
func ParseAmount(s string) (int64, error) {
	text := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(s), "€"), "€"))
	bad := func(why string) (int64, error) {
		return 0, fmt.Errorf("I8: the amount %q %s; write it as 45000.00 or 45.000,00", clip(s), why)
	}
	if text == "" || len(text) > 30 {
		return bad("is empty or too long")
	}
	whole, cents, why := split(text)
	if why != "" {
		return bad(why)
	}
	n, err := strconv.ParseInt(whole+cents, 10, 64)
	if err != nil || n > MaxCents {
		return bad("is no number, or too large")
	}
	if n <= 0 {
		return bad("is not above 0")
	}
	return n, nil
}

// split parts an amount into digits of euros and two digits of cents, or says why
// it cannot.
func split(text string) (whole, cents, why string) {
	for _, c := range text {
		if (c < '0' || c > '9') && c != '.' && c != ',' {
			return "", "", fmt.Sprintf("holds %q", c)
		}
	}
	mark := strings.LastIndexAny(text, ".,")
	if mark < 0 {
		return text, "00", ""
	}
	whole, cents = text[:mark], text[mark+1:]
	if len(cents) == 3 && !strings.ContainsRune(whole, other(text[mark])) {
		if strings.Count(text, text[mark:mark+1]) == 1 {
			return "", "", "may be thousands or parts of a cent"
		}
		whole, cents = text, "00" // 18.000.000
		mark = len(text)
	}
	if len(cents) != 2 {
		return "", "", "has not two decimals"
	}
	groups := strings.FieldsFunc(whole, func(r rune) bool { return r == '.' || r == ',' })
	if len(groups) > 1 {
		for i, g := range groups {
			if i > 0 && len(g) != 3 || i == 0 && (g == "" || len(g) > 3) {
				return "", "", "has groups that are not of three digits"
			}
		}
		sep := whole[len(groups[0])]
		if strings.ContainsRune(whole, other(sep)) || mark < len(text) && text[mark] == sep {
			return "", "", "mixes its marks"
		}
	}
	if len(groups) == 0 || strings.Join(groups, "") == "" || strings.ContainsAny(whole[:1]+whole[len(whole)-1:], ".,") || strings.Contains(whole, "..") || strings.Contains(whole, ",,") {
		return "", "", "has no digits where some must be"
	}
	return strings.Join(groups, ""), cents, ""
}

func other(mark byte) rune {
	if mark == '.' {
		return ','
	}
	return '.'
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
