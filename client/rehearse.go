package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	txv1 "github.com/filiera-chain/filiera/api/tx/v1"
	"github.com/filiera-chain/filiera/envelope"
)

// Rehearsal is what a transaction would come to.
type Rehearsal struct {
	// Height is the committed height that it was tried on.
	Height int64  `json:"height"`
	Code   uint32 `json:"code"`
	// ID and Message are the refusal's stable word and sentence.
	ID      string `json:"id,omitempty"`
	Message string `json:"message,omitempty"`
	// Act is the act that would be refused, from 1; 0 for the whole transaction.
	Act     int               `json:"act,omitempty"`
	Signer  string            `json:"signer,omitempty"`
	Results []json.RawMessage `json:"results,omitempty"`
	Changes []struct {
		Type   string          `json:"type"`
		Record json.RawMessage `json:"record"`
	} `json:"changes,omitempty"`
}

// Err is nil when the transaction would be carried out, otherwise the refusal.
func (r *Rehearsal) Err() error {
	if r.Code == 0 {
		return nil
	}
	return &Problem{Status: http.StatusUnprocessableEntity, Code: r.ID, Detail: r.Message}
}

// Rehearse asks what a transaction would come to if the key with that address
// signed it and it were next. What is sent carries no signature and cannot be
// carried out.
func (c *Client) Rehearse(ctx context.Context, body *txv1.TxBody, address string) (*Rehearsal, error) {
	raw, err := envelope.Unsigned(body)
	if err != nil {
		return nil, err
	}
	a, err := c.do(ctx, request{
		method: http.MethodPost, path: "/v1/txs/rehearse", query: url.Values{"signer": {address}}, body: raw, contentType: "application/octet-stream",
	})
	if err != nil {
		return nil, err
	}
	r := new(Rehearsal)
	if err := json.Unmarshal(a.body, r); err != nil {
		return nil, fmt.Errorf("%s did not answer with a rehearsal: %w", c.base, err)
	}
	return r, nil
}
