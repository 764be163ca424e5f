package client

import (
	"encoding/hex"
	"encoding/json"
	"strings"
)

// Page is a part of a list. NextPageToken asks for the next part; empty at the
// end.
type Page[T any] struct {
	Items         []T    `json:"items"`
	NextPageToken string `json:"next_page_token"`
}

// Status is what a node says of itself.
type Status struct {
	ChainID        string  `json:"chain_id"`
	Height         Whole   `json:"height"`
	Time           Instant `json:"time"`
	AppHash        string  `json:"app_hash"`
	ValidatorsHash string  `json:"validators_hash"`
	CatchingUp     bool    `json:"catching_up"`
	Peers          Whole   `json:"peers"`
	Version        string  `json:"version"`
	IndexHeight    Whole   `json:"index_height"`
}

// AlternateID is another name of a participant.
type AlternateID struct {
	Scheme Word   `json:"scheme"`
	Value  string `json:"value"`
}

// Key is a public key that speaks for a participant.
type Key struct {
	// Address is 20 bytes in hex, with or without 0x.
	Address string `json:"address"`
	// PublicKey is 33 bytes in hex.
	PublicKey     string  `json:"public_key"`
	Participant   string  `json:"participant"`
	Label         string  `json:"label"`
	AddedAt       Instant `json:"added_at"`
	RetiredAt     Instant `json:"retired_at"`
	RetiredReason string  `json:"retired_reason"`
}

// Is says whether the key has this address, however it is written.
func (k Key) Is(address string) bool {
	return strings.EqualFold(strings.TrimPrefix(k.Address, "0x"), strings.TrimPrefix(address, "0x"))
}

// PublicBytes gives the compressed point, 33 bytes.
func (k Key) PublicBytes() ([]byte, error) {
	return hex.DecodeString(strings.TrimPrefix(k.PublicKey, "0x"))
}

// Grant gives a role within a scope and a span of time.
type Grant struct {
	Number         Whole    `json:"number"`
	Role           Word     `json:"role"`
	Specifications []string `json:"specifications"`
	Places         []string `json:"places"`
	ValidFrom      Instant  `json:"valid_from"`
	ValidUntil     Instant  `json:"valid_until"`
	RevokedAt      Instant  `json:"revoked_at"`
	RevokedReason  string   `json:"revoked_reason"`
}

// StatusLine is one line of a record's history.
type StatusLine struct {
	Status string  `json:"status"`
	Reason string  `json:"reason"`
	Actor  string  `json:"actor"`
	At     Instant `json:"at"`
	Height Whole   `json:"height"`
}

// Accreditation lets a certifier attest one specification.
type Accreditation struct {
	Certifier     string       `json:"certifier"`
	Specification string       `json:"specification"`
	ValidFrom     Instant      `json:"valid_from"`
	ValidUntil    Instant      `json:"valid_until"`
	Reference     string       `json:"reference"`
	Status        Word         `json:"status"`
	History       []StatusLine `json:"history"`
	// TwoPerson says that two keys sign each attestation.
	TwoPerson bool `json:"two_person"`
}

// Participant is an organisation, with all it has when asked for one.
type Participant struct {
	ID             string          `json:"id"`
	Name           string          `json:"name"`
	AlternateIDs   []AlternateID   `json:"alternate_ids"`
	Status         Word            `json:"status"`
	StatusReason   string          `json:"status_reason"`
	StatusSince    Instant         `json:"status_since"`
	EnrolledAt     Instant         `json:"enrolled_at"`
	EnrolledBy     string          `json:"enrolled_by"`
	Keys           []Key           `json:"keys"`
	Grants         []Grant         `json:"grants"`
	Accreditations []Accreditation `json:"accreditations"`
	Roles          []Word          `json:"roles"`
}

// UnmarshalJSON takes the record with its keys beside it or inside it.
func (p *Participant) UnmarshalJSON(b []byte) error {
	type plain Participant
	return nested(b, "participant", (*plain)(p))
}

// Requirement is a control point of a specification.
type Requirement struct {
	ID     string `json:"id"`
	Clause string `json:"clause"`
	TextIT string `json:"text_it"`
	TextEN string `json:"text_en"`
	// Limits of a measurement, decimal text, and their unit.
	Minimum string `json:"minimum"`
	Maximum string `json:"maximum"`
	Unit    string `json:"unit"`
}

// SpecVersion is one text of a specification.
type SpecVersion struct {
	Version        Whole         `json:"version"`
	LegalBasis     string        `json:"legal_basis"`
	DocumentSHA256 string        `json:"document_sha256"`
	Municipalities []string      `json:"municipalities"`
	InForceFrom    string        `json:"in_force_from"`
	InForceTo      string        `json:"in_force_to"`
	Requirements   []Requirement `json:"requirements"`
	PublishedAt    Instant       `json:"published_at"`
	PublishedBy    string        `json:"published_by"`
}

// Specification is a production specification with its versions when asked
// for one.
type Specification struct {
	ID            string        `json:"id"`
	Name          string        `json:"name"`
	Scheme        Word          `json:"scheme"`
	LatestVersion Whole         `json:"latest_version"`
	RegisteredAt  Instant       `json:"registered_at"`
	RegisteredBy  string        `json:"registered_by"`
	Versions      []SpecVersion `json:"versions"`
}

