package credential

import (
	"fmt"
	"strconv"
	"time"

	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/quantity"
)

// maxComplaints keeps a file of another kind from filling the screen.
const maxComplaints = 50

// draftReader reads leniently what is written by hand, and collects complaints
// with their lines instead of stopping at the first.
type draftReader struct{ errs []error }

func (r *draftReader) fail(n *node, at, format string, args ...any) {
	if len(r.errs) < maxComplaints {
		r.errs = append(r.errs, fmt.Errorf("line %d: %s %s", n.line, at, fmt.Sprintf(format, args...)))
	}
}

// check turns a validation error into a complaint at the line of n.
func (r *draftReader) check(n *node, err error) {
	if err != nil && len(r.errs) < maxComplaints {
		r.errs = append(r.errs, fmt.Errorf("line %d: %w", n.line, err))
	}
}

func (r *draftReader) object(n *node, at string, names ...string) bool {
	if n.kind != kindObject {
		r.fail(n, at, "is %s: it must be a group of named fields", n.kind)
		return false
	}
	for _, m := range n.members {
		if !contains(names, m.name) {
			r.fail(m.value, at, "has the unknown field %q: use %q", m.name, names)
		}
	}
	return true
}

// text reads a field as it was written, quoted or not; a blank is "".
func (r *draftReader) text(parent *node, at, name string) string {
	n := parent.get(name)
	if n == nil || n.kind == kindNull {
		return ""
	}
	if n.kind == kindArray || n.kind == kindObject {
		r.fail(n, at+name, "is %s: it must be plain text", n.kind)
		return ""
	}
	return n.text
}

// required reads a field that must have text; ok is false when it has not.
func (r *draftReader) required(parent *node, at, name string) (text string, ok bool) {
	before := len(r.errs)
	s := r.text(parent, at, name)
	if s == "" && len(r.errs) == before {
		r.fail(parent, at+name, "is missing")
	}
	return s, s != ""
}

func (r *draftReader) list(parent *node, name string) []*node {
	n := parent.get(name)
	if n == nil || n.kind == kindNull {
		return nil
	}
	if n.kind != kindArray {
		r.fail(n, name, "is %s: it must be a list", n.kind)
	}
	return n.items
}

func (r *draftReader) draft(n *node) *Draft {
	d := &Draft{}
	if !r.object(n, "the draft", "id", "issuer", "replaces", "valid_from", "valid_until", "specification", "batches", "points", "evidence") {
		return d
	}
	a := &d.Attestation
	a.ID, a.Issuer, a.Replaces = r.text(n, "", "id"), r.text(n, "", "issuer"), r.text(n, "", "replaces")
	if a.ID != "" {
		r.check(n.get("id"), checkUUID("id", a.ID))
	}
	if a.Replaces != "" {
		r.check(n.get("replaces"), checkUUID("replaces", a.Replaces))
	}
	a.ValidFrom = r.when(n, "valid_from", 0)
	a.ValidUntil = r.when(n, "valid_until", 24*time.Hour-time.Second)
	if len(r.errs) == 0 && a.ValidFrom >= a.ValidUntil {
		r.fail(n.get("valid_until"), "valid_until", "must come after valid_from")
	}
	r.specification(a, n)
	for i, b := range r.list(n, "batches") {
		a.Batches = append(a.Batches, r.batch(b, fmt.Sprintf("batches[%d]", i)))
	}
	if len(r.errs) == 0 {
		r.check(n, a.validateBatches())
	}
	for i, e := range r.list(n, "evidence") {
		r.evidence(d, e, fmt.Sprintf("evidence[%d]", i))
	}
	for i, p := range r.list(n, "points") {
		r.point(d, p, fmt.Sprintf("points[%d]", i))
	}
	if len(r.errs) == 0 {
		r.check(n, a.validatePoints())
	}
	return d
}

