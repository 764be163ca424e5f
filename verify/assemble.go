package verify

import (
	"bytes"
	"fmt"

	"github.com/cometbft/cometbft/crypto/ed25519"
	cmt "github.com/cometbft/cometbft/types"
	ics23 "github.com/cosmos/ics23/go"

	"github.com/filiera-chain/filiera/store/proof"
)

// Prover proves the records of one committed state; *store.View is one.
type Prover interface {
	AppHash() []byte
	Prove(key []byte) (*ics23.CommitmentProof, error)
	// ProveRange with limit 0 proves the whole range, as far as one proof goes.
	ProveRange(start, end []byte, limit int) (*proof.RangeProof, error)
}

// SignedHeader is a block header with the commit that signs it and the validators that did. The header of height H+1
// carries the app hash of the state after block H.
type SignedHeader struct {
	Header     *cmt.Header
	Commit     *cmt.Commit
	Validators *cmt.ValidatorSet
}

// LedgerOf gives the state that a header speaks of: that after the block before it, with the header's own time.
func LedgerOf(h *cmt.Header) Ledger {
	return Ledger{ChainID: h.ChainID, Height: h.Height - 1, Time: h.Time, AppHash: h.AppHash}
}

// Prove gathers what is known of the batch from src, and the bundle that proves it: the records that Check will gather
// again. src and p must be the state whose app hash the header carries.
func Prove(src Source, gtin, lot string, p Prover, h SignedHeader) (*Records, *Bundle, error) {
	return ProveItem(src, gtin, lot, Item{}, p, h)
}

// ProveItem is Prove for one item of the batch.
func ProveItem(src Source, gtin, lot string, item Item, p Prover, h SignedHeader) (*Records, *Bundle, error) {
	rec := NewRecorder(src)
	records, err := GatherItem(rec, gtin, lot, item, 1)
	if err != nil {
		return nil, nil, err
	}
	b, err := Assemble(rec, gtin, lot, p, h)
	if err != nil {
		return nil, nil, err
	}
	b.Target.Serial, b.Target.UnitProof = item.Serial, item.Proof
	return records, b, nil
}

// Assemble proves all that rec has seen. It fails when the prover's state is not the one the header speaks of.
func Assemble(rec *Recorder, gtin, lot string, p Prover, h SignedHeader) (*Bundle, error) {
	if !bytes.Equal(p.AppHash(), h.Header.AppHash) {
		return nil, fmt.Errorf("verify: the state has the app hash %x and header %d carries %x; prove the state of height %d", p.AppHash(), h.Header.Height, h.Header.AppHash, h.Header.Height-1)
	}
	b := &Bundle{Format: Format, ChainID: h.Header.ChainID, Target: BundleTarget{GTIN: gtin, Lot: lot}, Records: []BundleRecord{}, Ranges: []BundleRange{}}
	if err := b.sign(h); err != nil {
		return nil, err
	}
	for _, key := range sortedKeys(rec.keys) {
		r, err := proveRecord(p, []byte(key), rec.keys[key])
		if err != nil {
			return nil, err
		}
		b.Records = append(b.Records, r)
	}
	for _, start := range sortedKeys(rec.ranges) {
		r, err := proveRange(p, []byte(start), rec.ranges[start])
		if err != nil {
			return nil, err
		}
		b.Ranges = append(b.Ranges, r)
	}
	return b, nil
}

func (b *Bundle) sign(h SignedHeader) error {
	var err error
	if b.Header, err = h.Header.ToProto().Marshal(); err != nil {
		return fmt.Errorf("verify: encoding header %d: %w", h.Header.Height, err)
	}
	if b.Commit, err = h.Commit.ToProto().Marshal(); err != nil {
		return fmt.Errorf("verify: encoding the commit of header %d: %w", h.Header.Height, err)
	}
	for _, v := range h.Validators.Validators {
		if v.PubKey.Type() != ed25519.KeyType {
			return fmt.Errorf("verify: validator %s has a key of type %s; bundles hold ed25519 keys", v.Address, v.PubKey.Type())
		}
		b.Validators = append(b.Validators, BundleValidator{v.PubKey.Bytes(), v.VotingPower})
	}
	return nil
}

func proveRecord(p Prover, key, value []byte) (BundleRecord, error) {
	cp, err := p.Prove(key)
	if err != nil {
		return BundleRecord{}, fmt.Errorf("verify: proving key %x: %w", key, err)
	}
	raw, err := cp.Marshal()
	if err != nil {
		return BundleRecord{}, fmt.Errorf("verify: encoding the proof of key %x: %w", key, err)
	}
	if value == nil {
		return BundleRecord{Key: key, Absent: true, Proof: raw}, nil
	}
	v := Hex(value)
	return BundleRecord{Key: key, Value: &v, Proof: raw}, nil
}

func proveRange(p Prover, start, end []byte) (BundleRange, error) {
	rp, err := p.ProveRange(start, end, 0)
	if err != nil {
		return BundleRange{}, fmt.Errorf("verify: proving the range from %x: %w", start, err)
	}
	if rp.Next != nil {
		return BundleRange{}, fmt.Errorf("%w: the range from %x has more than %d entries", ErrTooMuch, start, proof.MaxPairs)
	}
	raw, err := rp.MarshalBinary()
	if err != nil {
		return BundleRange{}, fmt.Errorf("verify: encoding the range proof from %x: %w", start, err)
	}
	return BundleRange{Start: start, End: end, Proof: raw}, nil
}
