package verify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// RecordFormat names the form of a proof of single records.
const RecordFormat = "filiera-record/1"

// maxProvenRecords bounds a proof of single records.
const maxProvenRecords = 16

// RecordProof proves single records, or their absence, by the same means as a Bundle, and rests on no batch. One content
// has one form.
type RecordProof struct {
	Format     string            `json:"format"`
	ChainID    string            `json:"chain_id"`
	Header     Hex               `json:"header"`
	Commit     Hex               `json:"commit"`
	Validators []BundleValidator `json:"validators"`
	Records    []BundleRecord    `json:"records"`
}

// ProveRecords proves the keys, which are in ascending order, in the state whose app hash the header carries.
func ProveRecords(src Source, keys [][]byte, p Prover, h SignedHeader) (*RecordProof, error) {
	rec := NewRecorder(src)
	for _, key := range keys {
		if _, err := rec.Get(key); err != nil {
			return nil, err
		}
	}
	b, err := Assemble(rec, "", "", p, h)
	if err != nil {
		return nil, err
	}
	return &RecordProof{RecordFormat, b.ChainID, b.Header, b.Commit, b.Validators, b.Records}, nil
}

// Encode gives the proof's one form.
func (r *RecordProof) Encode() ([]byte, error) { return json.Marshal(r) }

// CheckRecordProof verifies a proof of single records with nothing but trust, and gives the value of each of keys, nil
// where it is absent, and the state they belong to. It refuses a proof that does not hold all of keys.
func CheckRecordProof(raw []byte, trust Trust, keys ...[]byte) ([][]byte, Ledger, error) {
	r, err := decodeRecordProof(raw)
	if err != nil {
		return nil, Ledger{}, err
	}
	c := &checker{trust: trust, report: &Report{}, b: &Bundle{
		ChainID: r.ChainID, Header: r.Header, Commit: r.Commit, Validators: r.Validators, Records: r.Records,
	}}
	for _, step := range []struct {
		name string
		do   func() (string, error)
	}{
		{CheckTrust, c.checkTrust},
		{CheckHeader, c.checkHeader},
		{CheckValidators, c.checkValidators},
		{CheckCommit, c.checkCommit},
		{CheckRecords, c.checkRecords},
	} {
		if _, err := step.do(); err != nil {
			return nil, Ledger{}, &CheckError{step.name, err}
		}
	}
	values := make([][]byte, len(keys))
	for i, key := range keys {
		if values[i], err = c.proven.Get(key); err != nil {
			return nil, Ledger{}, &CheckError{CheckAnswer, fmt.Errorf("key %x: %w", key, err)}
		}
	}
	return values, c.report.Ledger, nil
}

func decodeRecordProof(raw []byte) (*RecordProof, error) {
	if len(raw) > MaxBundleBytes {
		return nil, fmt.Errorf("the proof has %d bytes; at most %d are read", len(raw), MaxBundleBytes)
	}
	if n := bytes.Count(raw, []byte{','}) + bytes.Count(raw, []byte{'{'}); n > maxPunctuation {
		return nil, fmt.Errorf("the proof has more than %d members", maxPunctuation)
	}
	r := new(RecordProof)
	if err := json.Unmarshal(raw, r); err != nil {
		return nil, fmt.Errorf("the proof is not JSON of the form %s: %w", RecordFormat, err)
	}
	if r.Format != RecordFormat {
		return nil, fmt.Errorf("the proof's format is %q; this program reads %s", clip(r.Format), RecordFormat)
	}
	if len(r.Records) > maxProvenRecords {
		return nil, fmt.Errorf("the proof has %d records; at most %d are read", len(r.Records), maxProvenRecords)
	}
	b := &Bundle{Format: Format, Header: r.Header, Commit: r.Commit, Validators: r.Validators, Records: r.Records}
	if err := errors.Join(b.checkBounds(), b.checkOrder()); err != nil {
		return nil, err
	}
	again, err := r.Encode()
	if err != nil || !bytes.Equal(again, raw) {
		return nil, errors.New("the proof is not in its one form")
	}
	return r, nil
}
