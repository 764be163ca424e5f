package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/cometbft/cometbft/crypto/ed25519"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmtversion "github.com/cometbft/cometbft/proto/tendermint/version"
	cmt "github.com/cometbft/cometbft/types"
	dbm "github.com/cosmos/cosmos-db"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/store"
	"github.com/filiera-chain/filiera/verify"
)

type bundleVector struct {
	Bundle         json.RawMessage `json:"bundle"`
	ValidatorsHash string          `json:"validators_hash"` // what a consumer trusts
}

const gtin, lot = "08001234567897", "L24123"

// bundle proves a batch, and that nobody certified it, under a header signed by three of four validators.
func bundle() (any, error) {
	s, err := store.Open(dbm.NewMemDB(), store.Options{})
	if err != nil {
		return nil, err
	}
	b := s.Branch()
	product, err := module.Marshal(&productv1.Product{Gtin: gtin, Owner: "norcineria", Name: "Salame"})
	if err != nil {
		return nil, err
	}
	batch, err := module.Marshal(&productv1.Batch{Gtin: gtin, Lot: lot, Owner: "norcineria", Status: productv1.BatchStatus_BATCH_STATUS_ACTIVE})
	if err != nil {
		return nil, err
	}
	owner, err := module.Marshal(&registryv1.Participant{Id: "norcineria", Name: "Norcineria Rossi Srl", Status: registryv1.ParticipantStatus_PARTICIPANT_STATUS_ACTIVE})
	if err != nil {
		return nil, err
	}
	err = errors.Join(b.Set(statekey.Product(gtin), product), b.Set(statekey.Batch(gtin, lot), batch), b.Set(statekey.Participant("norcineria"), owner))
	if err != nil {
		return nil, err
	}
	if _, err := s.Prepare(7, b); err != nil {
		return nil, err
	}
	if err := s.Commit(); err != nil {
		return nil, err
	}
	h, err := signed(s.AppHash())
	if err != nil {
		return nil, err
	}
	out := bundleVector{ValidatorsHash: hex.EncodeToString(h.Validators.Hash())}
	return &out, s.View(func(v *store.View) error {
		_, b, err := verify.Prove(verify.Live(v), gtin, lot, v, h)
		if err != nil {
			return err
		}
		out.Bundle, err = b.Encode()
		return err
	})
}

// signed is the header after the state, and the votes for it.
func signed(appHash []byte) (verify.SignedHeader, error) {
	keys := make([]ed25519.PrivKey, 4)
	vals := make([]*cmt.Validator, len(keys))
	for i := range keys {
		keys[i] = ed25519.GenPrivKeyFromSecret([]byte{'i', byte(i)})
		vals[i] = cmt.NewValidator(keys[i].PubKey(), int64(10+i))
	}
	set := cmt.NewValidatorSet(vals)
	some := sha256.Sum256([]byte("some"))
	parts := cmt.PartSetHeader{Total: 1, Hash: some[:]}
	at := time.Date(2026, 4, 1, 12, 0, 0, 500, time.UTC)
	header := &cmt.Header{
		Version: cmtversion.Consensus{Block: 11, App: 1}, ChainID: "filiera-interop", Height: 8, Time: at, LastBlockID: cmt.BlockID{Hash: some[:], PartSetHeader: parts},
		LastCommitHash: some[:], DataHash: some[:], ValidatorsHash: set.Hash(), NextValidatorsHash: set.Hash(), ConsensusHash: some[:], AppHash: appHash,
		LastResultsHash: some[:], EvidenceHash: some[:], ProposerAddress: vals[0].Address,
	}
	commit := &cmt.Commit{Height: 8, Round: 2, BlockID: cmt.BlockID{Hash: header.Hash(), PartSetHeader: parts}}
	for i, v := range set.Validators {
		if i == len(keys)-1 {
			commit.Signatures = append(commit.Signatures, cmt.NewCommitSigAbsent())
			continue
		}
		for _, key := range keys {
			if !bytes.Equal(key.PubKey().Bytes(), v.PubKey.Bytes()) {
				continue
			}
			vote := &cmt.Vote{
				Type: cmtproto.PrecommitType, Height: 8, Round: 2, BlockID: commit.BlockID, Timestamp: at.Add(time.Duration(i) * time.Second),
				ValidatorAddress: v.Address, ValidatorIndex: int32(i),
			}
			signature, err := key.Sign(cmt.VoteSignBytes(header.ChainID, vote.ToProto()))
			if err != nil {
				return verify.SignedHeader{}, err
			}
			commit.Signatures = append(commit.Signatures, cmt.CommitSig{BlockIDFlag: cmt.BlockIDFlagCommit, ValidatorAddress: v.Address, Timestamp: vote.Timestamp, Signature: signature})
		}
	}
	return verify.SignedHeader{Header: header, Commit: commit, Validators: set}, nil
}
