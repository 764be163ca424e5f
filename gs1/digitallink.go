package gs1

import (
	"fmt"
	"sort"
	"strings"
)

// CanonicalStem is the domain of canonical GS1 Digital Link URIs.
const CanonicalStem = "https://id.gs1.org"

// linkOptions are the tolerances that are off in strict parsing.
type linkOptions struct {
	shortGTIN bool // GTIN-8, -12, -13 under /01/, padded
	words     bool // /gtin/, /lot/ and the other convenience words
	unknown   bool // numbers in the query that are no AI of this dictionary
}

// convenienceWords of URI Syntax 1.0 and 1.1, withdrawn in 1.2.
var convenienceWords = map[string]string{
	"gtin": "01", "itip": "8006", "cpid": "8010", "gln": "414", "payTo": "415", "party": "417",
	"gsrnp": "8017", "gsrn": "8018", "gcn": "255", "sscc": "00", "gdti": "253", "ginc": "401",
	"gsin": "402", "grai": "8003", "giai": "8004", "gmn": "8013", "cpv": "22", "lot": "10",
	"ser": "21", "cpsn": "8011", "glnx": "254", "refNo": "8020", "srin": "8019",
}

// ParseDigitalLink reads a GS1 Digital Link URI: http or https, any host and
// stem, then the primary key and its qualifiers in their order, then data
// attributes in the query. Query names that are not numbers (linkType, utm_…)
// and the fragment are ignored. Every element is validated, check digits
// included; short GTINs and words such as /gtin/ are refused.
// Source: GS1 Digital Link Standard: URI Syntax 1.2 and later, section 4.
func ParseDigitalLink(uri string) (Elements, error) {
	e, err := parseLink(uri, linkOptions{})
	if err != nil {
		return nil, err
	}
	return e, e.Validate()
}

func parseLink(uri string, opt linkOptions) (Elements, error) {
	path, query, err := splitLink(uri)
	if err != nil {
		return nil, err
	}
	pairs, err := pathPairs(path, opt)
	if err != nil {
		return nil, fmt.Errorf("the Digital Link %s: %w", quote(uri), err)
	}
	var e Elements
	for _, pair := range pairs {
		if err := e.add(pair.AI, padGTIN(pair, opt)); err != nil {
			return nil, err
		}
	}
	if err := checkPathOrder(e); err != nil {
		return nil, err
	}
	if err := addAttributes(&e, query, opt); err != nil {
		return nil, fmt.Errorf("the Digital Link %s: %w", quote(uri), err)
	}
	return e, nil
}

// uriChars are the characters that RFC 3986 allows anywhere in a URI.
var uriChars = newCharset(digits + upper + lower + "-._~:/?#[]@!$&'()*+,;=%")

// hostChars are those this package takes in a host with an optional port.
var hostChars = newCharset(digits + upper + lower + "-._:[]")

// splitLink checks the outer shape and returns the path (with its leading slash)
// and the query.
func splitLink(uri string) (path, query string, err error) {
	if len(uri) > maxInput {
		return "", "", fmt.Errorf("the URI has %d bytes: at most %d are read", len(uri), maxInput)
	}
	if i := uriChars.outside(uri); i >= 0 {
		return "", "", fmt.Errorf("the URI %s has %s at position %d, which a URI cannot hold: percent-encode it", quote(uri), quoteChar(uri, i), i+1)
	}
	rest, ok := cutScheme(uri)
	if !ok {
		return "", "", fmt.Errorf("%s is not a Digital Link: it must begin with https:// or http://", quote(uri))
	}
	rest, _, _ = strings.Cut(rest, "#")
	rest, query, _ = strings.Cut(rest, "?")
	slash := strings.IndexByte(rest, '/')
	if slash < 0 {
		return "", "", fmt.Errorf("the URI %s has no path: a Digital Link holds a key such as /01/ and a GTIN", quote(uri))
	}
	host := rest[:slash]
	if host == "" || hostChars.outside(host) >= 0 {
		return "", "", fmt.Errorf("the URI %s has the host %s, which is not a domain name or an address", quote(uri), quote(host))
	}
	return rest[slash:], query, nil
}

