package gs1

import (
	"fmt"
	"strings"
)

// Meaning is what an element says, beyond its digits.
type Meaning struct {
	// Kind is key, date, time, measure, count, amount, percent, country, place
	// or text.
	Kind string
	// Value is a day (2026-12-31), a span of days (2026-12-01/2026-12-31), a
	// time (2026-12-31T23:59), a decimal number with a full stop, a country's
	// ISO 3166-1 number, or the text itself.
	Value string
	// Unit is a sign such as kg or m², or the ISO 4217 number of a currency;
	// empty for none, and for the currency of the place of sale.
	Unit string
}

// dateAIs hold one day, YYMMDD, day 00 meaning the last of the month.
var dateAIs = map[string]bool{"11": true, "12": true, "13": true, "15": true, "16": true, "17": true, "7006": true}

// measureUnits of the AIs 31nn to 36nn, by their first three digits. Source: GS1
// General Specifications, section 3.6 (trade and logistic measures).
var measureUnits = map[string]string{
	"310": "kg", "311": "m", "312": "m", "313": "m", "314": "m²", "315": "l", "316": "m³",
	"320": "lb", "321": "in", "322": "ft", "323": "yd", "324": "in", "325": "ft", "326": "yd", "327": "in", "328": "ft", "329": "yd",
	"330": "kg", "331": "m", "332": "m", "333": "m", "334": "m²", "335": "l", "336": "m³", "337": "kg/m²",
	"340": "lb", "341": "in", "342": "ft", "343": "yd", "344": "in", "345": "ft", "346": "yd", "347": "in", "348": "ft", "349": "yd",
	"350": "in²", "351": "ft²", "352": "yd²", "353": "in²", "354": "ft²", "355": "yd²", "356": "oz t", "357": "oz", "360": "qt", "361": "gal",
	"362": "qt", "363": "gal", "364": "in³", "365": "ft³", "366": "yd³", "367": "in³", "368": "ft³", "369": "yd³",
}

// Meaning reads an element that Validate has accepted. refYear places two-digit
// years: see ParseDate.
func (e Element) Meaning(refYear int) (Meaning, error) {
	ai, known := dictionary[e.AI]
	switch {
	case !known:
		return Meaning{Kind: "text", Value: e.Value}, nil
	case dateAIs[e.AI]:
		d, err := ParseDate(e.Value, refYear)
		return Meaning{Kind: "date", Value: d.String()}, err
	case e.AI == "7007":
		return harvest(e.Value, refYear)
	case e.AI == "7003" || e.AI == "8008":
		return moment(e.Value, refYear)
	case e.AI == "30" || e.AI == "37":
		return Meaning{Kind: "count", Value: plainNumber(e.Value, 0)}, nil
	case e.AI == "422":
		return Meaning{Kind: "country", Value: e.Value}, nil
	case e.AI == "423":
		return Meaning{Kind: "country", Value: strings.Join(triplets(e.Value), " ")}, nil
	case e.AI == "421":
		return Meaning{Kind: "place", Value: e.Value[3:], Unit: e.Value[:3]}, nil
	case len(e.AI) == 4 && e.AI[0] == '3':
		return decimal(e), nil
	case ai.Key || e.AI == "02" || strings.HasPrefix(e.AI, "41") && e.AI != "419":
		return Meaning{Kind: "key", Value: e.Value}, nil
	}
	return Meaning{Kind: "text", Value: e.Value}, nil
}

// decimal reads the AIs whose last digit says where the decimal point stands.
func decimal(e Element) Meaning {
	places := int(e.AI[3] - '0')
	if unit, ok := measureUnits[e.AI[:3]]; ok {
		return Meaning{Kind: "measure", Value: plainNumber(e.Value, places), Unit: unit}
	}
	switch e.AI[:3] {
	case "390", "392":
		return Meaning{Kind: "amount", Value: plainNumber(e.Value, places)}
	case "391", "393":
		if len(e.Value) > 3 {
			return Meaning{Kind: "amount", Value: plainNumber(e.Value[3:], places), Unit: e.Value[:3]}
		}
	case "394":
		return Meaning{Kind: "percent", Value: plainNumber(e.Value, places), Unit: "%"}
	case "395":
		return Meaning{Kind: "amount", Value: plainNumber(e.Value, places)}
	}
	return Meaning{Kind: "text", Value: e.Value}
}

// plainNumber writes digits with a decimal point and no zeros in front.
func plainNumber(digits string, places int) string {
	if len(digits) <= places {
		digits = strings.Repeat("0", places-len(digits)+1) + digits
	}
	whole, fraction := strings.TrimLeft(digits[:len(digits)-places], "0"), digits[len(digits)-places:]
	if whole == "" {
		whole = "0"
	}
	if fraction == "" {
		return whole
	}
	return whole + "." + fraction
}

func triplets(s string) (out []string) {
	for ; len(s) >= 3; s = s[3:] {
		out = append(out, s[:3])
	}
	return out
}

// harvest reads AI 7007: a day, or the first and the last one.
func harvest(s string, refYear int) (Meaning, error) {
	if len(s) < 6 {
		return Meaning{}, fmt.Errorf("the harvest date %s is too short", quote(s))
	}
	from, err := ParseDate(s[:6], refYear)
	if err != nil || len(s) == 6 {
		return Meaning{Kind: "date", Value: from.String()}, err
	}
	to, err := ParseDate(s[6:], refYear)
	if err == nil && to.String() < from.String() {
		err = fmt.Errorf("the harvest ends on %s, before it begins on %s", to, from)
	}
	return Meaning{Kind: "date", Value: from.String() + "/" + to.String()}, err
}

// moment reads AI 7003 and 8008: YYMMDD, the hour, and as far as given the
// minute and the second.
func moment(s string, refYear int) (Meaning, error) {
	if len(s) < 8 {
		return Meaning{}, fmt.Errorf("the time %s is too short", quote(s))
	}
	d, err := ParseDate(s[:6], refYear)
	if err != nil {
		return Meaning{}, err
	}
	clock := s[6:8] + ":00"
	if len(s) >= 10 {
		clock = s[6:8] + ":" + s[8:10]
	}
	if len(s) >= 12 {
		clock += ":" + s[10:12]
	}
	return Meaning{Kind: "time", Value: d.String() + "T" + clock}, nil
}
