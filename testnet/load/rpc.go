package load

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
	"github.com/cometbft/cometbft/types"
)

// request is a JSON-RPC batch, encoded before the clock starts.
type request struct {
	body []byte
	txs  int
}

func requests(txs [][]byte, size int) []request {
	var out []request
	for len(txs) > 0 {
		n := min(size, len(txs))
		out = append(out, encode(txs[:n]))
		txs = txs[n:]
	}
	return out
}

func encode(txs [][]byte) request {
	var b bytes.Buffer
	b.WriteByte('[')
	for i, tx := range txs {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"jsonrpc":"2.0","id":%d,"method":"broadcast_tx_async","params":{"tx":"%s"}}`, i+1, base64.StdEncoding.EncodeToString(tx))
	}
	b.WriteByte(']')
	return request{body: b.Bytes(), txs: len(txs)}
}

// conn is one keep-alive connection.
type conn struct {
	url    string
	client *http.Client
}

func newConn(url string) *conn {
	return &conn{url: url, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}, Timeout: drain}}
}

func (c *conn) close() { c.client.CloseIdleConnections() }

// send fails when any transaction of the request was not taken.
func (c *conn) send(ctx context.Context, r request) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(r.body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := c.client.Do(req)
	if err != nil {
		return fmt.Errorf("send transactions: %w", err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("send transactions: %w", err)
	}
	if res.StatusCode != http.StatusOK || bytes.Contains(answer, []byte(`"error"`)) {
		return fmt.Errorf("the node did not take a transaction: %d %s", res.StatusCode, clip(answer))
	}
	return nil
}

func clip(b []byte) []byte {
	if len(b) > 400 {
		return b[:400]
	}
	return b
}

// block is a committed block as its event told it.
type block struct {
	height int64
	txs    int
	at     time.Time
}

// blockFeed follows the engine's block events.
type blockFeed struct {
	client *rpchttp.HTTP

	mu     sync.Mutex
	blocks []block // those with transactions
	total  int
	rung   chan struct{}
	done   chan struct{}
}

func follow(ctx context.Context, url string) (*blockFeed, error) {
	client, err := rpchttp.New(url, "/websocket")
	if err != nil {
		return nil, fmt.Errorf("reach %s: %w", url, err)
	}
	if err := client.Start(); err != nil {
		return nil, fmt.Errorf("reach %s: %w", url, err)
	}
	events, err := client.Subscribe(ctx, "load", "tm.event='NewBlockEvents'", 10_000)
	if err != nil {
		return nil, fmt.Errorf("subscribe to the blocks of %s: %w", url, err)
	}
	f := &blockFeed{client: client, rung: make(chan struct{}), done: make(chan struct{})}
	go func() {
		for {
			select {
			case <-f.done:
				return
			case e := <-events:
				if b, is := e.Data.(types.EventDataNewBlockEvents); is {
					f.add(block{height: b.Height, txs: int(b.NumTxs), at: time.Now()})
				}
			}
		}
	}()
	return f, nil
}

func (f *blockFeed) add(b block) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if b.txs > 0 {
		f.blocks = append(f.blocks, b)
		f.total += b.txs
	}
	close(f.rung)
	f.rung = make(chan struct{})
}

func (f *blockFeed) committed() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.total
}

func (f *blockFeed) all() []block {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]block(nil), f.blocks...)
}

// next waits for a block, but not for ever: one may come between the look and
// the wait.
func (f *blockFeed) next(ctx context.Context) error {
	f.mu.Lock()
	rung := f.rung
	f.mu.Unlock()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-rung:
	case <-time.After(20 * time.Millisecond):
	}
	return nil
}

func (f *blockFeed) close() {
	close(f.done)
	_ = f.client.Stop()
}

// countRefused asks for the results of the blocks, once the clock has stopped.
func countRefused(ctx context.Context, url string, blocks []block) (map[string]int, error) {
	refused := map[string]int{}
	for _, b := range blocks {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/block_results?height=%d", url, b.height), nil)
		if err != nil {
			return nil, err
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return nil, fmt.Errorf("ask for the results of block %d: %w", b.height, err)
		}
		var answer struct {
			Result struct {
				Txs []struct {
					Code uint32 `json:"code"`
					Info string `json:"info"`
				} `json:"txs_results"`
			} `json:"result"`
		}
		err = json.NewDecoder(res.Body).Decode(&answer)
		res.Body.Close()
		if err != nil {
			return nil, fmt.Errorf("read the results of block %d: %w", b.height, err)
		}
		for _, t := range answer.Result.Txs {
			if t.Code != 0 {
				refused[fmt.Sprintf("%d %s", t.Code, t.Info)]++
			}
		}
	}
	return refused, nil
}
