package lineage

import (
	"context"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
)

// Registry answers within which limits work is done.
type Registry interface {
	// Params gives the limits of the ledger.
	Params(ctx context.Context) (*registryv1.Params, error)
}
