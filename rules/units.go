package rules

import (
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// Dimension is a kind of quantity. Values of different dimensions are never
// compared. The zero value is no quantity at all.
type Dimension uint8

// The dimensions that the language knows, with their base units.
const (
	None          Dimension = iota
	Number                  // whole number of things, 1
	Share                   // share or plain ratio, 1e-9
	Mass                    // mg
	Length                  // µm
	Area                    // m²
	Volume                  // ml
	Temperature             // thousandths of a degree Celsius
	Acidity                 // thousandths of pH
	Time                    // duration by the clock, s
	Instant                 // s since 1970-01-01T00:00Z
	Days                    // whole days of the calendar
	Months                  // whole months of the calendar
	Day                     // day, counted from 1970-01-01
	YearDay                 // day of any year, 100 × month + day
	Year                    // year of the calendar
	PerArea                 // mass from an area, mg/m²
	CountPerArea            // things on an area, thousandths per hectare
	CountPerMass            // things for a mass, thousandths per kg
	Content                 // mass in a mass, µg/kg
	Concentration           // mass in a volume, µg/l
	Strength                // alcohol, millionths of % vol
	Peroxide                // thousandths of meq O₂/kg
	Absorbance              // millionths
	Score                   // thousandths of a point
	Colonies                // CFU/g
	Firmness                // gf/cm²
	dimensions
)

// Unit is one way of writing a dimension: so many base units.
type Unit struct {
	Name string
	Dim  Dimension
	Size int64
}

// units lists every unit, each dimension's own in the order in which they are
// offered to a writer.
var units = []Unit{
	{"n.", Number, 1},
	{"%", Share, 1e7},
	{"‰", Share, 1e6},
	{"ppm", Share, 1e3},
	{"×", Share, 1e9},
	{"mg", Mass, 1},
	{"g", Mass, 1e3},
	{"kg", Mass, 1e6},
	{"q", Mass, 1e8},
	{"t", Mass, 1e9},
	{"µm", Length, 1},
	{"mm/100", Length, 10},
	{"mm", Length, 1e3},
	{"cm", Length, 1e4},
	{"m", Length, 1e6},
	{"m²", Area, 1},
	{"ha", Area, 1e4},
	{"ml", Volume, 1},
	{"cl", Volume, 10},
	{"l", Volume, 1e3},
	{"hl", Volume, 1e5},
	{"°C", Temperature, 1e3},
	{"pH", Acidity, 1e3},
	{"s", Time, 1},
	{"min", Time, 60},
	{"h", Time, 3600},
	{"days", Days, 1},
	{"months", Months, 1},
	{"mg/m²", PerArea, 1},
	{"kg/ha", PerArea, 100},
	{"q/ha", PerArea, 1e4},
	{"t/ha", PerArea, 1e5},
	{"/ha", CountPerArea, 1e3},
	{"/kg", CountPerMass, 1e3},
	{"µg/kg", Content, 1},
	{"mg/kg", Content, 1e3},
	{"g/kg", Content, 1e6},
	{"µg/l", Concentration, 1},
	{"mg/l", Concentration, 1e3},
	{"g/l", Concentration, 1e6},
	{"% vol", Strength, 1e6},
	{"meq O₂/kg", Peroxide, 1e3},
	{"abs", Absorbance, 1e6},
	{"points", Score, 1e3},
	{"CFU/g", Colonies, 1},
	{"gf/cm²", Firmness, 1},
	{"kgf/cm²", Firmness, 1e3},
}

// spellings are other ways in which people and laboratories write a unit.
var spellings = map[string]string{
	"": "n.", "permille": "‰", "giorni": "days", "giorno": "days", "day": "days", "mesi": "months", "mese": "months", "month": "months",
	"ore": "h", "ora": "h", "hours": "h", "hour": "h", "minuti": "min", "meq/kg": "meq O₂/kg", "meq O2/kg": "meq O₂/kg", "mEq/kg": "meq O₂/kg", "UFC/g": "CFU/g", "ufc/g": "CFU/g", "cfu/g": "CFU/g",
	"%vol": "% vol", "% vol.": "% vol", "punti": "points", "point": "points", "C": "°C", "m2": "m²", "kgf/cm2": "kgf/cm²", "kg/cm²": "kgf/cm²", "kg/cm2": "kgf/cm²", "gf/cm2": "gf/cm²", "um": "µm", "μm": "µm", "L": "l", "hL": "hl", "mL": "ml", "unità": "n.", "x": "×",
	"% s.s.": "%", "% d.m.": "%",
}

var dimensionNames = [dimensions][2]string{
	None: {"nessuna quantità", "no quantity"}, Number: {"numero", "number"}, Share: {"quota o rapporto", "share or ratio"}, Mass: {"massa", "mass"}, Length: {"lunghezza", "length"}, Area: {"superficie", "area"},
	Volume: {"volume", "volume"}, Temperature: {"temperatura", "temperature"}, Acidity: {"pH", "pH"}, Time: {"durata a ore", "duration by the clock"}, Instant: {"istante", "instant"},
	Days: {"giorni", "days"}, Months: {"mesi", "months"}, Day: {"data", "date"}, YearDay: {"giorno dell'anno", "day of the year"}, Year: {"anno", "year"}, PerArea: {"massa per superficie", "mass per area"},
	CountPerArea: {"numero per ettaro", "number per hectare"}, CountPerMass: {"numero per kg", "number per kg"}, Content: {"massa per massa", "mass in a mass"}, Concentration: {"massa per volume", "mass in a volume"},
	Strength: {"titolo alcolometrico", "alcoholic strength"}, Peroxide: {"perossidi", "peroxides"}, Absorbance: {"assorbanza", "absorbance"}, Score: {"punteggio", "score"}, Colonies: {"carica microbica", "microbial count"}, Firmness: {"consistenza", "firmness"},
}

// String is the dimension's English name.
func (d Dimension) String() string { return d.In(English) }

// In is the dimension's name in a language.
func (d Dimension) In(l Language) string {
	if d >= dimensions {
		return "?"
	}
	return dimensionNames[d][l]
}

// FindUnit finds a unit by its name or another common spelling of it.
func FindUnit(name string) (Unit, bool) {
	if canonical, other := spellings[name]; other {
		name = canonical
	}
	for _, u := range units {
		if u.Name == name {
			return u, true
		}
	}
	return Unit{}, false
}

// Units lists every unit in a fixed order.
func Units() []Unit { return append([]Unit(nil), units...) }

// preferred are the units in which values are shown when nothing says which.
var preferred = [dimensions]string{Share: "%", Mass: "kg", Length: "m", Area: "ha", Volume: "l", Time: "h", PerArea: "kg/ha", Content: "mg/kg", Concentration: "g/l", Firmness: "kgf/cm²"}

// unitOf is the unit in which values of a dimension are shown when nothing says
// which.
func unitOf(d Dimension) Unit {
	if d < dimensions && preferred[d] != "" {
		u, _ := FindUnit(preferred[d])
		return u
	}
	for _, u := range units {
		if u.Dim == d {
			return u
		}
	}
	return Unit{Dim: d, Size: 1}
}

// ParseAmount reads a plain decimal and its unit, such as "12.50 %" or "8 kg". A
// number finer than the base unit is refused, never rounded. At most 64 bytes.
func ParseAmount(text string) (int64, Unit, error) {
	text = strings.TrimSpace(text)
	if len(text) > 64 {
		return 0, Unit{}, fmt.Errorf("%q is too long for an amount", text[:32]+"…")
	}
	number, rest := text, ""
	if end := strings.IndexFunc(text, func(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != '-' && r != '+' }); end >= 0 {
		number, rest = text[:end], strings.TrimSpace(text[end:])
	}
	unit, known := FindUnit(rest)
	if !known && strings.HasPrefix(rest, ",") {
		return 0, Unit{}, fmt.Errorf("%q: write the number with a point, such as 12.50", text)
	}
	if !known {
		return 0, Unit{}, fmt.Errorf("%q is no unit known here%s", rest, suggest(rest, unitNames()))
	}
	value, err := scale(number, unit.Size)
	if err != nil {
		return 0, Unit{}, fmt.Errorf("%q: %w", text, err)
	}
	return value, unit, nil
}

func unitNames() []string {
	names := make([]string, 0, len(units))
	for _, u := range units {
		names = append(names, u.Name)
	}
	return names
}

// scale is decimal × size, exactly.
func scale(decimal string, size int64) (int64, error) {
	digits := strings.TrimPrefix(decimal, "-")
	whole, fraction, point := strings.Cut(digits, ".")
	if !allDigits(whole) || point && !allDigits(fraction) || len(whole) > 18 || len(fraction) > 18 {
		return 0, fmt.Errorf("write a plain number such as 12.50")
	}
	value, ok := mul(parseDigits(whole), size)
	// Each digit after the point counts a tenth of the one before.
	place := size
	for i := 0; i < len(fraction) && ok; i++ {
		d := int64(fraction[i] - '0')
		if d != 0 && place%10 != 0 && (d*place)%10 != 0 {
			return 0, fmt.Errorf("it is finer than what is kept of its unit")
		}
		var part int64
		if part, ok = mul(d, place); ok {
			if part%10 != 0 {
				return 0, fmt.Errorf("it is finer than what is kept of its unit")
			}
			value, ok = add(value, part/10)
		}
		if place%10 != 0 && i+1 < len(fraction) && strings.Trim(fraction[i+1:], "0") != "" {
			return 0, fmt.Errorf("it is finer than what is kept of its unit")
		}
		place /= 10
	}
	if !ok {
		return 0, fmt.Errorf("the number is too big")
	}
	if strings.HasPrefix(decimal, "-") {
		value = -value
	}
	return value, nil
}

func allDigits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}

