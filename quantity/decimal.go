package quantity

import (
	"fmt"
	"strings"
)

// Spelling says how numbers are written.
type Spelling int

const (
	// AnySpelling accepts Italian and English numbers and refuses those that
	// mean different amounts in the two, such as "1.234".
	AnySpelling Spelling = iota
	// ItalianSpelling groups thousands with a full stop and has a decimal comma.
	ItalianSpelling
	// EnglishSpelling groups thousands with a comma and has a decimal point.
	EnglishSpelling
)

// maxDecimal bounds a number's text, in bytes.
const maxDecimal = 48

// ParseDecimal reads a number as people write it and returns its plain form:
// optional "-", digits, and when needed "." and decimals; no leading or trailing
// zeros, no exponent, never rounded. "1.234,56", "1234,56", "1,234.56", "12.5"
// and "1 234,56" are read with AnySpelling; "1.234" is not, because it is one
// thousand and more in Italian and one and a bit in English.
func ParseDecimal(s string, spelling Spelling) (string, error) {
	text := strings.TrimSpace(s)
	if text == "" {
		return "", fmt.Errorf("the number is empty: write digits such as 12,5")
	}
	if len(text) > maxDecimal {
		return "", fmt.Errorf("the number %s has %d characters: at most %d are read", quote(s), len(text), maxDecimal)
	}
	negative := text[0] == '-'
	if negative || text[0] == '+' {
		text = text[1:]
	}
	group, point, err := separators(text, spelling)
	if err != nil {
		return "", err
	}
	whole, decimals, hasPoint := strings.Cut(text, point)
	if point == "" {
		whole, decimals, hasPoint = text, "", false
	}
	whole, ok := ungroup(whole, group)
	if !ok || whole == "" || !isDigits(whole) || (hasPoint && !isDigits(decimals)) {
		return "", notANumber(s, spelling)
	}
	return plain(negative, whole, decimals), nil
}

// separators finds which signs group thousands and which one begins the
// decimals. Spaces group in every spelling.
func separators(text string, spelling Spelling) (group, point string, err error) {
	switch spelling {
	case ItalianSpelling:
		return ".", ",", nil
	case EnglishSpelling:
		return ",", ".", nil
	}
	dots, commas := strings.Count(text, "."), strings.Count(text, ",")
	switch {
	case dots > 0 && commas > 0:
		if strings.LastIndexByte(text, '.') > strings.LastIndexByte(text, ',') {
			return ",", ".", nil
		}
		return ".", ",", nil
	case dots > 1:
		return ".", "", nil
	case commas > 1:
		return ",", "", nil
	case dots+commas == 0:
		return "", "", nil
	}
	sign := "."
	if commas == 1 {
		sign = ","
	}
	if couldGroup(text, sign) {
		return "", "", fmt.Errorf("the number %s can be read in two ways, as thousands or as decimals: write %s without the separator, or with a further decimal", quote(text), strings.Replace(text, sign, "", 1))
	}
	return "", sign, nil
}

// couldGroup reports that the only sign of text may separate thousands: one to
// three digits before it, not starting with zero, and three after.
func couldGroup(text, sign string) bool {
	before, after, _ := strings.Cut(text, sign)
	return len(after) == 3 && len(before) >= 1 && len(before) <= 3 && before[0] != '0'
}

// ungroup removes correct thousands groups: one to three digits, then threes,
// all separated by the same sign or by the same kind of space.
func ungroup(whole, group string) (string, bool) {
	for _, sign := range [...]string{group, " ", "\u00a0", "\u202f", "'"} {
		if sign == "" || !strings.Contains(whole, sign) {
			continue
		}
		parts := strings.Split(whole, sign)
		for i, part := range parts {
			if !isDigits(part) || (i > 0 && len(part) != 3) || len(part) > 3 {
				return "", false
			}
		}
		return strings.Join(parts, ""), true
	}
	return whole, true
}

func notANumber(s string, spelling Spelling) error {
	switch spelling {
	case ItalianSpelling:
		return fmt.Errorf("%s is not a number in Italian spelling: write 1234,56 or 1.234,56, the comma before the decimals", quote(s))
	case EnglishSpelling:
		return fmt.Errorf("%s is not a number in English spelling: write 1234.56 or 1,234.56, the point before the decimals", quote(s))
	}
	return fmt.Errorf("%s is not a number: write digits such as 1234,56 or 1234.56", quote(s))
}

// plain writes the parts of a number without needless zeros.
func plain(negative bool, whole, decimals string) string {
	whole = strings.TrimLeft(whole, "0")
	decimals = strings.TrimRight(decimals, "0")
	if whole == "" {
		whole = "0"
	}
	out := whole
	if decimals != "" {
		out += "." + decimals
	}
	if negative && out != "0" {
		out = "-" + out
	}
	return out
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
