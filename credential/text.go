package credential

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	issuerPrefix = "urn:filiera:"
	uuidPrefix   = "urn:uuid:"
)

// IssuerURN names a participant of a chain as the issuer of a certificate.
func IssuerURN(chainID, participantID string) string {
	return issuerPrefix + chainID + ":" + participantID
}

// ParseIssuer splits "urn:filiera:<chain-id>:<participant-id>". Both parts
// are letters, digits and . _ -, at most 50 and 64 characters.
func ParseIssuer(urn string) (chainID, participantID string, err error) {
	rest, ok := strings.CutPrefix(urn, issuerPrefix)
	chainID, participantID, cut := strings.Cut(rest, ":")
	if !ok || !cut || !isName(chainID, 50, "._-") || !isName(participantID, 64, "._-") {
		return "", "", fmt.Errorf("issuer is %q: it must be urn:filiera:<chain-id>:<participant-id>", urn)
	}
	return chainID, participantID, nil
}

// ParseKeyID splits a kid, "<issuer>#<key label>"; the label is 1 to 64
// letters, digits and . _ -.
func ParseKeyID(kid string) (issuer, label string, err error) {
	issuer, label, ok := strings.Cut(kid, "#")
	if !ok || !isName(label, 64, "._-") {
		return "", "", fmt.Errorf("kid is %q: it must be <issuer>#<key label>", kid)
	}
	if _, _, err := ParseIssuer(issuer); err != nil {
		return "", "", fmt.Errorf("kid is %q: %w", kid, err)
	}
	return issuer, label, nil
}

// FormatUUID writes 16 bytes as an attestation id, "urn:uuid:…". The caller
// draws the bytes and sets the version and variant bits (RFC 9562 §5.4).
func FormatUUID(b [16]byte) string {
	return fmt.Sprintf("%s%x-%x-%x-%x-%x", uuidPrefix, b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// checkUUID accepts the one lower-case form, so that an id has one spelling.
func checkUUID(field, s string) error {
	u, ok := strings.CutPrefix(s, uuidPrefix)
	ok = ok && len(u) == 36
	for i := 0; ok && i < len(u); i++ {
		switch i {
		case 8, 13, 18, 23:
			ok = u[i] == '-'
		default:
			ok = isLowerHex(u[i])
		}
	}
	if !ok {
		return fmt.Errorf("%s is %q: it must be urn:uuid: and a UUID in lower case", field, s)
	}
	return nil
}

func isLowerHex(c byte) bool { return isDigit(c) || (c >= 'a' && c <= 'f') }

func isAlnum(c byte) bool {
	return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
}

// isName says whether s is 1 to limit ASCII letters, digits and extra
// characters, starting with a letter or digit.
func isName(s string, limit int, extra string) bool {
	if s == "" || len(s) > limit || !isAlnum(s[0]) {
		return false
	}
	for i := range len(s) {
		if !isAlnum(s[i]) && strings.IndexByte(extra, s[i]) < 0 {
			return false
		}
	}
	return true
}

func isSHA256(s string) bool {
	if len(s) != 64 {
		return false
	}
	for i := range len(s) {
		if !isLowerHex(s[i]) {
			return false
		}
	}
	return true
}

// isMediaType accepts type/subtype of RFC 6838 §4.2, without parameters.
func isMediaType(s string) bool {
	const extra = "!#$&-^_.+"
	major, minor, ok := strings.Cut(s, "/")
	return ok && isName(major, 127, extra) && isName(minor, 127, extra)
}

// checkText bounds free text and refuses what prints as something else or as
// nothing. The list is spelled out because Unicode tables change with the
// compiler, and consensus must not.
func checkText(field, s string, minLen, maxLen int) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("%s is not valid UTF-8", field)
	}
	if n := utf8.RuneCountInString(s); n < minLen || n > maxLen {
		return fmt.Errorf("%s has %d characters: it must have %d to %d", field, n, minLen, maxLen)
	}
	if s != strings.Trim(s, " \u00a0") {
		return fmt.Errorf("%s is %q: remove the spaces around it", field, s)
	}
	for _, r := range s {
		if forbidden(r) {
			return fmt.Errorf("%s holds the invisible or control character U+%04X; remove it", field, r)
		}
	}
	return nil
}

func forbidden(r rune) bool {
	return r < 0x20 || (r >= 0x7f && r <= 0x9f) || // controls
		(r >= 0x200b && r <= 0x200f) || (r >= 0x2028 && r <= 0x202e) || // zero width, separators, bidirectional
		(r >= 0x2060 && r <= 0x206f) || r == 0xfeff || r == 0xfffd || // joiners, isolates, byte order mark, replacement
		(r >= 0xfdd0 && r <= 0xfdef) || r&0xfffe == 0xfffe || // non-characters
		(r >= 0xe0000 && r <= 0xe0fff) // tags
}
