package verify

import (
	"encoding/json"
	"time"
)

// Verdict is the answer in one word.
type Verdict string

// The verdicts, from the one that outweighs all others to the best. See Judge.
const (
	Unknown               Verdict = "unknown"
	Recalled              Verdict = "recalled"
	Suspicious            Verdict = "suspicious"
	Expired               Verdict = "expired"
	Suspended             Verdict = "suspended"
	NotCertified          Verdict = "not_certified"
	AuthenticWithWarnings Verdict = "authentic_with_warnings"
	Authentic             Verdict = "authentic"
)

// Verdicts lists all verdicts in order of precedence.
func Verdicts() []Verdict {
	return []Verdict{Unknown, Recalled, Suspicious, Expired, Suspended, NotCertified, AuthenticWithWarnings, Authentic}
}

// Ledger says of which committed state the answer speaks.
type Ledger struct {
	ChainID string
	// Height of the block after which the state stood. The header of Height+1 carries its AppHash.
	Height int64
	// Time that dates are compared with: of the block after Height when the answer is proven, else of the
	// last block. Never the clock of the machine that asks.
	Time    time.Time
	AppHash []byte
}

// Answer is what the ledger says of a batch, for people and programs. Times are RFC 3339 in UTC, days are
// YYYY-MM-DD, hashes and keys are lower-case hex. Fields that do not apply are left out.
type Answer struct {
	Verdict Verdict `json:"verdict"`
	// Headline is the verdict in a sentence.
	Headline string `json:"headline"`
	// Lang is the language of sentences: it or en.
	Lang            string             `json:"lang"`
	GTIN            string             `json:"gtin"`
	Lot             string             `json:"lot"`
	Reasons         []Reason           `json:"reasons"`
	Batch           *BatchView         `json:"batch,omitempty"`
	Product         *ProductView       `json:"product,omitempty"`
	Specification   *SpecificationView `json:"specification,omitempty"`
	Producer        *ActorView         `json:"producer,omitempty"`
	Attestations    []AttestationView  `json:"attestations"`
	ContractResults []ContractResult   `json:"contract_results"`
	Journey         []EventView        `json:"journey"`
	Inputs          []InputView        `json:"inputs"`
	// Recalls that are in force and have to do with the batch.
	Recalls []RecallView `json:"recalls"`
	// Unit is the one item asked for, where the batch has serial numbers committed.
	Unit *UnitView `json:"unit,omitempty"`
	// PrivateFields are those that somebody committed to and keeps off the ledger: names, never values.
	PrivateFields []PrivateFieldView `json:"private_fields"`
	Ledger        LedgerView         `json:"ledger"`
	// Proof is a Bundle; the server sets it when asked.
	Proof json.RawMessage `json:"proof,omitempty"`
}

// Reason is one finding.
type Reason struct {
	// Code is stable; Reasons lists all of them.
	Code string `json:"code"`
	// Verdict is what this finding by itself leads to; "" when it only informs.
	Verdict  Verdict `json:"verdict,omitempty"`
	Sentence string  `json:"sentence"`
	// Record is the key, in hex, of the record that it rests on.
	Record string `json:"record"`
}

// ContractResult is the outcome of one rule of a declarative contract over the batch.
type ContractResult struct {
	Contract string `json:"contract"`
	Version  uint32 `json:"version"`
	Passed   bool   `json:"passed"`
	// Sentence says it in words: what was required, what was found.
	Sentence string `json:"sentence"`
	Rule     string `json:"rule"`
	Article  string `json:"article,omitempty"` // of the specification
	Trigger  string `json:"trigger"`           // batch, event, attestation, units, custody, notice, custom
	// Subject is the attestation, event, run or offer that was judged; empty for the batch itself.
	Subject      string `json:"subject,omitempty"`
	Outcome      string `json:"outcome"`  // pass, fail, missing
	Severity     string `json:"severity"` // refuse, hold, warn, require_attestation
	Required     string `json:"required,omitempty"`
	Found        string `json:"found,omitempty"`
	JudgedAt     string `json:"judged_at"`
	JudgedHeight int64  `json:"judged_height"`
}

// QuantityView is a whole number of a UN/ECE Recommendation 20 unit.
type QuantityView struct {
	Amount int64  `json:"amount"`
	Unit   string `json:"unit"`
}

// ActorView names a participant.
type ActorView struct {
	ID           string          `json:"id"`
	Name         string          `json:"name,omitempty"`
	Status       string          `json:"status,omitempty"` // active, suspended, revoked
	StatusReason string          `json:"status_reason,omitempty"`
	StatusSince  string          `json:"status_since,omitempty"`
	AlternateIDs []AlternateView `json:"alternate_ids,omitempty"`
}

