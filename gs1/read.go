package gs1

import (
	"fmt"
	"strings"
)

// Read reads the elements of any of the texts that carry them: a Digital Link,
// an EPC URN, an element string with brackets or as scanned. Everything is
// validated.
func Read(s string) (Elements, error) {
	s = strings.Trim(s, " \t\r\n")
	switch {
	case len(s) > maxInput:
		return nil, fmt.Errorf("the text has %d bytes: at most %d are read", len(s), maxInput)
	case hasSchemeFold(s, "http://"), hasSchemeFold(s, "https://"):
		return ParseDigitalLink(dropTrailingSlash(s))
	case strings.HasPrefix(s, "urn:"):
		epc, err := ParseEPC(s)
		if err != nil {
			return nil, err
		}
		return epc.elements(), nil
	}
	return ParseElementString(s)
}

// ReadLenient is Read that also takes what older or newer labels carry: in a
// Digital Link a GTIN of 8, 12 or 13 digits under 01, the words of older
// editions (/gtin/, /lot/), and numbers in the query that are no Application
// Identifier of this edition, which are given as they are.
func ReadLenient(s string) (Elements, error) {
	s = strings.Trim(s, " \t\r\n")
	if !hasSchemeFold(s, "http://") && !hasSchemeFold(s, "https://") {
		return Read(s)
	}
	e, err := parseLink(dropTrailingSlash(s), linkOptions{shortGTIN: true, words: true, unknown: true})
	if err != nil {
		return nil, err
	}
	for _, element := range e {
		if _, known := dictionary[element.AI]; known {
			if err := (Elements{element}).Validate(); err != nil {
				return nil, err
			}
		}
	}
	return e, nil
}

// addUnknown takes a query attribute whose AI the dictionary does not have: two
// to four digits, and a value of the longest form that AIs have.
func (e *Elements) addUnknown(code, value string) error {
	if len(code) < 2 || len(code) > 4 {
		return unknownAI(code)
	}
	if _, twice := e.Get(code); twice {
		return fmt.Errorf("AI (%s) is given twice", code)
	}
	if bad := set82.outside(value); bad >= 0 || value == "" || len(value) > 90 {
		return fmt.Errorf("AI (%s): %s is not 1 to 90 characters of the GS1 character set 82", code, quote(value))
	}
	if len(*e) >= maxElements {
		return fmt.Errorf("there are more than %d elements: no label carries as many", maxElements)
	}
	*e = append(*e, Element{code, value})
	return nil
}
