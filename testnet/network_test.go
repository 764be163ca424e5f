package testnet_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/testnet"
)

const (
	validators = 4
	perPhase   = 240
)

// Three of four validators are more than two thirds: the chain goes on without
// the fourth, which finds its way back and comes to the same results.
func TestFourValidatorsAgreeAtEveryHeight(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	defer cancel()
	n, err := testnet.NewNetwork(program, t.TempDir(), validators, 4)
	check(t, err)
	check(t, n.Start(ctx))
	first, last := n.Nodes[0], n.Nodes[validators-1]
	check(t, first.Stage(ctx))

	// All four take load.
	check(t, spread(ctx, n.Nodes, sign(t, first, "A"), nil))

	// The last is killed in the middle of load and stays away for a while.
	killed := heightOf(ctx, t, last)
	check(t, spread(ctx, n.Nodes[:validators-1], sign(t, first, "B"), map[int]func() error{
		perPhase / 4: func() error { last.Kill(); return nil },
	}))
	if h := heightOf(ctx, t, first); h <= killed+1 {
		t.Fatalf("the chain stands at %d; a validator was gone since about %d and three should have gone on", h, killed)
	}

	// It comes back while there is load.
	check(t, spread(ctx, n.Nodes[:validators-1], sign(t, first, "C"), map[int]func() error{
		perPhase / 4: func() error { return last.Start(ctx) },
	}))
	check(t, last.WaitHeight(ctx, heightOf(ctx, t, first)))

	// And it takes load again like any other.
	check(t, spread(ctx, []*testnet.Ledger{last}, sign(t, first, "D"), nil))
	agree(ctx, t, n)
	everywhere(ctx, t, n)
	check(t, n.Stop())
}

func sign(t *testing.T, l *testnet.Ledger, prefix string) [][]byte {
	t.Helper()
	txs, err := testnet.SignBatches(l.Senders, testnet.ChainID, prefix, perPhase)
	check(t, err)
	return txs
}

func heightOf(ctx context.Context, t *testing.T, l *testnet.Ledger) int64 {
	t.Helper()
	h, err := l.Height(ctx)
	check(t, err)
	return h
}

// spread sends txs to the nodes in turn and waits for each; at says what else
// to do once so many have been committed.
func spread(ctx context.Context, nodes []*testnet.Ledger, txs [][]byte, at map[int]func() error) error {
	clients := make([]*client.Client, len(nodes))
	for i, l := range nodes {
		var err error
		if clients[i], err = l.Client(); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results, slots := make(chan error, len(txs)), make(chan struct{}, inFlight)
	go func() {
		for i, raw := range txs {
			slots <- struct{}{}
			go func() {
				defer func() { <-slots }()
				if err := sendOne(ctx, clients[i%len(clients)], raw); err != nil {
					results <- fmt.Errorf("transaction %d: %w", i, err)
					return
				}
				results <- nil
			}()
		}
	}()
	var errs []error
	for done := 1; done <= len(txs); done++ {
		errs = append(errs, <-results)
		if f := at[done]; f != nil {
			errs = append(errs, f())
		}
	}
	return errors.Join(errs...)
}

// agree compares what each node itself computed, at every height.
func agree(ctx context.Context, t *testing.T, n *testnet.Network) {
	t.Helper()
	var top int64
	for _, l := range n.Nodes {
		top = max(top, heightOf(ctx, t, l))
	}
	committed := 0
	for _, l := range n.Nodes {
		check(t, l.WaitHeight(ctx, top))
	}
	for h := int64(1); h <= top; h++ {
		want, err := n.Nodes[0].OutcomeAt(ctx, h)
		check(t, err)
		for _, code := range want.Codes {
			if code == 0 {
				committed++
			}
		}
		for i, l := range n.Nodes[1:] {
			got, err := l.OutcomeAt(ctx, h)
			check(t, err)
			if got.AppHash != want.AppHash || !slices.Equal(got.Codes, want.Codes) {
				t.Fatalf("block %d: node %d has app hash %s and results %v, node 1 has %s and %v", h, i+2, got.AppHash, got.Codes, want.AppHash, want.Codes)
			}
		}
	}
	// One specification, a product each, and every batch exactly once.
	if want := 1 + len(n.Nodes[0].Senders) + 4*perPhase; committed != want {
		t.Errorf("%d transactions succeeded in %d blocks; %d were sent", committed, top, want)
	}
	t.Logf("%d blocks, %d transactions, %d nodes agree", top, committed, len(n.Nodes))
}

// everywhere asks each node for a batch of each phase.
func everywhere(ctx context.Context, t *testing.T, n *testnet.Network) {
	t.Helper()
	for i, l := range n.Nodes {
		c, err := l.Client()
		check(t, err)
		for _, prefix := range []string{"A", "B", "C", "D"} {
			lot := fmt.Sprintf("%s%08d", prefix, perPhase-1)
			gtin := n.Nodes[0].Senders[(perPhase-1)%len(n.Nodes[0].Senders)].GTIN
			if _, err := c.Batch(ctx, gtin, lot); err != nil {
				t.Errorf("node %d: batch %s %s: %v", i+1, gtin, lot, err)
			}
		}
	}
}
