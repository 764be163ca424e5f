package gs1

import (
	"fmt"
	"strings"
)

// EPC is what an identifier in an EPCIS document names, whatever its spelling:
// an EPC URN (urn:epc:id:…, urn:epc:class:lgtin:…, urn:epc:idpat:…) or a GS1
// Digital Link URI. Fields that do not apply are empty.
type EPC struct {
	Key       string // AI of the primary key: "01" GTIN, "00" SSCC, "414" place, "417" party, …
	Value     string // value of the primary key
	GTIN      string // 14 digits, for Key "01" (and the GTIN inside an ITIP, Key "8006")
	Lot       string // AI 10
	Serial    string // AI 21
	SSCC      string // 18 digits
	GLN       string // 13 digits, for Key "414" or "417"
	Extension string // AI 254, the extension of a place
	Pattern   bool   // a pattern (urn:epc:idpat:…:*): all serials of the class
}

// URI returns the constrained canonical Digital Link URI of the EPC: its key and
// the finest level only. See Canonical.
func (e EPC) URI() string { return finest(e.elements()) }

func (e EPC) elements() Elements {
	list := Elements{{e.Key, e.Value}}
	for _, q := range [...]Element{{"10", e.Lot}, {"21", e.Serial}, {"254", e.Extension}} {
		if q.Value != "" {
			list = append(list, q)
		}
	}
	return list
}

// ParseEPC reads an identifier as EPCIS documents write it and checks it: key
// lengths, check digits, characters. Digital Links may carry a GTIN-8, -12 or
// -13, the words of older editions (/gtin/, /lot/), an upper case scheme or
// percent-encoding in lower case, and a query, which is dropped. Sources: EPC Tag Data Standard 1.13, section 6; Core Business
// Vocabulary 2.0, section 8.
func ParseEPC(uri string) (EPC, error) {
	list, pattern, ok := identify(uri, true)
	if !ok {
		return EPC{}, fmt.Errorf("%s is neither an EPC URN nor a GS1 Digital Link", quote(uri))
	}
	if err := list.Validate(); err != nil {
		return EPC{}, fmt.Errorf("%s: %w", quote(uri), err)
	}
	e := EPC{Key: list[0].AI, Value: list[0].Value, Pattern: pattern}
	e.Lot, e.Serial, e.Extension = list.Lot(), list.Serial(), list.value("254")
	switch e.Key {
	case "01":
		e.GTIN = e.Value
	case "8006":
		e.GTIN = e.Value[:14]
	case "00":
		e.SSCC = e.Value
	case "414", "417":
		e.GLN = e.Value
	}
	return e, nil
}

// Canonical returns the constrained canonical GS1 Digital Link URI of an
// identifier, as the CBV event hash uses it: domain id.gs1.org, numeric AIs, the
// primary key with its finest level only (a serial hides the lot, the consumer
// product variant is dropped), no query, GTIN of 14 digits. It reports false,
// and returns the text unchanged, for anything else: other URIs, keys without a
// canonical form, links whose scheme is not lower case or whose percent-encoding
// uses lower case letters. Check digits of Digital Links are not verified.
// Source: Core Business Vocabulary 2.0, section 8.9.
func Canonical(uri string) (string, bool) {
	list, _, ok := identify(uri, false)
	if !ok {
		return uri, false
	}
	return finest(list), true
}

// ClassOf returns the canonical GTIN and the lot of an identifier that names a
// lot: an LGTIN URN, or a Digital Link with both, with or without a serial. ok is
// false for everything else, GTINs without a lot included.
func ClassOf(uri string) (gtin, lot string, ok bool) {
	e, err := ParseEPC(uri)
	if err != nil || e.Key != "01" || e.Lot == "" {
		return "", "", false
	}
	return e.GTIN, e.Lot, true
}

