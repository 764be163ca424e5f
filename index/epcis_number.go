package index

import (
	"fmt"
	"strconv"
	"strings"
)

// exponentBias keeps the exponent of a sortable number positive: the decimals
// that are read have no more than 64 characters and exponents up to 40.
const exponentBias = 500

// SortableNumber writes a plain decimal ("-12.5") so that texts sort, byte by
// byte, as the numbers do, and equal numbers are equal texts. The read model
// compares exactly what was captured, without floating point.
func SortableNumber(plain string) string {
	magnitude, negative := strings.CutPrefix(plain, "-")
	whole, fraction, _ := strings.Cut(magnitude, ".")
	whole = strings.TrimLeft(whole, "0")
	exponent := len(whole)
	digits := whole + fraction
	if whole == "" {
		trimmed := strings.TrimLeft(fraction, "0")
		exponent, digits = len(trimmed)-len(fraction), trimmed
	}
	digits = strings.TrimRight(digits, "0")
	if digits == "" {
		return "1"
	}
	text := fmt.Sprintf("%03d%s", exponent+exponentBias, digits)
	if !negative {
		return "2" + text
	}
	mirrored := []byte(text)
	for i := range mirrored {
		mirrored[i] = '0' + '9' - mirrored[i]
	}
	return "0" + string(mirrored) + "~"
}

// SortableTime is SortableNumber of a moment in unix milliseconds.
func SortableTime(ms int64) string { return SortableNumber(strconv.FormatInt(ms, 10)) }
