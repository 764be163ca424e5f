package client

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
)

// Register is a public register.
type Register struct {
	ID           string   `json:"id"`
	Kind         Word     `json:"kind"`
	Title        string   `json:"title"`
	Body         string   `json:"body"`
	Columns      []string `json:"columns"`
	KeyColumn    string   `json:"key_column"`
	SchemaSHA256 string   `json:"schema_sha256"`
	Act          string   `json:"act"`
	Size         Whole    `json:"size"`
	Root         string   `json:"root"`
	SortedRoot   string   `json:"sorted_root"`
	Appends      Whole    `json:"appends"`
	OpenedBy     string   `json:"opened_by"`
	OpenedAt     Instant  `json:"opened_at"`
	OpenedHeight Whole    `json:"opened_height"`
	ClosedReason string   `json:"closed_reason"`
	ClosedAt     Instant  `json:"closed_at"`
}

// RegisterAppend is an append to a register.
type RegisterAppend struct {
	Register       string  `json:"register"`
	Number         Whole   `json:"number"`
	FromSize       Whole   `json:"from_size"`
	Size           Whole   `json:"size"`
	Root           string  `json:"root"`
	SortedRoot     string  `json:"sorted_root"`
	FileSHA256     string  `json:"file_sha256"`
	PeriodFrom     string  `json:"period_from"`
	PeriodTo       string  `json:"period_to"`
	Act            string  `json:"act"`
	Note           string  `json:"note"`
	AppendedBy     string  `json:"appended_by"`
	AppendedAt     Instant `json:"appended_at"`
	AppendedHeight Whole   `json:"appended_height"`
}

// RegisterDetail is a register; AppendDetail one append to it.
type RegisterDetail struct {
	Height   Whole           `json:"height"`
	Register Register        `json:"register"`
	Proof    json.RawMessage `json:"proof"`
}

// AppendDetail is an append to a register.
type AppendDetail struct {
	Register Register       `json:"register"`
	Append   RegisterAppend `json:"append"`
	// Proof is of the form filiera-record/1, byte for byte, when asked for.
	Proof json.RawMessage `json:"proof"`
}

// Register gives a register.
func (c *Client) Register(ctx context.Context, id string) (*RegisterDetail, error) {
	return get[RegisterDetail](ctx, c, join("registers", id), nil)
}

// RegisterAppends lists the appends to a register, the latest first.
func (c *Client) RegisterAppends(ctx context.Context, id string) (*Page[RegisterAppend], error) {
	return get[Page[RegisterAppend]](ctx, c, join("registers", id, "appends"), nil)
}

// RegisterAppend gives an append, with the proof that proofs about rows carry; earlier
// is 0 for none.
func (c *Client) RegisterAppend(ctx context.Context, id string, number, earlier uint64) (*AppendDetail, error) {
	query := url.Values{"proof": {"true"}}
	if earlier != 0 {
		query.Set("earlier", strconv.FormatUint(earlier, 10))
	}
	return get[AppendDetail](ctx, c, join("registers", id, "appends", strconv.FormatUint(number, 10)), query)
}
