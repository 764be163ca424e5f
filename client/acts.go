package client

import (
	"context"
	"encoding/json"
	"net/url"
)

// Act is a notarised act.
type Act struct {
	ID              string        `json:"id"`
	Kind            Word          `json:"kind"`
	Body            string        `json:"body"`
	BodyName        string        `json:"body_name"`
	Number          string        `json:"number"`
	Office          string        `json:"office"`
	Date            string        `json:"date"`
	Subject         string        `json:"subject"`
	LegalBasis      []string      `json:"legal_basis"`
	CUPs            []string      `json:"cups"`
	Documents       []ActDocument `json:"documents"`
	InForceFrom     string        `json:"in_force_from"`
	InForceTo       string        `json:"in_force_to"`
	DepositedBy     string        `json:"deposited_by"`
	KeyLabel        string        `json:"key_label"`
	DepositedAt     Instant       `json:"deposited_at"`
	DepositedHeight Whole         `json:"deposited_height"`
	Vouchings       []Vouching    `json:"vouchings"`
	Changes         []ActRelation `json:"changes"`
	// Past is how it was described before, the oldest first.
	Past []struct {
		BodyName    string   `json:"body_name"`
		Subject     string   `json:"subject"`
		LegalBasis  []string `json:"legal_basis"`
		CUPs        []string `json:"cups"`
		Reason      string   `json:"reason"`
		CorrectedBy string   `json:"corrected_by"`
		CorrectedAt Instant  `json:"corrected_at"`
	} `json:"past"`
}

// ActDocument is a file of an act; hashes in hex.
type ActDocument struct {
	SHA256         string   `json:"sha256"`
	SHA512         string   `json:"sha512"`
	Size           Whole    `json:"size"`
	MediaType      string   `json:"media_type"`
	Container      Word     `json:"container"`
	InnerSHA256    string   `json:"inner_sha256"`
	InnerSize      Whole    `json:"inner_size"`
	InnerMediaType string   `json:"inner_media_type"`
	Signatures     Whole    `json:"signatures"`
	Parts          []string `json:"parts"`
	Title          string   `json:"title"`
	URLs           []string `json:"urls"`
	StampedAt      Instant  `json:"stamped_at"`
}

// Vouching is a participant's word for an act.
type Vouching struct {
	Participant   string  `json:"participant"`
	KeyLabel      string  `json:"key_label"`
	Statement     string  `json:"statement"`
	VouchedAt     Instant `json:"vouched_at"`
	VouchedHeight Whole   `json:"vouched_height"`
}

// ActRelation is what one act does to another.
type ActRelation struct {
	From               string  `json:"from"`
	Kind               Word    `json:"kind"`
	To                 string  `json:"to"`
	EffectiveFrom      string  `json:"effective_from"`
	Note               string  `json:"note"`
	ConsolidatedSHA256 string  `json:"consolidated_sha256"`
	DeclaredBy         string  `json:"declared_by"`
	DeclaredAt         Instant `json:"declared_at"`
	WithdrawnReason    string  `json:"withdrawn_reason"`
	WithdrawnAt        Instant `json:"withdrawn_at"`
}

// ActDetail is an act and how it stands on a day.
type ActDetail struct {
	Height             Whole        `json:"height"`
	Act                Act          `json:"act"`
	AsOf               string       `json:"as_of"`
	Standing           string       `json:"standing"`
	EndedBy            *ActRelation `json:"ended_by"`
	Text               []TextPart   `json:"text"`
	ConsolidatedSHA256 string       `json:"consolidated_sha256"`
	Claim              string       `json:"claim"`
	// Proof is of the form filiera-record/1, byte for byte, when asked for.
	Proof json.RawMessage `json:"proof"`
}

// TextPart is an act that says some of a text in force.
type TextPart struct {
	Act           string   `json:"act"`
	Relation      string   `json:"relation"`
	EffectiveFrom string   `json:"effective_from"`
	Documents     []string `json:"documents"`
}

// FileDetail is what the ledger knows of a file.
type FileDetail struct {
	SHA256 string `json:"sha256"`
	Known  bool   `json:"known"`
	Uses   []struct {
		Act      string `json:"act"`
		Document Whole  `json:"document"`
		Role     Word   `json:"role"`
	} `json:"uses"`
	Acts []Act `json:"acts"`
	// Proof is of the form filiera-record/1, byte for byte, when asked for: package
	// verify, CheckFileProof.
	Proof json.RawMessage `json:"proof"`
}

// Act gives a notarised act; query may hold as_of and proof.
func (c *Client) Act(ctx context.Context, id string, query url.Values) (*ActDetail, error) {
	return get[ActDetail](ctx, c, join("acts", id), query)
}

// Acts lists notarised acts; query holds filters, limit and page_token.
func (c *Client) Acts(ctx context.Context, query url.Values) (*Page[Act], error) {
	return get[Page[Act]](ctx, c, "/v1/acts", query)
}

// File says to which acts a file belongs, by its SHA-256 in hex.
func (c *Client) File(ctx context.Context, sha256 string, proof bool) (*FileDetail, error) {
	query := url.Values{}
	if proof {
		query.Set("proof", "true")
	}
	return get[FileDetail](ctx, c, join("acts", "by-hash", sha256), query)
}

// ActRelations lists what acts do to one another; query holds from, to, kind, limit
// and page_token.
func (c *Client) ActRelations(ctx context.Context, query url.Values) (*Page[ActRelation], error) {
	return get[Page[ActRelation]](ctx, c, "/v1/act-relations", query)
}
