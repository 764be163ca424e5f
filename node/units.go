package node

import (
	"path/filepath"
	"time"

	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/gateway"
	"github.com/filiera-chain/filiera/units/tree"
)

// revealLifetime is how long a reveal may wait for a block: who typed the code
// waits too.
const revealLifetime = 2 * time.Minute

// openUnits lets the gateway prove items of the tree files that are here, and
// carry reveals of their codes where the operator lends a key.
func (n *Node) openUnits(c *gateway.Config) error {
	dir := n.cfg.UnitsDir
	if dir == "" {
		dir = filepath.Join(string(n.cfg.Home), "units")
	}
	c.Units = tree.NewShelf(dir)
	if n.cfg.UnitRelay == nil {
		return nil
	}
	b, err := client.NewBuilder(n.app.ChainID(), client.WithLifetime(revealLifetime))
	if err != nil {
		return err
	}
	c.Relay = &gateway.Relay{Key: n.cfg.UnitRelay, Builder: b}
	return nil
}
