package verify

import (
	"bytes"
	"crypto/sha256"
	"testing"

	"github.com/cometbft/cometbft/crypto/ed25519"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmtversion "github.com/cometbft/cometbft/proto/tendermint/version"
	cmt "github.com/cometbft/cometbft/types"

	"github.com/filiera-chain/filiera/store"
)

const chainID = "filiera-test-1"

// signer is a validator with its key and the vote it casts.
type signer struct {
	key   ed25519.PrivKey
	power int64
	vote  cmt.BlockIDFlag
}

// voted are six validators with power 75 in all: four with 55 sign, one votes for no block, one is absent.
func voted() []signer {
	out := make([]signer, 6)
	for i := range out {
		out[i] = signer{ed25519.GenPrivKeyFromSecret([]byte{'v', byte(i)}), 10, cmt.BlockIDFlagCommit}
	}
	out[0].power, out[1].power = 20, 15
	out[4].vote, out[5].vote = cmt.BlockIDFlagNil, cmt.BlockIDFlagAbsent
	return out
}

// few are three validators, of which one signs, one votes for no block, and one is absent: for tests that check often.
func few() []signer {
	out := voted()[3:]
	out[0].power = 50
	return out
}

// sign makes the block after the state and the votes for it, as a chain would.
func sign(t testing.TB, appHash []byte, who []signer) SignedHeader {
	t.Helper()
	return signAt(t, stateHeight+1, appHash, who)
}

func signAt(t testing.TB, height int64, appHash []byte, who []signer) SignedHeader {
	t.Helper()
	vals := make([]*cmt.Validator, len(who))
	for i, s := range who {
		vals[i] = cmt.NewValidator(s.key.PubKey(), s.power)
	}
	set := cmt.NewValidatorSet(vals)
	hash := func(s string) []byte { h := sha256.Sum256([]byte(s)); return h[:] }
	h := &cmt.Header{
		Version: cmtversion.Consensus{Block: 11, App: 1}, ChainID: chainID, Height: height, Time: nowTime,
		LastBlockID:    cmt.BlockID{Hash: hash("block"), PartSetHeader: cmt.PartSetHeader{Total: 1, Hash: hash("parts")}},
		LastCommitHash: hash("commit"), DataHash: hash("data"), ValidatorsHash: set.Hash(), NextValidatorsHash: set.Hash(),
		ConsensusHash: hash("params"), AppHash: appHash, LastResultsHash: hash("results"), EvidenceHash: hash("evidence"),
		ProposerAddress: set.GetProposer().Address,
	}
	id := cmt.BlockID{Hash: h.Hash(), PartSetHeader: cmt.PartSetHeader{Total: 1, Hash: hash("these parts")}}
	commit := &cmt.Commit{Height: h.Height, Round: 1, BlockID: id, Signatures: make([]cmt.CommitSig, len(who))}
	for i, v := range set.Validators {
		for _, s := range who {
			if bytes.Equal(s.key.PubKey().Bytes(), v.PubKey.Bytes()) {
				commit.Signatures[i] = vote(t, s, h, id, int32(i))
			}
		}
	}
	return SignedHeader{h, commit, set}
}

func vote(t testing.TB, s signer, h *cmt.Header, id cmt.BlockID, index int32) cmt.CommitSig {
	t.Helper()
	if s.vote == cmt.BlockIDFlagAbsent {
		return cmt.NewCommitSigAbsent()
	}
	if s.vote == cmt.BlockIDFlagNil {
		id = cmt.BlockID{}
	}
	v := &cmt.Vote{
		Type: cmtproto.PrecommitType, Height: h.Height, Round: 1, BlockID: id, Timestamp: nowTime.Add(1500000000),
		ValidatorAddress: s.key.PubKey().Address(), ValidatorIndex: index,
	}
	sig, err := s.key.Sign(cmt.VoteSignBytes(h.ChainID, v.ToProto()))
	must(t, err)
	return cmt.CommitSig{BlockIDFlag: s.vote, ValidatorAddress: v.ValidatorAddress, Timestamp: v.Timestamp, Signature: sig}
}

// prove lays the world, signs the block after it, and proves what is known of a batch.
func (w *world) prove(t testing.TB, ofGTIN, ofLot string, who []signer) (*Bundle, Trust) {
	t.Helper()
	s := w.lay(t)
	h := sign(t, s.AppHash(), who)
	var b *Bundle
	must(t, s.View(func(v *store.View) (err error) {
		_, b, err = ProveItem(Live(v), ofGTIN, ofLot, w.units.item(), v, h)
		return err
	}))
	return b, Trust{ValidatorsHash: h.Validators.Hash(), ChainID: chainID}
}

func encode(t testing.TB, b *Bundle) []byte {
	t.Helper()
	raw, err := b.Encode()
	must(t, err)
	return raw
}
