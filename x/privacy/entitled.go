package privacy

import (
	"context"
	"slices"

	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
)

// The grounds of an entitlement.
const (
	GroundOwn         = "own"
	GroundParticipant = "participant"
	GroundRole        = "role"
	GroundChain       = "chain"
)

// Entitled says on what ground participant may be handed the opening of a field
// at second at, or refuses. Whatever cannot be found out is a refusal or an
// error, never a yes.
func (p *Privacy) Entitled(ctx context.Context, at int64, participant string, id []byte, name string) (*privacyv1.EntitledResponse, error) {
	c, err := p.mustCommitment(ctx, id)
	if err != nil {
		return nil, err
	}
	if _, err := p.registry.Active(ctx, participant); err != nil {
		return nil, err
	}
	if _, err := kept(c, name); err != nil {
		return nil, err
	}
	if c.GetParticipant() == participant {
		return &privacyv1.EntitledResponse{Ground: GroundOwn}, nil
	}
	grants, err := p.Grants(ctx, c)
	if err != nil {
		return nil, err
	}
	// The chain is walked last: it costs most.
	for _, chain := range [...]bool{false, true} {
		for _, g := range grants {
			if (g.GetChain() != nil) != chain || !inForce(g, at) || !slices.Contains(g.GetFields(), name) {
				continue
			}
			ground, err := p.names(ctx, at, c, g, participant)
			if err != nil {
				return nil, err
			}
			if ground != "" {
				return &privacyv1.EntitledResponse{Ground: ground, Grant: g.GetNumber()}, nil
			}
		}
	}
	return nil, ErrEntitled.With("no grant in force lets %s see field %s of commitment %x; ask %s to share it", participant, name, id, c.GetParticipant())
}

func inForce(g *privacyv1.Grant, at int64) bool {
	return g.GetRevokedAt() == 0 && (g.GetValidUntil() == 0 || at < g.GetValidUntil())
}

// names says on what ground a grant is to participant; "" when it is not.
func (p *Privacy) names(ctx context.Context, at int64, c *privacyv1.Commitment, g *privacyv1.Grant, participant string) (string, error) {
	switch to := g.GetTo().(type) {
	case *privacyv1.Grant_Participant:
		return ground(to.Participant == participant, GroundParticipant), nil
	case *privacyv1.Grant_Role:
		ok, err := yes(p.holdsRole(ctx, at, participant, to.Role))
		return ground(ok, GroundRole), err
	case *privacyv1.Grant_Chain:
		list, err := p.Neighbours(ctx, c)
		return ground(slices.Contains(list, participant), GroundChain), err
	}
	return "", nil
}

func ground(yes bool, word string) string {
	if yes {
		return word
	}
	return ""
}

// holdsRole asks a certifier for its accreditation, not for its role alone.
func (p *Privacy) holdsRole(ctx context.Context, at int64, participant string, r *privacyv1.RoleGrant) error {
	if r.GetRole() == registryv1.Role_ROLE_CERTIFIER && r.GetSpecification() != "" {
		return p.registry.Accredited(ctx, at, participant, r.GetSpecification())
	}
	return p.registry.Allowed(ctx, at, participant, r.GetSpecification(), "", r.GetRole())
}
