package node

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/filiera-chain/filiera/app"
	"github.com/filiera-chain/filiera/gateway"
	"github.com/filiera-chain/filiera/store"
)

// ledger is the application as the gateway reads it.
type ledger struct{ app *app.App }

func (l ledger) ChainID() string { return l.app.ChainID() }

func (l ledger) View(fn func(gateway.View) error) error {
	return l.app.View(func(v *store.View) error { return fn(v) })
}

func (l ledger) rehearse(raw, signer []byte, now int64) (int64, string, uint32, *abci.ExecTxResult, error) {
	r, err := l.app.Rehearse(raw, signer, now)
	if err != nil {
		return 0, "", 0, nil, err
	}
	return r.Height, r.Signer, r.Act, r.Result, nil
}

// Status implements gateway.Engine.
func (e *engine) Status(context.Context) (gateway.EngineStatus, error) {
	head := e.Head()
	if head == nil {
		return gateway.EngineStatus{}, errors.New("the chain has no block yet")
	}
	return gateway.EngineStatus{
		Height: head.Header.Height, Time: head.Header.Time, ValidatorsHash: head.Header.ValidatorsHash,
		CatchingUp: e.CatchingUp(), Peers: e.Peers(),
	}, nil
}

func (n *Node) startGateway(ctx context.Context) error {
	if n.cfg.Gateway == "" {
		return nil
	}
	limits := gateway.DefaultLimits()
	if n.cfg.ReadsPerSecond > 0 {
		limits.ReadsPerSecond = n.cfg.ReadsPerSecond
	}
	limits.Proxies = n.cfg.Proxies
	events, err := n.startEPCIS(ctx)
	if err != nil {
		return err
	}
	c := gateway.Config{
		Ledger: ledger{n.app}, Engine: n.engine, Index: n.index, Projector: n.projector, Blocks: n.source(), Log: n.log, Rehearse: ledger{n.app}.rehearse, Facts: n.app.Facts,
		Version: n.cfg.Release, Limits: limits, Metrics: n.registry(), EPCIS: events,
	}
	if err := n.openPrivacy(ctx, &c); err != nil {
		return err
	}
	if err := n.openUnits(&c); err != nil {
		return err
	}
	g, err := gateway.New(c)
	if err != nil {
		return err
	}
	n.onClose(func() error { g.Close(); return nil })
	if c.Mailbox != nil {
		n.work(func() { n.sweep(ctx, g) })
	}
	n.listener, err = net.Listen("tcp", n.cfg.Gateway)
	if err != nil {
		return fmt.Errorf("listen for the gateway on %s: %w; choose another address with --gateway", n.cfg.Gateway, err)
	}
	n.server = gateway.NewServer(g, n.log)
	n.work(func() {
		if err := n.server.Serve(n.listener); !errors.Is(err, http.ErrServerClosed) {
			n.log.Error("the gateway stopped", "err", err)
		}
	})
	return nil
}

// registry holds the numbers of the application and, when this node owns the
// process, of the engine and the runtime.
func (n *Node) registry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	if own, is := prometheus.DefaultRegisterer.(*prometheus.Registry); is && n.cfg.Metrics {
		r = own
	}
	for _, c := range n.app.Metrics() {
		r.MustRegister(c)
	}
	return r
}
