package node

import (
	"fmt"

	dbm "github.com/cosmos/cosmos-db"

	"github.com/filiera-chain/filiera/store"
)

// openState opens the database of the state with the options that suit the
// store's way of writing: one large synced batch per block.
func openState(cfg Config) (dbm.DB, error) {
	switch cfg.StateBackend {
	case "", "goleveldb":
		return store.OpenLevelDB("state_tree", cfg.Home.Data())
	case "pebbledb":
		return dbm.NewDB("state_tree", dbm.PebbleDBBackend, cfg.Home.Data())
	default:
		return nil, fmt.Errorf("state backend %q is not known; write goleveldb or pebbledb", cfg.StateBackend)
	}
}
