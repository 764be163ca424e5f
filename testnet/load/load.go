package load

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Options say how to send.
type Options struct {
	// RPC is the engine's address, such as http://127.0.0.1:26657.
	RPC string
	// Rate is transactions per second; 0 sends as fast as they are taken.
	Rate float64
	// Senders is how many connections send at once.
	Senders int
	// Seconds is how long to send; sending ends sooner when the transactions do.
	Seconds float64
	// Window is the most transactions on their way at once when saturating.
	Window int
	// Progress is told, now and then, how many were sent and committed.
	Progress func(sent, committed int)
}

// Result is what was measured. Latencies are milliseconds.
type Result struct {
	Sent      int            `json:"sent"`
	Committed int            `json:"committed"`
	Seconds   float64        `json:"seconds"`
	PerSecond float64        `json:"committed_per_second"`
	P50       float64        `json:"p50_ms"`
	P90       float64        `json:"p90_ms"`
	P99       float64        `json:"p99_ms"`
	Blocks    int            `json:"blocks"`
	TxBytes   int            `json:"tx_bytes"`
	Refused   map[string]int `json:"refused,omitempty"`
}

// drain is how long the last transactions may take after sending has ended.
const drain = 30 * time.Second

// batchSize is how many transactions one request carries when saturating.
const batchSize = 100

// Run sends txs in order and waits until all that were taken are committed.
func Run(ctx context.Context, o Options, txs [][]byte) (*Result, error) {
	if len(txs) == 0 {
		return nil, errors.New("there is nothing to send")
	}
	o.Senders = max(o.Senders, 1)
	if o.Window == 0 {
		o.Window = 20_000
	}
	blocks, err := follow(ctx, o.RPC)
	if err != nil {
		return nil, err
	}
	defer blocks.close()
	r := &run{o: o, blocks: blocks, sentAt: make([]time.Time, 0, len(txs)), start: time.Now()}
	if o.Rate > 0 {
		err = r.paced(ctx, requests(txs, 1))
	} else {
		err = r.saturate(ctx, requests(txs, batchSize))
	}
	if err != nil {
		return nil, err
	}
	return r.finish(ctx, len(txs[0]))
}

// run is one measurement.
type run struct {
	o      Options
	blocks *blockFeed
	start  time.Time

	mu     sync.Mutex
	sentAt []time.Time // of each transaction taken, in order
}

func (r *run) took(n int, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for range n {
		r.sentAt = append(r.sentAt, at)
	}
}

func (r *run) sent() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.sentAt)
}

func (r *run) over() bool {
	return r.o.Seconds > 0 && time.Since(r.start).Seconds() >= r.o.Seconds
}

// saturate keeps the window full from a few connections.
func (r *run) saturate(ctx context.Context, bodies []request) error {
	var next atomic.Int64
	errs := make(chan error, r.o.Senders)
	for range r.o.Senders {
		go func() {
			conn := newConn(r.o.RPC)
			defer conn.close()
			errs <- r.pump(ctx, conn, bodies, &next)
		}()
	}
	var all []error
	for range r.o.Senders {
		all = append(all, <-errs)
	}
	return errors.Join(all...)
}

func (r *run) pump(ctx context.Context, conn *conn, bodies []request, next *atomic.Int64) error {
	for !r.over() {
		i := int(next.Add(1)) - 1
		if i >= len(bodies) {
			return nil
		}
		for r.sent()-r.blocks.committed() > r.o.Window {
			if err := r.blocks.next(ctx); err != nil {
				return err
			}
		}
		at := time.Now()
		if err := conn.send(ctx, bodies[i]); err != nil {
			return err
		}
		r.took(bodies[i].txs, at)
		r.report()
	}
	return nil
}

// job is a request with the moment at which the rate wants it sent.
type job struct {
	request
	due time.Time
}

// paced sends at a fixed rate whether or not answers have come, as users do.
// Latency counts from when a transaction was due and not from when a
// connection was free for it: a node that makes everybody wait would otherwise
// hide the wait from its own figures.
func (r *run) paced(ctx context.Context, bodies []request) error {
	jobs := make(chan job, len(bodies))
	errs := make(chan error, r.o.Senders)
	for range r.o.Senders {
		go func() { errs <- r.serve(ctx, jobs) }()
	}
	gap := time.Duration(float64(time.Second) / r.o.Rate)
	tick := time.NewTicker(gap)
	defer tick.Stop()
	due := 0
	for due < len(bodies) && !r.over() && ctx.Err() == nil {
		<-tick.C
		// A late tick is made up for, so that the rate holds.
		for want := int(time.Since(r.start)/gap) + 1; due < min(want, len(bodies)); due++ {
			jobs <- job{bodies[due], r.start.Add(time.Duration(due) * gap)}
		}
		r.report()
	}
	close(jobs)
	var all []error
	for range r.o.Senders {
		all = append(all, <-errs)
	}
	return errors.Join(append(all, ctx.Err())...)
}

func (r *run) serve(ctx context.Context, jobs <-chan job) error {
	conn := newConn(r.o.RPC)
	defer conn.close()
	for j := range jobs {
		if err := conn.send(ctx, j.request); err != nil {
			return err
		}
		r.took(j.txs, j.due)
	}
	return nil
}

func (r *run) report() {
	if r.o.Progress != nil {
		r.o.Progress(r.sent(), r.blocks.committed())
	}
}

// finish waits for the rest and works the figures out.
func (r *run) finish(ctx context.Context, txBytes int) (*Result, error) {
	ctx, cancel := context.WithTimeout(ctx, drain)
	defer cancel()
	sent := r.sent()
	for r.blocks.committed() < sent {
		if err := r.blocks.next(ctx); err != nil {
			return nil, fmt.Errorf("%d of %d transactions were committed when waiting ended: %w", r.blocks.committed(), sent, err)
		}
	}
	blocks := r.blocks.all()
	end := blocks[len(blocks)-1].at
	latencies := r.latencies(blocks)
	elapsed := end.Sub(r.start).Seconds()
	refused, err := countRefused(ctx, r.o.RPC, blocks)
	if err != nil {
		return nil, err
	}
	ok := sent
	for _, n := range refused {
		ok -= n
	}
	return &Result{
		Sent: sent, Committed: ok, Seconds: elapsed, PerSecond: float64(ok) / elapsed, TxBytes: txBytes, Blocks: len(blocks),
		P50: quantile(latencies, 50), P90: quantile(latencies, 90), P99: quantile(latencies, 99), Refused: refused,
	}, nil
}

// latencies pairs the n-th committed with the n-th sent.
func (r *run) latencies(blocks []block) []time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]time.Duration, 0, len(r.sentAt))
	slices.SortFunc(r.sentAt, func(a, b time.Time) int { return a.Compare(b) })
	for _, b := range blocks {
		for range b.txs {
			if len(out) < len(r.sentAt) {
				out = append(out, b.at.Sub(r.sentAt[len(out)]))
			}
		}
	}
	slices.Sort(out)
	return out
}

func quantile(sorted []time.Duration, percent int) float64 {
	if len(sorted) == 0 {
		return 0
	}
	i := min(len(sorted)*percent/100, len(sorted)-1)
	return float64(sorted[i].Microseconds()) / 1000
}
