package app_test

import (
	"context"
	"fmt"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"
	"google.golang.org/protobuf/proto"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/app"
	"github.com/filiera-chain/filiera/budget"
	"github.com/filiera-chain/filiera/registers"
)

// A book and a register survive a restart, and a chain born anew from what this one
// exported has the same root, the same truths, and goes on from there; reservations
// run out on it as they would have.
func TestBooksAndRegistersSurviveARestartAndANewChain(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	grants := c.treasury()
	send := func(acts ...proto.Message) []byte { return region.sign(region.body(c.now, acts...)) }
	move := func(list ...*ledgerv1.NewMovement) proto.Message {
		return &ledgerv1.MsgMoveBudget{Movements: list}
	}
	today := c.now.Format("2006-01-02")
	root := registers.Empty()
	open := &ledgerv1.MsgOpenRegister{Id: "gare", Kind: ledgerv1.RegisterKind_REGISTER_KIND_COMPETITIONS, Title: "Gare", Body: "regione-marche", Columns: []string{"n"}}
	add := &ledgerv1.MsgAppendRegister{Register: "gare", Entries: 1, Subtrees: [][]byte{root[:]}}
	res := c.block(
		send(move(&ledgerv1.NewMovement{Kind: budget.Prenotazione, Line: grants[0], Cents: 500, Act: planAct, Position: "p", Expires: today})),
		send(move(&ledgerv1.NewMovement{Kind: budget.Impegno, Reservation: "p", Cents: 200, Act: planAct, Position: "i"}), open, add),
		// Of two that take the same money in one block, one does; a set of which one part does not fit leaves nothing.
		send(move(&ledgerv1.NewMovement{Kind: budget.Impegno, Reservation: "p", Cents: 300, Act: planAct, Position: "i-2"})),
		send(move(&ledgerv1.NewMovement{Kind: budget.Impegno, Reservation: "p", Cents: 1, Act: planAct, Position: "i-3"})),
		send(move(&ledgerv1.NewMovement{Kind: budget.Pagamento, Position: "i", Cents: 1, Act: planAct}), add),
		send(open),
	)
	for i, want := range []string{"", "", "", "ledger.i4_phase_exceeded", "ledger.i4_phase_exceeded", "ledger.duplicate_register"} {
		if res[i].Info != want && !(want == "" && res[i].Code == 0) {
			t.Errorf("transaction %d: %q %s; want %q", i, res[i].Info, res[i].Log, want)
		}
	}
	before := c.hash()
	check(t, c.app.Close())
	c.open()
	if c.hash() != before {
		t.Error("the root differs after a restart")
	}
	check(t, c.app.CheckInvariants())
	state, height, err := c.app.Export()
	check(t, err)
	other, err := app.New(app.Config{DB: dbm.NewMemDB(), ChainID: chainID})
	check(t, err)
	born, err := other.InitChain(context.Background(), &abci.RequestInitChain{ChainId: chainID, InitialHeight: height + 1, Time: c.now, AppStateBytes: state})
	check(t, err)
	if got := fmt.Sprintf("%x", born.AppHash); got != c.hash() {
		t.Errorf("imported root %s, want %s", got, c.hash())
	}
	first, err := other.FinalizeBlock(context.Background(), &abci.RequestFinalizeBlock{Height: height + 1, Time: c.now})
	check(t, err)
	told := map[string]int{}
	for _, e := range first.Events {
		told[e.Type]++
	}
	if told["filiera.ledger.v1.BudgetLineChanged"] != 8 || told["filiera.ledger.v1.BudgetMoved"] != 11 || told["filiera.ledger.v1.PositionChanged"] != 3 || told["filiera.ledger.v1.RegisterAppended"] != 1 {
		t.Errorf("announced: %v", told)
	}
	_, err = other.Commit(context.Background(), &abci.RequestCommit{})
	check(t, err)
	check(t, other.CheckInvariants())
}

// Budgets are asked over ABCI as they are over HTTP.
func TestTheBudgetIsAskedOverABCI(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	c.treasury()
	ask := func(method string, q, into proto.Message) {
		t.Helper()
		raw, err := proto.Marshal(q)
		check(t, err)
		v, err := c.app.Query(context.Background(), &abci.RequestQuery{Path: "/filiera.ledger.v1.Query/" + method, Data: raw})
		check(t, err)
		if v.Code != 0 {
			t.Fatalf("%s: %s", method, v.Log)
		}
		check(t, proto.Unmarshal(v.Value, into))
	}
	var tree ledgerv1.BudgetState
	ask("Budget", &ledgerv1.BudgetRequest{Line: "call", DownTo: ledgerv1.BudgetLevel_BUDGET_LEVEL_GRANT}, &tree)
	if len(tree.GetLines()) != 5 || budget.Endowment(tree.GetLines()[0].GetAmounts().GetSubtree()) != 4_000_000_000 {
		t.Errorf("%v", &tree)
	}
	var all ledgerv1.BudgetCheck
	ask("CheckBudget", &ledgerv1.BudgetCheckRequest{}, &all)
	for _, f := range all.GetFindings() {
		if !f.GetHolds() {
			t.Errorf("%v", f)
		}
	}
	if all.GetMovements() != 8 || all.GetHeight() != c.height {
		t.Errorf("%v", &all)
	}
}
