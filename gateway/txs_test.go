package gateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"

	"github.com/filiera-chain/filiera/envelope"
)

func TestTransactionsAreSent(t *testing.T) {
	w := newWorld(t)
	w.story()
	raw := []byte("any bytes: the engine judges")
	hash := envelope.Hash(raw)
	send := func(b []byte) reply {
		t.Helper()
		return w.do("POST", "/v1/txs", bytes.NewReader(b), "Content-Type", "application/octet-stream")
	}
	var got []byte
	w.checkTx = func(_ context.Context, b []byte) (*abci.ResponseCheckTx, error) {
		got = bytes.Clone(b)
		return &abci.ResponseCheckTx{}, nil
	}
	r := send(raw)
	if r.status != 202 || r.json["hash"] != upperHex(hash[:]) || !bytes.Equal(got, raw) {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if r := w.do("POST", "/v1/txs", bytes.NewReader(raw)); r.status != 202 {
		t.Fatalf("without a content type: %d %s", r.status, r.body)
	}
	answers := map[string]struct {
		res    *abci.ResponseCheckTx
		err    error
		status int
		code   string
	}{
		"a refusal":           {&abci.ResponseCheckTx{Code: 7, Codespace: "tx", Info: "tx.replayed", Log: "this lane already used 4"}, nil, 422, "tx.replayed"},
		"no transaction":      {&abci.ResponseCheckTx{Code: 2, Codespace: "tx", Info: "tx.undecodable", Log: "the bytes"}, nil, 400, "tx.undecodable"},
		"too large":           {&abci.ResponseCheckTx{Code: 1, Codespace: "tx", Info: "tx.too_large", Log: "bytes"}, nil, 413, "tx.too_large"},
		"a module's 2":        {&abci.ResponseCheckTx{Code: 2, Codespace: "product", Info: "product.unknown_unit", Log: "unit"}, nil, 422, "product.unknown_unit"},
		"no name":             {&abci.ResponseCheckTx{Code: 2, Codespace: "product"}, nil, 422, "app.internal"},
		"a full mempool":      {nil, fmt.Errorf("wait: %w", context.DeadlineExceeded), 503, "mempool.full"},
		"an engine that ails": {nil, errors.New("secret path /root"), 503, "engine.unavailable"},
	}
	for name, a := range answers {
		w.checkTx = func(context.Context, []byte) (*abci.ResponseCheckTx, error) { return a.res, a.err }
		r := send(raw)
		if r.status != a.status || r.json["code"] != a.code || r.json["hash"] != upperHex(hash[:]) || bytes.Contains(r.body, []byte("secret")) {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	w.checkTx = func(context.Context, []byte) (*abci.ResponseCheckTx, error) {
		t.Error("an oversized body reached the engine")
		return &abci.ResponseCheckTx{}, nil
	}
	if r := send(make([]byte, envelope.HardLimit+1)); r.status != 413 || r.json["code"] != "request.too_large" {
		t.Errorf("oversized: %d %s", r.status, r.body)
	}
	w.checkTx = nil
	if r := send(make([]byte, envelope.HardLimit)); r.status != 202 {
		t.Errorf("as large as may be: %d %s", r.status, r.body)
	}
}

func TestWaitingEndsWithTheBlock(t *testing.T) {
	w := newWorld(t)
	w.story()
	a := w.batch("WAITED")
	raw := w.sign(200, a.acts)
	hash := envelope.Hash(raw)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			r := w.get("/v1/txs/" + upperHex(hash[:]) + "/wait?timeout=60s")
			if r.status != 200 || r.json["height"] != float64(2) {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	for w.gw.waiters.count() < 20 {
		runtime.Gosched()
	}
	if got := w.commit(a); got[0] != hash {
		t.Fatal("another transaction was committed")
	}
	wg.Wait()
	if n := w.gw.waiters.count(); n != 0 || len(w.gw.waiters.waiting) != 0 {
		t.Fatalf("%d still wait", n)
	}
}

func TestTooManyWaiters(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Limits.Waiters = 1 })
	w.story()
	_, leave, ok := w.gw.waiters.add([32]byte{1})
	if !ok {
		t.Fatal("the first may wait")
	}
	r := w.get("/v1/txs/" + strings.Repeat("0", 64) + "/wait")
	if r.status != 503 || r.json["code"] != "gateway.too_many_waiters" {
		t.Fatalf("%d %s", r.status, r.body)
	}
	leave()
	leave() // once more is nothing
	if w.gw.waiters.count() != 0 {
		t.Fatal(w.gw.waiters.count())
	}
}

// TestTheEngineMayKeepWhatItWasHanded: the mempool holds a transaction's bytes
// long after its request was answered, and later requests must not write there.
func TestTheEngineMayKeepWhatItWasHanded(t *testing.T) {
	w := newWorld(t)
	var kept [][]byte
	w.checkTx = func(_ context.Context, raw []byte) (*abci.ResponseCheckTx, error) {
		kept = append(kept, raw)
		return &abci.ResponseCheckTx{}, nil
	}
	const n = 50
	text := func(i int) []byte { return fmt.Appendf(nil, "transaction %04d", i) }
	for i := range n {
		if r := w.do("POST", "/v1/txs", bytes.NewReader(text(i)), "Content-Type", "application/octet-stream"); r.status != 202 {
			t.Fatalf("%d %s", r.status, r.body)
		}
	}
	for i := range n {
		if !bytes.Equal(kept[i], text(i)) {
			t.Fatalf("what was %q when handed over is %q now", text(i), kept[i])
		}
	}
}
