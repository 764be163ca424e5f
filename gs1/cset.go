package gs1

import "strings"

// The character sets of the GS1 General Specifications, section 7.11.
const (
	digits    = "0123456789"
	upper     = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	lower     = "abcdefghijklmnopqrstuvwxyz"
	chars82   = `!"%&'()*+,-./` + digits + ":;<=>?" + upper + "_" + lower
	chars39   = "#-/" + digits + upper
	charsURL  = "-_" + digits + upper + lower
	fnc1      = '\x1d' // how scanners write the FNC1 separator
	fnc1Caret = '^'    // how people and test data write it
)

// charset is a membership table over bytes.
type charset [256]bool

func newCharset(chars string) (set charset) {
	for i := 0; i < len(chars); i++ {
		set[chars[i]] = true
	}
	return set
}

var set82, set39, setURL = newCharset(chars82), newCharset(chars39), newCharset(charsURL)

func inCSET82(c byte) bool { return set82[c] }

// outside returns the index of the first byte of s outside the set, or -1.
func (c *charset) outside(s string) int {
	for i := 0; i < len(s); i++ {
		if !c[s[i]] {
			return i
		}
	}
	return -1
}

// badBase64URL returns the index of the first byte that breaks base64url text
// with optional padding, or -1. Padding is one or two "=" at the end, and padded
// text has a length divisible by three: that is what the reference check of the
// syntax dictionary (cset64) asks.
func badBase64URL(s string) int {
	body := strings.TrimRight(s, "=")
	if i := setURL.outside(body); i >= 0 {
		return i
	}
	pad := len(s) - len(body)
	if pad > 2 || (pad > 0 && len(s)%3 != 0) {
		return len(body)
	}
	return -1
}
