package gs1

import (
	"fmt"
	"strings"
)

// maxInput bounds every text this package reads, in bytes. The longest symbol
// (a QR code) holds under 4,300 characters; a URI is far shorter.
const maxInput = 4096

// maxElements bounds the elements of one text.
const maxElements = 64

// Element is one Application Identifier with its value, such as {"10", "24123"}.
type Element struct{ AI, Value string }

// Elements are the AI elements of one barcode or one Digital Link URI, in the
// order read. An AI appears at most once.
type Elements []Element

// Get returns the value of an AI and whether it is present.
func (e Elements) Get(ai string) (string, bool) {
	for _, element := range e {
		if element.AI == ai {
			return element.Value, true
		}
	}
	return "", false
}

func (e Elements) value(ai string) string {
	v, _ := e.Get(ai)
	return v
}

// GTIN returns the 14 digits of AI 01, or "".
func (e Elements) GTIN() string { return e.value("01") }

// Lot returns AI 10, or "".
func (e Elements) Lot() string { return e.value("10") }

// Serial returns AI 21, or "".
func (e Elements) Serial() string { return e.value("21") }

// SSCC returns the 18 digits of AI 00, or "".
func (e Elements) SSCC() string { return e.value("00") }

// Date returns the day of a date AI (11, 12, 13, 15, 16, 17), if present, with
// the century relative to refYear. See ParseDate.
func (e Elements) Date(ai string, refYear int) (Date, bool, error) {
	v, ok := e.Get(ai)
	if !ok {
		return Date{}, false, nil
	}
	d, err := ParseDate(v, refYear)
	return d, err == nil, err
}

// String writes the elements as people read them: "(01)…(10)…", an opening
// bracket inside a value escaped with a backslash.
func (e Elements) String() string {
	var b strings.Builder
	for _, element := range e {
		b.WriteString("(" + element.AI + ")" + strings.ReplaceAll(element.Value, "(", `\(`))
	}
	return b.String()
}

// ElementString writes the elements as a barcode carries them, with FNC1 as
// 0x1D after each variable-length element that is not the last.
func (e Elements) ElementString() string { return e.join(string(fnc1)) }

func (e Elements) join(separator string) string {
	var b strings.Builder
	for i, element := range e {
		b.WriteString(element.AI + element.Value)
		if ai := dictionary[element.AI]; i < len(e)-1 && (ai == nil || !ai.Fixed) {
			b.WriteString(separator)
		}
	}
	return b.String()
}

// Validate checks every element against the syntax dictionary: known AI, length,
// character set and content (check digits, dates, codes). Which AIs may stand
// together is CheckAssociations.
func (e Elements) Validate() error {
	for _, element := range e {
		ai, ok := dictionary[element.AI]
		if !ok {
			return unknownAI(element.AI)
		}
		parts, err := ai.split(element.Value)
		if err != nil {
			return err
		}
		if err := ai.runChecks(parts); err != nil {
			return err
		}
	}
	return nil
}

func unknownAI(code string) error {
	return fmt.Errorf("(%s) is not a GS1 Application Identifier", strings.Trim(quote(code), `"`))
}

// add appends an element after checking its shape; a repetition with the same
// value is dropped, with another value refused.
func (e *Elements) add(code, value string) error {
	ai, ok := dictionary[code]
	if !ok {
		return unknownAI(code)
	}
	if _, err := ai.split(value); err != nil {
		return err
	}
	if old, ok := e.Get(code); ok {
		if old != value {
			return fmt.Errorf("AI (%s) is given twice, as %s and as %s: one label identifies one thing", code, quote(old), quote(value))
		}
		return nil
	}
	if len(*e) >= maxElements {
		return fmt.Errorf("there are more than %d elements: no label carries as many", maxElements)
	}
	*e = append(*e, Element{code, value})
	return nil
}

// symbology identifiers (ISO/IEC 15424) that announce GS1 element strings.
var gs1Symbologies = [...]string{"]C1", "]e0", "]d2", "]Q3", "]J1"}

