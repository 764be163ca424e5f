package credential

import (
	"fmt"
	"strconv"
	"time"
)

// reader takes fields out of a node tree and keeps the first complaint, so
// that decoding reads as a list of fields.
type reader struct{ err error }

func (r *reader) fail(at string, format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%s %s", at, fmt.Sprintf(format, args...))
	}
}

// object checks that n is an object holding only the named members.
func (r *reader) object(at string, n *node, names ...string) bool {
	if n == nil {
		r.fail(at, "is missing")
		return false
	}
	if n.kind != kindObject {
		r.fail(at, "is %s: it must be an object", n.kind)
		return false
	}
	for _, m := range n.members {
		if !contains(names, m.name) {
			r.fail(at, "has the unknown member %q", m.name)
			return false
		}
	}
	return true
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func (r *reader) list(at string, n *node) []*node {
	if n == nil {
		return nil
	}
	if n.kind != kindArray {
		r.fail(at, "is %s: it must be a list", n.kind)
		return nil
	}
	if len(n.items) == 0 {
		// one spelling for "none": the member is left out
		r.fail(at, "is an empty list: leave it out instead")
	}
	return n.items
}

func (r *reader) str(at string, n *node) string {
	if n == nil {
		r.fail(at, "is missing")
		return ""
	}
	if n.kind != kindString {
		r.fail(at, "is %s: it must be a string", n.kind)
		return ""
	}
	return n.text
}

// optional reads a string that may be absent, but not present and empty.
func (r *reader) optional(at string, n *node) string {
	if n == nil {
		return ""
	}
	s := r.str(at, n)
	if s == "" {
		r.fail(at, "is empty: leave it out instead")
	}
	return s
}

func (r *reader) integer(at string, n *node) int64 {
	if n == nil {
		r.fail(at, "is missing")
		return 0
	}
	if n.kind != kindNumber {
		r.fail(at, "is %s: it must be a whole number", n.kind)
		return 0
	}
	// the literal must be the canonical one: no fraction, exponent or -0
	v, err := strconv.ParseInt(n.text, 10, 64)
	if err != nil || strconv.FormatInt(v, 10) != n.text {
		r.fail(at, "is %s: it must be a whole number without fraction or exponent", n.text)
		return 0
	}
	if v > MaxInteger || v < -MaxInteger {
		r.fail(at, "is %s: integers beyond 2^53-1 are lost by JSON readers elsewhere", n.text)
	}
	return v
}

func (r *reader) time(at string, n *node) int64 {
	s := r.str(at, n)
	t, err := time.Parse(timeLayout, s)
	if err != nil || t.Format(timeLayout) != s {
		r.fail(at, "is %q: write it in UTC to the second, as 2026-11-23T00:00:00Z", s)
		return 0
	}
	return t.Unix()
}

func (r *reader) strings(at string, n *node, want ...string) {
	items := r.list(at, n)
	ok := len(items) == len(want)
	for i := 0; ok && i < len(items); i++ {
		ok = items[i].kind == kindString && items[i].text == want[i]
	}
	if !ok {
		r.fail(at, "must be exactly %q", want)
	}
}

// decodePayload reads the credential object into its typed content.
func decodePayload(n *node) (*Attestation, int64, error) {
	r := &reader{}
	if !r.object("the credential", n, "@context", "id", "type", "issuer", "validFrom", "validUntil", "credentialStatus", "credentialSubject", "iat") {
		return nil, 0, r.err
	}
	r.strings("@context", n.get("@context"), contextVC, contextFiliera)
	r.strings("type", n.get("type"), typeVC, typeFiliera)
	a := &Attestation{
		ID:         r.str("id", n.get("id")),
		Issuer:     r.str("issuer", n.get("issuer")),
		ValidFrom:  r.time("validFrom", n.get("validFrom")),
		ValidUntil: r.time("validUntil", n.get("validUntil")),
	}
	iat := r.integer("iat", n.get("iat"))
	a.Status = r.status(a.Issuer, n.get("credentialStatus"))
	r.subject(a, n.get("credentialSubject"))
	if r.err != nil {
		return nil, 0, r.err
	}
	if iat < 0 || iat > maxTime {
		return nil, 0, fmt.Errorf("iat is %d: it must be Unix seconds between 1970 and 9999", iat)
	}
	return a, iat, a.Validate()
}

func (r *reader) subject(a *Attestation, n *node) {
	const at = "credentialSubject"
	if !r.object(at, n, "specification", "batches", "points", "evidence", "replaces") {
		return
	}
	if s := n.get("specification"); r.object(at+".specification", s, "id", "version") {
		a.SpecID = r.str(at+".specification.id", s.get("id"))
		v := r.integer(at+".specification.version", s.get("version"))
		if v < 1 || v > 1<<32-1 {
			r.fail(at+".specification.version", "is %d: it must be from 1 to %d", v, int64(1<<32-1))
		}
		a.SpecVersion = uint32(v)
	}
	for i, b := range r.list(at+".batches", n.get("batches")) {
		a.Batches = append(a.Batches, r.batch(fmt.Sprintf("%s.batches[%d]", at, i), b))
	}
	for i, p := range r.list(at+".points", n.get("points")) {
		a.Points = append(a.Points, r.point(fmt.Sprintf("%s.points[%d]", at, i), p))
	}
	for i, e := range r.list(at+".evidence", n.get("evidence")) {
		a.Evidence = append(a.Evidence, r.evidence(fmt.Sprintf("%s.evidence[%d]", at, i), e))
	}
	a.Replaces = r.optional(at+".replaces", n.get("replaces"))
}

func (r *reader) batch(at string, n *node) (b CoveredBatch) {
	if !r.object(at, n, "gtin", "lot", "quantity") {
		return b
	}
	b.GTIN = r.str(at+".gtin", n.get("gtin"))
	b.Lot = r.str(at+".lot", n.get("lot"))
	if q := n.get("quantity"); r.object(at+".quantity", q, "amount", "unit") {
		b.Amount = r.integer(at+".quantity.amount", q.get("amount"))
		b.Unit = r.str(at+".quantity.unit", q.get("unit"))
	}
	return b
}

func (r *reader) point(at string, n *node) (p Point) {
	if !r.object(at, n, "id", "clause", "requirement", "basis", "result", "value", "unit", "method", "document") {
		return p
	}
	return Point{
		ID:          r.str(at+".id", n.get("id")),
		Clause:      r.str(at+".clause", n.get("clause")),
		Requirement: r.str(at+".requirement", n.get("requirement")),
		Basis:       Basis(r.str(at+".basis", n.get("basis"))),
		Result:      Result(r.str(at+".result", n.get("result"))),
		Value:       r.optional(at+".value", n.get("value")),
		Unit:        r.optional(at+".unit", n.get("unit")),
		Method:      r.optional(at+".method", n.get("method")),
		Document:    r.optional(at+".document", n.get("document")),
	}
}

func (r *reader) evidence(at string, n *node) (e Evidence) {
	if !r.object(at, n, "sha256", "size", "mediaType", "name") {
		return e
	}
	return Evidence{
		SHA256:    r.str(at+".sha256", n.get("sha256")),
		Size:      r.integer(at+".size", n.get("size")),
		MediaType: r.str(at+".mediaType", n.get("mediaType")),
		Name:      r.str(at+".name", n.get("name")),
	}
}
