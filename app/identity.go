package app

import (
	"sync"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

// identities remembers who each key speaks for, over one unchanging state: the
// committed one, or a block's until an act of the registry is carried out.
// What it holds never changes a result, only its cost. Safe for concurrent use.
type identities struct {
	mu    sync.RWMutex
	known map[string]module.Signer
}

// maxIdentities bounds the memory; past it keys are looked up each time.
const maxIdentities = 10_000

func newIdentities() *identities { return &identities{known: map[string]module.Signer{}} }

func (i *identities) get(address []byte) (module.Signer, bool) {
	i.mu.RLock()
	defer i.mu.RUnlock()
	s, there := i.known[string(address)]
	return s, there
}

func (i *identities) put(s module.Signer) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.known) < maxIdentities {
		i.known[string(s.Address)] = s
	}
}

func (i *identities) clear() {
	i.mu.Lock()
	defer i.mu.Unlock()
	clear(i.known)
}

// present is what CheckTx needs to know of the committed state: read once per
// height.
type present struct {
	height int64
	params *registryv1.Params
	who    *identities
}

// presentAt gives it for the state of r.
func (a *App) presentAt(r *module.Reader) (*present, error) {
	if p := a.present.Load(); p != nil && p.height == r.Height {
		return p, nil
	}
	params, err := a.modules.Registry.Params(r)
	if err != nil {
		return nil, err
	}
	p := &present{height: r.Height, params: params, who: newIdentities()}
	a.present.Store(p)
	return p, nil
}
