package app

import (
	"encoding/base64"
	"fmt"

	abci "github.com/cometbft/cometbft/abci/types"
	"google.golang.org/protobuf/proto"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	txv1 "github.com/filiera-chain/filiera/api/tx/v1"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/store"
)

// deliver carries one transaction of a block out on the block's branch. A
// refusal becomes the result; an error is a failure of the machine.
func (a *App) deliver(branch *store.Branch, block module.Block, p *registryv1.Params, o outcome, b *blockState) (*abci.ExecTxResult, error) {
	if o.err != nil {
		return settle(o.err, nil, nil)
	}
	watch := &watched{KV: branch}
	ctx := module.NewContext(watch, block, module.Signer{})
	if err := a.enter(ctx, p, o.v, b); err != nil {
		return settle(err, watch, nil)
	}
	inner := branch.Branch()
	watch = &watched{KV: inner}
	ctx = module.NewContext(watch, block, ctx.Signer)
	results, err := a.run(ctx, o.v.tx)
	if err != nil {
		inner.Discard()
		return settle(err, watch, nil)
	}
	inner.Write()
	if a.touchesIdentity(o.v.tx) {
		b.who.clear()
	}
	data, err := resultBytes(results)
	if err != nil {
		return nil, err
	}
	list := append([]abci.Event{signerEvent(ctx.Signer)}, events(ctx.Announcements())...)
	return settle(nil, watch, &abci.ExecTxResult{Data: data, Events: list})
}

func resultBytes(results [][]byte) ([]byte, error) {
	return module.Marshal(&txv1.TxResult{Results: results})
}

// signerEvent names who signed, so that nobody who reads the block has to
// recover a key for it.
func signerEvent(s module.Signer) abci.Event {
	return abci.Event{Type: "tx", Attributes: []abci.EventAttribute{{Key: "signer", Value: s.Participant}}}
}

// enter admits a transaction to its block and marks its lane.
func (a *App) enter(ctx *module.Context, p *registryv1.Params, v *verified, b *blockState) error {
	if err := a.admissible(ctx, b.who, p, v); err != nil {
		return err
	}
	key := string(v.signer)
	if b.sent[key] >= p.GetMaxTxsPerSignerPerBlock() {
		return envelope.ErrRate.With("key 0x%x already has %d transactions in this block, which is the most", v.signer, b.sent[key])
	}
	body := v.tx.Body
	if err := a.modules.Registry.UseLane(ctx, p, v.signer, body.GetLane(), body.GetSequence(), body.GetExpiresAt()); err != nil {
		return err
	}
	b.sent[key]++
	return nil
}

// blockState is what one block keeps while its transactions are carried out.
type blockState struct {
	// sent counts the transactions of each key.
	sent map[string]uint32
	who  *identities
}

func newBlockState() *blockState {
	return &blockState{sent: map[string]uint32{}, who: newIdentities()}
}

// touchesIdentity says whether carrying tx out may have changed who a key
// speaks for: only acts of the registry can.
func (a *App) touchesIdentity(tx *envelope.Decoded) bool {
	for _, m := range tx.Acts {
		if m.ProtoReflect().Descriptor().ParentFile().Package() == registryPackage {
			return true
		}
	}
	return false
}

// registryPackage is the protobuf package of the registry's acts.
const registryPackage = "filiera.registry.v1"

// run carries out the acts in order, all or none.
func (a *App) run(ctx *module.Context, tx *envelope.Decoded) (results [][]byte, err error) {
	defer func() {
		// A panic is a mistake of ours. It strikes every node alike, since
		// nothing here differs between them, so it is a refusal and not the
		// end of the chain.
		if r := recover(); r != nil {
			err = ErrPanicked.With("act %d failed: %v", ctx.Act+1, r)
		}
	}()
	judges := &judgement{m: &a.modules}
	for i, m := range tx.Acts {
		ctx.Act = uint32(i)
		out, err := a.acts[m.ProtoReflect().Descriptor().FullName()].Run(ctx, m)
		if err != nil {
			return nil, err
		}
		if err := judges.after(ctx, m); err != nil {
			return nil, err
		}
		var encoded []byte
		if out != nil {
			if encoded, err = module.Marshal(out); err != nil {
				return nil, err
			}
		}
		results = append(results, encoded)
	}
	return results, nil
}

// settle turns what happened into a result. If the state could not be read or
// written, whatever the act made of that is not to be trusted.
func settle(err error, w *watched, ok *abci.ExecTxResult) (*abci.ExecTxResult, error) {
	if w != nil && w.failed != nil {
		return nil, fmt.Errorf("the state failed under a transaction: %w", w.failed)
	}
	if err == nil {
		return ok, nil
	}
	e := module.AsError(err)
	return &abci.ExecTxResult{Code: e.Code, Codespace: e.Codespace, Info: e.ID(), Log: e.Error()}, nil
}

// events turns announcements into ABCI events: the type is the message's full
// name, the one attribute its bytes in base64.
func events(list []proto.Message) []abci.Event {
	out := make([]abci.Event, 0, len(list))
	for _, m := range list {
		b, err := module.Marshal(m)
		if err != nil {
			// Only invalid UTF-8 can do this, which no act lets in; an
			// announcement is not consensus, so the record stands.
			continue
		}
		out = append(out, abci.Event{
			Type:       string(m.ProtoReflect().Descriptor().FullName()),
			Attributes: []abci.EventAttribute{{Key: "record", Value: base64.StdEncoding.EncodeToString(b)}},
		})
	}
	return out
}

// watched notes the first failure of the state below it.
type watched struct {
	module.KV
	failed error
}

func (w *watched) note(err error) error {
	if err != nil && w.failed == nil {
		w.failed = err
	}
	return err
}

func (w *watched) Get(k []byte) ([]byte, error) {
	v, err := w.KV.Get(k)
	return v, w.note(err)
}

func (w *watched) Has(k []byte) (bool, error) {
	v, err := w.KV.Has(k)
	return v, w.note(err)
}

func (w *watched) Set(k, v []byte) error { return w.note(w.KV.Set(k, v)) }
func (w *watched) Delete(k []byte) error { return w.note(w.KV.Delete(k)) }
