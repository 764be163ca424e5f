package app

import (
	"context"
	"fmt"

	abci "github.com/cometbft/cometbft/abci/types"
	"google.golang.org/protobuf/proto"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/store"
)

// FinalizeBlock carries a decided block out and answers its app hash. Nothing
// is durable until Commit; running it again for the same block gives the same.
func (a *App) FinalizeBlock(_ context.Context, req *abci.RequestFinalizeBlock) (*abci.ResponseFinalizeBlock, error) {
	branch, err := a.base(req.Height)
	if err != nil {
		return nil, err
	}
	block := module.Block{ChainID: a.chainID, Height: req.Height, Time: req.Time.Unix()}
	opening, err := a.opening(branch, block)
	if err != nil {
		return nil, err
	}
	outcomes := a.verifyAll(req.Txs)
	// One set of limits for the whole block: a change begins with the next.
	params, err := a.modules.Registry.Params(module.NewReader(branch, block))
	if err != nil {
		return nil, fmt.Errorf("read the parameters: %w", err)
	}
	res := &abci.ResponseFinalizeBlock{TxResults: make([]*abci.ExecTxResult, len(req.Txs))}
	state := newBlockState()
	for i, o := range outcomes {
		if res.TxResults[i], err = a.deliver(branch, block, params, o, state); err != nil {
			return nil, err
		}
		res.ValidatorUpdates = append(res.ValidatorUpdates, updatesIn(res.TxResults[i].Events)...)
	}
	closing, err := a.end(branch, block)
	if err != nil {
		return nil, err
	}
	res.Events = append(opening, closing...)
	res.ValidatorUpdates = lastOfEach(res.ValidatorUpdates)
	if res.AppHash, err = a.store.Prepare(req.Height, branch); err != nil {
		return nil, fmt.Errorf("compute the app hash: %w", err)
	}
	a.finished(req, outcomes, res)
	return res, nil
}

// base is the state that the block at height builds on.
func (a *App) base(height int64) (*store.Branch, error) {
	a.mu.Lock()
	g := a.genesis
	a.mu.Unlock()
	if g != nil && height == g.initialHeight {
		return a.importState(g)
	}
	return a.store.Branch(), nil
}

// opening announces the records of genesis in the first block, whose events
// are where a read model begins.
func (a *App) opening(branch *store.Branch, block module.Block) ([]abci.Event, error) {
	if !a.first(block.Height) {
		return nil, nil
	}
	var list []proto.Message
	for _, m := range a.list {
		if m.Records == nil {
			continue
		}
		if err := m.Records(module.NewReader(branch, block), func(r proto.Message) { list = append(list, r) }); err != nil {
			return nil, fmt.Errorf("announce the genesis records of %s: %w", m.Name, err)
		}
	}
	out := events(list)
	for i := range out {
		out[i].Attributes = append(out[i].Attributes, abci.EventAttribute{Key: "genesis", Value: "true"})
	}
	return out, nil
}

// first says whether height is the first block, still to be committed.
func (a *App) first(height int64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.genesis != nil && height == a.genesis.initialHeight
}

func (a *App) finished(req *abci.RequestFinalizeBlock, outcomes []outcome, res *abci.ResponseFinalizeBlock) {
	ids := make([][32]byte, 0, len(outcomes))
	for _, o := range outcomes {
		if o.v != nil {
			ids = append(ids, o.v.tx.Hash)
		}
	}
	a.verified.forget(ids)
	a.mu.Lock()
	a.decided = req.Time.Unix()
	a.mu.Unlock()
	a.metrics.block(req, res)
}

// end lets each module do what time brings, in rank order.
func (a *App) end(branch *store.Branch, block module.Block) ([]abci.Event, error) {
	ctx := module.NewContext(branch, block, module.Signer{})
	for _, m := range a.list {
		if m.EndBlock == nil {
			continue
		}
		if err := m.EndBlock(ctx); err != nil {
			return nil, fmt.Errorf("end of block %d in %s: %w", block.Height, m.Name, err)
		}
	}
	return events(ctx.Announcements()), nil
}

// updatesIn finds the validator changes among a transaction's announcements.
func updatesIn(list []abci.Event) []abci.ValidatorUpdate {
	name := string((&registryv1.ValidatorChanged{}).ProtoReflect().Descriptor().FullName())
	var out []abci.ValidatorUpdate
	for _, e := range list {
		if e.Type != name {
			continue
		}
		var c registryv1.ValidatorChanged
		if err := decodeRecord(e, &c); err != nil {
			continue // we wrote it ourselves a moment ago
		}
		out = append(out, abci.Ed25519ValidatorUpdate(c.GetValidator().GetPublicKey(), c.GetValidator().GetPower()))
	}
	return out
}

// lastOfEach keeps the last change of each key: the engine takes one a block.
func lastOfEach(list []abci.ValidatorUpdate) []abci.ValidatorUpdate {
	at := map[string]int{}
	var out []abci.ValidatorUpdate
	for _, u := range list {
		k := string(u.PubKey.GetEd25519())
		if i, there := at[k]; there {
			out[i] = u
			continue
		}
		at[k] = len(out)
		out = append(out, u)
	}
	return out
}

// Commit makes the prepared block durable.
func (a *App) Commit(context.Context, *abci.RequestCommit) (*abci.ResponseCommit, error) {
	if err := a.store.Commit(); err != nil {
		return nil, fmt.Errorf("commit the state: %w", err)
	}
	a.mu.Lock()
	a.genesis = nil
	decided := a.decided
	a.mu.Unlock()
	a.SetClock(decided)
	if a.onCommit != nil {
		a.onCommit(a.store.Height())
	}
	return &abci.ResponseCommit{}, nil
}

func decodeRecord(e abci.Event, m proto.Message) error {
	b, err := RecordOf(e)
	if err != nil {
		return err
	}
	return proto.Unmarshal(b, m)
}
