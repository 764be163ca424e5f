package gateway

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/filiera-chain/filiera/evidence"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/private"
	"github.com/filiera-chain/filiera/units/tree"
)

// Config is what a gateway stands on. What says so may be left out.
type Config struct {
	Ledger    Ledger
	Engine    Engine
	Index     index.Model
	Projector *index.Projector
	// Blocks is what /v1/stream reads from; nil leaves it unavailable.
	Blocks index.Source
	Log    *slog.Logger
	// Rehearse tries transactions; nil leaves that unavailable.
	Rehearse Rehearse
	// Facts gathers what contracts see of a batch; nil leaves that unavailable.
	Facts FactsOf
	// Version of the program, as people know it.
	Version string
	Limits  Limits
	// ReadyLag is how many blocks the read model may be behind while the node
	// calls itself ready; 0 means 20.
	ReadyLag int64
	// EPCIS answers everything under /epcis; nil leaves it out.
	EPCIS http.Handler
	// Privacy says who may see what. Needed.
	Privacy Privacy
	// Mailbox keeps sealed packages; nil keeps none.
	Mailbox *private.Mailbox
	// Documents are served by their hash; nil serves none. AcceptDocuments lets
	// participants add to them.
	Documents       evidence.Store
	AcceptDocuments bool
	// Audit is told who left and took what, never what it says; nil tells nobody.
	Audit *slog.Logger
	// Units is where tree files of units are kept; nil keeps none. Relay carries
	// reveals of their codes to the ledger; nil carries none.
	Units *tree.Shelf
	Relay *Relay
	// Metrics is shown at /metrics and given the gateway's own; nil makes one.
	Metrics *prometheus.Registry
}

// Gateway is the HTTP handler. It is safe for concurrent use and starts no
// goroutine of its own.
type Gateway struct {
	c       Config
	log     *slog.Logger
	mux     *http.ServeMux
	api     huma.API
	limiter *limiter
	waiters *waiters
	metrics *metrics
	streams atomic.Int64
	// ending is done once the server is to stop, which ends the streams.
	ending     context.Context
	endStreams context.CancelFunc
	cancel     func()
	now        func() time.Time
	// proving counts the requests that look for a header; proofWithin bounds
	// how long one does.
	proving     atomic.Int64
	proofWithin time.Duration
	lists       statusLists
	challenges  *challenges
	// documentSlots bounds how many documents are under way.
	documentSlots chan struct{}
	// walkSlots bounds how many questions walk along chains at a time.
	walkSlots chan struct{}
	// rehearsalSlots bounds how many transactions are tried at a time.
	rehearsalSlots chan struct{}
	// acquits limits, and acquitSlots bounds, the reveals of codes.
	acquits     *limiter
	acquitSlots chan struct{}
	// lastTime is the time of the last block that was asked for.
	lastTime atomic.Pointer[heightTime]
}

// New builds the gateway.
func New(c Config) (*Gateway, error) {
	if c.Ledger == nil || c.Engine == nil || c.Index == nil || c.Projector == nil || c.Log == nil || c.Privacy == nil {
		return nil, errors.New("gateway: ledger, engine, index, projector, privacy and log are all needed")
	}
	if c.Metrics == nil {
		c.Metrics = prometheus.NewRegistry()
	}
	if c.ReadyLag == 0 {
		c.ReadyLag = 20
	}
	if c.Limits.Waiters == 0 {
		c.Limits.Waiters = DefaultLimits().Waiters
	}
	g := &Gateway{c: c, log: c.Log, mux: http.NewServeMux(), now: time.Now, proofWithin: proofWithin, waiters: newWaiters(c.Limits.Waiters)}
	if g.c.Audit == nil {
		g.c.Audit = slog.New(slog.DiscardHandler)
	}
	g.challenges, g.documentSlots = newChallenges(func() time.Time { return g.now() }), make(chan struct{}, documentsAtOnce)
	g.walkSlots, g.rehearsalSlots = make(chan struct{}, walksAtOnce), make(chan struct{}, rehearsalsAtOnce)
	g.ending, g.endStreams = context.WithCancel(context.Background())
	g.limiter = newLimiter(c.Limits, func() time.Time { return g.now() })
	g.acquits, g.acquitSlots = newLimiter(acquitLimits(c.Limits), func() time.Time { return g.now() }), make(chan struct{}, acquitsAtOnce)
	var err error
	if g.metrics, err = newMetrics(g, c.Metrics); err != nil {
		return nil, fmt.Errorf("gateway: metrics: %w", err)
	}
	g.api = humago.New(g.mux, apiConfig(c.Version))
	g.api.UseMiddleware(g.strictQuery)
	g.routes()
	if err := g.documents(); err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	g.cancel = c.Projector.Subscribe(g.waiters.projected)
	return g, nil
}

