package verify

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cometbft/cometbft/crypto/ed25519"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmt "github.com/cometbft/cometbft/types"
	ics23 "github.com/cosmos/ics23/go"

	"github.com/filiera-chain/filiera/store/proof"
)

// The names of the checks, in the order in which they are made.
const (
	CheckTrust      = "trust"      // something is trusted beforehand
	CheckForm       = "form"       // the bundle is in its one form
	CheckTarget     = "target"     // it is about the batch asked for
	CheckHeader     = "header"     // the header is well formed and of the chain
	CheckValidators = "validators" // the validators are those the header names, and those trusted
	CheckCommit     = "commit"     // more than two thirds of them signed the header
	CheckRecords    = "records"    // each record, or its absence, is proven by the header's app hash
	CheckLists      = "lists"      // each list is proven complete
	CheckAnswer     = "answer"     // the answer rests on proven records only, and on all of them
)

// CheckNames lists the checks in order.
func CheckNames() []string {
	return []string{CheckTrust, CheckForm, CheckTarget, CheckHeader, CheckValidators, CheckCommit, CheckRecords, CheckLists, CheckAnswer}
}

// CheckWords says in lang what a check is about; the name itself for one that is not listed.
func CheckWords(name, lang string) string {
	w := wordsFor(lang)
	switch name {
	case CheckTrust:
		return w.pick("l'impronta di cui ci si fida è data", "a trusted hash is given")
	case CheckForm:
		return w.pick("il fascicolo è nella forma prevista", "the bundle is in its one form")
	case CheckTarget:
		return w.pick("riguarda il lotto richiesto", "it is about the batch asked for")
	case CheckHeader:
		return w.pick("l'intestazione del blocco è ben formata e del registro giusto", "the block header is well formed and of the right ledger")
	case CheckValidators:
		return w.pick("i validatori sono quelli fidati", "the validators are the trusted ones")
	case CheckCommit:
		return w.pick("più di due terzi dei validatori hanno firmato", "more than two thirds of the validators signed")
	case CheckRecords:
		return w.pick("ogni dato, o la sua assenza, è provato", "each record, or its absence, is proven")
	case CheckLists:
		return w.pick("ogni elenco è completo", "each list is complete")
	case CheckAnswer:
		return w.pick("la risposta poggia solo sui dati provati", "the answer rests on the proven records only")
	}
	return name
}

// CheckResult is the outcome of one check.
type CheckResult struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	// Detail says what was found or, on failure, what was expected and what stood there instead.
	Detail string `json:"detail"`
}

// Report says how far a bundle holds. Only when OK is set do the other fields mean anything but what the bundle claims.
type Report struct {
	OK             bool          `json:"ok"`
	Checks         []CheckResult `json:"checks"` // up to the first failure
	GTIN           string        `json:"gtin,omitempty"`
	Lot            string        `json:"lot,omitempty"`
	Serial         string        `json:"serial,omitempty"`
	ChainID        string        `json:"chain_id,omitempty"`
	Height         int64         `json:"height"`         // of the state proven; 0 is the genesis state
	Time           string        `json:"time,omitempty"` // of the header that proves it
	AppHash        string        `json:"app_hash,omitempty"`
	HeaderHash     string        `json:"header_hash,omitempty"`
	ValidatorsHash string        `json:"validators_hash,omitempty"`
	SignedPower    int64         `json:"signed_power,omitempty"`
	TotalPower     int64         `json:"total_power,omitempty"`

	// Records are those proven, nil unless OK.
	Records *Records `json:"-"`
	// Ledger is the state they belong to.
	Ledger Ledger `json:"-"`
}

// Answer judges the proven records in lang; nil unless OK.
func (r *Report) Answer(lang string) *Answer {
	if !r.OK {
		return nil
	}
	return Judge(r.Records, r.Ledger, lang)
}

// CheckError says which check failed.
type CheckError struct {
	Check string
	Err   error
}

func (e *CheckError) Error() string {
	return "the bundle fails the check of its " + e.Check + ": " + e.Err.Error()
}
func (e *CheckError) Unwrap() error { return e.Err }

