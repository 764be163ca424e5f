package app_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
	"github.com/filiera-chain/filiera/budget"
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
	txs := make([][]byte, 0, b.N)
	for i := range b.N {
		txs = append(txs, producer.sign(producer.body(c.now, batch(fmt.Sprintf("L%d", i), 1000))))
	}
	b.ResetTimer()
	c.pass(b, txs)
}

// pass takes transactions through admission, proposal, execution and commit, in
// blocks of 1,000.
func (c *chain) pass(b *testing.B, txs [][]byte) {
	const size = 1000
	ctx := context.Background()
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

// BenchmarkMoveBudget measures one movement of the budget per signed transaction, a
// reservation on a grant five lines deep, as BenchmarkRegisterBatch measures
// batches. Held against that of the same run, it says what the book costs.
func BenchmarkMoveBudget(b *testing.B) {
	db, err := dbm.NewGoLevelDB("state", b.TempDir(), nil)
	check(b, err)
	c := newChain(b, db)
	c.stage()
	grants := c.treasury()
	txs := make([][]byte, 0, b.N)
	for i := range b.N {
		m := &ledgerv1.NewMovement{Kind: budget.Prenotazione, Line: grants[i%len(grants)], Cents: 1, Act: planAct, Position: fmt.Sprintf("p-%d", i)}
		txs = append(txs, region.sign(region.body(c.now, &ledgerv1.MsgMoveBudget{Movements: []*ledgerv1.NewMovement{m}})))
	}
	b.ResetTimer()
	c.pass(b, txs)
}

const planAct = "regione-marche:dgr:1:2026"

// treasury opens a book down to four grants, and funds it.
func (c *chain) treasury() []string {
	c.t.Helper()
	sum := sha256.Sum256([]byte("dgr 1"))
	act := &ledgerv1.MsgNotariseAct{
		Kind: ledgerv1.ActKind_ACT_KIND_DGR, Body: "regione-marche", BodyName: "Giunta regionale", Number: "1", Date: "2026-01-02", Subject: "Piano finanziario",
		Documents: []*ledgerv1.Document{{Sha256: sum[:], Sha512: make([]byte, 64), Size: 5, MediaType: "text/plain", Container: ledgerv1.Container_CONTAINER_NONE}},
	}
	above, euros := "", int64(1_000_000_000)
	lines, funds := &ledgerv1.MsgOpenLines{}, &ledgerv1.MsgMoveBudget{}
	move := func(k ledgerv1.MovementKind, from, to string, cents int64) {
		funds.Movements = append(funds.Movements, &ledgerv1.NewMovement{Kind: k, Line: from, ToLine: to, Cents: cents, Act: planAct})
	}
	for i, id := range []string{"programme", "action", "intervention", "call"} {
		level := []ledgerv1.BudgetLevel{1, 2, 3, 5}[i]
		line := &ledgerv1.NewBudgetLine{Id: id, Level: level, Parent: above, Title: id, Act: planAct}
		if above == "" {
			line.Body = "regione-marche"
			move(budget.Stanziamento, id, "", 4*euros)
		} else {
			move(budget.Riparto, above, id, 4*euros)
		}
		lines.Lines, above = append(lines.Lines, line), id
	}
	var grants []string
	for i := range 4 {
		id := fmt.Sprintf("grant-%d", i)
		grants = append(grants, id)
		lines.Lines = append(lines.Lines, &ledgerv1.NewBudgetLine{Id: id, Level: ledgerv1.BudgetLevel_BUDGET_LEVEL_GRANT, Parent: "call", Title: id, Beneficiary: "ente-" + id, Act: planAct})
		move(budget.Riparto, "call", id, euros)
	}
	for _, r := range c.block(region.sign(region.body(c.now, act, lines, funds))) {
		if r.Code != 0 {
			c.t.Fatal(r.Log)
		}
	}
	return grants
}
