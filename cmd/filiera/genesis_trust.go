package main

import (
	"context"
	"errors"
	"fmt"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/types"
	dbm "github.com/cosmos/cosmos-db"

	"github.com/filiera-chain/filiera/app"
	"github.com/filiera-chain/filiera/verify"
)

// trustGenesis trusts the validators that a genesis document starts with. They
// stand in the registry inside app_state, so the state is worked out as a node
// would; a document of another kind may list them itself.
func trustGenesis(ctx context.Context, raw []byte) (verify.Trust, error) {
	doc, err := types.GenesisDocFromJSON(raw)
	if err != nil {
		return verify.Trust{}, fmt.Errorf("the genesis document cannot be read: %w", err)
	}
	if len(doc.Validators) > 0 {
		return verify.TrustGenesis(raw)
	}
	list, err := genesisValidators(ctx, doc)
	if err != nil {
		return verify.Trust{}, err
	}
	if len(list) == 0 {
		return verify.Trust{}, errors.New("the genesis document has no validators")
	}
	return verify.Trust{ValidatorsHash: types.NewValidatorSet(list).Hash(), ChainID: doc.ChainID}, nil
}

func genesisValidators(ctx context.Context, doc *types.GenesisDoc) ([]*types.Validator, error) {
	a, err := app.New(app.Config{DB: dbm.NewMemDB(), ChainID: doc.ChainID})
	if err != nil {
		return nil, err
	}
	defer a.Close()
	params := doc.ConsensusParams.ToProto()
	res, err := a.InitChain(ctx, &abci.RequestInitChain{
		Time: doc.GenesisTime, ChainId: doc.ChainID, ConsensusParams: &params,
		AppStateBytes: doc.AppState, InitialHeight: doc.InitialHeight,
	})
	if err != nil {
		return nil, fmt.Errorf("the genesis state: %w", err)
	}
	return types.PB2TM.ValidatorUpdates(res.Validators)
}
