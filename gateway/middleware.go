package gateway

import (
	"context"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

// answerWithin bounds the work on a request that does not ask to wait.
const answerWithin = 30 * time.Second

// ServeHTTP implements http.Handler.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	out := &answer{ResponseWriter: w}
	handler, route := g.mux.Handler(r)
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler { //nolint:errorlint // the server's own sentinel, as it compares it
				panic(p)
			}
			g.log.Error("a request failed", "method", r.Method, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
			if out.status == 0 {
				errInternal().write(out)
			}
		}
		g.metrics.answered(route, r.Method, out.status, time.Since(began))
	}()
	guard(out.Header())
	if r.Method == http.MethodOptions && !isEPCIS(route) {
		preflight(out)
		return
	}
	if isAcquit(route) && !g.acquits.allow(out, r) {
		problem(http.StatusTooManyRequests, "request.too_many",
			"this address reveals more codes than it may; wait %s s", out.Header().Get("Retry-After")).write(out)
		return
	}
	if read(r.Method) || route == rehearseRoute {
		out.Header().Set("Access-Control-Allow-Origin", "*")
		out.Header().Set("Access-Control-Expose-Headers", "Link, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset")
		if !operations[route] && !g.limiter.allow(out, r) {
			problem(http.StatusTooManyRequests, "request.too_many",
				"this address asks more often than it may; wait %s s", out.Header().Get("Retry-After")).write(out)
			return
		}
	}
	if route == "" {
		unrouted(handler, out, r)
		return
	}
	if isEPCIS(route) || route == streamRoute {
		g.mux.ServeHTTP(out, r)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience(route))
	defer cancel()
	g.mux.ServeHTTP(out, r.WithContext(ctx))
}

func read(method string) bool { return method == http.MethodGet || method == http.MethodHead }

// operations are asked by the machines that watch the node, at their own pace.
var operations = map[string]bool{"GET /healthz": true, "GET /readyz": true, "GET /metrics": true}

func isAcquit(route string) bool { return route == acquitRoute || route == acquitPageRoute }

func patience(route string) time.Duration {
	if route == waitRoute {
		return maxWait + answerWithin
	}
	if route == sendRoute {
		return sendWithin
	}
	if route == putDocumentRoute || route == getDocumentRoute {
		return documentWithin
	}
	return answerWithin
}

// guard sets the headers that keep browsers from making more of an answer than
// it is.
func guard(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cache-Control", "no-cache")
}

func preflight(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Accept, Accept-Language, Content-Type")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}

// unrouted answers what no route is for. The mux knows whether another method
// would do, or where the path really is.
func unrouted(handler http.Handler, w http.ResponseWriter, r *http.Request) {
	probe := &probe{header: http.Header{}}
	handler.ServeHTTP(probe, r)
	switch {
	case probe.status == http.StatusMethodNotAllowed:
		w.Header().Set("Allow", probe.header.Get("Allow"))
		problem(http.StatusMethodNotAllowed, "route.method_not_allowed",
			"%s takes %s, not %s", r.URL.Path, probe.header.Get("Allow"), r.Method).write(w)
	case probe.status >= 300 && probe.status < 400:
		w.Header().Set("Location", probe.header.Get("Location"))
		w.WriteHeader(probe.status)
	default:
		problem(http.StatusNotFound, "route.not_found", "there is nothing at %s; /docs lists what there is", clip(r.URL.Path)).write(w)
	}
}

// probe takes an answer for its status and headers only.
type probe struct {
	header http.Header
	status int
}

func (p *probe) Header() http.Header { return p.header }
func (p *probe) WriteHeader(s int)   { p.status = s }
func (p *probe) Write(b []byte) (int, error) {
	if p.status == 0 {
		p.status = http.StatusOK
	}
	return len(b), nil
}

// answer notes the status that was written.
type answer struct {
	http.ResponseWriter
	status int
}

func (a *answer) WriteHeader(s int) {
	if a.status == 0 {
		a.status = s
	}
	a.ResponseWriter.WriteHeader(s)
}

func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func clip(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) > 120 {
		return strings.ToValidUTF8(s[:120], "") + "…"
	}
	return s
}

func statusClass(status int) string { return strconv.Itoa(status) }
