package app_test

import (
	"context"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"
)

// A sender's transactions reach the mempool in any order and are spread over
// blocks in any way; none may be left behind.
func TestTransactionsOfALaneEnterInAnyOrder(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	c.stage()
	var txs [][]byte
	for _, lot := range []string{"A", "B", "C", "D"} {
		txs = append(txs, producer.sign(producer.body(c.now, batch(lot, 1))))
	}
	// The last twice: its copy is refused by the block and not left waiting.
	txs = append(txs, txs[3])
	for _, pick := range [][]int{{2}, {0, 3}, {1}, {4}} {
		var list [][]byte
		for _, i := range pick {
			list = append(list, txs[i])
		}
		p, err := c.app.PrepareProposal(context.Background(), &abci.RequestPrepareProposal{Txs: list, MaxTxBytes: 1 << 20, Height: c.height + 1, Time: c.now})
		check(t, err)
		if len(p.Txs) != len(list) {
			t.Fatalf("transactions %v are left out of the proposal", pick)
		}
		for _, r := range c.block(p.Txs...) {
			want := ""
			if pick[0] == 4 {
				want = "tx.replayed"
			}
			if r.Info != want {
				t.Errorf("%v: got %q (%s), want %q", pick, r.Info, r.Log, want)
			}
		}
	}
}
