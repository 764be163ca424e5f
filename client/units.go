package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
)

// UnitRun is units of a batch that were committed together.
type UnitRun struct {
	Batch       BatchRef `json:"batch"`
	Number      Whole    `json:"number"`
	Root        string   `json:"root"`
	Count       Whole    `json:"count"`
	Content     Whole    `json:"content"`
	Serials     Word     `json:"serials"`
	Note        string   `json:"note"`
	CommittedBy string   `json:"committed_by"`
	CommittedAt Instant  `json:"committed_at"`
	Voided      Whole    `json:"voided"`
	Acquitted   Whole    `json:"acquitted"`
	RestVoiding Whole    `json:"rest_voiding"`
}

// UnitTally is what the runs of a batch come to, in Unit.
type UnitTally struct {
	Unit      string `json:"unit"`
	Runs      Whole  `json:"runs"`
	Units     Whole  `json:"units"`
	Voided    Whole  `json:"voided"`
	Acquitted Whole  `json:"acquitted"`
	Content   Whole  `json:"content"`
}

// UnitRuns is what a batch has of serial numbers.
type UnitRuns struct {
	Tally         UnitTally `json:"tally"`
	Items         []UnitRun `json:"items"`
	NextPageToken string    `json:"next_page_token"`
}

// UnitRecord is what happened to one unit.
type UnitRecord struct {
	Run            Whole   `json:"run"`
	Index          Whole   `json:"index"`
	Voiding        Whole   `json:"voiding"`
	AcquittedAt    Instant `json:"acquitted_at"`
	Reveals        Whole   `json:"reveals"`
	LastRevealedAt Instant `json:"last_revealed_at"`
}

// UnitProof is what a node shows of an item.
type UnitProof struct {
	Serial string `json:"serial"`
	Status string `json:"status"`
	Run    Whole  `json:"run"`
	Proof  string `json:"proof"`
}

// Units gives the runs of a batch.
func (c *Client) Units(ctx context.Context, gtin, lot string, query url.Values) (*UnitRuns, error) {
	return get[UnitRuns](ctx, c, join("batches", gtin, lot)+"/units", query)
}

// UnitProof asks a node to show that a serial number is of a batch, or is not.
func (c *Client) UnitProof(ctx context.Context, gtin, lot, serial string) (*UnitProof, error) {
	return get[UnitProof](ctx, c, join("batches", gtin, lot, "units", "proof", serial), nil)
}

// Reveal is a code under the cap, for a node to record.
type Reveal struct {
	GTIN   string `json:"gtin"`
	Lot    string `json:"lot"`
	Serial string `json:"serial"`
	Code   string `json:"code"`
	Proof  string `json:"unit_proof,omitempty"`
}

// Acquit asks a node to record a reveal in its own name, and gives its answer.
// It is asked once: asked again, a reveal whose answer was lost would count twice.
func (c *Client) Acquit(ctx context.Context, r Reveal) (json.RawMessage, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	a, err := c.once(ctx, request{method: http.MethodPost, path: "/v1/units/acquit", body: b, contentType: "application/json"})
	if err != nil {
		return nil, err
	}
	return a.body, nil
}

// VerifyItem is Verify of one item, with what came with its serial number.
func (c *Client) VerifyItem(ctx context.Context, gtin, lot, serial, unitProof string, proof bool) (*Verification, error) {
	query := url.Values{}
	if unitProof != "" {
		query.Set("unit_proof", unitProof)
	}
	return c.verify(ctx, gtin, lot, serial, query, proof)
}