// ClassURI writes a lot of a trade item as a Digital Link in the form of
// Canonical: https://id.gs1.org/01/<gtin>/10/<lot>. Both must be valid.
func ClassURI(gtin, lot string) string { return finest(Elements{{"01", gtin}, {"10", lot}}) }

// InstanceURI writes one serialised trade item: https://id.gs1.org/01/<gtin>/21/<serial>.
func InstanceURI(gtin, serial string) string { return finest(Elements{{"01", gtin}, {"21", serial}}) }

// PlaceURI writes a physical place: https://id.gs1.org/414/<gln>.
func PlaceURI(gln string) string { return finest(Elements{{"414", gln}}) }

// identify reads an EPC URN or a lenient Digital Link into its key and
// qualifiers, of which finest can write the canonical form. anySpelling also
// takes links that the event hash leaves as they are written.
func identify(uri string, anySpelling bool) (list Elements, pattern, ok bool) {
	if len(uri) > maxInput {
		return nil, false, false
	}
	if rest, isURN := strings.CutPrefix(uri, "urn:epc:"); isURN {
		return identifyURN(rest)
	}
	if !anySpelling && !hashedSpelling(uri) {
		return nil, false, false
	}
	list, ok = identifyLink(uri)
	return list, false, ok
}

// finalQualifiers lists, per key, the qualifiers that may end a canonical URI,
// finest first. Keys that are absent have no canonical form.
var finalQualifiers = map[string][]string{
	"00": nil, "01": {"21", "235", "10"}, "253": nil, "255": nil, "401": nil, "402": nil, "414": {"254"},
	"417": nil, "8003": nil, "8004": nil, "8006": {"21", "10"}, "8010": {"8011"}, "8017": nil, "8018": nil,
}

// hashKept are the characters that canonical URIs leave bare: unreserved ones
// and those the reference implementation of the event hash never encodes.
var hashKept = newCharset(digits + upper + lower + "-._~!'()*;=")

func finest(list Elements) string {
	uri := CanonicalStem + "/" + list[0].AI + "/" + escapeExcept(list[0].Value, &hashKept, false)
	for _, code := range finalQualifiers[list[0].AI] {
		if v, ok := list.Get(code); ok && v != "" {
			return uri + "/" + code + "/" + escapeExcept(v, &hashKept, false)
		}
	}
	return uri
}

// hashedSpelling reports a link that the event hash recognises: scheme in lower
// case, percent-encoding in upper case.
func hashedSpelling(uri string) bool {
	path, _, _ := strings.Cut(uri, "?")
	return (strings.HasPrefix(uri, "https://") || strings.HasPrefix(uri, "http://")) && !lowerHex(path)
}

func identifyLink(uri string) (Elements, bool) {
	path, _, err := splitLink(uri)
	if err != nil {
		return nil, false
	}
	pairs, err := pathPairs(strings.TrimSuffix(path, "/"), linkOptions{words: true})
	if err != nil {
		return nil, false
	}
	var list Elements
	for _, pair := range pairs {
		if list.add(pair.AI, padGTIN(pair, linkOptions{shortGTIN: true})) != nil {
			return nil, false
		}
	}
	if checkPathOrder(list) != nil {
		return nil, false
	}
	return list, canonicalKey(list)
}

// canonicalKey reports whether the key has a canonical form and every qualifier
// is one it may end in or the variant (22), which is dropped.
func canonicalKey(list Elements) bool {
	finals, ok := finalQualifiers[list[0].AI]
	if !ok {
		return false
	}
	for _, q := range list[1:] {
		if q.AI != "22" && !contains(finals, q.AI) {
			return false
		}
	}
	return true
}

// lowerHex reports a percent-encoding written with lower case letters.
func lowerHex(s string) bool {
	for i := 0; i+2 < len(s); i++ {
		if s[i] == '%' && (s[i+1] >= 'a' || s[i+2] >= 'a') && isHex(s[i+1]) && isHex(s[i+2]) {
			return true
		}
	}
	return false
}
