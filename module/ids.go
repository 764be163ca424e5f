package module

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// CheckSlug refuses an id that is not min to max characters of a-z, 0-9 and
// inner hyphens.
func CheckSlug(field, s string, minLen, maxLen int) error {
	bad := len(s) < minLen || len(s) > maxLen || strings.HasPrefix(s, "-") || strings.HasSuffix(s, "-")
	for i := 0; i < len(s) && !bad; i++ {
		c := s[i]
		bad = (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-'
	}
	if bad {
		return fmt.Errorf("%s is %q; write %d to %d characters of a-z, 0-9 and inner hyphens", field, clip(s), minLen, maxLen)
	}
	return nil
}

// CheckText refuses text that is empty (unless minLen is 0), longer than
// maxLen characters, not UTF-8, or that holds control characters.
func CheckText(field, s string, minLen, maxLen int) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("%s is not valid UTF-8", field)
	}
	n := utf8.RuneCountInString(s)
	if n < minLen || n > maxLen {
		return fmt.Errorf("%s has %d characters; it takes %d to %d", field, n, minLen, maxLen)
	}
	for _, r := range s {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return fmt.Errorf("%s holds the control character %U; remove it", field, r)
		}
	}
	return nil
}

// CheckDate refuses what is not a calendar day written YYYY-MM-DD.
func CheckDate(field, s string) error {
	if t, err := time.Parse("2006-01-02", s); err != nil || t.Format("2006-01-02") != s {
		return fmt.Errorf("%s is %q; write a day as YYYY-MM-DD", field, clip(s))
	}
	return nil
}

// Day is the calendar day, in UTC, of a time in unix seconds.
func Day(unix int64) string { return time.Unix(unix, 0).UTC().Format("2006-01-02") }

// CheckMunicipality refuses what is not an ISTAT municipality code: 6 digits.
func CheckMunicipality(field, s string) error {
	ok := len(s) == 6
	for i := 0; i < len(s) && ok; i++ {
		ok = s[i] >= '0' && s[i] <= '9'
	}
	if !ok {
		return fmt.Errorf("%s is %q; write the municipality's ISTAT code of 6 digits, such as 044003", field, clip(s))
	}
	return nil
}

// CheckHash refuses what is not 32 bytes.
func CheckHash(field string, b []byte) error {
	if len(b) != 32 {
		return fmt.Errorf("%s has %d bytes; a SHA-256 hash has 32", field, len(b))
	}
	return nil
}

// CheckSpan refuses a span of time that ends before it begins. until 0 is open.
func CheckSpan(field string, from, until int64) error {
	if from < 0 || until < 0 {
		return fmt.Errorf("%s: from %d and until %d must not be negative", field, from, until)
	}
	if until != 0 && until <= from {
		return fmt.Errorf("%s: until (%d) must come after from (%d)", field, until, from)
	}
	return nil
}

// Within says whether at lies in [from, until); until 0 is open.
func Within(at, from, until int64) bool { return at >= from && (until == 0 || at < until) }

func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
