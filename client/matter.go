package client

import (
	"context"
	"encoding/json"
	"net/url"
)

// Stock is what is left of a batch, and where the rest went, in Unit.
type Stock struct {
	Batch      BatchRef        `json:"batch"`
	Unit       string          `json:"unit"`
	Entered    Whole           `json:"entered"`
	Left       Whole           `json:"left"`
	Consumed   Whole           `json:"consumed"`
	Moved      Whole           `json:"moved"`
	WrittenOff Whole           `json:"written_off"`
	Sold       Whole           `json:"sold"`
	Entries    Whole           `json:"entries"`
	Height     Whole           `json:"height"`
	Proof      json.RawMessage `json:"proof,omitempty"`
}

// Posting is one line of an entry.
type Posting struct {
	Account Word     `json:"account"`
	Batch   BatchRef `json:"batch"`
	Amount  Whole    `json:"amount"`
	Unit    string   `json:"unit"`
	MassMg  Whole    `json:"mass_mg"`
	What    string   `json:"what"`
	Holder  string   `json:"holder"`
}

// Entry is one movement of the book of matter.
type Entry struct {
	Number         Whole     `json:"number"`
	Kind           Word      `json:"kind"`
	Postings       []Posting `json:"postings"`
	Day            string    `json:"day"`
	Actor          string    `json:"actor"`
	RecordedAt     Instant   `json:"recorded_at"`
	RecordedHeight Whole     `json:"recorded_height"`
	Reason         string    `json:"reason"`
	HarvestYear    Whole     `json:"harvest_year"`
	Reverses       Whole     `json:"reverses"`
	ReversedBy     Whole     `json:"reversed_by"`
	Offer          Whole     `json:"offer"`
	LateDays       Whole     `json:"late_days"`
	Corrects       Whole     `json:"corrects"`
	CorrectedBy    Whole     `json:"corrected_by"`
}

// Balance gives what is left of a batch; query may name a height.
func (c *Client) Balance(ctx context.Context, gtin, lot string, query url.Values) (*Stock, error) {
	return get[Stock](ctx, c, join("batches", gtin, lot)+"/balance", query)
}

// Entries lists the entries that name a batch.
func (c *Client) Entries(ctx context.Context, gtin, lot string, query url.Values) (*Page[Entry], error) {
	return get[Page[Entry]](ctx, c, join("batches", gtin, lot)+"/entries", query)
}
