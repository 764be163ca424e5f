package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/mempool"
	cmtnode "github.com/cometbft/cometbft/node"
	sm "github.com/cometbft/cometbft/state"
	"github.com/cometbft/cometbft/types"

	"github.com/filiera-chain/filiera/app"
)

// engine is CometBFT as the gateway sees it. Safe for concurrent use.
type engine struct {
	app    *app.App
	node   *cmtnode.Node
	states sm.Store
	blocks *bell
}

// BroadcastTx puts a transaction into the mempool. While the mempool is full
// it waits for blocks to make room, as long as ctx lasts: the sender is never
// told to come again. A transaction that is on its way already is a success,
// and one that a block has dealt with is refused as a replay.
func (e *engine) BroadcastTx(ctx context.Context, raw []byte) (*abci.ResponseCheckTx, error) {
	// The mempool keeps the bytes, and the caller's buffer may serve the next
	// request: two transactions would become one.
	raw = bytes.Clone(raw)
	// Decoding and the signature are checked here, where many requests use
	// many cores; CheckTx, which is one at a time, then finds the work done.
	_ = e.app.Preverify(raw)
	for {
		next := e.blocks.wait()
		res, err := e.check(raw)
		var full mempool.ErrMempoolIsFull
		switch {
		case err == nil:
			return res, nil
		case errors.Is(err, mempool.ErrTxInCache):
			// Seen before: on its way still, or dealt with and now a replay.
			return e.app.CheckTx(ctx, &abci.RequestCheckTx{Tx: raw})
		case !errors.As(err, &full):
			return nil, fmt.Errorf("the mempool did not take the transaction: %w", err)
		}
		select {
		case <-next:
		case <-ctx.Done():
			return nil, fmt.Errorf("the mempool is full and no block made room in time: %w", ctx.Err())
		}
	}
}

func (e *engine) check(raw []byte) (*abci.ResponseCheckTx, error) {
	got := make(chan *abci.ResponseCheckTx, 1)
	err := e.node.Mempool().CheckTx(raw, func(r *abci.ResponseCheckTx) { got <- r }, mempool.TxInfo{})
	if err != nil {
		return nil, err
	}
	return <-got, nil
}

// SignedHeader gives the header at height with the commit that signs it and
// the validators of that height; all nil while the block is not there.
func (e *engine) SignedHeader(_ context.Context, height int64) (*types.SignedHeader, *types.ValidatorSet, error) {
	store := e.node.BlockStore()
	meta := store.LoadBlockMeta(height)
	if meta == nil {
		return nil, nil, nil
	}
	// The newest block's commit is not yet in a block of its own.
	commit := store.LoadBlockCommit(height)
	if commit == nil {
		commit = store.LoadSeenCommit(height)
	}
	if commit == nil {
		return nil, nil, nil
	}
	vals, err := e.states.LoadValidators(height)
	if err != nil {
		return nil, nil, fmt.Errorf("validators of height %d: %w", height, err)
	}
	return &types.SignedHeader{Header: &meta.Header, Commit: commit}, vals, nil
}

// Head is the newest block's height and time.
func (e *engine) Head() *types.BlockMeta {
	store := e.node.BlockStore()
	return store.LoadBlockMeta(store.Height())
}

// CatchingUp says whether the node is still fetching old blocks.
func (e *engine) CatchingUp() bool { return e.node.ConsensusReactor().WaitSync() }

// Peers is how many nodes this one talks to.
func (e *engine) Peers() int {
	out, in, _ := e.node.Switch().NumPeers()
	return out + in
}
