package verify

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/store/proof"
)

// StatusListFormat names the form of a proof of a status list.
const StatusListFormat = "filiera-status-list/1"

// MaxStatusListBytes bounds a proof of a status list.
const MaxStatusListBytes = 64 << 20

// statusListSize is the number of entries of a status list.
const statusListSize = 131072

// StatusBits are the bits of a status list; index 0 is the leftmost bit of the first byte (W3C Bitstring Status List
// v1.0 §3.3).
type StatusBits [statusListSize / 8]byte

// Has tells the bit at index, which is below 131072.
func (b *StatusBits) Has(index uint32) bool { return b[index/8]&(0x80>>(index%8)) != 0 }

func (b *StatusBits) set(index uint32) { b[index/8] |= 0x80 >> (index % 8) }

// statusPart is how many indexes one range covers: fewer than a range proof holds.
const statusPart = 4096

// StatusListProof is the ground of a certifier's status list: every entry that the ledger has of it, proven complete,
// and the signed header that the proofs lead to. One content has one form, as with a Bundle.
type StatusListProof struct {
	Format     string            `json:"format"`
	ChainID    string            `json:"chain_id"`
	Certifier  string            `json:"certifier"`
	List       uint32            `json:"list"`
	Header     Hex               `json:"header"`
	Commit     Hex               `json:"commit"`
	Validators []BundleValidator `json:"validators"`
	// Parts are proof.RangeProofs in their wire form, each of the entries of 4096 indexes, in order.
	Parts []Hex `json:"parts"`
}

// StatusListReport says what a proven list holds.
type StatusListReport struct {
	Certifier string
	List      uint32
	Entries   int
	// Revoked and Suspended are the bits.
	Revoked, Suspended *StatusBits
	// Ledger is the state that it was proven of.
	Ledger Ledger
	// HeaderHash in lower-case hex.
	HeaderHash string
}

// ProveStatusList proves what a certifier's status list says; p must be the state whose app hash the header carries.
func ProveStatusList(certifier string, list uint32, p Prover, h SignedHeader) ([]byte, error) {
	if !bytes.Equal(p.AppHash(), h.Header.AppHash) {
		return nil, fmt.Errorf("verify: the state has the app hash %x and header %d carries %x", p.AppHash(), h.Header.Height, h.Header.AppHash)
	}
	var b Bundle
	if err := b.sign(h); err != nil {
		return nil, err
	}
	out := &StatusListProof{
		Format: StatusListFormat, ChainID: h.Header.ChainID, Certifier: certifier, List: list,
		Header: b.Header, Commit: b.Commit, Validators: b.Validators,
	}
	for first := uint32(0); first < statusListSize; first += statusPart {
		r, err := proveRange(p, statekey.StatusEntry(certifier, list, first), statekey.StatusEntry(certifier, list, first+statusPart))
		if err != nil {
			return nil, err
		}
		out.Parts = append(out.Parts, r.Proof)
	}
	return json.Marshal(out)
}

// CheckStatusList verifies a proof of a status list with nothing but trust, and gives its bits. It reads no clock.
func CheckStatusList(raw []byte, trust Trust) (*StatusListReport, error) {
	p, err := decodeStatusList(raw)
	if err != nil {
		return nil, err
	}
	c := &checker{trust: trust, report: &Report{}, b: &Bundle{ChainID: p.ChainID, Header: p.Header, Commit: p.Commit, Validators: p.Validators}}
	for _, check := range []func() (string, error){c.checkTrust, c.checkHeader, c.checkValidators, c.checkCommit} {
		if _, err := check(); err != nil {
			return nil, err
		}
	}
	r := &StatusListReport{
		Certifier: p.Certifier, List: p.List, Revoked: new(StatusBits), Suspended: new(StatusBits),
		Ledger: c.report.Ledger, HeaderHash: c.report.HeaderHash,
	}
	for i, part := range p.Parts {
		if err := r.read(c.header.AppHash, uint32(i)*statusPart, part); err != nil {
			return nil, fmt.Errorf("part %d: %w", i+1, err)
		}
	}
	return r, nil
}

func decodeStatusList(raw []byte) (*StatusListProof, error) {
	if len(raw) > MaxStatusListBytes {
		return nil, fmt.Errorf("the proof has %d bytes; at most %d are read", len(raw), MaxStatusListBytes)
	}
	if n := bytes.Count(raw, []byte{','}) + bytes.Count(raw, []byte{'{'}); n > maxPunctuation {
		return nil, fmt.Errorf("the proof has more than %d members", maxPunctuation)
	}
	p := new(StatusListProof)
	if err := json.Unmarshal(raw, p); err != nil {
		return nil, fmt.Errorf("the proof is not JSON of the form %s: %w", StatusListFormat, err)
	}
	again, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("the proof cannot be written again: %w", err)
	}
	switch {
	case !bytes.Equal(again, raw):
		return nil, fmt.Errorf("the proof is not in its one form: at byte %d something was added, left out, repeated or written differently", firstDifference(again, raw))
	case p.Format != StatusListFormat:
		return nil, fmt.Errorf("the proof's format is %q; this program reads %s", clip(p.Format), StatusListFormat)
	case p.List == 0 || bytes.IndexByte([]byte(p.Certifier), 0) >= 0:
		return nil, fmt.Errorf("the proof is of list %d of %q, which is none", p.List, clip(p.Certifier))
	case len(p.Header) > maxHeaderBytes || len(p.Commit) > maxCommitBytes || len(p.Validators) == 0 || len(p.Validators) > maxValidators:
		return nil, fmt.Errorf("the header, its commit or the validators are out of bounds")
	case len(p.Parts) != statusListSize/statusPart:
		return nil, fmt.Errorf("the proof has %d parts; a list has %d", len(p.Parts), statusListSize/statusPart)
	}
	return p, nil
}

// read takes the entries of one part, proven complete under the root.
func (r *StatusListReport) read(root []byte, first uint32, raw []byte) error {
	rp := new(proof.RangeProof)
	if err := rp.UnmarshalBinary(raw); err != nil {
		return err
	}
	if rp.Next != nil {
		return fmt.Errorf("its proof stops early")
	}
	start := statekey.StatusEntry(r.Certifier, r.List, first)
	pairs, err := proof.VerifyRange(root, rp, start, statekey.StatusEntry(r.Certifier, r.List, first+statusPart))
	if err != nil {
		return fmt.Errorf("expected it to be complete under the app hash %x: %w", root, err)
	}
	for _, pair := range pairs {
		if len(pair.Key) != len(start) {
			return fmt.Errorf("key %x is no entry of a status list", pair.Key)
		}
		e := new(certv1.StatusEntry)
		if err := decode(pair.Value, e); err != nil {
			return err
		}
		index := binary.BigEndian.Uint32(pair.Key[len(start)-4:])
		if e.GetRevoked() {
			r.Revoked.set(index)
		}
		if e.GetSuspended() {
			r.Suspended.set(index)
		}
		r.Entries++
	}
	return nil
}
