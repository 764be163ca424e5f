package quantity

import (
	"fmt"
	"math/big"
	"strings"
)

// Format writes the quantity for people, in its own unit, in language "it" or
// any other for English: "12.500 g", "12,500 g".
func (q Quantity) Format(lang string) string {
	return FormatDecimal(fmt.Sprintf("%d", q.Amount), lang) + " " + symbol(q.Unit, lang)
}

// FormatIn writes the quantity in another unit of the same dimension, exactly:
// 12500 GRM in KGM is "12,5 kg". It fails when the decimals would not end.
func (q Quantity) FormatIn(unit, lang string) (string, error) {
	decimal, err := q.DecimalIn(unit)
	if err != nil {
		return "", err
	}
	return FormatDecimal(decimal, lang) + " " + symbol(unit, lang), nil
}

// DecimalIn returns the amount in another unit of the same dimension as a plain
// decimal: 12500 GRM in KGM is "12.5". It fails when the decimals would not end.
func (q Quantity) DecimalIn(unit string) (string, error) {
	if err := q.Check(); err != nil {
		return "", err
	}
	from := byCode[q.Unit]
	to, err := lookup(unit)
	if err != nil {
		return "", err
	}
	if err := sameDimension(from, to); err != nil {
		return "", err
	}
	// The largest ratio of factors is 10^9, so nine decimals hold every power of ten.
	const scale = 9
	scaled := new(big.Int).Mul(big.NewInt(q.Amount), big.NewInt(from.Factor))
	scaled.Mul(scaled, big.NewInt(1_000_000_000))
	scaled, rest := scaled.QuoRem(scaled, big.NewInt(to.Factor), new(big.Int))
	if rest.Sign() != 0 {
		return "", fmt.Errorf("%s has no exact decimal form in %s", q, unit)
	}
	text := scaled.String()
	if len(text) <= scale {
		text = strings.Repeat("0", scale+1-len(text)) + text
	}
	return plain(false, text[:len(text)-scale], text[len(text)-scale:]), nil
}

// everyday lists the units people read, per dimension, largest first.
var everyday = map[Dimension][]string{
	Mass: {"KGM", "GRM", "MGM"}, Volume: {"LTR", "MLT"}, Length: {"MTR", "CMT", "MMT"},
	Area: {"HAR", "MTK", "CMK"}, Count: {"H87"},
}

// Display writes the quantity in the everyday unit in which it is at least one:
// 250000 GRM is "250 kg", 250 GRM is "250 g".
func (q Quantity) Display(lang string) string {
	u, err := lookup(q.Unit)
	if err != nil {
		return q.String()
	}
	for _, code := range everyday[u.Dimension] {
		one := Quantity{1, code}
		if cmp, err := q.Compare(one); err != nil || cmp < 0 {
			continue
		}
		if text, err := q.FormatIn(code, lang); err == nil {
			return text
		}
	}
	return q.Format(lang)
}

// FormatDecimal writes a plain decimal for people: thousands grouped, decimal
// comma in Italian ("it"), decimal point otherwise. Text that is not a plain
// decimal is returned unchanged.
func FormatDecimal(decimal, lang string) string {
	group, point := ",", "."
	if lang == "it" {
		group, point = ".", ","
	}
	sign, digits := "", decimal
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	whole, decimals, hasPoint := strings.Cut(digits, ".")
	if !isDigits(whole) || (hasPoint && !isDigits(decimals)) {
		return decimal
	}
	var b strings.Builder
	b.WriteString(sign)
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(group)
		}
		b.WriteByte(whole[i])
	}
	if hasPoint {
		b.WriteString(point + decimals)
	}
	return b.String()
}

func symbol(code, lang string) string {
	u, ok := byCode[code]
	switch {
	case !ok:
		return code
	case lang == "it":
		return u.Italian
	}
	return u.English
}
