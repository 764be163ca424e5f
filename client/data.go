package client

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/filiera-chain/filiera/envelope"
)

// PrivateField is a field of a commitment record.
type PrivateField struct {
	Name            string  `json:"name"`
	Commitment      string  `json:"commitment"`
	ErasedAt        Instant `json:"erased_at"`
	ErasureReason   string  `json:"erasure_reason"`
	ErasureKeyLabel string  `json:"erasure_key_label"`
}

// Commitment is a record of private fields.
type Commitment struct {
	ID          string          `json:"id"`
	Participant string          `json:"participant"`
	Subject     json.RawMessage `json:"subject"`
	Fields      []PrivateField  `json:"fields"`
	CommittedAt Instant         `json:"committed_at"`
	Height      Whole           `json:"committed_height"`
}

// AccessGrant says who may see fields.
type AccessGrant struct {
	Number      Whole    `json:"number"`
	Fields      []string `json:"fields"`
	Participant string   `json:"participant"`
	Role        *struct {
		Role          Word   `json:"role"`
		Specification string `json:"specification"`
	} `json:"role"`
	GrantedAt     Instant `json:"granted_at"`
	ValidUntil    Instant `json:"valid_until"`
	RevokedAt     Instant `json:"revoked_at"`
	RevokedReason string  `json:"revoked_reason"`
}

// Holding is what somebody was handed, and its receipt.
type Holding struct {
	Commitment      string  `json:"commitment"`
	Field           string  `json:"field"`
	Participant     string  `json:"participant"`
	DeliveredAt     Instant `json:"delivered_at"`
	ErasedAt        Instant `json:"erased_at"`
	ErasureReason   string  `json:"erasure_reason"`
	ErasureKeyLabel string  `json:"erasure_key_label"`
}

// CommitmentDetail is a record with everything that belongs to it.
type CommitmentDetail struct {
	Commitment Commitment    `json:"commitment"`
	Grants     []AccessGrant `json:"grants"`
	Holdings   []Holding     `json:"holdings"`
	// Proof is of the form filiera-record/1, byte for byte, when asked for.
	Proof json.RawMessage `json:"proof"`
}

// Commitment gives a record by its id of 64 hex digits.
func (c *Client) Commitment(ctx context.Context, id string, proof bool) (*CommitmentDetail, error) {
	query := url.Values{}
	if proof {
		query.Set("proof", "true")
	}
	return get[CommitmentDetail](ctx, c, join("commitments", id), query)
}

// Neighbours lists who is up and down the chain of a record.
func (c *Client) Neighbours(ctx context.Context, id string) ([]string, error) {
	n, err := get[struct {
		Participants []string `json:"participants"`
	}](ctx, c, join("commitments", id, "neighbours"), nil)
	if err != nil {
		return nil, err
	}
	return n.Participants, nil
}

// Entitled is nil when a participant may see a field now; a *Problem says why
// not.
func (c *Client) Entitled(ctx context.Context, id, field, participant string) error {
	_, err := c.Get(ctx, join("commitments", id, "entitled"), url.Values{"field": {field}, "participant": {participant}})
	return err
}

// KeyOf gives the participant's key that has the address of a public key.
func (c *Client) KeyOf(ctx context.Context, public *ecdsa.PublicKey) (*Key, error) {
	return get[Key](ctx, c, join("keys", crypto.PubkeyToAddress(*public).Hex()), nil)
}

// WaitingPackage is a sealed package in a mailbox.
type WaitingPackage struct {
	ID         string `json:"id"`
	Commitment string `json:"commitment"`
	Field      string `json:"field"`
	From       string `json:"from"`
}

// SendPackage leaves a sealed package in the node's mailbox.
func (c *Client) SendPackage(ctx context.Context, key *ecdsa.PrivateKey, sealed []byte) error {
	_, err := c.signed(ctx, key, http.MethodPost, "/v1/data/packages", sealed)
	return err
}

