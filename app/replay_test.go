package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/app"
)

// history makes blocks of good and bad transactions for a chain to run.
func history() [][][]byte {
	reset()
	at := began
	var blocks [][][]byte
	blocks = append(blocks, nil, nil) // filled by stage below
	blocks = blocks[:0]
	for h := range 12 {
		var txs [][]byte
		for i := range 20 {
			lot := fmt.Sprintf("L%d-%d", h, i%15) // some twice
			txs = append(txs, producer.sign(producer.body(at, batch(lot, int64(1000+i)))))
		}
		txs = append(txs, []byte("noise"), txs[0])
		if h == 6 {
			txs = append(txs, region.sign(region.body(at, &registryv1.MsgGrantRole{
				Participant: "pastificio", Grant: &registryv1.NewGrant{Role: registryv1.Role_ROLE_CARRIER, ValidFrom: at.Unix()},
			})))
		}
		blocks = append(blocks, txs)
	}
	return blocks
}

// Two nodes run the same blocks; one is closed and opened again half-way, and
// runs each block twice before it commits, as after a crash.
func TestSameBlocksGiveTheSameHashes(t *testing.T) {
	blocks := history()
	steady := newChain(t, dbm.NewMemDB())
	dir := t.TempDir()
	db, err := dbm.NewGoLevelDB("state", dir, nil)
	check(t, err)
	restarted := newChain(t, db)
	steady.stage()
	reset() // both stages sign the same bytes
	restarted.stage()
	for h, txs := range blocks {
		if h == len(blocks)/2 {
			check(t, restarted.app.Close())
			check(t, restarted.db.Close())
			restarted.db, err = dbm.NewGoLevelDB("state", dir, nil)
			check(t, err)
			restarted.open()
		}
		steady.block(txs...)
		first := restarted.finalize(txs...)
		restarted.height--
		restarted.now = restarted.now.Add(-time.Second)
		second := restarted.finalize(txs...)
		if !bytes.Equal(first.AppHash, second.AppHash) {
			t.Fatalf("block %d run twice gives two hashes", h)
		}
		_, err = restarted.app.Commit(context.Background(), &abci.RequestCommit{})
		check(t, err)
		if steady.hash() != restarted.hash() {
			t.Fatalf("after block %d: %s and %s", steady.height, steady.hash(), restarted.hash())
		}
	}
	check(t, steady.app.CheckInvariants())
	check(t, restarted.app.Close())
	check(t, restarted.db.Close())
}

func TestGenesisOfAnExportHasTheSameRoot(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	c.stage()
	c.do(producer, batch("ONE", 1000))
	state, height, err := c.app.Export()
	check(t, err)
	if height != c.height {
		t.Errorf("exported height %d, want %d", height, c.height)
	}
	check(t, app.ValidateGenesis(chainID, c.now, state))
	other, err := app.New(app.Config{DB: dbm.NewMemDB(), ChainID: chainID})
	check(t, err)
	res, err := other.InitChain(context.Background(), &abci.RequestInitChain{ChainId: chainID, InitialHeight: height + 1, Time: c.now, AppStateBytes: state})
	check(t, err)
	if got := fmt.Sprintf("%x", res.AppHash); got != c.hash() {
		t.Errorf("imported root %s, want %s", got, c.hash())
	}
	if len(res.Validators) != 1 || res.Validators[0].Power != 10 {
		t.Errorf("validators: %v", res.Validators)
	}
	// A read model begins at the first block's events: all records are there.
	first, err := other.FinalizeBlock(context.Background(), &abci.RequestFinalizeBlock{Height: height + 1, Time: c.now})
	check(t, err)
	told := map[string]int{}
	for _, e := range first.Events {
		told[e.Type]++
	}
	for name, want := range map[string]int{
		"filiera.registry.v1.ParticipantChanged": 2, "filiera.registry.v1.KeyChanged": 2, "filiera.registry.v1.GrantChanged": 2,
		"filiera.registry.v1.ValidatorChanged": 1, "filiera.registry.v1.ParamsChanged": 1,
		"filiera.product.v1.SpecificationChanged": 1, "filiera.product.v1.VersionPublished": 1,
		"filiera.product.v1.ProductChanged": 1, "filiera.product.v1.BatchChanged": 1,
	} {
		if told[name] != want {
			t.Errorf("%s was announced %d times, want %d", name, told[name], want)
		}
	}
}

func TestBadGenesisIsRefused(t *testing.T) {
	reset()
	good := genesisState(t)
	check(t, app.ValidateGenesis(chainID, began, good))
	for name, change := range map[string]func(map[string]map[string]json.RawMessage){
		"a module that is not there": func(s map[string]map[string]json.RawMessage) { s["bank"] = nil },
		"a table that is not there":  func(s map[string]map[string]json.RawMessage) { s["registry"]["coins"] = json.RawMessage("[]") },
		"no parameters":              func(s map[string]map[string]json.RawMessage) { delete(s["registry"], "params") },
		"no authority":               func(s map[string]map[string]json.RawMessage) { delete(s["registry"], "authorities") },
		"no validator":               func(s map[string]map[string]json.RawMessage) { delete(s["registry"], "validators") },
		"an entry twice": func(s map[string]map[string]json.RawMessage) {
			list := s["registry"]["keys"]
			s["registry"]["keys"] = json.RawMessage("[" + string(list[1:len(list)-1]) + "," + string(list[1:len(list)-1]) + "]")
		},
		"a record with an unknown field": func(s map[string]map[string]json.RawMessage) {
			s["registry"]["params"] = bytes.Replace(s["registry"]["params"], []byte(`"max_tx_bytes"`), []byte(`"max_tx_bites"`), 1)
		},
	} {
		var state map[string]map[string]json.RawMessage
		check(t, json.Unmarshal(good, &state))
		change(state)
		raw, err := json.Marshal(state)
		check(t, err)
		if err := app.ValidateGenesis(chainID, began, raw); err == nil {
			t.Errorf("%s: the genesis state is accepted", name)
		}
	}
	if err := app.ValidateGenesis(chainID, began, []byte("{")); err == nil {
		t.Error("broken JSON is accepted")
	}
}
