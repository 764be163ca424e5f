package gs1

import (
	"fmt"
	"strings"
)

// ParseLot checks a batch or lot number as GS1 AI 10 holds it: 1 to 20
// characters of the GS1 character set 82, with case kept. It returns the text
// unchanged. Text typed by a person goes through NormaliseItalianLot first.
// Source: GS1 General Specifications, section 3.4.1 and figure 7.11-1.
func ParseLot(s string) (string, error) { return parseX20("lot", "AI 10", s) }

// ParseSerial checks a serial number as GS1 AI 21 holds it: 1 to 20 characters
// of the GS1 character set 82, with case kept. It returns the text unchanged.
// Source: GS1 General Specifications, section 3.5.2.
func ParseSerial(s string) (string, error) { return parseX20("serial", "AI 21", s) }

func parseX20(name, ai, s string) (string, error) {
	if s == "" {
		return "", fmt.Errorf("the %s is empty: %s holds 1 to 20 characters", name, ai)
	}
	for i := 0; i < len(s); i++ {
		if !inCSET82(s[i]) {
			return "", fmt.Errorf("%s %s has %s at position %d, which GS1 %s does not allow: use letters without accents, digits and !\"%%&'()*+,-./:;<=>?_", name, quote(s), quoteChar(s, i), i+1, ai)
		}
	}
	if len(s) > 20 {
		return "", fmt.Errorf("%s %s has %d characters: GS1 %s holds at most 20", name, quote(s), len(s), ai)
	}
	return s, nil
}

// NormaliseItalianLot turns a lot as printed or typed in Italy into the text
// that GS1 AI 10 holds, and checks it.
//
// D.Lgs. 231/2017, article 17, wants the lot on the label preceded by the
// letter "L" unless it is clearly distinguished otherwise. That letter is a
// mark, not part of the lot, when something separates it from the rest:
//
//	"L 24123", "L.24123", "L: 24123", "Lotto: 24123", "Lotto n. 24123" -> "24123"
//
// Without a separator it cannot be told apart, and it stays:
//
//	"L24123" -> "L24123", "24123" -> "24123"
//
// One mark is removed, never two, so ItalianLotLabel is its inverse:
// NormaliseItalianLot(ItalianLotLabel(lot)) == lot for every valid lot.
func NormaliseItalianLot(s string) (string, error) {
	if len(s) > 200 {
		return "", fmt.Errorf("the lot %s has %d characters: GS1 AI 10 holds at most 20", quote(s), len(s))
	}
	return ParseLot(stripLotMark(strings.Trim(s, spaces)))
}

// ItalianLotLabel writes a lot as an Italian label shows it: the lot alone when
// it already begins with "L" and can only be read back as itself, else with the
// mark "L " before it. See NormaliseItalianLot.
func ItalianLotLabel(lot string) string {
	if strings.HasPrefix(lot, "L") && stripLotMark(lot) == lot {
		return lot
	}
	return "L " + lot
}

// stripLotMark removes one leading mark, if there is one and something is left.
func stripLotMark(s string) string {
	word, rest := cutLotWord(s)
	if word == "" {
		return s
	}
	body := cutSeparator(rest)
	if body == "" || len(body) == len(rest) {
		return s // nothing follows the mark, or nothing separates it
	}
	if word == "L" {
		return body
	}
	return cutNumberWord(body)
}

// cutLotWord removes "Lotto", "Lot" or "L" at the start. The words are accepted
// in any case; the single letter only as the law writes it, upper case.
func cutLotWord(s string) (word, rest string) {
	for _, word := range [...]string{"lotto", "lot"} {
		if len(s) > len(word) && strings.EqualFold(s[:len(word)], word) && cutSeparator(s[len(word):]) != s[len(word):] {
			return word, s[len(word):]
		}
	}
	if rest, ok := strings.CutPrefix(s, "L"); ok {
		return "L", rest
	}
	return "", s
}

// cutSeparator removes what separates a mark from a lot: a full stop or a colon
// with spaces around it, or spaces alone. A full stop or colon after spaces and
// not before one belongs to the lot.
func cutSeparator(s string) string {
	body := strings.TrimLeft(s, spaces)
	if body == "" || (body[0] != '.' && body[0] != ':') {
		return body
	}
	after := strings.TrimLeft(body[1:], spaces)
	if len(body) < len(s) && len(after) == len(body)-1 {
		return body
	}
	return after
}

const spaces = " \t\u00a0"

// cutNumberWord removes "n.", "n°" or "nr." when more follows after a space or
// the abbreviation's own sign.
func cutNumberWord(s string) string {
	for _, word := range [...]string{"nr.", "nr ", "n.", "n°", "n "} {
		if len(s) > len(word) && strings.EqualFold(s[:len(word)], word) {
			if rest := strings.TrimLeft(s[len(word):], spaces); rest != "" {
				return rest
			}
		}
	}
	return s
}

// LotCandidates lists the lots that a typed text may mean, in the order in which
// to look them up: exactly as typed, then without the label mark, then without
// a leading "L", then with one. Only valid AI 10 texts are listed, each once; an
// empty result means that the text cannot be a lot.
func LotCandidates(s string) []string {
	if len(s) > 200 {
		return nil
	}
	typed := strings.Trim(s, spaces)
	plain := stripLotMark(typed)
	bare := strings.TrimPrefix(plain, "L")
	var out []string
	if typed == "" {
		return nil
	}
	for _, c := range [...]string{typed, plain, bare, "L" + bare} {
		if _, err := ParseLot(c); err == nil && !contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
