package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// waitSlice is how long one question about a transaction stays open at the
// gateway; waiting longer asks again.
const waitSlice = 25 * time.Second

// TxResult is the fate of a committed transaction.
type TxResult struct {
	Hash   string `json:"hash"`
	Height Whole  `json:"height"`
	Index  Whole  `json:"index"`
	// Code is 0 when it was carried out, otherwise the module's number.
	Code Whole `json:"code"`
	// ID is the stable word of the refusal, such as "product.duplicate_batch".
	ID      string   `json:"id,omitempty"`
	Message string   `json:"message,omitempty"`
	Signer  string   `json:"signer,omitempty"`
	Acts    []string `json:"acts,omitempty"`
	// Results holds one result per act, as the gateway writes it.
	Results []json.RawMessage `json:"results,omitempty"`
	Time    string            `json:"time,omitempty"`
}

// Err is nil when the transaction was carried out, otherwise the refusal.
func (r *TxResult) Err() error {
	if r.Code == 0 {
		return nil
	}
	return &Problem{
		Status: http.StatusUnprocessableEntity, Code: r.ID, Detail: r.Message,
		Hash: r.Hash, Height: int64(r.Height),
	}
}

// Submit hands a signed transaction to the node and gives its hash (64 hex
// digits) once the node took it. It is not committed yet; see [Client.Wait].
func (c *Client) Submit(ctx context.Context, raw []byte) (string, error) {
	a, err := c.do(ctx, request{
		method: http.MethodPost, path: "/v1/txs", body: raw, contentType: "application/octet-stream",
	})
	if err != nil {
		return "", err
	}
	var receipt struct {
		Hash string `json:"hash"`
	}
	if err := json.Unmarshal(a.body, &receipt); err != nil || receipt.Hash == "" {
		return "", fmt.Errorf("%s took the transaction but gave no hash: %s", c.base, clip(string(a.body), 100))
	}
	return receipt.Hash, nil
}

// Deliver is Submit for a sender that may have lost an answer: when the node
// says that the transaction is a replay, and it is this very one that a block
// has dealt with, that is a success, and its fate is there to be waited for.
func (c *Client) Deliver(ctx context.Context, raw []byte) (string, error) {
	hash, err := c.Submit(ctx, raw)
	var p *Problem
	if !errors.As(err, &p) || p.Code != "tx.replayed" || p.Hash == "" {
		return hash, err
	}
	if _, lookErr := c.Tx(ctx, p.Hash); lookErr != nil {
		return "", err
	}
	return p.Hash, nil
}

// Wait gives the fate of a transaction once it is committed and can be
// queried, refused or not; or an error once ctx ends.
func (c *Client) Wait(ctx context.Context, hash string) (*TxResult, error) {
	for {
		slice := waitSlice
		if end, ok := ctx.Deadline(); ok {
			slice = min(slice, time.Until(end))
		}
		seconds := max(1, int(slice/time.Second))
		r, err := get[TxResult](ctx, c, join("txs", hash, "wait"), url.Values{"timeout": {strconv.Itoa(seconds) + "s"}})
		var p *Problem
		if err == nil || !errors.As(err, &p) || p.Status != http.StatusRequestTimeout {
			return r, err
		}
		if ctx.Err() != nil {
			p.Hash = hash
			return nil, p
		}
	}
}

// Send delivers and waits. A refusal in the block is an error like one before.
func (c *Client) Send(ctx context.Context, raw []byte) (*TxResult, error) {
	hash, err := c.Deliver(ctx, raw)
	if err != nil {
		return nil, err
	}
	r, err := c.Wait(ctx, hash)
	if err != nil {
		return nil, err
	}
	return r, r.Err()
}

// Tx gives the fate of a committed transaction.
func (c *Client) Tx(ctx context.Context, hash string) (*TxResult, error) {
	return get[TxResult](ctx, c, join("txs", hash), nil)
}
