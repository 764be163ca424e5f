package client

import (
	"context"
	"encoding/json"
	"net/url"
)

// ControlRequest is a request for control, with what was recorded in it when
// asked for one.
type ControlRequest struct {
	ID                   string       `json:"id"`
	Certifier            string       `json:"certifier"`
	Requester            string       `json:"requester"`
	Specification        string       `json:"specification"`
	SpecificationVersion Whole        `json:"specification_version"`
	Batches              []BatchRef   `json:"batches"`
	RequestedDate        string       `json:"requested_date"`
	DueDate              string       `json:"due_date"`
	Note                 string       `json:"note"`
	ScheduledDate        string       `json:"scheduled_date"`
	Kind                 Word         `json:"kind"`
	Inspector            string       `json:"inspector"`
	OpenMinor            Whole        `json:"open_minor"`
	OpenMajor            Whole        `json:"open_major"`
	Status               Word         `json:"status"`
	DeclineCode          Word         `json:"decline_code"`
	Attestation          string       `json:"attestation"`
	History              []StatusLine `json:"history"`
	Overdue              bool         `json:"overdue"`
	Findings             []Finding    `json:"findings"`
	Results              []LabResult  `json:"results"`
}

// Finding is a non-conformity.
type Finding struct {
	Number       Whole      `json:"number"`
	Severity     Word       `json:"severity"`
	Requirement  string     `json:"requirement"`
	Clause       string     `json:"clause"`
	Text         string     `json:"text"`
	Batches      []BatchRef `json:"batches"`
	DeadlineDate string     `json:"deadline_date"`
	RecordedAt   Instant    `json:"recorded_at"`
	ClosedAt     Instant    `json:"closed_at"`
	ClosedBy     string     `json:"closed_by"`
	ClosingNote  string     `json:"closing_note"`
	Overdue      bool       `json:"overdue"`
}

// LabResult is one measurement.
type LabResult struct {
	Number         Whole    `json:"number"`
	Batch          BatchRef `json:"batch"`
	Requirement    string   `json:"requirement"`
	Parameter      string   `json:"parameter"`
	Method         string   `json:"method"`
	Value          string   `json:"value"`
	Below          bool     `json:"below"`
	Unit           string   `json:"unit"`
	Uncertainty    string   `json:"uncertainty"`
	Sample         string   `json:"sample"`
	Laboratory     string   `json:"laboratory"`
	LaboratoryName string   `json:"laboratory_name"`
	ReportDate     string   `json:"report_date"`
	Verdict        Word     `json:"verdict"`
}

// ControlRequest gives a request with what was recorded in it.
func (c *Client) ControlRequest(ctx context.Context, id string) (*ControlRequest, error) {
	return get[ControlRequest](ctx, c, join("requests", id), nil)
}

// ControlRequests lists requests; query holds filters, limit and page_token.
func (c *Client) ControlRequests(ctx context.Context, query url.Values) (*Page[ControlRequest], error) {
	return get[Page[ControlRequest]](ctx, c, "/v1/requests", query)
}

// Total is what became of the attestations of one certifier under one
// specification in one month, in one unit.
type Total struct {
	Month         string `json:"month"`
	Certifier     string `json:"certifier"`
	Specification string `json:"specification"`
	Move          string `json:"move"`
	Unit          string `json:"unit"`
	Attestations  Whole  `json:"attestations"`
	Amount        Whole  `json:"amount"`
}

// Totals are the totals of a month.
type Totals struct {
	Month string  `json:"month"`
	Items []Total `json:"items"`
}

// Impact is what a suspension of an attestation would touch.
type Impact struct {
	Attestation   string        `json:"attestation"`
	State         string        `json:"state"`
	Height        Whole         `json:"height"`
	Total         Whole         `json:"total"`
	Truncated     bool          `json:"truncated"`
	Custodians    []string      `json:"custodians"`
	Items         []ImpactBatch `json:"items"`
	NextPageToken string        `json:"next_page_token"`
}

// ImpactBatch is a batch that a suspension would touch.
type ImpactBatch struct {
	GTIN      string `json:"gtin"`
	Lot       string `json:"lot"`
	Depth     Whole  `json:"depth"`
	Product   string `json:"product"`
	Custodian string `json:"custodian"`
	Before    string `json:"verdict_before"`
	After     string `json:"verdict_after"`
}

// StatusList gives what a certifier's status list says now: a
// BitstringStatusListCredential that nobody signed.
func (c *Client) StatusList(ctx context.Context, certifier, list, purpose string) (json.RawMessage, error) {
	return c.Get(ctx, join("status-lists", certifier, list, purpose), url.Values{"signed": {"false"}})
}

// Totals gives what became of attestations in a month; query holds month and
// filters.
func (c *Client) Totals(ctx context.Context, query url.Values) (*Totals, error) {
	return get[Totals](ctx, c, "/v1/attestations/totals", query)
}