// when reads a day or an instant; endOfDay is added to a day alone.
func (r *draftReader) when(parent *node, name string, endOfDay time.Duration) int64 {
	s, ok := r.required(parent, "", name)
	if !ok {
		return 0
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t.Add(endOfDay).Unix()
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || t.Nanosecond() != 0 || t.Unix() < 0 || t.Unix() > maxTime {
		r.fail(parent.get(name), name, "is %q: write a day as 2026-11-23 or an instant as 2026-11-23T08:00:00Z, from 1970 on", s)
		return 0
	}
	return t.Unix()
}

func (r *draftReader) specification(a *Attestation, parent *node) {
	const at = "specification"
	n := parent.get(at)
	if n == nil {
		r.fail(parent, at, "is missing: name the id and version of the product specification")
		return
	}
	if !r.object(n, at, "id", "version") {
		return
	}
	a.SpecID, _ = r.required(n, at+".", "id")
	if text, ok := r.required(n, at+".", "version"); ok {
		v, err := strconv.ParseUint(text, 10, 32)
		if err != nil || v == 0 {
			r.fail(n.get("version"), at+".version", "is %q: it must be a whole number from 1", text)
		}
		a.SpecVersion = uint32(v)
	}
}

func (r *draftReader) batch(n *node, at string) (b CoveredBatch) {
	if !r.object(n, at, "gtin", "lot", "quantity", "unit") {
		return b
	}
	if text, ok := r.required(n, at+".", "gtin"); ok {
		gtin, err := gs1.ParseGTIN(text)
		if err != nil {
			r.fail(n.get("gtin"), at+".gtin:", "%v", err)
		}
		b.GTIN = gtin
	}
	if text, ok := r.required(n, at+".", "lot"); ok {
		lot, err := gs1.ParseLot(text)
		if err != nil {
			r.fail(n.get("lot"), at+".lot:", "%v", err)
		}
		b.Lot = lot
	}
	amount, okAmount := r.required(n, at+".", "quantity")
	unit, okUnit := r.required(n, at+".", "unit")
	if !okAmount || !okUnit {
		return b
	}
	q, err := wholeQuantity(amount, unit)
	if err != nil {
		r.fail(n.get("quantity"), at+".quantity:", "%v", err)
	} else if q.Amount < 1 || q.Amount > MaxInteger {
		r.fail(n.get("quantity"), at+".quantity", "is %s: it must be from 1 to %d", q, int64(MaxInteger))
	}
	b.Amount, b.Unit = q.Amount, q.Unit
	return b
}

// finerUnits are tried in order when a decimal is not whole in its own unit.
var finerUnits = map[quantity.Dimension][]string{
	quantity.Mass: {"GRM", "MGM"}, quantity.Volume: {"MLT"}, quantity.Length: {"CMT", "MMT"}, quantity.Area: {"MTK", "CMK"},
}

func wholeQuantity(text, unitText string) (quantity.Quantity, error) {
	decimal, err := quantity.ParseDecimal(text, quantity.AnySpelling)
	if err != nil {
		return quantity.Quantity{}, err
	}
	code, err := quantity.ParseUnit(unitText)
	if err != nil {
		return quantity.Quantity{}, err
	}
	q, err := quantity.Parse(decimal, code, code)
	if err == nil {
		return q, nil
	}
	unit, ok := quantity.LookupUnit(code)
	if !ok {
		return q, err
	}
	for _, finer := range finerUnits[unit.Dimension] {
		if q, finerErr := quantity.Parse(decimal, code, finer); finerErr == nil {
			return q, nil
		}
	}
	return q, err
}

func (r *draftReader) evidence(d *Draft, n *node, at string) {
	e := Evidence{}
	place := len(d.Attestation.Evidence)
	defer func() { d.Attestation.Evidence = append(d.Attestation.Evidence, e) }()
	if !r.object(n, at, "file", "sha256", "size", "media_type", "name") {
		return
	}
	file := r.text(n, at+".", "file")
	e.Name, e.MediaType = r.text(n, at+".", "name"), r.text(n, at+".", "media_type")
	if e.Name == "" {
		e.Name = baseName(file)
	}
	if e.MediaType == "" {
		e.MediaType = mediaTypeOf(e.Name)
	}
	if file != "" {
		if n.get("sha256") != nil || n.get("size") != nil {
			r.fail(n, at, "gives a file and its hash or size: give the file alone, it is hashed when signing")
		}
		d.Files = append(d.Files, DraftFile{Path: file, Evidence: place, Line: n.line})
		e.SHA256 = zeroHash // stands in until SetFile, so that the rest is checked now
		r.check(n, e.validate(at))
		e.SHA256 = ""
		return
	}
	e.SHA256, _ = r.required(n, at+".", "sha256")
	if text, ok := r.required(n, at+".", "size"); ok {
		size, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			r.fail(n.get("size"), at+".size", "is %q: it must be a whole number of bytes", text)
		}
		e.Size = size
	}
	r.check(n, e.validate(at))
}

const zeroHash = "0000000000000000000000000000000000000000000000000000000000000000"

func (r *draftReader) point(d *Draft, n *node, at string) {
	p := Point{}
	place := len(d.Attestation.Points)
	defer func() { d.Attestation.Points = append(d.Attestation.Points, p) }()
	if !r.object(n, at, "id", "clause", "requirement", "basis", "result", "value", "unit", "method", "document") {
		return
	}
	before := len(r.errs)
	p.ID, _ = r.required(n, at+".", "id")
	p.Clause, _ = r.required(n, at+".", "clause")
	p.Requirement, _ = r.required(n, at+".", "requirement")
	p.Value, p.Unit, p.Method = r.text(n, at+".", "value"), r.text(n, at+".", "unit"), r.text(n, at+".", "method")
	if text, ok := r.required(n, at+".", "basis"); ok {
		if p.Basis, ok = basisWords[text]; !ok {
			r.fail(n.get("basis"), at+".basis", "is %q: use declared, checked or measured (dichiarato, verificato, misurato)", text)
		}
	}
	if text, ok := r.required(n, at+".", "result"); ok {
		if p.Result, ok = resultWords[text]; !ok {
			r.fail(n.get("result"), at+".result", "is %q: use pass, fail or not_applicable (conforme, non conforme, non applicabile)", text)
		}
	}
	r.document(d, &p, place, n, at)
	if len(r.errs) == before {
		r.check(n, p.validate(at))
	}
}

// document resolves a point's document to a hash, now or in Finish.
func (r *draftReader) document(d *Draft, p *Point, place int, n *node, at string) {
	text := r.text(n, at+".", "document")
	if text == "" || isSHA256(text) {
		p.Document = text
		return
	}
	for _, f := range d.Files {
		if f.Path == text {
			d.references = append(d.references, reference{place, f.Evidence})
			return
		}
	}
	for i, e := range d.Attestation.Evidence {
		if e.Name == text {
			d.references = append(d.references, reference{place, i})
			return
		}
	}
	r.fail(n.get("document"), at+".document", "is %q: list that file or name under evidence, or give its SHA-256", text)
}