// Check verifies a bundle with nothing but trust. The report lists every check made; the error, a *CheckError, is that
// of the first to fail. Check reads no clock: an old bundle shows an old state, and Report.Time says how old.
func Check(bundle []byte, trust Trust) (*Report, error) {
	c := &checker{trust: trust, raw: bundle, report: &Report{}}
	steps := []struct {
		name string
		do   func() (string, error)
	}{
		{CheckTrust, c.checkTrust},
		{CheckForm, c.checkForm},
		{CheckTarget, c.checkTarget},
		{CheckHeader, c.checkHeader},
		{CheckValidators, c.checkValidators},
		{CheckCommit, c.checkCommit},
		{CheckRecords, c.checkRecords},
		{CheckLists, c.checkLists},
		{CheckAnswer, c.checkAnswer},
	}
	for _, s := range steps {
		detail, err := s.do()
		if err != nil {
			c.report.Checks = append(c.report.Checks, CheckResult{s.name, false, err.Error()})
			return c.report, &CheckError{s.name, err}
		}
		c.report.Checks = append(c.report.Checks, CheckResult{s.name, true, detail})
	}
	c.report.OK, c.report.Records = true, c.records
	return c.report, nil
}

type checker struct {
	trust   Trust
	raw     []byte
	report  *Report
	b       *Bundle
	header  cmt.Header
	set     *cmt.ValidatorSet
	proven  proven
	records *Records
}

func (c *checker) checkTrust() (string, error) {
	return "validators " + hex.EncodeToString(c.trust.ValidatorsHash), c.trust.check()
}

func (c *checker) checkForm() (string, error) {
	b, err := DecodeBundle(c.raw)
	if err != nil {
		return "", err
	}
	c.b = b
	c.report.GTIN, c.report.Lot, c.report.Serial, c.report.ChainID = b.Target.GTIN, b.Target.Lot, b.Target.Serial, b.ChainID
	return fmt.Sprintf("%s, %d records, %d lists", b.Format, len(b.Records), len(b.Ranges)), nil
}

func (c *checker) checkTarget() (string, error) {
	t := c.b.Target
	if c.trust.GTIN != "" && c.trust.GTIN != t.GTIN || c.trust.Lot != "" && c.trust.Lot != t.Lot {
		return "", fmt.Errorf("expected batch %s %s; the bundle is about %s %s", c.trust.GTIN, c.trust.Lot, clip(t.GTIN), clip(t.Lot))
	}
	return strings.TrimSpace(t.GTIN + " " + t.Lot + " " + t.Serial), nil
}

func (c *checker) checkHeader() (string, error) {
	pb := new(cmtproto.Header)
	if err := canonical("header", c.b.Header, pb); err != nil {
		return "", err
	}
	h, err := cmt.HeaderFromProto(pb)
	if err != nil {
		return "", fmt.Errorf("the header is not well formed: %w", err)
	}
	if h.ChainID != c.b.ChainID {
		return "", fmt.Errorf("expected a header of the chain %q that the bundle names; it is of %q", clip(c.b.ChainID), h.ChainID)
	}
	if c.trust.ChainID != "" && h.ChainID != c.trust.ChainID {
		return "", fmt.Errorf("expected a header of the trusted chain %q; it is of %q", c.trust.ChainID, h.ChainID)
	}
	c.header = h
	c.report.Ledger = LedgerOf(&h)
	c.report.Height, c.report.Time = h.Height-1, h.Time.UTC().Format(time.RFC3339Nano)
	c.report.AppHash, c.report.HeaderHash = hex.EncodeToString(h.AppHash), hex.EncodeToString(h.Hash())
	return fmt.Sprintf("%s, height %d of %s", c.report.HeaderHash, h.Height, h.ChainID), nil
}

