package place

import (
	"context"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
)

// Registry answers who may act, and who is called how.
type Registry interface {
	// Allowed is nil when participant is active and holds one of roles at
	// second at, with a scope that covers spec and place ("" asks for none).
	Allowed(ctx context.Context, at int64, participant string, spec, place string, roles ...registryv1.Role) error
	// AlternateIDOwner gives the participant of an alternate id, or "".
	AlternateIDOwner(ctx context.Context, scheme registryv1.AlternateIDScheme, value string) (string, error)
}

// keepers are the roles whose holders have places where goods are, or are
// looked at.
var keepers = []registryv1.Role{
	registryv1.Role_ROLE_PRODUCER, registryv1.Role_ROLE_PROCESSOR, registryv1.Role_ROLE_CARRIER,
	registryv1.Role_ROLE_DISTRIBUTOR, registryv1.Role_ROLE_CERTIFIER,
}
