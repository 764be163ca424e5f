package app_test

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"
	"google.golang.org/protobuf/proto"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/app"
	"github.com/filiera-chain/filiera/module/statekey"
)

func decision(number, date string) *ledgerv1.MsgNotariseAct {
	a, b := sha256.Sum256([]byte(number)), sha512.Sum512([]byte(number))
	return &ledgerv1.MsgNotariseAct{
		Kind: ledgerv1.ActKind_ACT_KIND_DGR, Body: "regione-marche", BodyName: "Giunta regionale", Number: number, Date: date, Subject: "Prova",
		Documents: []*ledgerv1.Document{{Sha256: a[:], Sha512: b[:], Size: 3, MediaType: "text/plain", Container: ledgerv1.Container_CONTAINER_NONE}},
	}
}

func amend(from, to string) *ledgerv1.MsgRelateActs {
	return &ledgerv1.MsgRelateActs{From: "regione-marche:dgr:" + from, Kind: ledgerv1.ActRelation_ACT_RELATION_AMENDS, To: "regione-marche:dgr:" + to}
}

// Acts and what they do to one another survive a restart, and a chain born anew from
// what this one exported has the same root; of two that would do the same in one
// block, one does.
func TestActsSurviveARestartAndANewChain(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	send := func(acts ...proto.Message) []byte { return region.sign(region.body(c.now, acts...)) }
	res := c.block(send(decision("1", "2024-05-01"), decision("2", "2024-05-01"), amend("2:2024", "1:2024")), send(decision("1", "2024-06-01")), send(amend("1:2024", "2:2024")), send(amend("2:2024", "1:2024")))
	for i, want := range []string{"", "ledger.duplicate_act", "ledger.relation_cycle", "ledger.duplicate_relation"} {
		if res[i].Info != want && !(want == "" && res[i].Code == 0) {
			t.Errorf("transaction %d: %q %s; want %q", i, res[i].Info, res[i].Log, want)
		}
	}
	// A transaction of which one act is refused leaves nothing.
	res = c.block(send(decision("3", "2024-07-01"), amend("3:2024", "9:2024")))
	if res[0].Info != "ledger.unknown_act" {
		t.Errorf("%v", res[0])
	}
	v, err := c.app.Query(context.Background(), &abci.RequestQuery{Path: "/store/ledger/key", Data: statekey.LedgerAct("regione-marche:dgr:3:2024")[len("ledger/"):]})
	check(t, err)
	if len(v.Value) != 0 {
		t.Error("the act of a refused transaction is there")
	}
	before := c.hash()
	check(t, c.app.Close())
	c.open()
	if c.hash() != before {
		t.Error("the root differs after a restart")
	}
	check(t, c.app.CheckInvariants())
	c.block(send(decision("4", "2024-07-01")), send(amend("4:2024", "2:2024")))
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
	if told["filiera.ledger.v1.ActChanged"] != 3 || told["filiera.ledger.v1.RelationChanged"] != 2 {
		t.Errorf("announced: %v", told)
	}
}
