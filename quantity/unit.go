package quantity

import (
	"fmt"
	"strings"
)

// Dimension is what a unit measures. Amounts convert only within one dimension.
type Dimension string

// The dimensions of food trade.
const (
	Mass   Dimension = "mass"
	Volume Dimension = "volume"
	Length Dimension = "length"
	Area   Dimension = "area"
	Count  Dimension = "count"
)

// Unit is a unit of UN/ECE Recommendation No. 20.
type Unit struct {
	Code      string    // "KGM"
	Dimension Dimension // what it measures
	Factor    int64     // how many of the dimension's smallest unit make one: exact
	Italian   string    // symbol in Italian text, "kg"
	English   string    // symbol in English text
	aliases   string    // spellings of people, lower case, separated by spaces
}

// units lists every unit, by dimension, smallest first. The first of each
// dimension has factor 1: milligram, millilitre, millimetre, square centimetre,
// piece.
var units = []Unit{
	{"MGM", Mass, 1, "mg", "mg", "mg milligrammo milligrammi milligram milligrams"},
	{"GRM", Mass, 1_000, "g", "g", "g gr grammo grammi gram grams"},
	{"HGM", Mass, 100_000, "hg", "hg", "hg etto etti ettogrammo ettogrammi"},
	{"KGM", Mass, 1_000_000, "kg", "kg", "kg kgs kilo kili chilo chili chilogrammo chilogrammi kilogram kilograms"},
	{"DTN", Mass, 100_000_000, "q", "q", "q qle qli quintale quintali quintal quintals"},
	{"TNE", Mass, 1_000_000_000, "t", "t", "t ton tonn tonnellata tonnellate tonne tonnes"},

	{"MLT", Volume, 1, "ml", "ml", "ml millilitro millilitri millilitre millilitres milliliter milliliters"},
	{"CLT", Volume, 10, "cl", "cl", "cl centilitro centilitri centilitre centilitres"},
	{"DLT", Volume, 100, "dl", "dl", "dl decilitro decilitri decilitre decilitres"},
	{"LTR", Volume, 1_000, "l", "l", "l lt litro litri litre litres liter liters"},
	{"HLT", Volume, 100_000, "hl", "hl", "hl ettolitro ettolitri hectolitre hectolitres"},
	{"MTQ", Volume, 1_000_000, "m³", "m³", "m3 m³ mc"},

	{"MMT", Length, 1, "mm", "mm", "mm millimetro millimetri millimetre millimetres"},
	{"CMT", Length, 10, "cm", "cm", "cm centimetro centimetri centimetre centimetres"},
	{"MTR", Length, 1_000, "m", "m", "m metro metri metre metres meter meters"},
	{"KMT", Length, 1_000_000, "km", "km", "km chilometro chilometri kilometre kilometres"},

	{"CMK", Area, 1, "cm²", "cm²", "cm2 cm² cmq"},
	{"MTK", Area, 10_000, "m²", "m²", "m2 m² mq"},
	{"ARE", Area, 1_000_000, "a", "a", "ara"},
	{"HAR", Area, 100_000_000, "ha", "ha", "ha ettaro ettari hectare hectares"},

	{"H87", Count, 1, "pz", "pcs", "pz pz. pezzo pezzi pc pcs piece pieces nr n n."},
	{"C62", Count, 1, "unità", "units", "unità unita unit units"},
	{"EA", Count, 1, "cad.", "each", "cad cad. cadauno each"},
	{"DZN", Count, 12, "dozzine", "dozen", "dozzina dozzine dozen"},
	{"CEN", Count, 100, "centinaia", "hundred", "centinaio centinaia hundred"},
	{"MIL", Count, 1_000, "migliaia", "thousand", "migliaio migliaia thousand"},
}

var byCode, byAlias = indexUnits()

func indexUnits() (codes, aliases map[string]*Unit) {
	codes, aliases = make(map[string]*Unit), make(map[string]*Unit)
	for i := range units {
		u := &units[i]
		codes[u.Code] = u
		for _, alias := range strings.Fields(u.aliases) {
			aliases[alias] = u
		}
	}
	return codes, aliases
}

// LookupUnit returns the unit with an exact code such as "KGM".
func LookupUnit(code string) (Unit, bool) {
	u, ok := byCode[code]
	if !ok {
		return Unit{}, false
	}
	return *u, true
}

// Units lists all units, by dimension and size.
func Units() []Unit { return append([]Unit(nil), units...) }

// ParseUnit reads a unit as people write it in a table to import: a UN/ECE code
// in any case, or a symbol or word such as kg, g, l, hl, q, pz, quintali. It
// returns the code. What is already in the system uses codes only: LookupUnit.
func ParseUnit(s string) (string, error) {
	word := strings.TrimSpace(s)
	if len(word) <= 20 {
		if u, ok := byCode[strings.ToUpper(word)]; ok {
			return u.Code, nil
		}
		if u, ok := byAlias[strings.ToLower(word)]; ok {
			return u.Code, nil
		}
	}
	return "", fmt.Errorf("%s is not a unit: write a UN/ECE code such as KGM, GRM, LTR, HLT, DTN or H87, or kg, g, l, hl, q, pz", quote(s))
}

func lookup(code string) (*Unit, error) {
	if u, ok := byCode[code]; ok {
		return u, nil
	}
	return nil, fmt.Errorf("%s is not a UN/ECE unit code known here: use one such as KGM, GRM, LTR, HLT, DTN or H87", quote(code))
}

func sameDimension(a, b *Unit) error {
	if a.Dimension != b.Dimension {
		return fmt.Errorf("%s measures %s and %s measures %s: one does not convert into the other", a.Code, a.Dimension, b.Code, b.Dimension)
	}
	return nil
}

// quote shows outside text in an error, escaped and cut to one line.
func quote(s string) string {
	const most = 60
	if len(s) > most {
		return fmt.Sprintf("%+q…", s[:most])
	}
	return fmt.Sprintf("%+q", s)
}
