package epcisrest

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/filiera-chain/filiera/index"
)

// Bounds of websockets: in all, and of one address.
const (
	maxSockets        = 200
	maxSocketsPerHost = 20
	pingEvery         = 30 * time.Second
	socketWrite       = 15 * time.Second
)

// socketCount counts open websockets.
type socketCount struct {
	mu     sync.Mutex
	closed bool
	all    int
	byHost map[string]int
	open   sync.WaitGroup
}

// close lets no more in; it returns once all have left.
func (c *socketCount) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.open.Wait()
}

func (c *socketCount) enter(host string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byHost == nil {
		c.byHost = map[string]int{}
	}
	if c.closed || c.all >= maxSockets || c.byHost[host] >= maxSocketsPerHost {
		return false
	}
	c.all++
	c.byHost[host]++
	c.open.Add(1)
	return true
}

func (c *socketCount) leave(host string) {
	defer c.open.Done()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all--
	if c.byHost[host]--; c.byHost[host] == 0 {
		delete(c.byHost, host)
	}
}

// openSocket sends the events that answer a query as they are recorded, or at the
// moments of a schedule: one EPCISQueryDocument a message. The address says which,
// as ?stream=true or ?minute=5&hour=1. Source: EPCIS 2.0.1, 12.7.
func (s *Service) openSocket(w http.ResponseWriter, r *http.Request, n negotiated, q *namedQuery, compiled query) *Problem {
	if compiled.eventCountLimit > 0 || compiled.maxEventCount > 0 {
		return subscribable(q)
	}
	sub, p := s.socketControls(r, n)
	if p != nil {
		return p
	}
	sub.query = q.name
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if !s.sockets.enter(host) {
		return exception("ImplementationException", "too many websockets are open; close one, or come again later").
			with(http.StatusServiceUnavailable, "epcis.too_many_sockets")
	}
	defer s.sockets.leave(host)
	// What is sent is public, and nothing is read: any site may listen.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true, CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return nil // it has answered
	}
	defer conn.CloseNow() //nolint:errcheck // it may be closed already
	conn.SetReadLimit(1 << 10)
	ctx, cancel := context.WithCancel(conn.CloseRead(context.WithoutCancel(r.Context())))
	defer cancel()
	if err := s.follow(ctx, conn, sub); err != nil && ctx.Err() == nil {
		s.log.Error("a websocket failed", "query", q.name, "err", err)
		_ = conn.Close(websocket.StatusInternalError, "the node could not answer")
		return nil
	}
	_ = conn.Close(websocket.StatusGoingAway, "")
	return nil
}

func (s *Service) socketControls(r *http.Request, n negotiated) (*subscription, *Problem) {
	params, _, p := parameters(r)
	if p != nil {
		return nil, p
	}
	sub := &subscription{secret: noStore, definition: definition{EPCFormat: n.format}}
	var sc schedule
	fields := map[string]*string{
		"second": &sc.Second, "minute": &sc.Minute, "hour": &sc.Hour, "dayOfMonth": &sc.DayOfMonth, "month": &sc.Month, "dayOfWeek": &sc.DayOfWeek,
		"initialRecordTime": &sub.definition.InitialRecordTime,
	}
	for name, values := range params {
		v, p := single(name, values)
		if p != nil {
			return nil, badControls("%s", p.Detail)
		}
		switch into := fields[name]; {
		case into != nil:
			*into = v
		case (name == "stream" || name == "reportIfEmpty") && (v == "true" || v == "false"):
			if name == "stream" {
				sub.definition.Stream = v == "true"
			} else {
				sub.definition.ReportIfEmpty = v == "true"
			}
		default:
			return nil, badControls("%s=%s is no control of a subscription", clip(name), clip(v))
		}
	}
	if sc != (schedule{}) {
		sub.definition.Schedule = &sc
	}
	return sub, s.begin(r.Context(), sub)
}

// follow sends until the other side, or the node, ends it.
func (s *Service) follow(ctx context.Context, conn *websocket.Conn, sub *subscription) error {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		blocks := s.blocks.wait()
		wait := pingEvery
		if due := time.UnixMilli(sub.nextAt); due.After(s.now()) {
			wait = due.Sub(s.now())
		} else {
			err := s.tell(ctx, sub, func(events []*index.EPCISEvent) error { return s.push(ctx, conn, sub, events) })
			if err != nil {
				return err
			}
			if sub.definition.Schedule != nil {
				sub.nextAt = s.nextRun(sub)
				continue
			}
		}
		if sub.definition.Schedule != nil {
			blocks = nil
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-s.stop:
		case <-blocks:
		case <-timer.C:
		case <-ping.C:
			pong, cancel := context.WithTimeout(ctx, socketWrite)
			err := conn.Ping(pong)
			cancel()
			if err != nil {
				timer.Stop()
				return nil // nobody is there any more
			}
		}
		timer.Stop()
		select {
		case <-ctx.Done():
			return nil
		case <-s.stop:
			return nil
		default:
		}
	}
}

func (s *Service) push(ctx context.Context, conn *websocket.Conn, sub *subscription, events []*index.EPCISEvent) error {
	body, _, err := s.document(answer{events: events, queryName: sub.query, format: sub.definition.EPCFormat})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, socketWrite)
	defer cancel()
	return conn.Write(ctx, websocket.MessageText, body)
}