// AlternateView is another name of a participant: vat_it, gln or fiscal_code_commitment.
type AlternateView struct {
	Scheme string `json:"scheme"`
	Value  string `json:"value"`
}

// BatchView is the batch.
type BatchView struct {
	GTIN                 string        `json:"gtin"`
	Lot                  string        `json:"lot"`
	Specification        string        `json:"specification,omitempty"`
	SpecificationVersion uint32        `json:"specification_version,omitempty"`
	Quantity             *QuantityView `json:"quantity,omitempty"`
	ProductionDate       string        `json:"production_date,omitempty"`
	ExpiryDate           string        `json:"expiry_date,omitempty"`
	Place                string        `json:"place,omitempty"` // ISTAT municipality code
	Owner                *ActorView    `json:"owner,omitempty"`
	Custodian            *ActorView    `json:"custodian,omitempty"`
	Status               string        `json:"status"` // active, withdrawn
	StatusReason         string        `json:"status_reason,omitempty"`
	StatusSince          string        `json:"status_since,omitempty"`
	StatusBy             *ActorView    `json:"status_by,omitempty"`
	RegisteredAt         string        `json:"registered_at,omitempty"`
	RegisteredHeight     int64         `json:"registered_height,omitempty"`
}

// ProductView is the trade item.
type ProductView struct {
	GTIN          string        `json:"gtin"`
	Name          string        `json:"name"`
	Owner         string        `json:"owner"`
	Specification string        `json:"specification,omitempty"`
	BaseUnit      string        `json:"base_unit,omitempty"`
	NetContent    *QuantityView `json:"net_content,omitempty"`
	RegisteredAt  string        `json:"registered_at,omitempty"`
}

// SpecificationView is the version of the specification that the batch is bound to.
type SpecificationView struct {
	ID             string            `json:"id"`
	Name           string            `json:"name"`
	Scheme         string            `json:"scheme"` // dop, igp, doc, docg, igt, qm
	Version        uint32            `json:"version"`
	LatestVersion  uint32            `json:"latest_version"`
	LegalBasis     string            `json:"legal_basis,omitempty"`
	DocumentSHA256 string            `json:"document_sha256,omitempty"`
	Municipalities []string          `json:"municipalities,omitempty"`
	InForceFrom    string            `json:"in_force_from,omitempty"`
	InForceTo      string            `json:"in_force_to,omitempty"`
	Requirements   []RequirementView `json:"requirements,omitempty"`
}

// RequirementView is a control point that the specification asks for.
type RequirementView struct {
	ID     string `json:"id"`
	Clause string `json:"clause,omitempty"`
	Text   string `json:"text"`
}

// AttestationView is a certificate of conformity.
type AttestationView struct {
	ID                   string             `json:"id"`
	Standing             Standing           `json:"standing"`
	StandingText         string             `json:"standing_text"`
	Certifier            ActorView          `json:"certifier"`
	Accreditation        *AccreditationView `json:"accreditation,omitempty"`
	Specification        string             `json:"specification"`
	SpecificationVersion uint32             `json:"specification_version"`
	Quantity             *QuantityView      `json:"quantity,omitempty"`
	ValidFrom            string             `json:"valid_from"`
	ValidUntil           string             `json:"valid_until"` // first second no longer valid
	// What the producer said, what the body saw, what was measured.
	Declared         []PointView    `json:"declared"`
	Checked          []PointView    `json:"checked"`
	Measured         []PointView    `json:"measured"`
	Evidence         []EvidenceView `json:"evidence"`
	KeyLabel         string         `json:"key_label,omitempty"`
	CredentialSHA256 string         `json:"credential_sha256"`
	Replaces         string         `json:"replaces,omitempty"`
	ReplacedBy       string         `json:"replaced_by,omitempty"`
	SubmittedBy      string         `json:"submitted_by,omitempty"`
	History          []LineView     `json:"history"`
}

// AccreditationView is the ground on which a certifier attests.
type AccreditationView struct {
	Reference  string     `json:"reference"`
	Status     string     `json:"status"` // active, suspended, revoked
	ValidFrom  string     `json:"valid_from,omitempty"`
	ValidUntil string     `json:"valid_until,omitempty"`
	History    []LineView `json:"history"`
}