// UnmarshalJSON takes the record with its versions beside it or inside it.
func (s *Specification) UnmarshalJSON(b []byte) error {
	type plain Specification
	return nested(b, "specification", (*plain)(s))
}

// InForce gives the version in force on a day (YYYY-MM-DD): the last one that
// began by then, unless it ended before. Nil when there is none.
func (s *Specification) InForce(day string) *SpecVersion {
	var best *SpecVersion
	for i := range s.Versions {
		v := &s.Versions[i]
		if v.InForceFrom <= day && (best == nil || v.InForceFrom > best.InForceFrom) {
			best = v
		}
	}
	if best != nil && best.InForceTo != "" && day > best.InForceTo {
		return nil
	}
	return best
}

// Quantity is a whole number of a UN/ECE unit.
type Quantity struct {
	Amount Whole  `json:"amount"`
	Unit   string `json:"unit"`
}

// Product is a trade item.
type Product struct {
	GTIN          string    `json:"gtin"`
	Owner         string    `json:"owner"`
	Specification string    `json:"specification"`
	Name          string    `json:"name"`
	BaseUnit      string    `json:"base_unit"`
	NetContent    *Quantity `json:"net_content"`
	RegisteredAt  Instant   `json:"registered_at"`
}

// Batch is a lot of a product.
type Batch struct {
	GTIN                 string   `json:"gtin"`
	Lot                  string   `json:"lot"`
	Specification        string   `json:"specification"`
	SpecificationVersion Whole    `json:"specification_version"`
	Quantity             Quantity `json:"quantity"`
	ProductionDate       string   `json:"production_date"`
	ExpiryDate           string   `json:"expiry_date"`
	Place                string   `json:"place"`
	Owner                string   `json:"owner"`
	Custodian            string   `json:"custodian"`
	LateDays             Whole    `json:"late_days"`
	Status               Word     `json:"status"`
	StatusReason         string   `json:"status_reason"`
	RegisteredAt         Instant  `json:"registered_at"`
	RegisteredHeight     Whole    `json:"registered_height"`
}

// UnmarshalJSON takes the record bare or under "batch".
func (x *Batch) UnmarshalJSON(b []byte) error {
	type plain Batch
	return nested(b, "batch", (*plain)(x))
}

// BatchRef names a batch, and how much of it.
type BatchRef struct {
	GTIN     string   `json:"gtin"`
	Lot      string   `json:"lot"`
	Quantity Quantity `json:"quantity"`
}

// UnmarshalJSON takes the id flat or under "batch".
func (x *BatchRef) UnmarshalJSON(b []byte) error {
	type plain BatchRef
	return nested(b, "batch", (*plain)(x))
}

// Attestation is a certificate of conformity.
type Attestation struct {
	ID                   string       `json:"id"`
	Certifier            string       `json:"certifier"`
	Specification        string       `json:"specification"`
	SpecificationVersion Whole        `json:"specification_version"`
	Batches              []BatchRef   `json:"batches"`
	ValidFrom            Instant      `json:"valid_from"`
	ValidUntil           Instant      `json:"valid_until"`
	KeyLabel             string       `json:"key_label"`
	CredentialSHA256     string       `json:"credential_sha256"`
	Replaces             string       `json:"replaces"`
	ReplacedBy           string       `json:"replaced_by"`
	History              []StatusLine `json:"history"`
	SubmittedBy          string       `json:"submitted_by"`
	CountersignedBy      string       `json:"countersigned_by"`
	PendingKey           string       `json:"pending_key"`
	StatusURL            string       `json:"status_url"`
	StatusList           Whole        `json:"status_list"`
	StatusIndex          Whole        `json:"status_index"`
}

// UnmarshalJSON takes the record bare or under "attestation".
func (a *Attestation) UnmarshalJSON(b []byte) error {
	type plain Attestation
	return nested(b, "attestation", (*plain)(a))
}

// Status is the last line of the history.
func (a *Attestation) Status() string {
	if n := len(a.History); n > 0 {
		return a.History[n-1].Status
	}
	return ""
}

// Approval is one authority's yes.
type Approval struct {
	Participant string  `json:"participant"`
	At          Instant `json:"at"`
}

// Proposal is a decision that more than one authority must approve.
type Proposal struct {
	ID          Whole           `json:"id"`
	Proposer    string          `json:"proposer"`
	Reason      string          `json:"reason"`
	Decision    json.RawMessage `json:"decision"`
	Approvals   []Approval      `json:"approvals"`
	Status      Word            `json:"status"`
	SubmittedAt Instant         `json:"submitted_at"`
	ExpiresAt   Instant         `json:"expires_at"`
	ClosedAt    Instant         `json:"closed_at"`
}

// nested decodes b into v, and then the object that b holds under name, if
// any, over it: a record reads the same bare or wrapped with what belongs to it.
func nested(b []byte, name string, v any) error {
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(b, &parts); err != nil {
		return err
	}
	inner, ok := parts[name]
	if !ok || len(inner) == 0 || inner[0] != '{' {
		return json.Unmarshal(b, v)
	}
	if err := json.Unmarshal(inner, v); err != nil {
		return err
	}
	delete(parts, name)
	rest, err := json.Marshal(parts)
	if err != nil {
		return err
	}
	return json.Unmarshal(rest, v)
}
