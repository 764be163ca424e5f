package app_test

import (
	"context"
	"fmt"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"
)

// BenchmarkRegisterBatch measures one batch registration per signed
// transaction through the application alone, in blocks of 1,000: admission,
// proposal, execution, root and durable commit on goleveldb.
func BenchmarkRegisterBatch(b *testing.B) {
	db, err := dbm.NewGoLevelDB("state", b.TempDir(), nil)
	check(b, err)
	c := newChain(b, db)
	c.stage()
	const size = 1000
	txs := make([][]byte, 0, b.N+size)
	for i := range b.N {
		txs = append(txs, producer.sign(producer.body(c.now, batch(fmt.Sprintf("L%d", i), 1000))))
	}
	ctx := context.Background()
	b.ResetTimer()
	for len(txs) > 0 {
		n := min(size, len(txs))
		for _, tx := range txs[:n] {
			if res, err := c.app.CheckTx(ctx, &abci.RequestCheckTx{Tx: tx}); err != nil || res.Code != 0 {
				b.Fatalf("%v %v", res, err)
			}
		}
		p, err := c.app.PrepareProposal(ctx, &abci.RequestPrepareProposal{Txs: txs[:n], MaxTxBytes: 8 << 20, Height: c.height + 1, Time: c.now})
		check(b, err)
		_, err = c.app.ProcessProposal(ctx, &abci.RequestProcessProposal{Txs: p.Txs, Height: c.height + 1, Time: c.now})
		check(b, err)
		for _, r := range c.block(p.Txs...) {
			if r.Code != 0 {
				b.Fatal(r.Log)
			}
		}
		txs = txs[n:]
	}
}
