package gateway

import (
	"container/list"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits bound what one address may ask for, and what is answered at once.
type Limits struct {
	// ReadsPerSecond of one address in the long run; 0 means no limit.
	ReadsPerSecond float64
	// Burst is how many reads may come at once.
	Burst int
	// Loopback lifts the limit for programs on the same machine.
	Loopback bool
	// Proxies are the reverse proxies whose X-Forwarded-For is believed.
	Proxies []netip.Prefix
	// Waiters is how many requests may wait for a transaction at once.
	Waiters int
}

// DefaultLimits are good for a public gateway.
func DefaultLimits() Limits {
	return Limits{ReadsPerSecond: 50, Burst: 200, Loopback: true, Waiters: 20_000}
}

// maxAddresses bounds the table: the address that was silent longest goes.
const maxAddresses = 65_536

// limiter counts reads per address.
type limiter struct {
	limits Limits
	now    func() time.Time

	mu    sync.Mutex
	table map[netip.Prefix]*list.Element
	order *list.List // of *visitor, the latest in front
}

type visitor struct {
	key  netip.Prefix
	rate *rate.Limiter
}

func newLimiter(l Limits, now func() time.Time) *limiter {
	if l.Burst < 1 {
		l.Burst = 1
	}
	return &limiter{limits: l, now: now, table: map[netip.Prefix]*list.Element{}, order: list.New()}
}

// allow says whether a read may go on, and writes the headers that tell how
// many more may follow.
func (l *limiter) allow(w http.ResponseWriter, r *http.Request) bool {
	if l.limits.ReadsPerSecond <= 0 {
		return true
	}
	addr := l.address(r)
	if l.limits.Loopback && addr.IsLoopback() {
		return true
	}
	now := l.now()
	bucket := l.visitor(addr)
	ok := bucket.AllowN(now, 1)
	left := max(bucket.TokensAt(now), 0)
	h := w.Header()
	h.Set("RateLimit-Limit", strconv.Itoa(l.limits.Burst))
	h.Set("RateLimit-Remaining", strconv.Itoa(int(left)))
	h.Set("RateLimit-Reset", seconds((float64(l.limits.Burst)-left)/l.limits.ReadsPerSecond))
	if !ok {
		h.Set("Retry-After", seconds(math.Max(1, (1-left)/l.limits.ReadsPerSecond)))
	}
	return ok
}

func seconds(s float64) string { return strconv.Itoa(int(math.Ceil(s))) }

func (l *limiter) visitor(addr netip.Addr) *rate.Limiter {
	key := network(addr)
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.table[key]; ok {
		l.order.MoveToFront(e)
		return e.Value.(*visitor).rate
	}
	if l.order.Len() >= maxAddresses {
		last := l.order.Back()
		delete(l.table, last.Value.(*visitor).key)
		l.order.Remove(last)
	}
	v := &visitor{key, rate.NewLimiter(rate.Limit(l.limits.ReadsPerSecond), l.limits.Burst)}
	l.table[key] = l.order.PushFront(v)
	return v.rate
}

// network is what is counted as one: an IPv4 address, or an IPv6 /64, which is
// what one subscriber gets.
func network(a netip.Addr) netip.Prefix {
	bits := 64
	if a.Is4() {
		bits = 32
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}

// address is who asks: the peer, or, behind proxies that are believed, the last
// address in X-Forwarded-For that is not one of them.
func (l *limiter) address(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := peer.Addr().Unmap().WithZone("")
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && l.believed(addr); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = next.Unmap().WithZone("")
	}
	return addr
}

func (l *limiter) believed(a netip.Addr) bool {
	for _, p := range l.limits.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
