package ledger

import (
	"context"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
)

// Registry answers who may act.
type Registry interface {
	// Allowed is nil when participant is active and holds one of roles at
	// second at, with a scope that covers spec and place ("" asks for none).
	Allowed(ctx context.Context, at int64, participant string, spec, place string, roles ...registryv1.Role) error
	// Active gives a participant, or refuses one that is unknown or not active.
	Active(ctx context.Context, id string) (*registryv1.Participant, error)
}

// A body speaks for its own acts with the role of a public body; an authority for
// those of any.
var (
	authorities = []registryv1.Role{registryv1.Role_ROLE_AUTHORITY}
	bodies      = []registryv1.Role{registryv1.Role_ROLE_AUTHORITY, registryv1.Role_ROLE_PUBLIC_BODY}
	witnesses   = []registryv1.Role{registryv1.Role_ROLE_AUTHORITY, registryv1.Role_ROLE_AUDITOR}
	ownWitness  = []registryv1.Role{registryv1.Role_ROLE_AUTHORITY, registryv1.Role_ROLE_AUDITOR, registryv1.Role_ROLE_PUBLIC_BODY}
)
