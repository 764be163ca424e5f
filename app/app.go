package app

import (
	"fmt"
	"sync"
	"sync/atomic"

	abci "github.com/cometbft/cometbft/abci/types"
	"google.golang.org/protobuf/reflect/protoreflect"

	dbm "github.com/cosmos/cosmos-db"

	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/store"
)

// Version is the version of the state machine: nodes of different versions
// cannot agree. It stands in every header.
const Version = 1

// Config is what an App is made of.
type Config struct {
	// DB holds the state; the caller closes it after the App.
	DB dbm.DB
	// Store tunes the state store; no field of it influences a root.
	Store store.Options
	// ChainID is the genesis document's.
	ChainID string
	// Release is the program's version as operators know it; shown in Info.
	Release string
	// OnCommit is told of each committed height, from the engine's goroutine:
	// it must not block. May be nil.
	OnCommit func(height int64)
	// OnGiveUp is told of a waiting transaction that no block may hold, for
	// the mempool to drop it. It must not block. May be nil.
	OnGiveUp func(tx []byte)
}

// App is the ABCI application. CheckTx, Query and View may run at any time and
// from many goroutines; the consensus methods come one at a time.
type App struct {
	abci.BaseApplication

	chainID string
	release string
	store   *store.Store
	modules Modules
	list    []*module.Module
	acts    map[protoreflect.FullName]module.Act
	queries map[string]module.Query

	verified *verifiedCache
	present  atomic.Pointer[present]
	onCommit func(int64)
	onGiveUp func([]byte)
	metrics  metrics

	// clock is the last committed block's time, unix seconds; 0 until known.
	clock atomic.Int64

	mu sync.Mutex // guards the two below
	// genesis is the state to start from, kept until the first block is
	// committed: InitChain itself writes nothing durable.
	genesis *genesisState
	// decided is the time of the block that is prepared and not committed.
	decided int64
}

var _ abci.Application = (*App)(nil)

// New opens the state and wires the modules. It refuses tables, acts or
// refusals that collide, and a state that is not this application's.
func New(c Config) (*App, error) {
	if err := envelope.CheckChainID(c.ChainID); err != nil {
		return nil, err
	}
	a := &App{
		chainID: c.ChainID, release: c.Release, modules: wire(),
		acts: map[protoreflect.FullName]module.Act{}, queries: map[string]module.Query{},
		verified: newVerifiedCache(verifiedBytes), metrics: newMetrics(), onCommit: c.OnCommit, onGiveUp: c.OnGiveUp,
	}
	a.list = a.modules.list()
	if err := a.index(); err != nil {
		return nil, err
	}
	s, err := store.Open(c.DB, c.Store)
	if err != nil {
		return nil, fmt.Errorf("open the state: %w", err)
	}
	a.store = s
	return a, nil
}

func (a *App) index() error {
	// The refusals that belong to no module take part in the collision check.
	outside := &module.Module{Name: "app", Errors: append(envelope.Errors(), refusals()...)}
	if err := module.CheckTable(append([]*module.Module{outside}, a.list...)); err != nil {
		return err
	}
	for _, m := range a.list {
		for _, act := range m.Acts {
			a.acts[act.Message.ProtoReflect().Descriptor().FullName()] = act
		}
		for _, q := range m.Queries {
			a.queries[fmt.Sprintf("/filiera.%s.v1.Query/%s", m.Name, q.Method)] = q
		}
	}
	return a.complete()
}

// Refusals lists every refusal of the ledger, for the reference page.
func Refusals() []*module.Error {
	list := append(envelope.Errors(), refusals()...)
	for _, m := range wire().list() {
		list = append(list, m.Errors...)
	}
	return list
}

// Close closes the state. The database stays the caller's.
func (a *App) Close() error { return a.store.Close() }

// ChainID is the chain this application serves.
func (a *App) ChainID() string { return a.chainID }

// Height is the last committed height.
func (a *App) Height() int64 { return a.store.Height() }

// Modules gives the wired modules, for questions in this process.
func (a *App) Modules() Modules { return a.modules }

// SetClock tells the application the time of the last committed block, which
// only the block store knows after a restart. It never goes back.
func (a *App) SetClock(unix int64) {
	for {
		old := a.clock.Load()
		if unix <= old || a.clock.CompareAndSwap(old, unix) {
			return
		}
	}
}

// View runs fn on the last committed state, which stays what it is while fn
// runs.
func (a *App) View(fn func(*store.View) error) error { return a.store.View(fn) }

// Read runs fn with a module reader on the last committed state.
func (a *App) Read(fn func(*module.Reader) error) error {
	return a.store.View(func(v *store.View) error { return fn(a.reader(v)) })
}

// now is Read, but over the genesis state until the first block is committed.
func (a *App) now(fn func(*module.Reader) error) error {
	a.mu.Lock()
	g := a.genesis
	a.mu.Unlock()
	if g == nil {
		return a.Read(fn)
	}
	return fn(a.genesisReader(g.view, g))
}

func (a *App) reader(v *store.View) *module.Reader {
	return module.NewReader(v, module.Block{ChainID: a.chainID, Height: v.Height(), Time: a.clock.Load()})
}
