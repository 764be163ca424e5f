package app

import (
	"fmt"

	"github.com/filiera-chain/filiera/module"
)

// checkInvariants runs every module's truths and stops at the first broken one.
func checkInvariants(r *module.Reader, list []*module.Module) error {
	for _, m := range list {
		for _, inv := range m.Invariants {
			if err := inv.Check(r); err != nil {
				return fmt.Errorf("%s: %s: %w", m.Name, inv.Name, err)
			}
		}
	}
	return nil
}

// CheckInvariants runs every truth over the last committed state. It takes
// time proportional to the state; consensus goes on meanwhile.
func (a *App) CheckInvariants() error {
	return a.Read(func(r *module.Reader) error { return checkInvariants(r, a.list) })
}
