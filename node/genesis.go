package node

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/cometbft/cometbft/types"

	"github.com/filiera-chain/filiera/app"
)

// WriteGenesis puts a genesis document into a home, replacing what is there.
func WriteGenesis(home Home, doc *types.GenesisDoc) error {
	if err := os.MkdirAll(filepath.Dir(home.Genesis()), 0o700); err != nil {
		return err
	}
	if err := doc.SaveAs(home.Genesis()); err != nil {
		return fmt.Errorf("write the genesis document: %w", err)
	}
	return nil
}

// ReadGenesis reads the genesis document of a home.
func ReadGenesis(home Home) (*types.GenesisDoc, error) {
	doc, err := types.GenesisDocFromFile(home.Genesis())
	if err != nil {
		return nil, fmt.Errorf("read the genesis document: %w", err)
	}
	return doc, nil
}

// EditGenesis lets edit work on the state in a home's genesis document and
// writes it back, for as long as the chain has not begun.
func EditGenesis(home Home, edit func(*app.Genesis) error) error {
	doc, err := ReadGenesis(home)
	if err != nil {
		return err
	}
	g, err := app.LoadGenesis(doc.ChainID, doc.GenesisTime, doc.AppState)
	if err != nil {
		return err
	}
	defer g.Close()
	if err := edit(g); err != nil {
		return err
	}
	if doc.AppState, err = g.Export(); err != nil {
		return err
	}
	return WriteGenesis(home, doc)
}

// StartGenesis writes a genesis document with the default parameters and
// nobody in it.
func StartGenesis(home Home, chainID string, at time.Time) error {
	g, err := app.NewGenesis(chainID, at)
	if err != nil {
		return err
	}
	defer g.Close()
	state, err := g.Export()
	if err != nil {
		return err
	}
	return WriteGenesis(home, NewGenesisDoc(chainID, at, state))
}

// CheckGenesis tells whether a chain may start from a home's genesis document.
func CheckGenesis(home Home) (*types.GenesisDoc, error) {
	doc, err := ReadGenesis(home)
	if err != nil {
		return nil, err
	}
	if len(doc.Validators) > 0 {
		return nil, fmt.Errorf("%s names validators of its own; the registry inside app_state is where they stand", home.Genesis())
	}
	return doc, app.ValidateGenesis(doc.ChainID, doc.GenesisTime, doc.AppState)
}
