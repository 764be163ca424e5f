package testnet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	cmtcfg "github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/p2p"

	"github.com/filiera-chain/filiera/node"
)

// Network is a chain of several validators of equal power on this machine, each
// a node in a process of its own. Everything in it is thrown away.
type Network struct {
	Nodes []*Ledger
}

// proposeWithin is how long the others wait for a proposal of a validator that
// may be gone. On one machine proposals need no longer, and a network with a
// node down then stays quick.
const proposeWithin = 500 * time.Millisecond

// NewNetwork makes the homes of some validators that know each other, with
// some producers. program is the filiera binary. The producers and their keys
// are those of the first node; [Ledger.Stage] of it makes them ready.
func NewNetwork(program, dir string, validators, producers int) (*Network, error) {
	if validators < 1 {
		return nil, fmt.Errorf("a network has %d validators; it takes at least 1", validators)
	}
	n := &Network{}
	var homes []node.Home
	for i := range validators {
		l, err := newLedger(program, node.Home(filepath.Join(dir, fmt.Sprintf("node-%d", i+1))))
		if err != nil {
			return nil, err
		}
		n.Nodes, homes = append(n.Nodes, l), append(homes, l.Home)
	}
	if err := n.initHomes(); err != nil {
		return nil, err
	}
	first := n.Nodes[0]
	if err := first.writeGenesis(producers, homes...); err != nil {
		return nil, err
	}
	doc, err := node.ReadGenesis(first.Home)
	if err != nil {
		return nil, err
	}
	for _, l := range n.Nodes[1:] {
		if err := node.WriteGenesis(l.Home, doc); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// initHomes makes each home with all the others as its peers. Node keys come
// first, since a peer is named by its key.
func (n *Network) initHomes() error {
	listen, peers := make([]string, len(n.Nodes)), make([]string, len(n.Nodes))
	for i, l := range n.Nodes {
		var err error
		if listen[i], err = FreePort(); err != nil {
			return err
		}
		file := node.EngineDefaults(l.Home).NodeKeyFile()
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return err
		}
		key, err := p2p.LoadOrGenNodeKey(file)
		if err != nil {
			return fmt.Errorf("make the key of node %d: %w", i+1, err)
		}
		peers[i] = string(key.ID()) + "@" + listen[i]
	}
	for i, l := range n.Nodes {
		others := append(append([]string(nil), peers[:i]...), peers[i+1:]...)
		err := node.Init(l.Home, fmt.Sprintf("node-%d", i+1), func(c *cmtcfg.Config) {
			tune(l.RPC[len("http://"):])(c)
			c.P2P.ListenAddress = "tcp://" + listen[i]
			c.P2P.PersistentPeers = strings.Join(others, ",")
			c.P2P.PexReactor = false
			c.Consensus.TimeoutPropose = proposeWithin
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Start runs all nodes and waits until all answer.
func (n *Network) Start(ctx context.Context) error {
	for _, l := range n.Nodes {
		if err := l.launch(); err != nil {
			return err
		}
	}
	for i, l := range n.Nodes {
		if err := l.ready(ctx); err != nil {
			return fmt.Errorf("node %d: %w", i+1, err)
		}
	}
	return nil
}

// Stop ends all nodes as an operator does.
func (n *Network) Stop() error {
	var errs []error
	for _, l := range n.Nodes {
		errs = append(errs, l.Stop())
	}
	return errors.Join(errs...)
}

// Height is that of the newest block whose results the node has.
func (l *Ledger) Height(ctx context.Context) (int64, error) {
	var info struct {
		Response struct {
			Height int64 `json:"last_block_height,string"`
		} `json:"response"`
	}
	err := l.ask(ctx, "/abci_info", &info)
	return info.Response.Height, err
}

// WaitHeight waits until the node has carried out the block at height.
func (l *Ledger) WaitHeight(ctx context.Context, height int64) error {
	for {
		h, err := l.Height(ctx)
		if err != nil || h >= height {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the node is at height %d and not at %d: %w", h, height, ctx.Err())
		case <-l.process.done:
			return fmt.Errorf("the node ended at height %d: %s", h, l.process.Log())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Outcome is what a node itself made of a block.
type Outcome struct {
	// AppHash is base64, as the engine writes it.
	AppHash string
	// Codes are the transactions' results in order; 0 is success.
	Codes []uint32
}

// OutcomeAt gives what this node computed for the block at height: its own
// answer to the engine, not the header that the validators agreed on.
func (l *Ledger) OutcomeAt(ctx context.Context, height int64) (*Outcome, error) {
	var r struct {
		AppHash string `json:"app_hash"`
		Txs     []struct {
			Code uint32 `json:"code"`
		} `json:"txs_results"`
	}
	if err := l.ask(ctx, fmt.Sprintf("/block_results?height=%d", height), &r); err != nil {
		return nil, err
	}
	if r.AppHash == "" {
		return nil, fmt.Errorf("the node has no app hash for block %d", height)
	}
	o := &Outcome{AppHash: r.AppHash}
	for _, t := range r.Txs {
		o.Codes = append(o.Codes, t.Code)
	}
	return o, nil
}

// ask puts a question to the engine's RPC.
func (l *Ledger) ask(ctx context.Context, path string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, l.RPC+path, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("ask the engine %s: %w", path, err)
	}
	defer res.Body.Close()
	var answer struct {
		Result json.RawMessage `json:"result"`
		Error  json.RawMessage `json:"error"`
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return fmt.Errorf("read the engine's answer to %s: %w", path, err)
	}
	if len(answer.Error) > 0 {
		return fmt.Errorf("the engine refused %s: %s", path, answer.Error)
	}
	return json.Unmarshal(answer.Result, into)
}
