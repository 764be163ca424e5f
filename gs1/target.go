package gs1

import (
	"fmt"
	"strings"
)

// Target is what somebody asks about: a trade item, usually with its lot, at
// times with a serial, or a logistic unit.
type Target struct {
	GTIN   string // 14 digits, or "" when only an SSCC is given
	Lot    string // AI 10, "" when not given
	Serial string // AI 21, "" when not given
	SSCC   string // 18 digits, "" when not given

	// Typed is the lot as typed, when the target was typed as GTIN LOT; look it
	// up in the order of LotCandidates. It is "" for codes, whose lot is exact.
	Typed string
	// Elements holds everything read from a code or link, dates included.
	Elements Elements
}

// LotCandidates returns the lots to look up, in order: the one of the code, or
// the readings of a typed one (see the function LotCandidates).
func (t Target) LotCandidates() []string {
	switch {
	case t.Typed != "":
		return LotCandidates(t.Typed)
	case t.Lot != "":
		return []string{t.Lot}
	}
	return nil
}

// ParseTarget reads what a person or a scanner gives to name a product:
//
//   - a GS1 Digital Link URI, or an EPC URN
//   - an element string, with brackets or as scanned
//   - "GTIN", "GTIN LOT" or "GTIN LOT SERIAL", separated by spaces; the lot may
//     stand after an Italian mark ("8001234567894 L 24123", "… Lotto: 24123")
func ParseTarget(s string) (Target, error) {
	s = strings.TrimSpace(s)
	if len(s) > maxInput {
		return Target{}, fmt.Errorf("the text has %d bytes: at most %d are read", len(s), maxInput)
	}
	switch {
	case s == "":
		return Target{}, fmt.Errorf("nothing was given: write a Digital Link, a scanned code, or the GTIN and the lot")
	case hasSchemeFold(s, "http://"), hasSchemeFold(s, "https://"):
		return linkTarget(s)
	case strings.HasPrefix(s, "urn:epc:"):
		return epcTarget(s)
	case strings.IndexByte("(]^\x1d", s[0]) >= 0:
		return elementTarget(s)
	}
	return typedTarget(s)
}

func hasSchemeFold(s, scheme string) bool {
	return len(s) >= len(scheme) && strings.EqualFold(s[:len(scheme)], scheme)
}

func linkTarget(s string) (Target, error) {
	e, err := parseLink(dropTrailingSlash(s), linkOptions{shortGTIN: true, words: true})
	if err != nil {
		return Target{}, err
	}
	return fromElements(e)
}

// dropTrailingSlash removes the slash that browsers and people add after a
// complete path.
func dropTrailingSlash(s string) string {
	end := len(s)
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		end = i
	}
	return strings.TrimSuffix(s[:end], "/") + s[end:]
}

func epcTarget(s string) (Target, error) {
	e, err := ParseEPC(s)
	if err != nil {
		return Target{}, err
	}
	return fromElements(e.elements())
}

func elementTarget(s string) (Target, error) {
	e, err := parseElementSyntax(s)
	if err != nil {
		return Target{}, err
	}
	return fromElements(e)
}

func fromElements(e Elements) (Target, error) {
	if err := e.Validate(); err != nil {
		return Target{}, err
	}
	t := Target{GTIN: e.GTIN(), Lot: e.Lot(), Serial: e.Serial(), SSCC: e.SSCC(), Elements: e}
	if t.GTIN == "" && t.SSCC == "" {
		return Target{}, fmt.Errorf("%s names neither a GTIN (01) nor an SSCC (00)", quote(e.String()))
	}
	return t, nil
}

// typedTarget reads "GTIN [LOT [SERIAL]]", or digits sent by a scanner that adds
// no mark to element strings.
func typedTarget(s string) (Target, error) {
	fields := strings.Fields(s)
	if len(fields) == 1 && looksScanned(s) {
		return elementTarget(s)
	}
	gtin, err := ParseGTIN(fields[0])
	if err != nil {
		return Target{}, fmt.Errorf("%s is no Digital Link and no element string, and does not begin with a GTIN: %w", quote(s), err)
	}
	t := Target{GTIN: gtin, Elements: Elements{{"01", gtin}}}
	if len(fields) == 1 {
		return t, nil
	}
	lot, rest := typedLot(fields[1:])
	if t.Lot, err = NormaliseItalianLot(lot); err != nil {
		return Target{}, err
	}
	t.Typed = lot
	t.Elements = append(t.Elements, Element{"10", t.Lot})
	switch len(rest) {
	case 0:
		return t, nil
	case 1:
		t.Serial, err = ParseSerial(rest[0])
		t.Elements = append(t.Elements, Element{"21", t.Serial})
		return t, err
	}
	return Target{}, fmt.Errorf("%s has more than a GTIN, a lot and a serial: lots and serials hold no spaces", quote(s))
}

// looksScanned reports "01" and at least fourteen digits: longer than any GTIN.
func looksScanned(s string) bool {
	return len(s) >= 16 && leadingAI(s) != nil && isDigits(s[:16])
}

// typedLot joins a mark that stands alone ("L", "Lotto:", "Lotto n.") with the
// lot after it.
func typedLot(fields []string) (lot string, rest []string) {
	n := 1
	if len(fields) > 1 && isLotMark(fields[0]) {
		n = 2
		if len(fields) > 2 && isNumberMark(fields[1]) {
			n = 3
		}
	}
	return strings.Join(fields[:n], " "), fields[n:]
}

func isLotMark(s string) bool {
	word := strings.TrimRight(s, ".:")
	return word == "L" || strings.EqualFold(word, "lotto") || strings.EqualFold(word, "lot")
}

func isNumberMark(s string) bool {
	word := strings.TrimRight(s, ".:°")
	return strings.EqualFold(word, "n") || strings.EqualFold(word, "nr")
}
