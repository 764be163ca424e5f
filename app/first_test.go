package app_test

import (
	"context"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
)

// Until the first block is committed nothing is in the database, and a sender
// may already be there.
func TestTheMempoolOpensWithGenesis(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	raw := region.sign(region.body(began, &registryv1.MsgGrantRole{
		Participant: "pastificio", Grant: &registryv1.NewGrant{Role: registryv1.Role_ROLE_CARRIER, ValidFrom: began.Unix()},
	}))
	res, err := c.app.CheckTx(context.Background(), &abci.RequestCheckTx{Tx: raw})
	check(t, err)
	if res.Code != 0 {
		t.Errorf("before the first block: %s %s", res.Info, res.Log)
	}
	if r := c.block(raw)[0]; r.Code != 0 {
		t.Errorf("in the first block: %s %s", r.Info, r.Log)
	}
}
