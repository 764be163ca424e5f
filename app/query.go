package app

import (
	"context"
	"strings"

	abci "github.com/cometbft/cometbft/abci/types"
	cryptoproto "github.com/cometbft/cometbft/proto/tendermint/crypto"
	"google.golang.org/protobuf/proto"

	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/store"
)

// proofType names the ICS23 proof of a key in this chain's one tree.
const proofType = "ics23:filiera"

// Query answers over ABCI: /store/{module}/key gives a raw record with its
// ICS23 proof when asked; /filiera.{module}.v1.Query/{Method} gives a message;
// /app/simulate runs a transaction on a branch that is thrown away;
// /p2p/filter/ tells the engine whether a peer may stay. Answers are for the
// last committed height.
func (a *App) Query(_ context.Context, req *abci.RequestQuery) (*abci.ResponseQuery, error) {
	res, err := a.answer(req)
	if err != nil {
		e := module.AsError(err)
		return &abci.ResponseQuery{Code: e.Code, Codespace: e.Codespace, Info: e.ID(), Log: e.Error(), Height: a.store.Height()}, nil
	}
	return res, nil
}

func (a *App) answer(req *abci.RequestQuery) (*abci.ResponseQuery, error) {
	if req.Height != 0 && req.Height != a.store.Height() {
		return nil, ErrHeight.With("height %d was asked and this node answers for %d, the last committed", req.Height, a.store.Height())
	}
	switch {
	case strings.HasPrefix(req.Path, "/store/"):
		return a.queryStore(req)
	case req.Path == "/app/simulate":
		return a.querySimulate(req)
	case strings.HasPrefix(req.Path, "/p2p/filter/"):
		// Addresses are not identities; admission is by node key.
		return &abci.ResponseQuery{}, nil
	}
	q, known := a.queries[req.Path]
	if !known {
		return nil, ErrQueryPath.With("nothing answers at %q; see docs/formats/queries.md", clip(req.Path))
	}
	return a.queryModule(req, q)
}

func (a *App) queryStore(req *abci.RequestQuery) (*abci.ResponseQuery, error) {
	name, isKey := strings.CutSuffix(strings.TrimPrefix(req.Path, "/store/"), "/key")
	if !isKey || !a.hasModule(name) {
		return nil, ErrQueryPath.With("%q is not /store/{module}/key of a module of this chain", clip(req.Path))
	}
	key := append([]byte(name+"/"), req.Data...)
	res := &abci.ResponseQuery{Key: key}
	err := a.store.View(func(v *store.View) error {
		value, err := v.Get(key)
		if err != nil {
			return err
		}
		res.Value, res.Height = value, v.Height()
		if !req.Prove {
			return nil
		}
		p, err := v.Prove(key)
		if err != nil {
			return err
		}
		b, err := p.Marshal()
		res.ProofOps = &cryptoproto.ProofOps{Ops: []cryptoproto.ProofOp{{Type: proofType, Key: key, Data: b}}}
		return err
	})
	return res, err
}

func (a *App) hasModule(name string) bool {
	for _, m := range a.list {
		if m.Name == name {
			return true
		}
	}
	return false
}

func (a *App) queryModule(req *abci.RequestQuery, q module.Query) (*abci.ResponseQuery, error) {
	in := q.Request.ProtoReflect().New().Interface()
	if err := proto.Unmarshal(req.Data, in); err != nil {
		return nil, ErrQuery.With("the data is not a %s: %v", in.ProtoReflect().Descriptor().FullName(), err)
	}
	res := &abci.ResponseQuery{}
	err := a.store.View(func(v *store.View) error {
		res.Height = v.Height()
		out, err := q.Answer(a.reader(v), in)
		if err != nil {
			return err
		}
		res.Value, err = module.Marshal(out)
		return err
	})
	return res, err
}

// querySimulate answers the TxResult that the transaction would have now.
func (a *App) querySimulate(req *abci.RequestQuery) (*abci.ResponseQuery, error) {
	r, err := a.Simulate(req.Data)
	if err != nil {
		return nil, err
	}
	return &abci.ResponseQuery{Value: r.Data, Code: r.Code, Codespace: r.Codespace, Info: r.Info, Log: r.Log, Height: a.store.Height()}, nil
}

// Simulate is Rehearse for a signed transaction at the last block's time.
func (a *App) Simulate(raw []byte) (*abci.ExecTxResult, error) {
	r, err := a.Rehearse(raw, nil, 0)
	if err != nil {
		return nil, err
	}
	return r.Result, nil
}

func clip(s string) string {
	if len(s) > 100 {
		return s[:100] + "…"
	}
	return s
}