// PointView is one control point with its outcome.
type PointView struct {
	ID     string `json:"id"`
	Clause string `json:"clause,omitempty"`
	Text   string `json:"text"`
	Result string `json:"result"` // pass, fail, not_applicable
	Value  string `json:"value,omitempty"`
	Unit   string `json:"unit,omitempty"`
	Method string `json:"method,omitempty"`
}

// EvidenceView is a document held off the ledger.
type EvidenceView struct {
	SHA256    string `json:"sha256"`
	Size      int64  `json:"size"`
	MediaType string `json:"media_type,omitempty"`
	Name      string `json:"name,omitempty"`
}

// LineView is one line of a history.
type LineView struct {
	Status     string     `json:"status"`
	StatusText string     `json:"status_text"`
	Reason     string     `json:"reason,omitempty"`
	Actor      *ActorView `json:"actor,omitempty"`
	At         string     `json:"at"`
	Height     int64      `json:"height"`
}

// EventView is one step of the journey.
type EventView struct {
	ID          string `json:"id"`
	Time        string `json:"time"`       // as claimed, UTC
	LocalTime   string `json:"local_time"` // as claimed, in the time zone of the event
	Type        string `json:"type"`
	Action      string `json:"action,omitempty"`
	Step        string `json:"step,omitempty"` // CBV business step URI
	StepText    string `json:"step_text"`      // in words
	Disposition string `json:"disposition,omitempty"`
	Place       string `json:"place,omitempty"`    // read point URI
	Location    string `json:"location,omitempty"` // business location URI
	// PlaceRecord and LocationRecord are what is registered under Place and Location.
	PlaceRecord    *PlaceView   `json:"place_record,omitempty"`
	LocationRecord *PlaceView   `json:"location_record,omitempty"`
	Part           string       `json:"part"` // subject, input, output, parent, child
	Quantity       string       `json:"quantity,omitempty"`
	Unit           string       `json:"unit,omitempty"`
	Actor          *ActorView   `json:"actor,omitempty"`
	With           []BatchInRef `json:"with,omitempty"` // the other batches of the event
	RecordedAt     string       `json:"recorded_at"`
	RecordedHeight int64        `json:"recorded_height"`
	RecordedLate   bool         `json:"recorded_late,omitempty"`
	ContentSHA256  string       `json:"content_sha256,omitempty"`
	// DeclaredWrong is not empty when the event was declared wrong: nothing
	// rests on it any more.
	DeclaredWrong []DeclarationView `json:"declared_wrong,omitempty"`
}

// DeclarationView says that an event was wrong.
type DeclarationView struct {
	Time             string     `json:"time"` // as claimed
	Reason           string     `json:"reason,omitempty"`
	Text             string     `json:"text"` // in words
	CorrectiveEvents []string   `json:"corrective_events,omitempty"`
	By               *ActorView `json:"by"`
	RecordedAt       string     `json:"recorded_at"`
	RecordedHeight   int64      `json:"recorded_height"`
}

// BatchInRef is another batch of an event.
type BatchInRef struct {
	GTIN       string `json:"gtin"`
	Lot        string `json:"lot"`
	Part       string `json:"part"`
	Quantity   string `json:"quantity,omitempty"`
	Unit       string `json:"unit,omitempty"`
	Registered bool   `json:"registered"`
}

// InputView is a batch that this one was made from.
type InputView struct {
	GTIN           string      `json:"gtin"`
	Lot            string      `json:"lot"`
	Name           string      `json:"name,omitempty"`
	Quantity       string      `json:"quantity,omitempty"`
	Unit           string      `json:"unit,omitempty"`
	Event          string      `json:"event"`
	Registered     bool        `json:"registered"`
	Status         string      `json:"status,omitempty"`
	Specification  string      `json:"specification,omitempty"`
	ProductionDate string      `json:"production_date,omitempty"`
	Owner          *ActorView  `json:"owner,omitempty"`
	Inputs         []InputView `json:"inputs"`
}

// PrivateFieldView is a field whose value the ledger does not have.
type PrivateFieldView struct {
	Field       string     `json:"field"`
	Participant *ActorView `json:"participant"` // who committed to it
	// Commitment is the record's id; docs/formats/commitments.md says how an opening is checked against it.
	Commitment  string `json:"commitment"`
	CommittedAt string `json:"committed_at"`
	// ErasedAt is when who committed declared its opening erased.
	ErasedAt string `json:"erased_at,omitempty"`
}

// LedgerView says of which state the answer speaks.
type LedgerView struct {
	ChainID string `json:"chain_id"`
	Height  int64  `json:"height"`
	Time    string `json:"time"`
	AppHash string `json:"app_hash"`
}
