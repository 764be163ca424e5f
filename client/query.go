package client

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
)

// Status asks the node about itself.
func (c *Client) Status(ctx context.Context) (*Status, error) {
	return get[Status](ctx, c, "/status", nil)
}

// Params gives the ledger's limits.
func (c *Client) Params(ctx context.Context) (*registryv1.Params, error) {
	p, err := get[params](ctx, c, "/v1/params", nil)
	if err != nil {
		return nil, err
	}
	return &registryv1.Params{
		MaxTxBytes: uint32(p.MaxTxBytes), MaxMsgsPerTx: uint32(p.MaxMsgsPerTx),
		MaxDocumentBytes: uint32(p.MaxDocumentBytes), MaxTxsPerSignerPerBlock: uint32(p.MaxTxsPerSignerPerBlock),
		MaxExpirySeconds: int64(p.MaxExpirySeconds), MaxLanesPerSigner: uint32(p.MaxLanesPerSigner),
		LanesPrunedPerBlock: uint32(p.LanesPrunedPerBlock), ExpiriesPerBlock: uint32(p.ExpiriesPerBlock),
		ApprovalNumerator: uint32(p.ApprovalNumerator), ApprovalDenominator: uint32(p.ApprovalDenominator),
		ProposalSeconds: int64(p.ProposalSeconds), MaxEventAheadSeconds: int64(p.MaxEventAheadSeconds),
		MaxEventsPerDocument: uint32(p.MaxEventsPerDocument), RecallStepsPerBlock: uint32(p.RecallStepsPerBlock), RecallStepsBack: uint32(p.RecallStepsBack),
		ContractCostPerTx: uint64(p.ContractCostPerTx),
	}, nil
}

// params is read leniently: int64 comes as a number or as text.
type params struct {
	MaxTxBytes              Whole `json:"max_tx_bytes"`
	MaxMsgsPerTx            Whole `json:"max_msgs_per_tx"`
	MaxDocumentBytes        Whole `json:"max_document_bytes"`
	MaxTxsPerSignerPerBlock Whole `json:"max_txs_per_signer_per_block"`
	MaxExpirySeconds        Whole `json:"max_expiry_seconds"`
	MaxLanesPerSigner       Whole `json:"max_lanes_per_signer"`
	LanesPrunedPerBlock     Whole `json:"lanes_pruned_per_block"`
	ExpiriesPerBlock        Whole `json:"expiries_per_block"`
	ApprovalNumerator       Whole `json:"approval_numerator"`
	ApprovalDenominator     Whole `json:"approval_denominator"`
	ProposalSeconds         Whole `json:"proposal_seconds"`
	MaxEventAheadSeconds    Whole `json:"max_event_ahead_seconds"`
	MaxEventsPerDocument    Whole `json:"max_events_per_document"`
	RecallStepsPerBlock     Whole `json:"recall_steps_per_block"`
	RecallStepsBack         Whole `json:"recall_steps_back"`
	ContractCostPerTx       Whole `json:"contract_cost_per_tx"`
}

// Participant gives an organisation with its keys, grants and accreditations.
func (c *Client) Participant(ctx context.Context, id string) (*Participant, error) {
	return get[Participant](ctx, c, join("participants", id), nil)
}

// Participants lists organisations; query holds filters, limit and page_token.
func (c *Client) Participants(ctx context.Context, query url.Values) (*Page[Participant], error) {
	return get[Page[Participant]](ctx, c, "/v1/participants", query)
}

// Specification gives a specification with its versions.
func (c *Client) Specification(ctx context.Context, id string) (*Specification, error) {
	return get[Specification](ctx, c, join("specs", id), nil)
}

// Specifications lists specifications.
func (c *Client) Specifications(ctx context.Context, query url.Values) (*Page[Specification], error) {
	return get[Page[Specification]](ctx, c, "/v1/specs", query)
}

// Product gives a trade item by its GTIN of 14 digits.
func (c *Client) Product(ctx context.Context, gtin string) (*Product, error) {
	return get[Product](ctx, c, join("products", gtin), nil)
}

// Products lists trade items.
func (c *Client) Products(ctx context.Context, query url.Values) (*Page[Product], error) {
	return get[Page[Product]](ctx, c, "/v1/products", query)
}

// Batch gives a batch.
func (c *Client) Batch(ctx context.Context, gtin, lot string) (*Batch, error) {
	return get[Batch](ctx, c, join("batches", gtin, lot), nil)
}

// Batches lists batches.
func (c *Client) Batches(ctx context.Context, query url.Values) (*Page[Batch], error) {
	return get[Page[Batch]](ctx, c, "/v1/batches", query)
}

// Attestation gives a certificate's record by its id.
func (c *Client) Attestation(ctx context.Context, id string) (*Attestation, error) {
	return get[Attestation](ctx, c, join("attestations", id), nil)
}

// Attestations lists certificates' records.
func (c *Client) Attestations(ctx context.Context, query url.Values) (*Page[Attestation], error) {
	return get[Page[Attestation]](ctx, c, "/v1/attestations", query)
}

// Proposal gives a proposal by its number.
func (c *Client) Proposal(ctx context.Context, id string) (*Proposal, error) {
	return get[Proposal](ctx, c, join("proposals", id), nil)
}

// Proposals lists proposals.
func (c *Client) Proposals(ctx context.Context, query url.Values) (*Page[Proposal], error) {
	return get[Page[Proposal]](ctx, c, "/v1/proposals", query)
}

// Journey gives the events of a batch in order, as the gateway writes them.
func (c *Client) Journey(ctx context.Context, gtin, lot string, query url.Values) (json.RawMessage, error) {
	return c.Get(ctx, join("batches", gtin, lot, "trace"), query)
}

// Verification is the answer about a batch and, when asked for, the bundle
// that proves it.
type Verification struct {
	// Answer is the whole answer as JSON; the proof is left out.
	Answer json.RawMessage
	// Bundle is the proof's bytes exactly as they came, or nil.
	Bundle []byte
}

// Verify asks what the ledger knows of a batch (and, with a serial, of one
// item of it). It decides nothing by itself: check the bundle with package
// verify.
func (c *Client) Verify(ctx context.Context, gtin, lot, serial string, proof bool) (*Verification, error) {
	return c.verify(ctx, gtin, lot, serial, url.Values{}, proof)
}

func (c *Client) verify(ctx context.Context, gtin, lot, serial string, query url.Values, proof bool) (*Verification, error) {
	segments := []string{"verify", "01", gtin, "10", lot}
	if serial != "" {
		segments = append(segments, "21", serial)
	}
	if proof {
		query.Set("proof", "true")
	}
	if c.lang != "" {
		query.Set("lang", c.lang)
	}
	raw, err := c.Get(ctx, join(segments...), query)
	if err != nil {
		return nil, err
	}
	return splitProof(raw)
}

// splitProof takes the member "proof" out of an answer, byte for byte.
func splitProof(raw []byte) (*Verification, error) {
	var parts struct {
		Proof json.RawMessage `json:"proof"`
	}
	if err := json.Unmarshal(raw, &parts); err != nil {
		return nil, err
	}
	v := &Verification{Answer: raw}
	if len(parts.Proof) == 0 || string(parts.Proof) == "null" {
		return v, nil
	}
	v.Bundle = parts.Proof
	// Members keep the order of the server, which means something to readers.
	v.Answer = bytes.Replace(raw, parts.Proof, []byte("null"), 1)
	return v, nil
}
