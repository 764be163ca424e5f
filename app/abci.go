package app

import (
	"context"
	"encoding/base64"
	"fmt"

	abci "github.com/cometbft/cometbft/abci/types"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

// Info tells the engine where the state stands, so that it replays the rest.
func (a *App) Info(context.Context, *abci.RequestInfo) (*abci.ResponseInfo, error) {
	return &abci.ResponseInfo{
		Data: "filiera", Version: a.release, AppVersion: Version,
		LastBlockHeight: a.store.Height(), LastBlockAppHash: a.store.AppHash(),
	}, nil
}

// CheckTx admits a transaction to the mempool: bytes, limits, signature,
// signer, expiry and lane. What the acts come to is found in the block.
func (a *App) CheckTx(_ context.Context, req *abci.RequestCheckTx) (*abci.ResponseCheckTx, error) {
	v, err := a.verify(req.Tx)
	if err == nil {
		err = a.now(func(r *module.Reader) error { return a.admissibleNow(r, v) })
	}
	if err != nil {
		e := module.AsError(err)
		a.metrics.refused(e.ID())
		return &abci.ResponseCheckTx{Code: e.Code, Codespace: e.Codespace, Info: e.ID(), Log: e.Error()}, nil
	}
	return &abci.ResponseCheckTx{}, nil
}

// admissibleNow is admissible over committed state.
func (a *App) admissibleNow(r *module.Reader, v *verified) error {
	p, err := a.presentAt(r)
	if err != nil {
		return err
	}
	ctx := module.Over(r)
	if err := a.admissible(ctx, p.who, p.params, v); err != nil {
		return err
	}
	return a.modules.Registry.CheckLane(ctx, p.params, v.signer, v.tx.Body.GetLane(), v.tx.Body.GetSequence())
}

// PrepareProposal picks the transactions of a proposal: authenticated ones, in
// the mempool's order, within the size, and no more of one key than a block
// may have; the others wait for the next. One that has expired meanwhile, or
// whose number was used, goes in: the block refuses it, so that its sender is
// told why. One that no block may hold is given up, or it would keep the
// engine making empty blocks for it.
func (a *App) PrepareProposal(_ context.Context, req *abci.RequestPrepareProposal) (*abci.ResponsePrepareProposal, error) {
	var picked [][]byte
	err := a.onTop(req.Height, req.Time.Unix(), func(r *module.Reader, p *registryv1.Params) error {
		size, sent, who := int64(0), map[string]uint32{}, newIdentities()
		for i, o := range a.verifyAll(req.Txs) {
			if o.err != nil || checkLimits(p, o.v.tx) != nil || a.identify(module.Over(r), who, o.v) != nil {
				a.giveUp(req.Txs[i])
				continue
			}
			if sent[string(o.v.signer)] >= p.GetMaxTxsPerSignerPerBlock() {
				continue
			}
			if size += int64(len(req.Txs[i])) + txOverhead; size > req.MaxTxBytes {
				break
			}
			sent[string(o.v.signer)]++
			picked = append(picked, req.Txs[i])
		}
		return nil
	})
	return &abci.ResponsePrepareProposal{Txs: picked}, err
}

func (a *App) giveUp(tx []byte) {
	if a.onGiveUp != nil {
		a.onGiveUp(tx)
	}
}

// txOverhead is the most that a transaction's own length adds to a block.
const txOverhead = 8

// ProcessProposal refuses a proposal that holds a transaction which cannot be
// decoded or authenticated, or too many of one key: an honest proposer never
// makes one.
func (a *App) ProcessProposal(_ context.Context, req *abci.RequestProcessProposal) (*abci.ResponseProcessProposal, error) {
	accept := true
	err := a.onTop(req.Height, req.Time.Unix(), func(r *module.Reader, p *registryv1.Params) error {
		sent, who := map[string]uint32{}, newIdentities()
		for _, o := range a.verifyAll(req.Txs) {
			if o.err != nil || checkLimits(p, o.v.tx) != nil || a.identify(module.Over(r), who, o.v) != nil {
				accept = false
				return nil
			}
			if sent[string(o.v.signer)]++; sent[string(o.v.signer)] > p.GetMaxTxsPerSignerPerBlock() {
				accept = false
				return nil
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if !accept {
		return &abci.ResponseProcessProposal{Status: abci.ResponseProcessProposal_REJECT}, nil
	}
	return &abci.ResponseProcessProposal{Status: abci.ResponseProcessProposal_ACCEPT}, nil
}

// onTop runs fn on the state that the block at height will build on, which for
// the first block is genesis.
func (a *App) onTop(height, time int64, fn func(*module.Reader, *registryv1.Params) error) error {
	branch, err := a.base(height)
	if err != nil {
		return err
	}
	r := module.NewReader(branch, module.Block{ChainID: a.chainID, Height: height, Time: time})
	p, err := a.modules.Registry.Params(r)
	if err != nil {
		return fmt.Errorf("read the parameters: %w", err)
	}
	return fn(r, p)
}

// ExtendVote adds nothing: no vote of this chain carries application data.
func (a *App) ExtendVote(context.Context, *abci.RequestExtendVote) (*abci.ResponseExtendVote, error) {
	return &abci.ResponseExtendVote{}, nil
}

// VerifyVoteExtension refuses any extension, for the same reason.
func (a *App) VerifyVoteExtension(_ context.Context, req *abci.RequestVerifyVoteExtension) (*abci.ResponseVerifyVoteExtension, error) {
	if len(req.VoteExtension) > 0 {
		return &abci.ResponseVerifyVoteExtension{Status: abci.ResponseVerifyVoteExtension_REJECT}, nil
	}
	return &abci.ResponseVerifyVoteExtension{Status: abci.ResponseVerifyVoteExtension_ACCEPT}, nil
}

// InsertTx and ReapTxs serve a mempool kept by the application, which this one
// does not keep; a node configured for it is told so.
func (a *App) InsertTx(context.Context, *abci.RequestInsertTx) (*abci.ResponseInsertTx, error) {
	return nil, ErrMempool.With("set mempool.type to \"flood\": the mempool of this node is the engine's")
}

// ReapTxs answers as InsertTx does.
func (a *App) ReapTxs(context.Context, *abci.RequestReapTxs) (*abci.ResponseReapTxs, error) {
	return nil, ErrMempool.With("set mempool.type to \"flood\": the mempool of this node is the engine's")
}

// ListSnapshots offers none in this version: joining nodes replay the blocks.
func (a *App) ListSnapshots(context.Context, *abci.RequestListSnapshots) (*abci.ResponseListSnapshots, error) {
	return &abci.ResponseListSnapshots{}, nil
}

// OfferSnapshot refuses every format: this version knows none.
func (a *App) OfferSnapshot(context.Context, *abci.RequestOfferSnapshot) (*abci.ResponseOfferSnapshot, error) {
	return &abci.ResponseOfferSnapshot{Result: abci.ResponseOfferSnapshot_REJECT_FORMAT}, nil
}

// LoadSnapshotChunk has no chunk to give.
func (a *App) LoadSnapshotChunk(context.Context, *abci.RequestLoadSnapshotChunk) (*abci.ResponseLoadSnapshotChunk, error) {
	return &abci.ResponseLoadSnapshotChunk{}, nil
}

// ApplySnapshotChunk aborts: no snapshot was accepted.
func (a *App) ApplySnapshotChunk(context.Context, *abci.RequestApplySnapshotChunk) (*abci.ResponseApplySnapshotChunk, error) {
	return &abci.ResponseApplySnapshotChunk{Result: abci.ResponseApplySnapshotChunk_ABORT}, nil
}

// RecordOf gives the bytes of the announcement that an event carries.
func RecordOf(e abci.Event) ([]byte, error) {
	for _, at := range e.Attributes {
		if at.Key == "record" {
			return base64.StdEncoding.DecodeString(at.Value)
		}
	}
	return nil, fmt.Errorf("event %s carries no record", e.Type)
}
