package index

import (
	"errors"
	"fmt"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/types"
)

// BlockStore is what a node source needs of CometBFT's block store.
type BlockStore interface {
	Base() int64
	LoadBlock(height int64) *types.Block
}

// ResultStore is what a node source needs of CometBFT's state store, which must
// keep its responses (storage.discard_abci_responses = false).
type ResultStore interface {
	LoadFinalizeBlockResponse(height int64) (*abci.ResponseFinalizeBlock, error)
}

// NodeSource reads blocks from a CometBFT node's own stores, of a running node
// or of one that stands still.
type NodeSource struct {
	Blocks  BlockStore
	Results ResultStore
	// InitialHeight of the chain.
	InitialHeight int64
	// Committed is the last height that the application has committed.
	Committed func() (int64, error)
	// Genesis announces what the genesis state holds; nil if the first block
	// does so itself.
	Genesis func() ([]abci.Event, error)
}

var _ Source = (*NodeSource)(nil)

// First implements Source.
func (s *NodeSource) First() int64 { return max(s.InitialHeight, 1) }

// LastHeight implements Source.
func (s *NodeSource) LastHeight() (int64, error) { return s.Committed() }

// Block implements Source.
func (s *NodeSource) Block(height int64) (Block, error) {
	block := s.Blocks.LoadBlock(height)
	if block == nil {
		return Block{}, fmt.Errorf("the block is not in the node's store, which begins at %d; "+
			"a read model is built on a node that has the chain from its first block", s.Blocks.Base())
	}
	res, err := s.Results.LoadFinalizeBlockResponse(height)
	if err != nil {
		return Block{}, fmt.Errorf("its results: %w", err)
	}
	if len(res.TxResults) != len(block.Txs) {
		return Block{}, errors.New("the number of results is not that of its transactions")
	}
	b := Block{
		Height: height, Time: block.Time, Hash: block.Hash(),
		Txs: block.Txs.ToSliceOfBytes(), Results: res.TxResults, EndEvents: res.Events,
	}
	if height == s.First() && s.Genesis != nil {
		if b.Genesis, err = s.Genesis(); err != nil {
			return Block{}, fmt.Errorf("genesis: %w", err)
		}
	}
	return b, nil
}
