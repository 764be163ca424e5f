package app

import (
	abci "github.com/cometbft/cometbft/abci/types"

	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/store"
)

// Rehearsal is what a transaction would come to if it were the next one.
type Rehearsal struct {
	// Height is the committed height on whose state it was tried.
	Height int64
	// Signer is the participant for whom it was tried; empty when it was refused
	// before that was known.
	Signer string
	// Act is the act that would be refused, from 1; 0 when none would, or when the
	// transaction as a whole would be.
	Act    uint32
	Result *abci.ExecTxResult
}

// Rehearse tries a transaction on the committed state and throws the changes
// away. Nothing is marked, so the same transaction may be sent afterwards.
//
// A transaction that nobody has signed yet carries 65 zero bytes for a signature,
// and signer is the 20-byte address of the key that is to sign it: so no valid
// transaction leaves its owner's hands to be tried. A signed one needs no signer.
//
// now is the present, unix seconds: the next block's time is near it, and the
// last block's may be long past on a quiet chain. Safe for concurrent use, also
// with Commit. An error is a failure of the machine.
func (a *App) Rehearse(raw, signer []byte, now int64) (*Rehearsal, error) {
	v, err := a.toRehearse(raw, signer)
	out := &Rehearsal{Height: a.store.Height()}
	if err != nil {
		out.Result, err = settle(err, nil, nil)
		return out, err
	}
	err = a.store.View(func(view *store.View) (err error) {
		out.Height = view.Height()
		branch := view.Branch()
		block := module.Block{ChainID: a.chainID, Height: view.Height() + 1, Time: max(a.clock.Load(), now)}
		out.Result, err = a.try(out, branch, block, v)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// try is deliver, but that it keeps nothing and notes which act is refused.
func (a *App) try(out *Rehearsal, branch *store.Branch, block module.Block, v *verified) (*abci.ExecTxResult, error) {
	p, err := a.modules.Registry.Params(module.NewReader(branch, block))
	if err != nil {
		return nil, err
	}
	watch := &watched{KV: branch}
	ctx := module.NewContext(watch, block, module.Signer{})
	if err := a.enter(ctx, p, v, newBlockState()); err != nil {
		return settle(err, watch, nil)
	}
	out.Signer = ctx.Signer.Participant
	ctx = module.NewContext(watch, block, ctx.Signer)
	results, err := a.run(ctx, v.tx)
	if err != nil {
		out.Act = ctx.Act + 1
		return settle(err, watch, nil)
	}
	data, err := resultBytes(results)
	if err != nil {
		return nil, err
	}
	return settle(nil, watch, &abci.ExecTxResult{Data: data, Events: events(ctx.Announcements())})
}

// toRehearse examines a transaction, signed or not. One that is not signed is
// never remembered as verified.
func (a *App) toRehearse(raw, signer []byte) (v *verified, err error) {
	if len(raw) > envelope.HardLimit {
		return nil, envelope.ErrTooLarge.With("the transaction has %d bytes; at most %d are ever read", len(raw), envelope.HardLimit)
	}
	tx, err := envelope.Decode(raw)
	if err != nil {
		return nil, err
	}
	if !tx.IsUnsigned() {
		return a.verify(raw)
	}
	defer func() {
		if r := recover(); r != nil {
			v, err = nil, ErrPanicked.With("the transaction could not be examined: %v", r)
		}
	}()
	if len(signer) != 20 {
		return nil, envelope.ErrSignature.With("the transaction is not signed, and no address of a key is given for which to try it")
	}
	if got := tx.Body.GetChainId(); got != a.chainID {
		return nil, envelope.ErrChainID.With("the transaction is for chain %q and this is %q", got, a.chainID)
	}
	if err := a.checkActs(tx); err != nil {
		return nil, err
	}
	return &verified{tx: tx, signer: signer}, nil
}
