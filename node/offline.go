package node

import (
	"context"
	"errors"
	"fmt"

	cmtdb "github.com/cometbft/cometbft-db"
	cmtcfg "github.com/cometbft/cometbft/config"
	sm "github.com/cometbft/cometbft/state"
	cmtstore "github.com/cometbft/cometbft/store"
	"github.com/cometbft/cometbft/types"

	"github.com/filiera-chain/filiera/app"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/index"
)

// stopped is a home opened while its node does not run: the databases' own
// locks see to that.
type stopped struct {
	doc    *types.GenesisDoc
	blocks *cmtstore.BlockStore
	states sm.Store
	app    *app.App
	close  []func() error
}

func openStopped(home Home) (s *stopped, err error) {
	s = &stopped{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	c, err := LoadEngine(home)
	if err != nil {
		return s, err
	}
	if s.doc, err = ReadGenesis(home); err != nil {
		return s, err
	}
	blockDB, err := s.database(c, "blockstore")
	if err != nil {
		return s, err
	}
	stateDB, err := s.database(c, "state")
	if err != nil {
		return s, err
	}
	s.blocks, s.states = cmtstore.NewBlockStore(blockDB), sm.NewStore(stateDB, sm.StoreOptions{})
	db, err := openState(Config{Home: home})
	if err != nil {
		return s, fmt.Errorf("open the state's database (is the node running?): %w", err)
	}
	s.close = append(s.close, db.Close)
	if s.app, err = app.New(app.Config{DB: db, ChainID: s.doc.ChainID}); err != nil {
		return s, err
	}
	s.close = append(s.close, s.app.Close)
	if meta := s.blocks.LoadBlockMeta(s.app.Height()); meta != nil {
		s.app.SetClock(meta.Header.Time.Unix())
	}
	return s, nil
}

func (s *stopped) database(c *cmtcfg.Config, id string) (cmtdb.DB, error) {
	db, err := cmtcfg.DefaultDBProvider(&cmtcfg.DBContext{ID: id, Config: c})
	if err != nil {
		return nil, fmt.Errorf("open the engine's database %s (is the node running?): %w", id, err)
	}
	s.close = append(s.close, db.Close)
	return db, nil
}

// Close lets the databases go, last opened first.
func (s *stopped) Close() error {
	var errs []error
	for i := len(s.close) - 1; i >= 0; i-- {
		errs = append(errs, s.close[i]())
	}
	return errors.Join(errs...)
}

// RebuildIndex builds the read model of a stopped node anew from its blocks
// and puts it in the old one's place once it is whole. It gives the height
// reached. place is as in Config.IndexDB. report is told now and then how far it is.
func RebuildIndex(ctx context.Context, home Home, place string, report func(height, last int64)) (height int64, err error) {
	s, err := openStopped(home)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	source := &index.NodeSource{
		Blocks: s.blocks, Results: s.states, InitialHeight: s.doc.InitialHeight,
		Committed: func() (int64, error) { return s.app.Height(), nil },
	}
	return s.app.Height(), index.Rebuild(ctx, source, Config{Home: home, IndexDB: place}.indexPlace(), report)
}

// ExportGenesis gives the state of a stopped node as a genesis document; the
// new chain goes on at the next height, under chainID or, if that is "", the
// old name.
func ExportGenesis(home Home, chainID string) (doc *types.GenesisDoc, err error) {
	s, err := openStopped(home)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if chainID == "" {
		chainID = s.doc.ChainID
	}
	if err := envelope.CheckChainID(chainID); err != nil {
		return nil, err
	}
	state, height, err := s.app.Export()
	if err != nil {
		return nil, err
	}
	meta := s.blocks.LoadBlockMeta(height)
	if meta == nil {
		return nil, fmt.Errorf("the block at height %d is not in the block store", height)
	}
	doc = NewGenesisDoc(chainID, meta.Header.Time, state)
	doc.InitialHeight = height + 1
	return doc, nil
}
