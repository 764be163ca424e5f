package verify

import (
	"crypto/sha256"
	"errors"
	"fmt"

	cmt "github.com/cometbft/cometbft/types"
)

// Trust is what the checker knows beforehand, from somewhere other than the bundle.
type Trust struct {
	// ValidatorsHash is the hash of the validator set that must have signed: 32 bytes.
	ValidatorsHash []byte
	// ChainID, unless empty, must be that of the header.
	ChainID string
	// GTIN and Lot, unless empty, must be those of the bundle: what the checker asked for.
	GTIN string
	Lot  string
}

// maxGenesisBytes bounds a genesis document.
const maxGenesisBytes = 64 << 20

// TrustGenesis trusts the validators that a genesis document (CometBFT's genesis.json) lists. It serves as long as the
// set has not changed since; after that, give the present hash.
func TrustGenesis(doc []byte) (Trust, error) {
	if len(doc) > maxGenesisBytes {
		return Trust{}, fmt.Errorf("the genesis document has %d bytes; at most %d are read", len(doc), maxGenesisBytes)
	}
	g, err := cmt.GenesisDocFromJSON(doc)
	if err != nil {
		return Trust{}, fmt.Errorf("the genesis document cannot be read: %w", err)
	}
	if len(g.Validators) == 0 {
		return Trust{}, errors.New("the genesis document lists no validators; give the hash of the validator set instead")
	}
	list := make([]BundleValidator, len(g.Validators))
	for i, v := range g.Validators {
		list[i] = BundleValidator{v.PubKey.Bytes(), v.Power}
	}
	set, err := validatorSet(list, false)
	if err != nil {
		return Trust{}, fmt.Errorf("the genesis document: %w", err)
	}
	return Trust{ValidatorsHash: set.Hash(), ChainID: g.ChainID}, nil
}

func (t Trust) check() error {
	if len(t.ValidatorsHash) != sha256.Size {
		return fmt.Errorf("the trusted hash of the validators has %d bytes; give %d bytes (%d hex digits), from a source other than the bundle", len(t.ValidatorsHash), sha256.Size, 2*sha256.Size)
	}
	return nil
}
