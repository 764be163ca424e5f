package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"time"

	cmtdb "github.com/cometbft/cometbft-db"
	cmtcfg "github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/libs/cli/flags"
	"github.com/cometbft/cometbft/libs/log"
	cmtnode "github.com/cometbft/cometbft/node"
	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/privval"
	"github.com/cometbft/cometbft/proxy"
	sm "github.com/cometbft/cometbft/state"

	"github.com/filiera-chain/filiera/app"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/store"
)

// Node is a running process: engine, application, projector, gateway.
type Node struct {
	cfg       Config
	log       *slog.Logger
	app       *app.App
	comet     *cmtnode.Node
	engine    *engine
	index     *index.DB
	projector *index.Projector
	dropped   *dropped
	server    *http.Server
	listener  net.Listener

	cancel  context.CancelFunc
	workers sync.WaitGroup
	closers []func() error // last opened first
}

// gcPercent lets the heap grow further between collections than Go's default:
// under load half a collection's work is for transactions that are gone by the
// next. memorySlack bounds what that may cost beside the tree's own budget.
const (
	gcPercent   = 300
	memorySlack = 2 << 30
)

// TuneMemory sets the collector of this process, unless the operator did (GOGC,
// GOMEMLIMIT). stateMemory is the tree's budget in bytes; 0 means the store's
// default.
func TuneMemory(stateMemory int64) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		if stateMemory == 0 {
			stateMemory = store.DefaultMemoryBudget
		}
		debug.SetMemoryLimit(2*stateMemory + memorySlack)
	}
}

// Start opens a home and brings everything up: state, engine (which replays
// what the state lacks), projector, gateway. On error whatever had been opened
// is closed again.
func Start(ctx context.Context, cfg Config, logger *slog.Logger) (n *Node, err error) {
	n = &Node{cfg: cfg, log: logger, dropped: newDropped()}
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	n.cancel = cancel
	defer func() {
		if err != nil {
			err = errors.Join(err, n.Stop())
			n = nil
		}
	}()
	c, err := LoadEngine(cfg.Home)
	if err != nil {
		return n, err
	}
	if cfg.Tune != nil {
		cfg.Tune(c)
	}
	TuneMemory(cfg.StateMemory)
	if err := n.startEngine(c); err != nil {
		return n, err
	}
	if err := n.startWorkers(run); err != nil {
		return n, err
	}
	if err := n.startGateway(run); err != nil {
		return n, err
	}
	return n, nil
}

func (n *Node) onClose(f func() error) { n.closers = append(n.closers, f) }

func (n *Node) startEngine(c *cmtcfg.Config) error {
	logger, err := n.engineLogger()
	if err != nil {
		return err
	}
	doc, err := cmtnode.DefaultGenesisDocProviderFunc(c)()
	if err != nil {
		return fmt.Errorf("read the genesis document %s: %w", n.cfg.Home.Genesis(), err)
	}
	blocks := newBell()
	db, err := openState(n.cfg)
	if err != nil {
		return fmt.Errorf("open the state's database: %w", err)
	}
	n.onClose(db.Close)
	n.app, err = app.New(app.Config{
		DB: db, Store: store.Options{MemoryBudget: n.cfg.StateMemory}, ChainID: doc.ChainID, Release: n.cfg.Release,
		OnCommit: func(int64) { blocks.ring() }, OnGiveUp: n.dropped.push,
	})
	if err != nil {
		return err
	}
	n.onClose(n.app.Close)
	return n.startComet(c, logger, blocks)
}

func (n *Node) startComet(c *cmtcfg.Config, logger log.Logger, blocks *bell) error {
	nodeKey, err := p2p.LoadNodeKey(c.NodeKeyFile())
	if err != nil {
		return fmt.Errorf("read the node key: %w", err)
	}
	if _, err := os.Stat(c.PrivValidatorKeyFile()); err != nil {
		return fmt.Errorf("read the validator key: %w", err)
	}
	var stateDB cmtdb.DB
	databases := func(d *cmtcfg.DBContext) (cmtdb.DB, error) {
		db, err := cmtcfg.DefaultDBProvider(d)
		if d.ID == "state" {
			stateDB = db
		}
		return db, err
	}
	c.Instrumentation.Prometheus = c.Instrumentation.Prometheus && n.cfg.Metrics
	n.comet, err = cmtnode.NewNode(c, privval.LoadFilePV(c.PrivValidatorKeyFile(), c.PrivValidatorStateFile()), nodeKey,
		proxy.NewConnSyncLocalClientCreator(n.app), cmtnode.DefaultGenesisDocProviderFunc(c), databases, n.metricsProvider(c), logger)
	if err != nil {
		return fmt.Errorf("start the engine: %w", err)
	}
	n.engine = &engine{app: n.app, node: n.comet, states: sm.NewStore(stateDB, sm.StoreOptions{}), blocks: blocks}
	if head := n.engine.Head(); head != nil {
		n.app.SetClock(head.Header.Time.Unix())
	}
	if err := n.comet.Start(); err != nil {
		return fmt.Errorf("start the engine: %w", err)
	}
	n.onClose(func() error {
		if err := n.comet.Stop(); err != nil {
			return fmt.Errorf("stop the engine: %w", err)
		}
		n.comet.Wait()
		return nil
	})
	return nil
}

func (n *Node) metricsProvider(c *cmtcfg.Config) cmtnode.MetricsProvider {
	instrumentation := *c.Instrumentation
	if instrumentation.Prometheus {
		// The provider asks for an address before it counts anything; no
		// server is started for it, the gateway serves the numbers.
		instrumentation.PrometheusListenAddr = "gateway"
	}
	return cmtnode.DefaultMetricsProvider(&instrumentation)
}

// App is the application, for questions in this process.
func (n *Node) App() *app.App { return n.app }

// GatewayURL is where the gateway answers, or "".
func (n *Node) GatewayURL() string {
	if n.listener == nil {
		return ""
	}
	return "http://" + n.listener.Addr().String()
}

// Failed closes when the engine has stopped by itself.
func (n *Node) Failed() <-chan struct{} { return n.comet.Quit() }

// stopTimeout is how long requests under way may take to finish.
const stopTimeout = 2 * time.Second

// Stop ends everything, last started first. It may be called once.
func (n *Node) Stop() error {
	var errs []error
	if n.server != nil {
		ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
		defer cancel()
		// A connection that was opened and never used counts as busy for a
		// while; what is still there after the wait is closed.
		if err := n.server.Shutdown(ctx); err != nil {
			errs = append(errs, n.server.Close())
		}
	}
	n.cancel()
	n.workers.Wait()
	for i := len(n.closers) - 1; i >= 0; i-- {
		errs = append(errs, n.closers[i]())
	}
	return errors.Join(errs...)
}

func (n *Node) engineLogger() (log.Logger, error) {
	var base log.Logger
	if n.cfg.LogFormat == "json" {
		base = log.NewTMJSONLogger(log.NewSyncWriter(os.Stderr))
	} else {
		base = log.NewTMLogger(log.NewSyncWriter(os.Stderr))
	}
	level := n.cfg.LogLevel
	if level == "" {
		level = "error"
	}
	l, err := flags.ParseLogLevel(level, base, "error")
	if err != nil {
		return nil, fmt.Errorf("log level %q: %w", level, err)
	}
	return l, nil
}