func (c *checker) checkValidators() (string, error) {
	set, err := validatorSet(c.b.Validators, true)
	if err != nil {
		return "", err
	}
	hash := set.Hash()
	if !bytes.Equal(hash, c.trust.ValidatorsHash) {
		return "", fmt.Errorf("expected the trusted validators, hash %x; those of the bundle have %x. If the set has changed since, give the present hash", c.trust.ValidatorsHash, hash)
	}
	if !bytes.Equal(hash, c.header.ValidatorsHash) {
		return "", fmt.Errorf("expected the validators that the header names, hash %x; those of the bundle have %x", []byte(c.header.ValidatorsHash), hash)
	}
	c.set = set
	c.report.ValidatorsHash, c.report.TotalPower = hex.EncodeToString(hash), set.TotalVotingPower()
	return fmt.Sprintf("%d validators, hash %s", set.Size(), c.report.ValidatorsHash), nil
}

// validatorSet builds a set of ed25519 validators. Where ordered, the list must stand in the set's own order, since
// the order is no part of what it means.
func validatorSet(list []BundleValidator, ordered bool) (*cmt.ValidatorSet, error) {
	vals := make([]*cmt.Validator, len(list))
	seen := map[string]bool{}
	var total int64
	for i, v := range list {
		if len(v.PublicKey) != ed25519.PubKeySize {
			return nil, fmt.Errorf("validator %d has a public key of %d bytes; an ed25519 key has %d", i, len(v.PublicKey), ed25519.PubKeySize)
		}
		if v.Power <= 0 || v.Power > cmt.MaxTotalVotingPower || total > cmt.MaxTotalVotingPower-v.Power {
			return nil, fmt.Errorf("validator %d has the power %d, which is out of bounds", i, v.Power)
		}
		if seen[string(v.PublicKey)] {
			return nil, fmt.Errorf("validator %d stands there twice", i)
		}
		seen[string(v.PublicKey)] = true
		total += v.Power
		vals[i] = cmt.NewValidator(ed25519.PubKey(v.PublicKey), v.Power)
	}
	if order := cmt.ValidatorsByVotingPower(vals); ordered {
		for i := 1; i < len(vals); i++ {
			if !order.Less(i-1, i) {
				return nil, fmt.Errorf("validator %d is not in the order of the set: by power, then by address", i)
			}
		}
	}
	set, err := cmt.ValidatorSetFromExistingValidators(vals)
	if err != nil {
		return nil, fmt.Errorf("the validators make no set: %w", err)
	}
	return set, nil
}

// checkCommit verifies every signature, also those for no block, so that no byte of the commit is idle.
func (c *checker) checkCommit() (string, error) {
	pb := new(cmtproto.Commit)
	if err := canonical("commit", c.b.Commit, pb); err != nil {
		return "", err
	}
	commit, err := cmt.CommitFromProto(pb)
	if err != nil {
		return "", fmt.Errorf("the commit is not well formed: %w", err)
	}
	if hash := c.header.Hash(); !bytes.Equal(commit.BlockID.Hash, hash) {
		return "", fmt.Errorf("expected signatures for the header with the hash %x; they are for %x", []byte(hash), []byte(commit.BlockID.Hash))
	}
	if err := cmt.VerifyCommit(c.header.ChainID, c.set, commit.BlockID, c.header.Height, commit); err != nil {
		return "", fmt.Errorf("expected signatures of more than two thirds of the voting power: %w", err)
	}
	signers := 0
	for i, sig := range commit.Signatures {
		if sig.BlockIDFlag == cmt.BlockIDFlagCommit {
			signers++
			c.report.SignedPower += c.set.Validators[i].VotingPower
		}
	}
	return fmt.Sprintf("%d of %d validators signed, power %d of %d", signers, c.set.Size(), c.report.SignedPower, c.report.TotalPower), nil
}

// proven serves proven records, and notes which are read.
type proven struct {
	records map[string][]byte // nil for absent
	ranges  map[string]provenRange
	read    map[string]bool // keys of records, and starts of ranges behind a mark
}

type provenRange struct {
	end   []byte
	pairs []proof.Pair
}

const rangeMark = "range "

