package epcisrest

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"

	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/tokens"
)

// Config is what the service stands on.
type Config struct {
	ChainID   string
	Index     index.Model
	Projector *index.Projector
	// Broadcast hands a transaction to the mempool and answers what CheckTx said.
	Broadcast func(ctx context.Context, raw []byte) (*abci.ResponseCheckTx, error)
	// Head is the last committed height, of which the read model may be behind.
	Head func() int64
	// Participant is whose key an address is, "" when nobody's.
	Participant func(address [20]byte) (string, error)
	// Store keeps jobs, queries and subscriptions; nil turns them all off.
	Store *Store
	// Tokens says who may write; nil lets nobody.
	Tokens *tokens.File
	// Signers are the unlocked keys by their names; none turns capture off.
	Signers map[string]*ecdsa.PrivateKey
	// WebhookNetworks are networks inside which webhooks may be called although
	// they are not public: a warehouse system beside the node.
	WebhookNetworks []netip.Prefix
	Log             *slog.Logger
	// Version of the program.
	Version string
}

// Service is the HTTP handler of everything under /epcis. Run does what outlives
// a request: capture jobs, subscriptions. Safe for concurrent use.
type Service struct {
	c       Config
	log     *slog.Logger
	mux     *http.ServeMux
	now     func() time.Time
	limiter *tokenLimiter
	blocks  *bell
	jobs    *bell
	subs    *bell
	// builder makes transactions that live for lifetime seconds at most.
	building sync.Mutex
	builder  *client.Builder
	lifetime int64
	// sockets counts the open websockets.
	sockets  socketCount
	running  sync.WaitGroup
	stop     chan struct{}
	stopOnce sync.Once
	caller   *http.Client
}

// New builds the service.
func New(c Config) (*Service, error) {
	if c.Index == nil || c.Projector == nil || c.Log == nil || c.Broadcast == nil || c.Participant == nil || c.Head == nil {
		return nil, errors.New("epcisrest: index, projector, log, broadcast, head and participant are all needed")
	}
	s := &Service{
		c: c, log: c.Log, mux: http.NewServeMux(), now: time.Now, blocks: newBell(), jobs: newBell(), subs: newBell(),
		limiter: newTokenLimiter(), stop: make(chan struct{}),
	}
	s.caller = webhookClient(c.WebhookNetworks)
	if err := envelope.CheckChainID(c.ChainID); err != nil {
		return nil, err
	}
	s.routes()
	return s, nil
}

var _ http.Handler = (*Service)(nil)

// ServeHTTP implements http.Handler.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if len(r.URL.RawQuery) > maxURL || len(r.URL.EscapedPath()) > maxURL {
		(&Problem{
			Type: "epcisException:URITooLongException", Title: "The address is too long", Status: http.StatusRequestURITooLong,
			Code: "epcis.uri_too_long", Detail: "the address is too long; ask with a named query (POST /epcis/queries) instead",
		}).write(w)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// maxURL bounds the path and the query of a request, in bytes.
const maxURL = 16 << 10

// answerWithin bounds the work on a question.
const answerWithin = 30 * time.Second

// handler answers a request, or gives the problem that stands in its way.
type handler func(w http.ResponseWriter, r *http.Request, n negotiated) *Problem

// route is a resource: what answers each method.
type route struct {
	path     string
	get      handler
	post     handler
	del      handler
	private  bool // never readable by the scripts of other sites
	capture  bool // tells the capture limits
	unbound  bool // sets its own time limit
	describe string
}

func (rt *route) methods() []string {
	var out []string
	for _, m := range [...]struct {
		name string
		h    handler
	}{{http.MethodGet, rt.get}, {http.MethodPost, rt.post}, {http.MethodDelete, rt.del}} {
		if m.h != nil {
			out = append(out, m.name)
		}
	}
	return out
}

func (rt *route) handler(method string) handler {
	switch method {
	case http.MethodGet, http.MethodHead:
		return rt.get
	case http.MethodPost:
		return rt.post
	case http.MethodDelete:
		return rt.del
	}
	return nil
}

func (s *Service) routes() {
	for _, rt := range s.table() {
		s.mux.HandleFunc(rt.path, func(w http.ResponseWriter, r *http.Request) { s.serve(&rt, w, r) })
	}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		exception("NoSuchResourceException", "there is nothing at %s; /epcis/openapi.json lists what there is", clip(r.URL.Path)).write(w)
	})
}

func (s *Service) serve(rt *route, w http.ResponseWriter, r *http.Request) {
	if rt.private {
		for _, name := range [...]string{"Access-Control-Allow-Origin", "Access-Control-Expose-Headers"} {
			w.Header().Del(name)
		}
	}
	if r.Method == http.MethodOptions {
		if !rt.private {
			allowScripts(w.Header())
		}
		s.discovery(w, r, rt.methods(), rt.capture)
		return
	}
	h := rt.handler(r.Method)
	if h == nil {
		w.Header().Set("Allow", strings.Join(append(rt.methods(), http.MethodOptions), ", "))
		(&Problem{
			Type: "epcisException:ImplementationException", Title: "Method not allowed", Status: http.StatusMethodNotAllowed,
			Code: "route.method_not_allowed", Detail: clip(r.URL.Path) + " takes " + strings.Join(rt.methods(), ", "),
		}).write(w)
		return
	}
	n, p := s.negotiate(w, r)
	if p == nil {
		if !rt.unbound {
			ctx, cancel := context.WithTimeout(r.Context(), answerWithin)
			defer cancel()
			r = r.WithContext(ctx)
		}
		p = h(w, r, n)
	}
	if p != nil {
		p.write(w)
	}
}

// allowScripts lets the scripts of any site read what is public.
func allowScripts(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Accept, Accept-Language, Content-Type, GS1-EPCIS-Version, GS1-EPCIS-Min, GS1-EPCIS-Max, "+
		"GS1-CBV-Version, GS1-CBV-Min, GS1-CBV-Max, GS1-EPC-Format, GS1-CBV-XML-Format, GS1-Extensions")
	h.Set("Access-Control-Max-Age", "86400")
}

// failed logs what went wrong inside, and gives what its asker learns.
func (s *Service) failed(err error) *Problem {
	var known *Problem
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, index.ErrPageToken):
		return badParameter("nextPageToken", "%v", err)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return exception("QueryTooComplexException", "the answer took too long; ask for less").with(http.StatusServiceUnavailable, "gateway.timeout")
	}
	s.log.Error("an EPCIS request could not be answered", "err", err)
	return exception("ImplementationException", "the node could not answer; its log says why")
}
