package credential

import (
	"errors"
	"fmt"
	"strings"

	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/quantity"
)

// Bounds of an attestation. Counts are of list entries, lengths of characters.
const (
	MaxBatches  = 100
	MaxPoints   = 200
	MaxEvidence = 100

	// MaxInteger is the largest integer that every JSON reader keeps exactly
	// (RFC 8259 §6: 2^53-1). Larger amounts are refused, not rounded elsewhere.
	MaxInteger = 1<<53 - 1

	maxTime = 253402300799 // 9999-12-31T23:59:59Z, the last second RFC 3339 can write
)

// Basis says on what a control point's result rests.
type Basis string

// The three bases are kept apart because a declaration accepted, a check made
// by an inspector and a measurement by a method are not the same evidence.
const (
	Declared Basis = "declared"
	Checked  Basis = "checked"
	Measured Basis = "measured"
)

// Result is the outcome of a control point.
type Result string

// The outcomes of a control point.
const (
	Pass          Result = "pass"
	Fail          Result = "fail"
	NotApplicable Result = "not_applicable"
)

// Attestation is the typed content of a certificate. The zero value is not
// valid; see [Attestation.Validate].
type Attestation struct {
	// ID is chosen by the certifier: "urn:uuid:" and a lower-case UUID (RFC 9562).
	ID string
	// Issuer is "urn:filiera:<chain-id>:<participant-id>".
	Issuer string
	// ValidFrom is the first second of validity and ValidUntil the first one no
	// longer valid, in unix seconds.
	ValidFrom, ValidUntil int64
	// SpecID and SpecVersion name the product specification judged against.
	SpecID      string
	SpecVersion uint32
	// Batches covered, 1 to [MaxBatches], no two with the same GTIN and lot.
	Batches []CoveredBatch
	// Points controlled, 0 to [MaxPoints], each with its own id.
	Points []Point
	// Evidence documents, 0 to [MaxEvidence], no two with the same hash.
	Evidence []Evidence
	// Replaces is the id of the attestation that this one replaces, or empty.
	Replaces string
	// Status says where its state is published; nil when nowhere.
	Status *Status
}

// CoveredBatch is a batch and how much of it the certificate covers.
type CoveredBatch struct {
	GTIN   string // 14 digits with a right check digit
	Lot    string // GS1 AI (10): 1 to 20 characters of character set 82
	Amount int64  // in Unit, 1 to [MaxInteger]
	Unit   string // UN/ECE Recommendation 20 code, as GRM or H87
}

// Point is one control point of the specification and what was found.
type Point struct {
	ID          string // unique in the attestation
	Clause      string // article of the specification, as "art. 5.2"
	Requirement string // what the clause asks, in words
	Basis       Basis
	Result      Result
	Value       string // what was found; required when measured
	Unit        string // of Value, free text as "mm" or "% s.s."
	Method      string // how it was found, as "ISO 16634-2"
	Document    string // SHA-256 of a document, lower-case hex, or empty
}

// Evidence is a document kept off the ledger, by its hash.
type Evidence struct {
	SHA256    string // 64 lower-case hex digits
	Size      int64  // bytes, 0 to [MaxInteger]
	MediaType string // as "application/pdf"
	Name      string // file name, without folders
}

// Validate checks every field and names the first one that is wrong.
func (a *Attestation) Validate() error {
	if err := checkUUID("id", a.ID); err != nil {
		return err
	}
	if _, _, err := ParseIssuer(a.Issuer); err != nil {
		return err
	}
	if a.ValidFrom < 0 || a.ValidUntil > maxTime || a.ValidFrom >= a.ValidUntil {
		return fmt.Errorf("validFrom (%d) must come before validUntil (%d), both between 1970 and 9999", a.ValidFrom, a.ValidUntil)
	}
	if !isName(a.SpecID, 128, "._:/-") {
		return fmt.Errorf("specification.id is %q: use 1 to 128 letters, digits and . _ : / -", a.SpecID)
	}
	if a.SpecVersion == 0 {
		return errors.New("specification.version is 0: versions start at 1")
	}
	if a.Replaces != "" {
		if err := checkUUID("replaces", a.Replaces); err != nil {
			return err
		}
		if a.Replaces == a.ID {
			return fmt.Errorf("replaces names the attestation itself (%s)", a.ID)
		}
	}
	if a.Status != nil {
		if err := a.Status.validate("credentialStatus"); err != nil {
			return err
		}
	}
	if err := a.validateBatches(); err != nil {
		return err
	}
	if err := a.validatePoints(); err != nil {
		return err
	}
	return a.validateEvidence()
}

func (a *Attestation) validateBatches() error {
	if n := len(a.Batches); n == 0 || n > MaxBatches {
		return fmt.Errorf("batches has %d entries: a certificate covers 1 to %d batches", n, MaxBatches)
	}
	seen := make(map[[2]string]int, len(a.Batches))
	for i, b := range a.Batches {
		at := fmt.Sprintf("batches[%d]", i)
		if err := b.validate(at); err != nil {
			return err
		}
		k := [2]string{b.GTIN, b.Lot}
		if j, dup := seen[k]; dup {
			return fmt.Errorf("%s repeats batches[%d]: GTIN %s lot %q may appear once", at, j, b.GTIN, b.Lot)
		}
		seen[k] = i
	}
	return nil
}

func (b CoveredBatch) validate(at string) error {
	if gtin, err := gs1.ParseGTIN(b.GTIN); err != nil {
		return fmt.Errorf("%s.gtin: %w", at, err)
	} else if gtin != b.GTIN {
		return fmt.Errorf("%s.gtin is %q: write all 14 digits, %s", at, b.GTIN, gtin)
	}
	if _, err := gs1.ParseLot(b.Lot); err != nil {
		return fmt.Errorf("%s.lot: %w", at, err)
	}
	if b.Amount < 1 || b.Amount > MaxInteger {
		return fmt.Errorf("%s.quantity.amount is %d: it must be from 1 to %d", at, b.Amount, int64(MaxInteger))
	}
	if _, err := quantity.New(b.Amount, b.Unit); err != nil {
		return fmt.Errorf("%s.quantity: %w", at, err)
	}
	return nil
}

func (a *Attestation) validatePoints() error {
	if n := len(a.Points); n > MaxPoints {
		return fmt.Errorf("points has %d entries: at most %d fit", n, MaxPoints)
	}
	seen := make(map[string]int, len(a.Points))
	for i, p := range a.Points {
		at := fmt.Sprintf("points[%d]", i)
		if err := p.validate(at); err != nil {
			return err
		}
		if j, dup := seen[p.ID]; dup {
			return fmt.Errorf("%s.id is %q, as points[%d]: each point needs its own id", at, p.ID, j)
		}
		seen[p.ID] = i
	}
	return nil
}

func (p Point) validate(at string) error {
	if !isName(p.ID, 64, "._-") {
		return fmt.Errorf("%s.id is %q: use 1 to 64 letters, digits and . _ -", at, p.ID)
	}
	for _, f := range [...]struct {
		name, value string
		min, max    int
	}{
		{"clause", p.Clause, 1, 100},
		{"requirement", p.Requirement, 1, 500},
		{"value", p.Value, 0, 100},
		{"unit", p.Unit, 0, 40},
		{"method", p.Method, 0, 200},
	} {
		if err := checkText(at+"."+f.name, f.value, f.min, f.max); err != nil {
			return err
		}
	}
	switch p.Basis {
	case Declared, Checked, Measured:
	default:
		return fmt.Errorf("%s.basis is %q: use declared, checked or measured", at, p.Basis)
	}
	switch p.Result {
	case Pass, Fail, NotApplicable:
	default:
		return fmt.Errorf("%s.result is %q: use pass, fail or not_applicable", at, p.Result)
	}
	if p.Basis == Measured && p.Result != NotApplicable && p.Value == "" {
		return fmt.Errorf("%s.value is missing: a measured point states the value found", at)
	}
	if p.Unit != "" && p.Value == "" {
		return fmt.Errorf("%s.unit is %q but there is no value", at, p.Unit)
	}
	if p.Document != "" && !isSHA256(p.Document) {
		return fmt.Errorf("%s.document is %q: it must be a SHA-256 in 64 lower-case hex digits", at, p.Document)
	}
	return nil
}

func (a *Attestation) validateEvidence() error {
	if n := len(a.Evidence); n > MaxEvidence {
		return fmt.Errorf("evidence has %d entries: at most %d fit", n, MaxEvidence)
	}
	seen := make(map[string]int, len(a.Evidence))
	for i, e := range a.Evidence {
		at := fmt.Sprintf("evidence[%d]", i)
		if err := e.validate(at); err != nil {
			return err
		}
		if j, dup := seen[e.SHA256]; dup {
			return fmt.Errorf("%s.sha256 is that of evidence[%d]: list a document once", at, j)
		}
		seen[e.SHA256] = i
	}
	return nil
}

func (e Evidence) validate(at string) error {
	if !isSHA256(e.SHA256) {
		return fmt.Errorf("%s.sha256 is %q: it must be 64 lower-case hex digits", at, e.SHA256)
	}
	if e.Size < 0 || e.Size > MaxInteger {
		return fmt.Errorf("%s.size is %d: it must be from 0 to %d bytes", at, e.Size, int64(MaxInteger))
	}
	if !isMediaType(e.MediaType) {
		return fmt.Errorf("%s.mediaType is %q: write it as type/subtype, as application/pdf", at, e.MediaType)
	}
	if strings.ContainsAny(e.Name, `/\`) {
		return fmt.Errorf("%s.name is %q: give the file name without folders", at, e.Name)
	}
	return checkText(at+".name", e.Name, 1, 200)
}