func cutScheme(uri string) (string, bool) {
	for _, scheme := range [...]string{"https://", "http://", "HTTPS://", "HTTP://"} {
		if rest, ok := strings.CutPrefix(uri, scheme); ok {
			return rest, true
		}
	}
	return "", false
}

// pathPairs reads the path from its right end, two segments at a time, until the
// primary key; what stands left of it is the stem.
func pathPairs(path string, opt linkOptions) ([]Element, error) {
	segments := strings.Split(path, "/")
	var pairs []Element
	for i := len(segments); i >= 2 && len(pairs) < maxElements; i -= 2 {
		code, value := segments[i-2], segments[i-1]
		if word, ok := convenienceWords[code]; ok && opt.words {
			code = word
		}
		ai, ok := dictionary[code]
		if !ok {
			return nil, fmt.Errorf("%s stands where a key or qualifier such as 01, 10 or 21 was expected", quote(code))
		}
		text, err := unescape(value, false)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, Element{code, text})
		if ai.Key {
			reverse(pairs)
			return pairs, nil
		}
	}
	return nil, fmt.Errorf("its path has no primary key such as /01/ and a GTIN")
}

func reverse(e []Element) {
	for i, j := 0, len(e)-1; i < j; i, j = i+1, j-1 {
		e[i], e[j] = e[j], e[i]
	}
}

func padGTIN(el Element, opt linkOptions) string {
	if n := len(el.Value); opt.shortGTIN && el.AI == "01" && isDigits(el.Value) && (n == 8 || n == 12 || n == 13) {
		return strings.Repeat("0", 14-n) + el.Value
	}
	return el.Value
}

// checkPathOrder checks that the qualifiers after the key are one of its allowed
// sequences, some possibly left out.
func checkPathOrder(e Elements) error {
	codes := make([]string, len(e))
	for i, element := range e {
		codes[i] = element.AI
	}
	if !validPath(codes) {
		return fmt.Errorf("the Digital Link path /%s/ is not allowed: the qualifiers of (%s) have a fixed order and cannot be mixed", strings.Join(codes, "/…/"), codes[0])
	}
	return nil
}

func validPath(codes []string) bool {
	if len(codes) == 0 {
		return false
	}
	key, ok := dictionary[codes[0]]
	if !ok || !key.Key {
		return false
	}
	if len(codes) == 1 {
		return true
	}
	for _, sequence := range key.Qualifiers {
		if isSubsequence(codes[1:], sequence) {
			return true
		}
	}
	return false
}

func isSubsequence(part, whole []string) bool {
	i := 0
	for _, code := range whole {
		if i < len(part) && part[i] == code {
			i++
		}
	}
	return i == len(part)
}

// addAttributes reads the query. A qualifier of the key belongs in the path and
// is refused here; so is an AI that is already there.
func addAttributes(e *Elements, query string, opt linkOptions) error {
	key := dictionary[(*e)[0].AI]
	for _, field := range strings.Split(query, "&") {
		name, raw, ok := strings.Cut(field, "=")
		if !ok || !isDigits(name) {
			continue
		}
		ai, known := dictionary[name]
		switch {
		case !known && opt.unknown:
			value, err := unescape(raw, true)
			if err == nil {
				err = e.addUnknown(name, value)
			}
			if err != nil {
				return err
			}
			continue
		case !known:
			return unknownAI(name)
		case !ai.Attribute:
			return fmt.Errorf("AI (%s) %s cannot be a query attribute of a Digital Link", name, ai.Title)
		case isQualifierOf(key, name):
			return fmt.Errorf("AI (%s) qualifies (%s) and belongs in the path, not in the query", name, key.Code)
		}
		if _, twice := e.Get(name); twice {
			return fmt.Errorf("AI (%s) is given twice", name)
		}
		value, err := unescape(raw, true)
		if err != nil {
			return err
		}
		if err := e.add(name, padGTIN(Element{name, value}, opt)); err != nil {
			return err
		}
	}
	return nil
}

func isQualifierOf(key *AI, code string) bool {
	for _, sequence := range key.Qualifiers {
		if contains(sequence, code) {
			return true
		}
	}
	return false
}

