package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"

	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/store"
)

// genesisState is what InitChain was given, kept to be imported again each
// time the first block is worked on.
type genesisState struct {
	appState      []byte
	initialHeight int64
	time          int64
	// view is the state itself, for questions until the first block; nobody
	// writes to it.
	view *store.Branch
}

// InitChain starts a chain: it imports the genesis state, checks every truth,
// and answers the validators and the root. Nothing is written until the first
// block is committed, so a crash here leaves nothing behind.
func (a *App) InitChain(_ context.Context, req *abci.RequestInitChain) (*abci.ResponseInitChain, error) {
	if req.ChainId != a.chainID {
		return nil, fmt.Errorf("the genesis document is for chain %q and this node was made for %q", req.ChainId, a.chainID)
	}
	g := &genesisState{appState: req.AppStateBytes, initialHeight: max(req.InitialHeight, 1), time: req.Time.Unix()}
	branch, err := a.importState(g)
	if err != nil {
		return nil, err
	}
	validators, err := a.genesisValidators(branch, g)
	if err != nil {
		return nil, err
	}
	root, err := a.store.Prepare(g.initialHeight, branch)
	if err != nil {
		return nil, fmt.Errorf("compute the genesis app hash: %w", err)
	}
	g.view = branch
	a.mu.Lock()
	a.genesis = g
	a.mu.Unlock()
	a.SetClock(g.time)
	return &abci.ResponseInitChain{Validators: validators, AppHash: root}, nil
}

func (a *App) genesisReader(branch *store.Branch, g *genesisState) *module.Reader {
	return module.NewReader(branch, module.Block{ChainID: a.chainID, Height: g.initialHeight - 1, Time: g.time})
}

func (a *App) genesisValidators(branch *store.Branch, g *genesisState) ([]abci.ValidatorUpdate, error) {
	list, err := a.modules.Registry.Validators(a.genesisReader(branch, g))
	if err != nil {
		return nil, err
	}
	var out []abci.ValidatorUpdate
	for _, v := range list {
		out = append(out, abci.Ed25519ValidatorUpdate(v.GetPublicKey(), v.GetPower()))
	}
	return out, nil
}

// importState builds the genesis state on a fresh branch and checks it.
func (a *App) importState(g *genesisState) (*store.Branch, error) {
	branch := a.store.Branch()
	ctx := module.NewContext(branch, module.Block{ChainID: a.chainID, Height: g.initialHeight - 1, Time: g.time}, module.Signer{})
	if err := importTables(ctx, a.list, g.appState); err != nil {
		return nil, err
	}
	if err := checkInvariants(ctx.Reader(), a.list); err != nil {
		return nil, fmt.Errorf("the genesis state breaks a rule: %w", err)
	}
	return branch, nil
}

// appState is the shape of app_state in the genesis document: for each module,
// for each table, the list of its entries.
type appState map[string]map[string]json.RawMessage

func importTables(ctx *module.Context, list []*module.Module, raw []byte) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	var state appState
	if err := dec.Decode(&state); err != nil {
		return fmt.Errorf("read app_state of the genesis document: %w", err)
	}
	known := map[string]bool{}
	for _, m := range list {
		known[m.Name] = true
		tables := state[m.Name]
		if err := knownTables(m, tables); err != nil {
			return err
		}
		err := m.Schema.InitGenesis(ctx, func(table string) (io.ReadCloser, error) {
			b, there := tables[table]
			if !there {
				b = json.RawMessage("[]")
			}
			return io.NopCloser(bytes.NewReader(b)), nil
		})
		if err != nil {
			return fmt.Errorf("app_state.%s: %w", m.Name, err)
		}
	}
	//filiera:unordered the order shows only in which stranger is named
	for name := range state {
		if !known[name] {
			return fmt.Errorf("app_state names the module %q, which this version does not have", name)
		}
	}
	return nil
}

func knownTables(m *module.Module, tables map[string]json.RawMessage) error {
	known := map[string]bool{}
	for _, c := range m.Schema.ListCollections() {
		known[c.GetName()] = true
	}
	//filiera:unordered the order shows only in which stranger is named
	for name := range tables {
		if !known[name] {
			return fmt.Errorf("app_state.%s names the table %q, which this version does not have", m.Name, name)
		}
	}
	return nil
}

func exportTables(r *module.Reader, list []*module.Module) (json.RawMessage, error) {
	state := appState{}
	for _, m := range list {
		tables := map[string]json.RawMessage{}
		err := m.Schema.ExportGenesis(r, func(table string) (io.WriteCloser, error) {
			return &tableWriter{done: func(b []byte) { tables[table] = b }}, nil
		})
		if err != nil {
			return nil, fmt.Errorf("export %s: %w", m.Name, err)
		}
		state[m.Name] = tables
	}
	// encoding/json writes map keys in order, so the export is reproducible.
	return json.Marshal(state)
}

type tableWriter struct {
	bytes.Buffer
	done func([]byte)
}

func (w *tableWriter) Close() error {
	w.done(w.Bytes())
	return nil
}

// Export gives the last committed state as app_state for a genesis document.
func (a *App) Export() (state json.RawMessage, height int64, err error) {
	err = a.store.View(func(v *store.View) error {
		height = v.Height()
		state, err = exportTables(a.reader(v), a.list)
		return err
	})
	return state, height, err
}

// ValidateGenesis refuses an app_state that cannot be imported, breaks a rule,
// or is not written as an export of it would be (an entry twice, say).
func ValidateGenesis(chainID string, at time.Time, raw []byte) error {
	g, err := LoadGenesis(chainID, at, raw)
	if err != nil {
		return err
	}
	defer g.Close()
	again, err := g.Export()
	if err != nil {
		return err
	}
	var a, b appState
	if err := json.Unmarshal(raw, &a); err != nil {
		return err
	}
	if err := json.Unmarshal(again, &b); err != nil {
		return err
	}
	//filiera:unordered the order shows only in which fault is named
	for name, tables := range a {
		//filiera:unordered the order shows only in which fault is named
		for table, entries := range tables {
			if err := sameEntries(entries, b[name][table]); err != nil {
				return fmt.Errorf("app_state.%s.%s: %w", name, table, err)
			}
		}
	}
	return checkInvariants(g.ctx.Reader(), g.list)
}

func sameEntries(a, b json.RawMessage) error {
	var x, y []json.RawMessage
	if err := json.Unmarshal(a, &x); err != nil {
		return err
	}
	if err := json.Unmarshal(b, &y); err != nil {
		return err
	}
	if len(x) != len(y) {
		return fmt.Errorf("it has %d entries and %d of them differ in their key", len(x), len(y))
	}
	return nil
}
