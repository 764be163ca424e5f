package gateway

import (
	"context"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

func (g *Gateway) operationRoutes() {
	huma.Register(g.api, op("getStatus", "/status", "Operations", "What the node is doing", ""), g.getStatus)
	huma.Register(g.api, op("getHealth", "/healthz", "Operations", "Whether the node is alive", "503 when its state cannot be read."), g.getHealth)
	huma.Register(g.api, op("getReady", "/readyz", "Operations", "Whether the node should be asked",
		"503 while it catches up with the chain, or its read model with it."), g.getReady)
	metrics := promhttp.HandlerFor(g.c.Metrics, promhttp.HandlerOpts{})
	g.mux.Handle("GET /metrics", metrics)
	g.api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "getMetrics", Method: http.MethodGet, Path: "/metrics", Tags: []string{"Operations"}, Summary: "Prometheus metrics",
		Responses: map[string]*huma.Response{"200": {
			Description: "Text exposition format", Content: map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: huma.TypeString}}},
		}},
	})
}

// Status is what the node is doing.
type Status struct {
	ChainID        string    `json:"chain_id"`
	Height         int64     `json:"height" doc:"Last committed height"`
	Time           time.Time `json:"time" doc:"Time of the last block"`
	AppHash        string    `json:"app_hash" doc:"Root of the state after it"`
	ValidatorsHash string    `json:"validators_hash" doc:"What a bundle is checked against"`
	CatchingUp     bool      `json:"catching_up"`
	Peers          int       `json:"peers"`
	Version        string    `json:"version"`
	IndexHeight    int64     `json:"index_height" doc:"Last height in the read model"`
	IndexFailure   string    `json:"index_failure,omitempty" doc:"Why the read model does not follow"`
}

func (g *Gateway) getStatus(ctx context.Context, _ *struct{}) (*body[Status], error) {
	s, err := g.status(ctx)
	return respond(g, s, err)
}

func (g *Gateway) status(ctx context.Context) (Status, error) {
	e, err := g.c.Engine.Status(ctx)
	if err != nil {
		if none := g.c.Ledger.View(needBlock); none != nil {
			err = none // it has nothing to say yet
		}
		return Status{}, err
	}
	at := g.c.Projector.Status()
	s := Status{
		ChainID: g.c.Ledger.ChainID(), Time: e.Time.UTC(), ValidatorsHash: hex.EncodeToString(e.ValidatorsHash),
		CatchingUp: e.CatchingUp, Peers: e.Peers, Version: g.c.Version, IndexHeight: at.Height, IndexFailure: at.Failure,
	}
	return s, g.c.Ledger.View(func(v View) error {
		s.Height, s.AppHash = v.Height(), hex.EncodeToString(v.AppHash())
		return nil
	})
}

func errNoBlock() *Problem {
	return problem(http.StatusServiceUnavailable, "node.no_block", "the chain has no block yet")
}

// needBlock refuses a chain that has not begun.
func needBlock(v View) error {
	if v.Height() == 0 {
		return errNoBlock()
	}
	return nil
}

// Condition is an answer of the probes.
type Condition struct {
	Status string `json:"status"`
}

func (g *Gateway) getHealth(context.Context, *struct{}) (*body[Condition], error) {
	err := g.c.Ledger.View(func(v View) error {
		_, err := v.Get([]byte("registry/"))
		return err
	})
	if err != nil {
		g.log.Error("the state cannot be read", "err", err)
		return nil, problem(http.StatusServiceUnavailable, "node.unhealthy", "the state cannot be read; the node's log says why")
	}
	return &body[Condition]{Condition{"ok"}}, nil
}

func (g *Gateway) getReady(ctx context.Context, _ *struct{}) (*body[Condition], error) {
	s, err := g.status(ctx)
	if err != nil {
		return nil, g.fail(err)
	}
	switch {
	case s.CatchingUp:
		return nil, problem(http.StatusServiceUnavailable, "node.catching_up", "the node is at height %d and still catches up with the chain", s.Height)
	case s.Height == 0:
		return nil, errNoBlock()
	case s.Height-s.IndexHeight > g.c.ReadyLag:
		return nil, problem(http.StatusServiceUnavailable, "node.index_behind", "the read model is at height %d of %d", s.IndexHeight, s.Height)
	}
	return &body[Condition]{Condition{"ready"}}, nil
}