// parseDigits reads at most 18 digits.
func parseDigits(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func mul(a, b int64) (int64, bool) {
	if a == 0 || b == 0 {
		return 0, true
	}
	p := a * b
	return p, p/b == a && !(a == -1 && b == math.MinInt64) && !(b == -1 && a == math.MinInt64)
}

func add(a, b int64) (int64, bool) {
	s := a + b
	return s, (s > a) == (b > 0)
}

// quotients says which dimension a quotient has, and by what number the quotient
// of two base units is multiplied to be in the base unit of its own.
var quotients = []struct {
	over, under, is Dimension
	factor          int64
}{
	{Mass, Area, PerArea, 1},
	{Number, Area, CountPerArea, 1e7},  // n/m² × 10^4 m²/ha × 10^3
	{Number, Mass, CountPerMass, 1e9},  // n/mg × 10^6 mg/kg × 10^3
	{Volume, Mass, Share, 1e12},        // ml/mg: one litre of a kilogram is the whole
	{Mass, Volume, Concentration, 1e6}, // mg/ml × 10^3 µg/mg × 10^3 ml/l
}

// quotient is the dimension of a / b, and the factor that brings it to base units.
func quotient(a, b Dimension) (Dimension, int64, bool) {
	if a == b && a != None {
		return Share, 1e9, true
	}
	for _, q := range quotients {
		if q.over == a && q.under == b {
			return q.is, q.factor, true
		}
	}
	return None, 0, false
}

// compareRatio compares value × factor with limit × of, exactly: -1, 0 or 1. None
// of them may be negative.
func compareRatio(value, factor, limit, of int64) int {
	h1, l1 := bits.Mul64(uint64(value), uint64(factor))
	h2, l2 := bits.Mul64(uint64(limit), uint64(of))
	switch {
	case h1 != h2:
		return compare(h1, h2)
	default:
		return compare(l1, l2)
	}
}

func compare[T uint64 | int64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
