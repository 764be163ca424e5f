package app

import (
	"encoding/json"
	"time"

	dbm "github.com/cosmos/cosmos-db"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/store"
	"github.com/filiera-chain/filiera/x/registry"
)

// Genesis is a genesis state at work, in memory: the commands that make a
// genesis document use the same code as the acts of the chain.
type Genesis struct {
	chainID string
	list    []*module.Module
	modules Modules
	store   *store.Store
	ctx     *module.Context
}

// NewGenesis starts an empty state with the default parameters.
func NewGenesis(chainID string, at time.Time) (*Genesis, error) {
	g, err := emptyGenesis(chainID, at)
	if err != nil {
		return nil, err
	}
	return g, g.modules.Registry.SetParams(g.ctx, registry.DefaultParams())
}

// LoadGenesis takes up the app_state of a genesis document.
func LoadGenesis(chainID string, at time.Time, raw []byte) (*Genesis, error) {
	g, err := emptyGenesis(chainID, at)
	if err != nil {
		return nil, err
	}
	return g, importTables(g.ctx, g.list, raw)
}

func emptyGenesis(chainID string, at time.Time) (*Genesis, error) {
	s, err := store.Open(dbm.NewMemDB(), store.Options{})
	if err != nil {
		return nil, err
	}
	m := wire()
	block := module.Block{ChainID: chainID, Time: at.Unix()}
	return &Genesis{
		chainID: chainID, list: m.list(), modules: m, store: s,
		ctx: module.NewContext(s.Branch(), block, module.Signer{}),
	}, nil
}

// Enrol adds a participant; authority gives it that role too.
func (g *Genesis) Enrol(m *registryv1.MsgEnrol, authority bool) error {
	if err := g.modules.Registry.Enrol(g.ctx, m); err != nil {
		return err
	}
	if !authority {
		return nil
	}
	return g.modules.Registry.AdmitAuthority(g.ctx, m.GetId())
}

// AdmitValidator adds a validator run by an enrolled participant.
func (g *Genesis) AdmitValidator(v *registryv1.AdmitValidator) error {
	return g.modules.Registry.AdmitValidator(g.ctx, v)
}

// SetParams replaces the parameters.
func (g *Genesis) SetParams(p *registryv1.Params) error {
	return g.modules.Registry.SetParams(g.ctx, p)
}

// Check tells whether the state may start a chain.
func (g *Genesis) Check() error { return checkInvariants(g.ctx.Reader(), g.list) }

// Export gives the state as app_state.
func (g *Genesis) Export() (json.RawMessage, error) { return exportTables(g.ctx.Reader(), g.list) }

// Close frees the memory.
func (g *Genesis) Close() error { return g.store.Close() }