// Close lets go of the projector. Requests at work are the server's to end.
func (g *Gateway) Close() { g.endStreams(); g.cancel() }

func apiConfig(version string) huma.Config {
	c := huma.DefaultConfig("Filiera", version)
	c.Info.Description = "A permissioned ledger for typical products: what it holds, with proof. " +
		"Records are read from the last committed state, lists from the read model. " +
		"Every error is application/problem+json with a stable code. Lists page by an opaque token. " +
		"The REST binding of EPCIS 2.0 is at /epcis and describes itself at /epcis/openapi.json."
	c.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	// The documents are made once, by us; answers do not carry $schema.
	c.OpenAPIPath, c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", "", nil
	return c
}

func (g *Gateway) routes() {
	g.verifyRoutes()
	g.registryRoutes()
	g.productRoutes()
	g.descriptionRoutes()
	g.locationRoutes()
	g.digitalLinkRoutes()
	g.attestationRoutes()
	g.requestRoutes()
	g.impactRoutes()
	g.statusListRoutes()
	g.signedRoutes()
	g.privacyRoutes()
	g.mailboxRoutes()
	g.evidenceRoutes()
	g.txRoutes()
	g.streamRoutes()
	g.rehearseRoutes()
	g.matterRoutes()
	g.custodyRoutes()
	g.article18Routes()
	g.unitRoutes()
	g.graphRoutes()
	g.recallRoutes()
	g.contractRoutes()
	g.actRoutes()
	g.registerRoutes()
	g.budgetRoutes()
	g.searchRoutes()
	g.operationRoutes()
	if g.c.EPCIS != nil {
		g.mux.Handle(epcisRoute, g.c.EPCIS)
		g.mux.Handle("/epcis", g.c.EPCIS)
	}
}

// epcisRoute is the room of the EPCIS 2.0 REST interface, which describes itself
// at /epcis/openapi.json, answers OPTIONS and bounds its own work.
const epcisRoute = "/epcis/"

func isEPCIS(route string) bool { return route == epcisRoute || route == "/epcis" }

// op describes a read.
func op(id, path, tag, summary, description string) huma.Operation {
	return huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Tags: []string{tag}, Summary: summary, Description: description}
}

// strictQuery refuses query parameters that the operation does not have: a
// filter that is misspelt must not answer as if there were none.
func (g *Gateway) strictQuery(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	query, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		badRequest("query", "the query string cannot be read: %v", err).write(w)
		return
	}
	known := map[string]bool{}
	for _, p := range ctx.Operation().Parameters {
		known[p.Name] = p.In == "query"
	}
	for name, values := range query {
		if !known[name] {
			problem(http.StatusBadRequest, "query.unknown", "there is no query parameter %q here; /docs lists those there are", clip(name)).write(w)
			return
		}
		if len(values) > 1 {
			badRequest("query", "the query parameter %q stands %d times; write it once", clip(name), len(values)).write(w)
			return
		}
	}
	next(ctx)
}

// fail turns any error into a problem; those that are none are logged.
func (g *Gateway) fail(err error) error {
	var p *Problem
	switch {
	case err == nil:
		return nil
	case errors.As(err, &p):
		return p
	case errors.Is(err, index.ErrPageToken):
		return badRequest("page_token", "%v", err)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return problem(http.StatusServiceUnavailable, "gateway.timeout", "the answer took too long; ask again, or for less")
	}
	g.log.Error("a request could not be answered", "err", err)
	return errInternal()
}

// body is an answer of one JSON value.
type body[T any] struct{ Body T }

// respond wraps what a handler found.
func respond[T any](g *Gateway, v T, err error) (*body[T], error) {
	if err != nil {
		return nil, g.fail(err)
	}
	return &body[T]{v}, nil
}

func upperHex(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }
