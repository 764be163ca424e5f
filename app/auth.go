package app

import (
	"runtime"
	"sync"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/x/registry"
)

// verify decodes raw and checks its signature, once per transaction. A panic
// in it would be a mistake of ours that strikes every node alike: it is a
// refusal, like one while the acts run, and not the end of the chain.
func (a *App) verify(raw []byte) (v *verified, err error) {
	defer func() {
		if r := recover(); r != nil {
			v, err = nil, ErrPanicked.With("the transaction could not be examined: %v", r)
		}
	}()
	return a.examine(raw)
}

func (a *App) examine(raw []byte) (*verified, error) {
	if len(raw) > envelope.HardLimit {
		return nil, envelope.ErrTooLarge.With("the transaction has %d bytes; at most %d are ever read", len(raw), envelope.HardLimit)
	}
	if v := a.verified.get(envelope.Hash(raw)); v != nil {
		return v, nil
	}
	tx, err := envelope.Decode(raw)
	if err != nil {
		return nil, err
	}
	if got := tx.Body.GetChainId(); got != a.chainID {
		return nil, envelope.ErrChainID.With("the transaction was signed for chain %q and this is %q", got, a.chainID)
	}
	if err := a.checkActs(tx); err != nil {
		return nil, err
	}
	signer, err := tx.Recover()
	if err != nil {
		return nil, err
	}
	v := &verified{tx: tx, signer: signer}
	a.verified.put(v)
	return v, nil
}

// Preverify does the costly part of CheckTx, decoding and the signature, ahead
// of it, so that many callers use many cores. Safe for concurrent use.
func (a *App) Preverify(raw []byte) error {
	_, err := a.verify(raw)
	return err
}

// checkActs runs the checks that need no state.
func (a *App) checkActs(tx *envelope.Decoded) error {
	for i, m := range tx.Acts {
		act, known := a.acts[m.ProtoReflect().Descriptor().FullName()]
		if !known {
			return envelope.ErrUnknownAct.With("act %d, %s, is not one that this version carries out", i+1, m.ProtoReflect().Descriptor().FullName())
		}
		if err := act.Check(m); err != nil {
			return err
		}
	}
	return nil
}

// outcome is what verifying one transaction of a block gave.
type outcome struct {
	v   *verified
	err error
}

// verifyAll verifies a block's transactions on all cores. The result is in the
// block's order and does not depend on how the work was shared.
func (a *App) verifyAll(txs [][]byte) []outcome {
	out := make([]outcome, len(txs))
	var wg sync.WaitGroup
	n := min(runtime.GOMAXPROCS(0), len(txs))
	for w := range n {
		wg.Add(1)
		go func() { //filiera:parallel results land by index
			defer wg.Done()
			for i := w; i < len(txs); i += n {
				out[i].v, out[i].err = a.verify(txs[i])
			}
		}()
	}
	wg.Wait()
	return out
}

// checkLimits refuses what the parameters do not take.
func checkLimits(p *registryv1.Params, tx *envelope.Decoded) error {
	if len(tx.Raw) > int(p.GetMaxTxBytes()) {
		return envelope.ErrTooLarge.With("the transaction has %d bytes; at most %d are taken", len(tx.Raw), p.GetMaxTxBytes())
	}
	if len(tx.Acts) > int(p.GetMaxMsgsPerTx()) {
		return envelope.ErrTooLarge.With("the transaction has %d acts; at most %d are taken", len(tx.Acts), p.GetMaxMsgsPerTx())
	}
	return nil
}

// identify finds who signed: a live key of an active participant. who is what
// is known already of the state that ctx reads.
func (a *App) identify(ctx *module.Context, who *identities, v *verified) error {
	if s, there := who.get(v.signer); there {
		ctx.Signer = s
		return nil
	}
	k, err := a.modules.Registry.KeyByAddress(ctx, v.signer)
	if err != nil {
		return err
	}
	if k == nil {
		return envelope.ErrUnknownKey.With("no participant has the key 0x%x; ask an authority to enrol it", v.signer)
	}
	if k.GetRetiredAt() != 0 {
		return envelope.ErrRetiredKey.With("key %q of %s was retired on %s: %s", k.GetLabel(), k.GetParticipant(), module.Day(k.GetRetiredAt()), k.GetRetiredReason())
	}
	p, err := a.modules.Registry.Participant(ctx, k.GetParticipant())
	if err != nil {
		return err
	}
	if p.GetStatus() != registryv1.ParticipantStatus_PARTICIPANT_STATUS_ACTIVE {
		return envelope.ErrInactive.With("participant %s is %s since %s: %s", p.GetId(), registry.StatusWord(p.GetStatus()), module.Day(p.GetStatusSince()), p.GetStatusReason())
	}
	ctx.Signer = module.Signer{Participant: p.GetId(), Address: v.signer, KeyLabel: k.GetLabel()}
	who.put(ctx.Signer)
	return nil
}

// admissible is what must hold before a transaction may be tried, but for its
// lane: limits, expiry and signer. It writes nothing.
func (a *App) admissible(ctx *module.Context, who *identities, p *registryv1.Params, v *verified) error {
	if err := checkLimits(p, v.tx); err != nil {
		return err
	}
	// The time is not known between a restart and the first block after it.
	if ctx.Time > 0 {
		if err := registry.CheckExpiry(p, ctx.Time, v.tx.Body.GetExpiresAt()); err != nil {
			return err
		}
	}
	return a.identify(ctx, who, v)
}
