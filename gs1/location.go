package gs1

import (
	"fmt"
	"strings"
)

// LocationID names a physical place: by its GLN, by a GLN with the extension of
// a place within it, or by an id that its owner, a participant of the ledger,
// gave it where there is no GLN. Either GLN or Owner is set.
type LocationID struct {
	GLN       string // 13 digits
	Extension string // AI 254; "" for the place as a whole
	Owner     string // participant id
	Name      string // the owner's own name: 1 to 40 characters of a-z, 0-9 and inner hyphens
}

// locationURN begins the URI of a place that has no GLN.
const locationURN = "urn:filiera:location:"

// String writes the id as the ledger keeps it: "8012345000005",
// "8012345000005.silo-2" or "pastificio/laboratorio".
func (l LocationID) String() string {
	switch {
	case l.GLN == "":
		return l.Owner + "/" + l.Name
	case l.Extension == "":
		return l.GLN
	}
	return l.GLN + "." + l.Extension
}

// URI writes the id as an EPCIS document names a place: the canonical Digital
// Link of AI 414 and 254 (Core Business Vocabulary 2.0, section 8.4), or
// urn:filiera:location:owner:name.
func (l LocationID) URI() string {
	switch {
	case l.GLN == "":
		return locationURN + l.Owner + ":" + l.Name
	case l.Extension == "":
		return PlaceURI(l.GLN)
	}
	return finest(Elements{{"414", l.GLN}, {"254", l.Extension}})
}

// ParseLocationID reads an id as String writes it. A GLN is checked by
// CheckLocationGLN, its extension as AI 254.
func ParseLocationID(s string) (LocationID, error) {
	if len(s) > 100 {
		return LocationID{}, fmt.Errorf("the location id has %d characters: at most 100 are read", len(s))
	}
	if gln, extension, ok := cutGLN(s); ok {
		l := LocationID{GLN: gln, Extension: extension}
		return l, l.check(len(s) > len(gln))
	}
	owner, name, ok := strings.Cut(s, "/")
	if !ok || !isSlug(owner, 3, 40) || !isSlug(name, 1, 40) {
		return LocationID{}, fmt.Errorf("%s is no location id: write a GLN (8012345000005), a GLN with its extension (8012345000005.silo-2), or participant/name with a-z, 0-9 and inner hyphens", quote(s))
	}
	return LocationID{Owner: owner, Name: name}, nil
}

// cutGLN splits thirteen digits from what a full stop sets off.
func cutGLN(s string) (gln, extension string, ok bool) {
	if len(s) < 13 || !isDigits(s[:13]) {
		return "", "", false
	}
	if len(s) > 13 && s[13] != '.' {
		return "", "", false
	}
	if len(s) > 13 {
		extension = s[14:]
	}
	return s[:13], extension, true
}

func (l LocationID) check(extended bool) error {
	if err := CheckLocationGLN(l.GLN); err != nil {
		return err
	}
	if !extended {
		return nil
	}
	if l.Extension == "0" {
		return fmt.Errorf("the extension 0 means the place as a whole: write the GLN alone") // EPC Tag Data Standard 1.13, section 6.3.3
	}
	_, err := parseX20("extension", "AI 254", l.Extension)
	return err
}

func isSlug(s string, shortest, longest int) bool {
	if len(s) < shortest || len(s) > longest || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// LocationIDs lists the ids of the places that an identifier of a readPoint, a
// bizLocation or a label means, the finest first: an SGLN URN or a Digital Link
// of AI 414 with an extension means the place so extended, and else the one
// that the GLN names. Nothing is returned for an identifier of another kind. The
// text may also be an id as String writes it.
func LocationIDs(s string) []LocationID {
	if rest, ok := strings.CutPrefix(s, locationURN); ok {
		owner, name, _ := strings.Cut(rest, ":")
		if !isSlug(owner, 3, 40) || !isSlug(name, 1, 40) {
			return nil
		}
		return []LocationID{{Owner: owner, Name: name}}
	}
	if l, err := ParseLocationID(s); err == nil {
		return l.withWhole()
	}
	e, err := ParseEPC(s)
	if err != nil || e.Key != "414" {
		return nil
	}
	return LocationID{GLN: e.GLN, Extension: e.Extension}.withWhole()
}

func (l LocationID) withWhole() []LocationID {
	if l.Extension == "" {
		return []LocationID{l}
	}
	return []LocationID{l, {GLN: l.GLN}}
}

// restricted are the beginnings of numbers that GS1 licenses to nobody as a
// company prefix. Source: GS1 General Specifications, section 1.4.2 (GS1
// Prefixes).
var restricted = [...]struct{ prefix, use string }{
	{"00000", "GTIN-8 and numbers for use within a company"},
	{"02", "numbers for use within a region"},
	{"04", "numbers for use within a company"},
	{"05", "coupons"},
	{"2", "numbers for use within a region or a company"},
	{"977", "serial publications (ISSN)"},
	{"978", "books (ISBN)"},
	{"979", "books (ISBN)"},
	{"98", "refund receipts and coupons"},
	{"99", "coupons"},
}

// CheckLocationGLN refuses what is not a GLN under a GS1 Company Prefix: 13
// digits, their check digit, and a prefix that companies may have.
func CheckLocationGLN(s string) error {
	if _, err := ParseGLN(s); err != nil {
		return err
	}
	for _, r := range restricted {
		if strings.HasPrefix(s, r.prefix) {
			return fmt.Errorf("GLN %s begins with %s, which GS1 keeps for %s: no company has such a prefix", s, r.prefix, r.use)
		}
	}
	return nil
}

// IsCountry reports an ISO 3166-1 two-letter country code.
func IsCountry(s string) bool { return oneOf(s, countryAlpha2, "") == "" }
