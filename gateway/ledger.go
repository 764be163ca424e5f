package gateway

import (
	"context"
	"time"

	"cosmossdk.io/collections/corecompat"
	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/types"
	ics23 "github.com/cosmos/ics23/go"

	"github.com/filiera-chain/filiera/store/proof"
)

// Ledger is the application's state as the gateway reads it.
type Ledger interface {
	ChainID() string
	// View runs fn on the last committed state, which stays what it is while
	// fn runs and is of no use afterwards.
	View(fn func(v View) error) error
}

// View is one committed state.
type View interface {
	Height() int64
	AppHash() []byte
	Get(key []byte) ([]byte, error)
	Iterator(start, end []byte) (corecompat.Iterator, error)
	Prove(key []byte) (*ics23.CommitmentProof, error)
	ProveRange(start, end []byte, limit int) (*proof.RangeProof, error)
}

// Engine is the consensus engine in the same process.
type Engine interface {
	// BroadcastTx hands a transaction to the mempool and answers what CheckTx
	// said of it. While the mempool is full it waits; a transaction that is
	// there already counts as taken.
	BroadcastTx(ctx context.Context, raw []byte) (*abci.ResponseCheckTx, error)
	// SignedHeader gives a header with the commit that signs it and the
	// validators of its height; all nil when the chain has no such height yet.
	SignedHeader(ctx context.Context, height int64) (*types.SignedHeader, *types.ValidatorSet, error)
	// Status is what the node is doing.
	Status(ctx context.Context) (EngineStatus, error)
}

// EngineStatus is what the engine says of itself.
type EngineStatus struct {
	// Height and Time of the last block.
	Height int64
	Time   time.Time
	// ValidatorsHash of the last block's header, 32 bytes.
	ValidatorsHash []byte
	CatchingUp     bool
	Peers          int
}
