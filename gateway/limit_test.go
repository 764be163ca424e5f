package gateway

import (
	"fmt"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestReadsAreLimitedPerAddress(t *testing.T) {
	w := newWorld(t, func(c *Config) {
		c.Limits = Limits{ReadsPerSecond: 1, Burst: 3, Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	})
	var mu sync.Mutex
	now := time.Unix(firstTime, 0)
	w.gw.now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	ask := func(method, path, from, forwarded string) *httptest.ResponseRecorder {
		req := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader("x"))
		req.RemoteAddr = from
		if forwarded != "" {
			req.Header.Set("X-Forwarded-For", forwarded)
		}
		rec := httptest.NewRecorder()
		w.gw.ServeHTTP(rec, req)
		return rec
	}
	const me, other = "203.0.113.9:1000", "203.0.113.10:1000"
	for i := range 3 {
		r := ask("GET", "/v1/batches", me, "")
		if r.Code != 200 || r.Header().Get("RateLimit-Limit") != "3" || r.Header().Get("RateLimit-Remaining") != fmt.Sprint(2-i) {
			t.Fatalf("%d %v", r.Code, r.Header())
		}
	}
	r := ask("GET", "/v1/batches", me, "")
	if r.Code != 429 || r.Header().Get("Retry-After") != "1" || r.Header().Get("RateLimit-Remaining") != "0" || r.Header().Get("RateLimit-Reset") != "3" ||
		!strings.Contains(r.Body.String(), "request.too_many") {
		t.Fatalf("%d %v %s", r.Code, r.Header(), r.Body)
	}
	for name, c := range map[string]struct {
		method, path, from, forwarded string
		want                          int
	}{
		"another address":          {"GET", "/v1/batches", other, "", 200},
		"the same from elsewhere":  {"GET", "/v1/batches", "203.0.113.9:2000", "", 429},
		"an invented forwarding":   {"GET", "/v1/batches", me, "198.51.100.1", 429},
		"a proxy's visitor":        {"GET", "/v1/batches", "10.1.1.1:1", "198.51.100.2", 200},
		"a visitor who adds hops":  {"GET", "/v1/batches", "10.1.1.1:1", "1.2.3.4, 203.0.113.9, 10.2.2.2", 429},
		"an unknown route":         {"GET", "/nothing", me, "", 429},
		"operations":               {"GET", "/healthz", me, "", 200},
		"a write":                  {"POST", "/v1/txs", me, "", 202},
		"a preflight":              {"OPTIONS", "/v1/txs", me, "", 204},
		"no address at all":        {"GET", "/v1/batches", "", "", 200},
		"IPv6":                     {"GET", "/v1/batches", "[2001:db8::1]:1", "", 200},
		"a forwarding that is not": {"GET", "/v1/batches", "10.1.1.2:1", "unknown", 200},
	} {
		if r := ask(c.method, c.path, c.from, c.forwarded); r.Code != c.want {
			t.Errorf("%s: %d, want %d", name, r.Code, c.want)
		}
	}
	for range 2 {
		ask("GET", "/v1/batches", "[2001:db8::2]:1", "")
	}
	if r := ask("GET", "/v1/batches", "[2001:db8::3]:1", ""); r.Code != 429 {
		t.Errorf("one IPv6 network counts as many: %d", r.Code)
	}
	mu.Lock()
	now = now.Add(time.Second)
	mu.Unlock()
	if r := ask("GET", "/v1/batches", me, ""); r.Code != 200 {
		t.Errorf("after a second: %d", r.Code)
	}
}

func TestTheTableOfAddressesIsBounded(t *testing.T) {
	l := newLimiter(Limits{ReadsPerSecond: 1, Burst: 1}, time.Now)
	for i := range maxAddresses + 10 {
		l.visitor(netip.AddrFrom4([4]byte{byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)}))
	}
	if len(l.table) != maxAddresses || l.order.Len() != maxAddresses {
		t.Fatalf("%d and %d", len(l.table), l.order.Len())
	}
	if l.table[netip.MustParsePrefix("0.0.0.0/32")] != nil {
		t.Fatal("the address that was silent longest is still there")
	}
}

func TestCORSIsOpenForReadsOnly(t *testing.T) {
	w := newWorld(t)
	r := w.do("OPTIONS", "/v1/batches", nil, "Origin", "https://example.org", "Access-Control-Request-Method", "GET")
	if r.status != 204 || r.header.Get("Access-Control-Allow-Methods") != "GET, HEAD, OPTIONS" {
		t.Errorf("%d %v", r.status, r.header)
	}
	if r := w.do("POST", "/v1/txs", strings.NewReader("x"), "Origin", "https://example.org"); r.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%v", r.header)
	}
	if r := w.do("HEAD", "/v1/batches", nil); r.status != 200 || len(r.body) != 0 {
		t.Errorf("HEAD: %d %q", r.status, r.body)
	}
}