// DigitalLink writes the elements as a GS1 Digital Link URI on a stem such as
// "https://id.gs1.org": the first primary key among the elements, its qualifiers
// in their order, the rest as query attributes, those of predefined length
// first. It fails when there is no key, or an element that is neither a
// qualifier of the key nor allowed as an attribute.
func (e Elements) DigitalLink(stem string) (string, error) {
	return e.link(stem, func(rest []Element) {
		sort.SliceStable(rest, func(i, j int) bool {
			return dictionary[rest[i].AI].Fixed && !dictionary[rest[j].AI].Fixed
		})
	})
}

// CanonicalDigitalLink writes the elements as the canonical GS1 Digital Link
// URI: domain id.gs1.org, attributes in the order of their AI.
// Source: GS1 Digital Link Standard: URI Syntax, section 4.11.
func (e Elements) CanonicalDigitalLink() (string, error) {
	return e.link(CanonicalStem, func(rest []Element) {
		sort.SliceStable(rest, func(i, j int) bool { return rest[i].AI < rest[j].AI })
	})
}

func (e Elements) link(stem string, order func([]Element)) (string, error) {
	path, rest, err := e.dividePath()
	if err != nil {
		return "", err
	}
	order(rest)
	var b strings.Builder
	b.WriteString(strings.TrimSuffix(stem, "/"))
	for _, element := range path {
		b.WriteString("/" + element.AI + "/" + escape(element.Value, false))
	}
	for i, element := range rest {
		b.WriteByte("?&"[min(i, 1)])
		b.WriteString(element.AI + "=" + escape(element.Value, true))
	}
	return b.String(), nil
}

// dividePath chooses the key and its qualifiers and returns the other elements.
func (e Elements) dividePath() (path, rest []Element, err error) {
	var unique Elements
	for _, element := range e {
		if err := unique.add(element.AI, element.Value); err != nil {
			return nil, nil, err
		}
	}
	key := firstKey(unique)
	if key == nil {
		return nil, nil, fmt.Errorf("the elements %s hold no Digital Link key such as (01) GTIN or (00) SSCC", quote(unique.String()))
	}
	chosen := append([]string{key.Code}, chooseQualifiers(key, unique)...)
	for _, code := range chosen {
		path = append(path, Element{code, unique.value(code)})
	}
	for _, element := range unique {
		if contains(chosen, element.AI) {
			continue
		}
		if !dictionary[element.AI].Attribute || isQualifierOf(key, element.AI) {
			return nil, nil, fmt.Errorf("AI (%s) can stand neither in the path nor in the query of a Digital Link for (%s)", element.AI, key.Code)
		}
		rest = append(rest, element)
	}
	return path, rest, nil
}

func firstKey(e Elements) *AI {
	for _, element := range e {
		if ai := dictionary[element.AI]; ai.Key {
			return ai
		}
	}
	return nil
}

// chooseQualifiers returns the qualifiers present, by the first of the key's
// sequences that has any.
func chooseQualifiers(key *AI, e Elements) []string {
	for _, sequence := range key.Qualifiers {
		var present []string
		for _, code := range sequence {
			if _, ok := e.Get(code); ok {
				present = append(present, code)
			}
		}
		if present != nil {
			return present
		}
	}
	return nil
}

// Path returns the primary key and its qualifiers, as they stand in the path of
// a Digital Link; the data attributes of its query are left out.
func (e Elements) Path() Elements {
	if len(e) == 0 {
		return nil
	}
	key, ok := dictionary[e[0].AI]
	if !ok {
		return nil
	}
	path := Elements{e[0]}
	for _, element := range e[1:] {
		if isQualifierOf(key, element.AI) {
			path = append(path, element)
		}
	}
	return path
}

// PathString writes a key and its qualifiers as the path of a Digital Link:
// "/01/08012345678907/10/L26-001".
func (e Elements) PathString() string {
	var b strings.Builder
	for _, element := range e {
		b.WriteString("/" + element.AI + "/" + escape(element.Value, false))
	}
	return b.String()
}

// PrimaryKeys lists the Application Identifiers that may begin the path of a
// Digital Link, in order.
func PrimaryKeys() []string {
	var keys []string
	//filiera:unordered sorted below
	for code, ai := range dictionary {
		if ai.Key {
			keys = append(keys, code)
		}
	}
	sort.Strings(keys)
	return keys
}