// ParseElementString reads AI elements written with brackets, "(01)…(10)…", or
// as a scanner sends them: an optional symbology identifier (]C1 ]e0 ]d2 ]Q3
// ]J1), then AIs and values, FNC1 as 0x1D or "^". The EAN/UPC identifiers ]E0
// and ]E4 are read as AI 01. Every element is validated, check digits included.
func ParseElementString(s string) (Elements, error) {
	e, err := parseElementSyntax(s)
	if err != nil {
		return nil, err
	}
	return e, e.Validate()
}

func parseElementSyntax(s string) (Elements, error) {
	if s == "" {
		return nil, fmt.Errorf("the element string is empty: scan the code, or write (01) and the GTIN")
	}
	if len(s) > maxInput {
		return nil, fmt.Errorf("the element string has %d bytes: at most %d are read", len(s), maxInput)
	}
	if s[0] == '(' {
		return parseBracketed(s)
	}
	if ean, ok := cutEAN(s); ok {
		gtin, err := ParseGTIN(ean)
		if err != nil {
			return nil, err
		}
		return Elements{{"01", gtin}}, nil
	}
	for _, id := range gs1Symbologies {
		if rest, ok := strings.CutPrefix(s, id); ok {
			return parseScanned(rest)
		}
	}
	if s[0] == ']' {
		return nil, fmt.Errorf("%s begins with a symbology identifier that does not announce GS1 data: only ]C1 ]e0 ]d2 ]Q3 ]J1 ]E0 ]E4 do", quote(s))
	}
	return parseScanned(s)
}

func cutEAN(s string) (string, bool) {
	if rest, ok := strings.CutPrefix(s, "]E0"); ok {
		return rest, true
	}
	return strings.CutPrefix(s, "]E4")
}

// parseBracketed reads "(AI)value…". A backslash before "(" keeps the bracket in
// the value.
func parseBracketed(s string) (Elements, error) {
	var e Elements
	for rest := s; rest != ""; {
		if rest[0] != '(' {
			return nil, fmt.Errorf("%s: an Application Identifier in brackets was expected at %s", quote(s), quote(rest))
		}
		code, after, ok := strings.Cut(rest[1:], ")")
		if !ok || len(code) > 4 {
			return nil, fmt.Errorf("%s: the bracket opened at %s does not close after an Application Identifier", quote(s), quote(rest))
		}
		var value string
		value, rest = cutBracketValue(after)
		if err := e.add(code, value); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func cutBracketValue(s string) (value, rest string) {
	for i := 0; i < len(s); i++ {
		if s[i] == '(' && (i == 0 || s[i-1] != '\\') {
			return strings.ReplaceAll(s[:i], `\(`, "("), s[i:]
		}
	}
	return strings.ReplaceAll(s, `\(`, "("), ""
}

// parseScanned reads AIs and values without brackets.
func parseScanned(s string) (Elements, error) {
	rest := strings.ReplaceAll(s, string(fnc1Caret), string(fnc1))
	rest = strings.TrimPrefix(rest, string(fnc1))
	if rest == "" {
		return nil, fmt.Errorf("the element string holds nothing after FNC1")
	}
	var e Elements
	for rest != "" {
		ai := leadingAI(rest)
		if ai == nil {
			return nil, fmt.Errorf("%s: no GS1 Application Identifier begins at %s", quote(s), quote(rest))
		}
		rest = rest[len(ai.Code):]
		n := strings.IndexByte(rest, fnc1)
		if n < 0 {
			n = len(rest)
		}
		if _, longest := ai.lengths(); ai.Fixed && n > longest {
			n = longest
		}
		if err := e.add(ai.Code, rest[:n]); err != nil {
			return nil, err
		}
		rest = strings.TrimPrefix(rest[n:], string(fnc1))
	}
	return e, nil
}

// leadingAI finds the AI at the start of s. No code of the dictionary is the
// beginning of another, so at most one matches.
func leadingAI(s string) *AI {
	for n := 2; n <= 4 && n <= len(s); n++ {
		if ai, ok := dictionary[s[:n]]; ok {
			return ai
		}
	}
	return nil
}
