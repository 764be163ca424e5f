package product

import (
	"context"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
)

// Registry answers who may act.
type Registry interface {
	// Allowed is nil when participant is active and holds one of roles at
	// second at, with a scope that covers spec and place ("" asks for none).
	Allowed(ctx context.Context, at int64, participant string, spec, place string, roles ...registryv1.Role) error
}

// movers are the roles that may part and join what is there.
var movers = []registryv1.Role{
	registryv1.Role_ROLE_PRODUCER, registryv1.Role_ROLE_PROCESSOR, registryv1.Role_ROLE_CARRIER, registryv1.Role_ROLE_DISTRIBUTOR,
}

// makers are the roles that put goods into the world.
var makers = []registryv1.Role{registryv1.Role_ROLE_PRODUCER, registryv1.Role_ROLE_PROCESSOR}
