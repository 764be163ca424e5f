package app

import (
	"fmt"

	txv1 "github.com/filiera-chain/filiera/api/tx/v1"
)

// complete refuses to start when an act of the numbered list has no handler,
// or a handler is not in the list.
func (a *App) complete() error {
	fields := (&txv1.Act{}).ProtoReflect().Descriptor().Oneofs().ByName("kind").Fields()
	for i := range fields.Len() {
		if n := fields.Get(i).Message().FullName(); a.acts[n].Run == nil {
			return fmt.Errorf("act %s has no handler", n)
		}
	}
	if len(a.acts) != fields.Len() {
		return fmt.Errorf("%d acts have handlers and the list numbers %d", len(a.acts), fields.Len())
	}
	return nil
}