// Packages lists what waits for the key's participant.
func (c *Client) Packages(ctx context.Context, key *ecdsa.PrivateKey) ([]WaitingPackage, error) {
	raw, err := c.signed(ctx, key, http.MethodGet, "/v1/data/packages", nil)
	if err != nil {
		return nil, err
	}
	var out struct {
		Items []WaitingPackage `json:"items"`
	}
	return out.Items, json.Unmarshal(raw, &out)
}

// Package gives the bytes of a package that waits.
func (c *Client) Package(ctx context.Context, key *ecdsa.PrivateKey, id string) ([]byte, error) {
	return c.signed(ctx, key, http.MethodGet, join("data", "packages", id), nil)
}

// RemovePackage takes a package out of the mailbox.
func (c *Client) RemovePackage(ctx context.Context, key *ecdsa.PrivateKey, id string) error {
	_, err := c.signed(ctx, key, http.MethodDelete, join("data", "packages", id), nil)
	return err
}

// signed asks for a challenge and sends a request with a signature over it. An
// answer that was lost is not asked for again with a spent challenge.
func (c *Client) signed(ctx context.Context, key *ecdsa.PrivateKey, method, path string, body []byte) ([]byte, error) {
	authorization, err := c.authorize(ctx, key, method, path, sha256.Sum256(body))
	if err != nil {
		return nil, err
	}
	r := request{method: method, path: path, body: body, authorization: authorization}
	if body != nil {
		r.contentType = "application/json"
	}
	a, err := c.once(ctx, r)
	if err != nil {
		return nil, err
	}
	return a.body, nil
}

func (c *Client) authorize(ctx context.Context, key *ecdsa.PrivateKey, method, path string, sum [32]byte) (string, error) {
	status, err := c.Status(ctx)
	if err != nil {
		return "", err
	}
	a, err := c.do(ctx, request{method: http.MethodPost, path: "/v1/challenges"})
	if err != nil {
		return "", err
	}
	var given struct {
		Challenge string `json:"challenge"`
	}
	if err := json.Unmarshal(a.body, &given); err != nil {
		return "", fmt.Errorf("%s gave no challenge: %w", c.base, err)
	}
	sig, err := crypto.Sign(envelope.RequestDigest(status.ChainID, given.Challenge, method, path, sum), key)
	if err != nil {
		return "", err
	}
	return "Filiera-Signature challenge=" + given.Challenge + ", signature=" + hex.EncodeToString(sig), nil
}

// PutDocument gives a document to the node; sum is its SHA-256.
func (c *Client) PutDocument(ctx context.Context, key *ecdsa.PrivateKey, sum [32]byte, content io.Reader, size int64) error {
	path := join("documents", hex.EncodeToString(sum[:]))
	authorization, err := c.authorize(ctx, key, http.MethodPut, path, sum)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, c.base+path, content)
	if err != nil {
		return err
	}
	req.ContentLength = size
	c.dress(req, request{contentType: "application/octet-stream", authorization: authorization})
	res, err := c.http.Do(req)
	if err != nil {
		return &Unreachable{URL: c.base, Err: unwrapURL(err)}
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err == nil && res.StatusCode/100 != 2 {
		err = problem(res.StatusCode, res.Header.Get("Content-Type"), answer)
	}
	return err
}

// Document gives a document by its SHA-256, checked, of at most limit bytes.
func (c *Client) Document(ctx context.Context, sum [32]byte, limit int64) ([]byte, error) {
	a, err := c.do(ctx, request{method: http.MethodGet, path: join("documents", hex.EncodeToString(sum[:])), accept: "*/*"})
	if err != nil {
		return nil, err
	}
	if got := sha256.Sum256(a.body); !bytes.Equal(got[:], sum[:]) || int64(len(a.body)) > limit {
		return nil, fmt.Errorf("%s gave another document than the one of %x: SHA-256 %x", c.base, sum, got)
	}
	return a.body, nil
}
