package load

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// A node that keeps everybody waiting must not look quick: each latency counts
// from when its transaction was due.
func TestPacedCountsFromWhenATransactionWasDue(t *testing.T) {
	node := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = w.Write([]byte(`[{"result":{}}]`))
	}))
	defer node.Close()
	const n, rate = 20, 2000
	txs := make([][]byte, n)
	for i := range txs {
		txs[i] = []byte{byte(i)}
	}
	// One connection for all: whoever counted from the sending would count
	// from each answer before.
	r := &run{o: Options{RPC: node.URL, Rate: rate, Senders: 1}, blocks: &blockFeed{}, start: time.Now()}
	if err := r.paced(context.Background(), requests(txs, 1)); err != nil {
		t.Fatal(err)
	}
	if len(r.sentAt) != n {
		t.Fatalf("%d of %d transactions were sent", len(r.sentAt), n)
	}
	for i, at := range r.sentAt {
		if want := r.start.Add(time.Duration(i) * time.Second / rate); !at.Equal(want) {
			t.Errorf("transaction %d counts from %v after the start; it was due after %v", i, at.Sub(r.start), want.Sub(r.start))
		}
	}
}

func TestLatenciesPairTheNthSentWithTheNthCommitted(t *testing.T) {
	start := time.Now()
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	// Connections report out of order.
	r := &run{sentAt: []time.Time{at(30), at(10), at(20)}}
	got := r.latencies([]block{{height: 1, txs: 2, at: at(50)}, {height: 2, txs: 1, at: at(90)}})
	want := []time.Duration{30 * time.Millisecond, 40 * time.Millisecond, 60 * time.Millisecond}
	if len(got) != len(want) {
		t.Fatalf("%d latencies, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("latency %d is %v, want %v", i, got[i], want[i])
		}
	}
}

func TestQuantile(t *testing.T) {
	list := make([]time.Duration, 200)
	for i := range list {
		list[i] = time.Duration(i+1) * time.Millisecond
	}
	for percent, want := range map[int]float64{50: 101, 90: 181, 99: 199, 100: 200} {
		if got := quantile(list, percent); got != want {
			t.Errorf("p%d of 1…200 ms is %v, want %v", percent, got, want)
		}
	}
	if got := quantile(nil, 99); got != 0 {
		t.Errorf("p99 of nothing is %v", got)
	}
}

func TestARefusedTransactionIsAnError(t *testing.T) {
	for name, answer := range map[string]string{
		"refused":     `[{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"mempool is full"}}]`,
		"unavailable": "",
	} {
		t.Run(name, func(t *testing.T) {
			node := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if answer == "" {
					w.WriteHeader(http.StatusServiceUnavailable)
				}
				_, _ = io.WriteString(w, answer)
			}))
			defer node.Close()
			c := newConn(node.URL)
			defer c.close()
			if err := c.send(context.Background(), encode([][]byte{{1}})); err == nil {
				t.Error("a transaction that was not taken counts as sent")
			}
		})
	}
}