func (c *checker) checkRecords() (string, error) {
	c.proven = proven{records: map[string][]byte{}, ranges: map[string]provenRange{}, read: map[string]bool{}}
	absent := 0
	for _, r := range c.b.Records {
		cp := new(ics23.CommitmentProof)
		if err := canonical(fmt.Sprintf("proof of key %x", []byte(r.Key)), r.Proof, cp); err != nil {
			return "", err
		}
		if r.Absent {
			if err := proof.VerifyAbsence(c.header.AppHash, cp, r.Key); err != nil {
				return "", fmt.Errorf("expected key %x to be absent under the app hash %x: %w", []byte(r.Key), []byte(c.header.AppHash), err)
			}
			c.proven.records[string(r.Key)] = nil
			absent++
			continue
		}
		if err := proof.VerifyMembership(c.header.AppHash, cp, r.Key, *r.Value); err != nil {
			return "", fmt.Errorf("expected key %x to have the bundle's value under the app hash %x: %w", []byte(r.Key), []byte(c.header.AppHash), err)
		}
		c.proven.records[string(r.Key)] = *r.Value
	}
	return fmt.Sprintf("%d records proven, %d proven absent", len(c.b.Records)-absent, absent), nil
}

func (c *checker) checkLists() (string, error) {
	entries := 0
	for _, r := range c.b.Ranges {
		rp := new(proof.RangeProof)
		if err := rp.UnmarshalBinary(r.Proof); err != nil {
			return "", fmt.Errorf("the list from key %x: %w", []byte(r.Start), err)
		}
		if rp.Next != nil {
			return "", fmt.Errorf("expected all of the list from key %x; its proof stops early", []byte(r.Start))
		}
		pairs, err := proof.VerifyRange(c.header.AppHash, rp, r.Start, r.End)
		if err != nil {
			return "", fmt.Errorf("expected the list from key %x to be complete under the app hash %x: %w", []byte(r.Start), []byte(c.header.AppHash), err)
		}
		c.proven.ranges[string(r.Start)] = provenRange{r.End, pairs}
		entries += len(pairs)
	}
	return fmt.Sprintf("%d lists complete, %d entries", len(c.b.Ranges), entries), nil
}

func (c *checker) checkAnswer() (string, error) {
	r, err := GatherItem(c.proven, c.b.Target.GTIN, c.b.Target.Lot, Item{c.b.Target.Serial, c.b.Target.UnitProof}, 1)
	if err != nil {
		return "", err
	}
	if n := len(c.proven.records) + len(c.proven.ranges) - len(c.proven.read); n > 0 {
		return "", fmt.Errorf("expected records that the answer rests on, and no others; it does not rest on %d", n)
	}
	c.records = r
	return string(Judge(r, c.report.Ledger, "it").Verdict), nil
}

var errNotProven = errors.New("the bundle does not prove it")

// Get gives a proven record and refuses any other.
func (p proven) Get(key []byte) ([]byte, error) {
	v, ok := p.records[string(key)]
	if !ok {
		return nil, errNotProven
	}
	p.read[string(key)] = true
	return v, nil
}

// Range gives a proven list and refuses any other.
func (p proven) Range(start, end []byte) ([]proof.Pair, error) {
	r, ok := p.ranges[string(start)]
	if !ok || !bytes.Equal(r.end, end) {
		return nil, errNotProven
	}
	p.read[rangeMark+string(start)] = true
	return r.pairs, nil
}

// protobuf is what generated messages of CometBFT and ICS23 can do.
type protobuf interface {
	Marshal() ([]byte, error)
	Unmarshal(b []byte) error
}

// canonical decodes and refuses every encoding but the one that encoding again gives: unknown fields, fields out of
// order, numbers written long.
func canonical(what string, raw []byte, into protobuf) error {
	if err := into.Unmarshal(raw); err != nil {
		return fmt.Errorf("the %s cannot be decoded: %w", what, err)
	}
	again, err := into.Marshal()
	if err != nil {
		return fmt.Errorf("the %s cannot be encoded again: %w", what, err)
	}
	if !bytes.Equal(again, raw) {
		return fmt.Errorf("the %s is not in its one encoding", what)
	}
	return nil
}
