package epcisrest

import (
	"strings"

	"github.com/filiera-chain/filiera/gs1"
)

// patternKeys say how an EPC pattern becomes the beginning of canonical links:
// the key, a digit before it, whether the first digit of the reference goes in
// front, and how many digits company prefix and reference have together (0 when
// they have any number). Source: EPC Tag Data Standard 1.13, section 8.
var patternKeys = map[string]struct {
	key, leading string
	swap         bool
	digits       int
}{
	"sgtin": {"01", "", true, 13}, "lgtin": {"01", "", true, 13}, "upui": {"01", "", true, 13}, "itip": {"8006", "", true, 13},
	"sscc": {"00", "", true, 17}, "sgln": {"414", "", false, 12}, "pgln": {"417", "", false, 12}, "grai": {"8003", "0", false, 12},
	"gdti": {"253", "", false, 12}, "sgcn": {"255", "", false, 12}, "gsrn": {"8018", "", false, 17}, "gsrnp": {"8017", "", false, 17},
	"giai": {"8004", "", false, 0}, "cpi": {"8010", "", false, 0}, "gsin": {"402", "", false, 16}, "ginc": {"401", "", false, 0},
}

// likePattern turns an EPC pattern that is no class of ours (urn:epc:idpat:… with
// the reference left open, or of keys other than a trade item) into a pattern of
// canonical links, where _ is one character and % any. Patterns of the classes of
// a trade item (urn:epc:idpat:sgtin:prefix.item.*) are found as classes.
func likePattern(uri string) (string, bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(uri), "urn:epc:idpat:")
	if !ok {
		return "", false
	}
	scheme, body, _ := strings.Cut(rest, ":")
	form, known := patternKeys[scheme]
	parts := strings.Split(body, ".")
	if !known || len(parts) < 2 || !openEnded(parts) {
		return "", false
	}
	stem := gs1.CanonicalStem + "/" + form.key + "/"
	switch {
	case parts[0] == "*":
		return stem + "%", true
	case !digitsOnly(parts[0]):
		return "", false
	case parts[1] == "*":
		if form.swap {
			return stem + "_" + parts[0] + "%", true
		}
		return stem + form.leading + parts[0] + "%", true
	}
	// Only the last part is open: the whole key is given.
	if form.digits == 0 || !digitsOnly(parts[1]) || len(parts[0])+len(parts[1]) != form.digits || scheme == "sgtin" || scheme == "upui" {
		return "", false
	}
	raw := form.leading + parts[0] + parts[1]
	if form.swap {
		raw = parts[1][:1] + parts[0] + parts[1][1:]
	}
	return stem + raw + "%", true
}

// openEnded says that the pattern ends in stars and has none before others.
func openEnded(parts []string) bool {
	star := false
	for _, p := range parts {
		if star && p != "*" || p == "" {
			return false
		}
		star = p == "*"
	}
	return star
}

func digitsOnly(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
