package gs1

import (
	"fmt"
	"strings"
)

// unreserved characters of RFC 3986, section 2.3: never escaped.
var unreserved = newCharset(digits + upper + lower + "-._~")

// escape percent-encodes a value for a Digital Link path, or for its query,
// where a space may be written "+".
func escape(s string, query bool) string { return escapeExcept(s, &unreserved, query) }

func escapeExcept(s string, keep *charset, query bool) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case keep[c]:
			b.WriteByte(c)
		case c == ' ' && query:
			b.WriteByte('+')
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

// unescape decodes percent-encoding; "+" is a space in the query only. A "%"
// that two hexadecimal digits do not follow stays as it is, because "%" belongs
// to the GS1 character set. An encoded zero byte is refused.
func unescape(s string, query bool) (string, error) {
	if strings.IndexByte(s, '%') < 0 && !(query && strings.IndexByte(s, '+') >= 0) {
		return s, nil
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			c = hexValue(s[i+1])<<4 | hexValue(s[i+2])
			if c == 0 {
				return "", fmt.Errorf("%s holds %%00, which no value can contain", quote(s))
			}
			i += 2
		case c == '+' && query:
			c = ' '
		}
		out = append(out, c)
	}
	return string(out), nil
}

func hexValue(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	default:
		return c - 'a' + 10
	}
}
