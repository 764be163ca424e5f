package app_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
)

// BenchmarkRegisterBatch measures one batch registration per signed
// transaction through the application alone, in blocks of 1,000: admission,
// proposal, execution, root and durable commit on goleveldb.
func BenchmarkRegisterBatch(b *testing.B) { registerBatches(b, 0) }

// BenchmarkRegisterBatchBesideContracts is the same with 1,000 active contracts, none
// of which is about the specification of the batches. Held against
// BenchmarkRegisterBatch of the same run, it says what contracts cost whom they do
// not concern.
func BenchmarkRegisterBatchBesideContracts(b *testing.B) { registerBatches(b, 1000) }

// others activates contracts, each of a specification of its own.
func (c *chain) others(n int) {
	c.t.Helper()
	for i := 0; i < n; i += 100 {
		var txs [][]byte
		for j := i; j < min(n, i+100); j++ {
			id := fmt.Sprintf("altro-%d", j)
			document := fmt.Appendf(nil, "specification: %s\napproval: {by: [authority], at_least: 1}\n%s", id, contract(id, 1, "2026-11-01", leastMass))
			hash := sha256.Sum256(document)
			txs = append(txs, region.sign(region.body(c.now, &productv1.MsgRegisterSpecification{
				Id: id, Name: id, Scheme: productv1.Scheme_SCHEME_IGP,
				Version: &productv1.NewVersion{LegalBasis: "Reg. (UE) 1169/2013", DocumentSha256: make([]byte, 32), InForceFrom: "2013-11-20"},
			}, &rulesv1.MsgDeploy{Document: document}, &rulesv1.MsgApprove{Contract: id, Version: 1, Sha256: hash[:], As: "authority"}, &rulesv1.MsgActivate{Contract: id, Version: 1})))
		}
		for _, r := range c.block(txs...) {
			if r.Code != 0 {
				c.t.Fatal(r.Log)
			}
		}
	}
}

func registerBatches(b *testing.B, contracts int) {
	db, err := dbm.NewGoLevelDB("state", b.TempDir(), nil)
	check(b, err)
	c := newChain(b, db)
	c.stage()
	c.others(contracts)
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
