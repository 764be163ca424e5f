package rules

import (
	"math/bits"
	"strconv"
	"strings"
)

// Language is one of the two in which contracts speak.
type Language uint8

// The languages.
const (
	Italian Language = iota
	English
)

var shownUnits = map[string][2]string{
	"days": {"giorni", "days"}, "months": {"mesi", "months"}, "points": {"punti", "points"}, "n.": {"", ""}, "×": {"", ""}, "pH": {"", ""}, "abs": {"", ""}, "CFU/g": {"UFC/g", "CFU/g"}, "/ha": {"per ettaro", "per hectare"}, "/kg": {"per kg", "per kg"},
}

var shownOne = map[string][2]string{"days": {"giorno", "day"}, "months": {"mese", "month"}, "points": {"punto", "point"}}

var monthNames = [13][2]string{{}, {"gennaio", "January"}, {"febbraio", "February"}, {"marzo", "March"}, {"aprile", "April"}, {"maggio", "May"}, {"giugno", "June"}, {"luglio", "July"}, {"agosto", "August"}, {"settembre", "September"}, {"ottobre", "October"}, {"novembre", "November"}, {"dicembre", "December"}}

// FormatAmount writes a value of base units as people read it: "12,5 %",
// "15 giorni", "10 settembre 2026".
func FormatAmount(value int64, u Unit, l Language) string {
	switch u.Dim {
	case Day:
		return Date(value).In(l)
	case YearDay:
		return dayMonth(value%100, value/100, l)
	case Year:
		return strconv.FormatInt(value, 10)
	case Instant:
		return formatInstant(value, l)
	case Time:
		return formatTime(value)
	}
	name := u.Name
	if shown, other := shownUnits[name]; other {
		name = shown[l]
	}
	if one, has := shownOne[u.Name]; has && value == u.Size {
		name = one[l]
	}
	return strings.TrimSuffix(decimal(value, u.Size, l)+" "+name, " ")
}

// decimal is value / size for a size that is a power of ten.
func decimal(value, size int64, l Language) string {
	sign, magnitude := "", uint64(value)
	if value < 0 {
		sign, magnitude = "-", -magnitude
	}
	whole, rest := magnitude/uint64(size), magnitude%uint64(size)
	text := sign + group(strconv.FormatUint(whole, 10), l)
	if rest == 0 {
		return text
	}
	digits := strconv.FormatUint(rest+uint64(size), 10)[1:]
	point := ","
	if l == English {
		point = "."
	}
	return text + point + strings.TrimRight(digits, "0")
}

// group parts thousands from five digits up, as both languages do.
func group(digits string, l Language) string {
	if len(digits) < 5 {
		return digits
	}
	mark := "."
	if l == English {
		mark = ","
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + mark + digits[i:]
	}
	return digits
}

func formatTime(seconds int64) string {
	sign, rest := "", uint64(seconds)
	if seconds < 0 {
		sign, rest = "-", -rest
	}
	var parts []string
	for _, u := range []struct {
		size uint64
		name string
	}{{3600, "h"}, {60, "min"}, {1, "s"}} {
		if n := rest / u.size; n > 0 {
			parts = append(parts, strconv.FormatUint(n, 10)+" "+u.name)
			rest %= u.size
		}
	}
	if len(parts) == 0 {
		return "0 h"
	}
	return sign + strings.Join(parts, " ")
}

func formatInstant(seconds int64, l Language) string {
	day := floorDiv(seconds, 86400)
	rest := seconds - day*86400
	clock := two(rest/3600) + ":" + two(rest/60%60)
	if rest%60 != 0 {
		clock += ":" + two(rest%60)
	}
	return Date(day).In(l) + " " + clock + " UTC"
}

func two(n int64) string {
	if n < 10 {
		return "0" + strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n, 10)
}

func dayMonth(day, month int64, l Language) string {
	if month < 1 || month > 12 {
		return "?"
	}
	text := strconv.FormatInt(day, 10)
	if l == Italian && day == 1 {
		text = "1º"
	}
	return text + " " + monthNames[month][l]
}

// formatRatio writes value × factor / of, which may not be whole, with as many
// decimals of the unit as tell it apart from the limit: cut, and marked with "…".
func formatRatio(value, factor, of int64, u Unit, l Language) string {
	if of <= 0 {
		return "?"
	}
	hi, lo := bits.Mul64(uint64(value), uint64(factor))
	if hi >= uint64(of) {
		return "?"
	}
	q, rest := bits.Div64(hi, lo, uint64(of))
	if q > 1<<62 {
		return "?"
	}
	text := FormatAmount(int64(q), u, l)
	if rest == 0 {
		return text
	}
	// Cut, not rounded: what is shown is never on the other side of the limit.
	number, name, has := strings.Cut(text, " ")
	if !has {
		return number + "…"
	}
	return number + "… " + name
}
