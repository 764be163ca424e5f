package verify

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// Format names the form of a bundle.
const Format = "filiera-bundle/1"

// Bounds on a bundle, checked before anything is worked out from it.
const (
	MaxBundleBytes = 8 << 20
	maxHeaderBytes = 4 << 10
	maxCommitBytes = 256 << 10
	maxProofBytes  = 1 << 20
	maxValidators  = 1_000
	maxRecords     = 20_000
	// The lists of attestations, of events, of commitments, of marks, of recalls that spread and of runs of units, and, while a
	// recall spreads, of what each batch was made of on the way back.
	maxRanges      = 10 + MaxAncestry + 1
	maxPunctuation = 200_000
)

// Bundle is an answer's ground, to be checked anywhere: every record the answer rests on, each with its proof, and the
// signed header that the proofs lead to. It holds no verdict and no words. All fields are in JSON; binary ones are
// lower-case hex. One content has one form: records and ranges are in order of key, and Encode's bytes are the only
// ones that DecodeBundle reads.
type Bundle struct {
	Format  string       `json:"format"`
	ChainID string       `json:"chain_id"`
	Target  BundleTarget `json:"target"`
	// Header of the block after the state: CometBFT's tendermint.types.Header.
	Header Hex `json:"header"`
	// Commit that signs that block: tendermint.types.Commit.
	Commit Hex `json:"commit"`
	// Validators that signed, in the set's order: by power, then by address.
	Validators []BundleValidator `json:"validators"`
	Records    []BundleRecord    `json:"records"`
	Ranges     []BundleRange     `json:"ranges"`
}

// BundleTarget is the batch that the bundle is about, or the item of it.
type BundleTarget struct {
	GTIN   string `json:"gtin"`
	Lot    string `json:"lot"`
	Serial string `json:"serial,omitempty"`
	// UnitProof is what was shown of the item: package units, text form.
	UnitProof string `json:"unit_proof,omitempty"`
}

// BundleValidator is what the validators' hash covers of a validator.
type BundleValidator struct {
	PublicKey Hex   `json:"public_key"` // ed25519, 32 bytes
	Power     int64 `json:"power"`
}

// BundleRecord is a key with its value, or known to be absent. Proof is an ics23.CommitmentProof.
type BundleRecord struct {
	Key    Hex  `json:"key"`
	Value  *Hex `json:"value,omitempty"`
	Absent bool `json:"absent,omitempty"`
	Proof  Hex  `json:"proof"`
}

// BundleRange is every pair of [start, end). Proof is a proof.RangeProof in its wire form, and holds the pairs.
type BundleRange struct {
	Start Hex `json:"start"`
	End   Hex `json:"end"`
	Proof Hex `json:"proof"`
}

// Hex is bytes that JSON shows as lower-case hex, two digits a byte.
type Hex []byte

// MarshalJSON writes the hex.
func (h Hex) MarshalJSON() ([]byte, error) {
	b := make([]byte, 2*len(h)+2)
	b[0], b[len(b)-1] = '"', '"'
	hex.Encode(b[1:], h)
	return b, nil
}

// UnmarshalJSON reads lower-case hex and nothing else.
func (h *Hex) UnmarshalJSON(b []byte) error {
	if len(b) < 2 || b[0] != '"' || b[len(b)-1] != '"' {
		return errors.New("a binary field must be text of lower-case hex digits")
	}
	b = b[1 : len(b)-1]
	if bytes.ContainsAny(b, "ABCDEF") {
		return errors.New("a binary field has capital hex digits; it must have small ones")
	}
	out := make([]byte, len(b)/2)
	if _, err := hex.Decode(out, b); err != nil {
		return fmt.Errorf("a binary field: %w", err)
	}
	*h = out
	return nil
}

// Encode gives the bundle's one form.
func (b *Bundle) Encode() ([]byte, error) {
	out, err := json.Marshal(b)
	if err != nil {
		return nil, fmt.Errorf("verify: encoding the bundle: %w", err)
	}
	if len(out) > MaxBundleBytes {
		return nil, fmt.Errorf("%w: the bundle would have %d bytes, at most %d", ErrTooMuch, len(out), MaxBundleBytes)
	}
	return out, nil
}

// DecodeBundle reads a bundle. It refuses what is too big, and every form but that of Encode: spaces, unknown, missing,
// repeated or reordered members, capital hex digits, text after the end. It checks no proof: see Check.
func DecodeBundle(raw []byte) (*Bundle, error) {
	if len(raw) > MaxBundleBytes {
		return nil, fmt.Errorf("the bundle has %d bytes; at most %d are read", len(raw), MaxBundleBytes)
	}
	// Every element that decoding could make room for costs a comma or a brace.
	if n := bytes.Count(raw, []byte{','}) + bytes.Count(raw, []byte{'{'}); n > maxPunctuation {
		return nil, fmt.Errorf("the bundle has more than %d members", maxPunctuation)
	}
	b := new(Bundle)
	if err := json.Unmarshal(raw, b); err != nil {
		return nil, fmt.Errorf("the bundle is not JSON of the form %s: %w", Format, err)
	}
	if err := b.checkBounds(); err != nil {
		return nil, err
	}
	if err := b.checkOrder(); err != nil {
		return nil, err
	}
	again, err := json.Marshal(b)
	if err != nil {
		return nil, fmt.Errorf("the bundle cannot be written again: %w", err)
	}
	if !bytes.Equal(again, raw) {
		return nil, fmt.Errorf("the bundle is not in its one form: at byte %d something was added, left out, repeated or written differently", firstDifference(again, raw))
	}
	return b, nil
}

func firstDifference(a, b []byte) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func (b *Bundle) checkBounds() error {
	switch {
	case b.Format != Format:
		return fmt.Errorf("the bundle's format is %q; this program reads %s", clip(b.Format), Format)
	case len(b.Header) > maxHeaderBytes:
		return fmt.Errorf("the header has %d bytes; at most %d are read", len(b.Header), maxHeaderBytes)
	case len(b.Commit) > maxCommitBytes:
		return fmt.Errorf("the commit has %d bytes; at most %d are read", len(b.Commit), maxCommitBytes)
	case len(b.Validators) == 0 || len(b.Validators) > maxValidators:
		return fmt.Errorf("the bundle has %d validators; it takes 1 to %d", len(b.Validators), maxValidators)
	case len(b.Records) == 0 || len(b.Records) > maxRecords:
		return fmt.Errorf("the bundle has %d records; it takes 1 to %d", len(b.Records), maxRecords)
	case len(b.Ranges) > maxRanges:
		return fmt.Errorf("the bundle has %d ranges; at most %d are read", len(b.Ranges), maxRanges)
	}
	return nil
}

func (b *Bundle) checkOrder() error {
	for i, r := range b.Records {
		if len(r.Proof) > maxProofBytes {
			return fmt.Errorf("the proof of key %x has %d bytes; at most %d are read", r.Key, len(r.Proof), maxProofBytes)
		}
		if (r.Value == nil) != r.Absent {
			return fmt.Errorf("the record of key %x must have either a value or absent", r.Key)
		}
		if i > 0 && bytes.Compare(b.Records[i-1].Key, r.Key) >= 0 {
			return fmt.Errorf("record %d is not after the one before it in order of key", i)
		}
	}
	for i, r := range b.Ranges {
		if i > 0 && bytes.Compare(b.Ranges[i-1].Start, r.Start) >= 0 {
			return fmt.Errorf("range %d is not after the one before it in order of start", i)
		}
	}
	return nil
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
