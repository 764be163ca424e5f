package gs1

import (
	"fmt"
	"strings"
)

// CheckDigit returns the GS1 mod-10 check digit ('0' to '9') of digits, which
// must hold 1 to 30 decimal digits without the check digit itself.
// Source: GS1 General Specifications, section 7.9.1.
func CheckDigit(digits string) (byte, error) {
	if digits == "" || len(digits) > 30 {
		return 0, fmt.Errorf("a check digit is computed over 1 to 30 digits, not %d characters: give the key without its last digit", len(digits))
	}
	if i := nonDigit(digits); i >= 0 {
		return 0, fmt.Errorf("%s has %s at position %d: a check digit is computed over digits only", quote(digits), quoteChar(digits, i), i+1)
	}
	return checkDigit(digits), nil
}

// checkDigit is CheckDigit for text already known to be digits.
func checkDigit(digits string) byte {
	sum, weight := 0, 3
	for i := len(digits) - 1; i >= 0; i-- {
		sum += int(digits[i]-'0') * weight
		weight = 4 - weight
	}
	return byte('0' + (10-sum%10)%10)
}

// ParseGTIN reads a GTIN-8, GTIN-12, GTIN-13 or GTIN-14 and returns its
// canonical form: 14 digits, zeros on the left. Only digits are accepted:
// spaces and hyphens are refused, because a number copied with them may have
// lost a digit, and the error says which character to remove.
// Source: GS1 General Specifications, sections 3.3.2 and 7.9.
func ParseGTIN(s string) (string, error) {
	if err := digitsOnly("GTIN", s); err != nil {
		return "", err
	}
	switch len(s) {
	case 8, 12, 13, 14:
	default:
		return "", fmt.Errorf("GTIN %s has %d digits: a GTIN has 8, 12, 13 or 14", quote(s), len(s))
	}
	if err := checkLast("GTIN", s); err != nil {
		return "", err
	}
	gtin := strings.Repeat("0", 14-len(s)) + s
	if gtin == "00000000000000" {
		return "", fmt.Errorf("GTIN %s is all zeros: it identifies nothing", quote(s))
	}
	return gtin, nil
}

// ParseGLN reads a 13-digit Global Location Number and verifies its check
// digit. The canonical form is the text itself.
func ParseGLN(s string) (string, error) { return parseFixed("GLN", s, 13) }

// ParseSSCC reads an 18-digit Serial Shipping Container Code and verifies its
// check digit. The canonical form is the text itself.
func ParseSSCC(s string) (string, error) { return parseFixed("SSCC", s, 18) }

func parseFixed(name, s string, n int) (string, error) {
	if err := digitsOnly(name, s); err != nil {
		return "", err
	}
	if len(s) != n {
		return "", fmt.Errorf("%s %s has %d digits: it must have %d", name, quote(s), len(s), n)
	}
	if err := checkLast(name, s); err != nil {
		return "", err
	}
	return s, nil
}

func digitsOnly(name, s string) error {
	if s == "" {
		return fmt.Errorf("the %s is empty: write its digits", name)
	}
	i := nonDigit(s)
	switch {
	case i < 0:
		return nil
	case s[i] == ' ' || s[i] == '-':
		return fmt.Errorf("%s %s has %s at position %d: write the digits alone, without spaces or hyphens", name, quote(s), quoteChar(s, i), i+1)
	default:
		return fmt.Errorf("%s %s has %s at position %d: only the digits 0 to 9 are allowed", name, quote(s), quoteChar(s, i), i+1)
	}
}

func checkLast(name, s string) error {
	n := len(s) - 1
	if want := checkDigit(s[:n]); s[n] != want {
		return fmt.Errorf("%s %s has check digit %c but its other digits give %c: a digit is wrong or two are swapped", name, quote(s), s[n], want)
	}
	return nil
}

// nonDigit returns the index of the first byte that is not 0 to 9, or -1.
func nonDigit(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return i
		}
	}
	return -1
}

func isDigits(s string) bool { return s != "" && nonDigit(s) < 0 }

// quote shows outside text in an error: escaped, and cut so that an error stays
// one readable line whatever was sent.
func quote(s string) string {
	const most = 80
	if len(s) > most {
		return fmt.Sprintf("%+q…", s[:most])
	}
	return fmt.Sprintf("%+q", s)
}

// quoteChar shows the character of s that starts at byte i.
func quoteChar(s string, i int) string {
	for _, r := range s[i:] {
		return fmt.Sprintf("%+q", r)
	}
	return "nothing"
}
