package main

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"

	"github.com/rogpeppe/go-internal/testscript"
)

// lineScript stands between a script and its node as a line that fails:
//
//	line cut N   lets FILIERA_NODE be reached until the Nth transaction: the
//	             node gets it, its answer is lost, and nothing passes after it
//	line drop N  the same, but the node does not get the Nth transaction
//	line mend    makes FILIERA_NODE the node again
func lineScript(ts *testscript.TestScript, neg bool, args []string) {
	lines := ts.Value(linesKey{}).(map[string]string)
	switch {
	case !neg && len(args) == 2 && (args[0] == "cut" || args[0] == "drop") && len(args[1]) == 1 && args[1] >= "1" && args[1] <= "9":
		node := ts.Getenv("FILIERA_NODE")
		target, err := url.Parse(node)
		ts.Check(err)
		server := httptest.NewServer(cutLine(target, int64(args[1][0]-'0'), args[0] == "cut"))
		ts.Defer(server.Close)
		lines[server.URL] = node
		ts.Setenv("FILIERA_NODE", server.URL)
	case !neg && len(args) == 1 && args[0] == "mend":
		ts.Setenv("FILIERA_NODE", lines[ts.Getenv("FILIERA_NODE")])
	default:
		ts.Fatalf("usage: line cut|drop N | line mend")
	}
}

// linesKey finds the node behind each line of a script.
type linesKey struct{}

func cutLine(target *url.URL, last int64, arrives bool) http.Handler {
	node := httputil.NewSingleHostReverseProxy(target)
	var sent atomic.Int64
	var down atomic.Bool
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			panic(http.ErrAbortHandler)
		}
		if r.Method == http.MethodPost && r.URL.Path == "/v1/txs" && sent.Add(1) == last {
			down.Store(true)
			if arrives {
				node.ServeHTTP(httptest.NewRecorder(), r)
			}
			panic(http.ErrAbortHandler)
		}
		node.ServeHTTP(w, r)
	})
}
