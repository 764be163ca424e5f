package registry

import (
	"context"
	"errors"
	"slices"
	"strings"

	"cosmossdk.io/collections"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

// Participant gives the participant named id, or nil when there is none.
func (r *Registry) Participant(ctx context.Context, id string) (*registryv1.Participant, error) {
	return module.Find(ctx, r.participants, id)
}

// Active gives the participant named id, or refuses when it is unknown,
// suspended or revoked.
func (r *Registry) Active(ctx context.Context, id string) (*registryv1.Participant, error) {
	p, err := r.Participant(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case p == nil:
		return nil, ErrNoParticipant.With("participant %q is not enrolled", id)
	case p.GetStatus() != registryv1.ParticipantStatus_PARTICIPANT_STATUS_ACTIVE:
		return nil, ErrInactive.With("participant %s is %s since %s: %s", id, StatusWord(p.GetStatus()), module.Day(p.GetStatusSince()), p.GetStatusReason())
	}
	return p, nil
}

// StatusWord is the plain word for a participant's status.
func StatusWord(s registryv1.ParticipantStatus) string {
	return strings.ToLower(strings.TrimPrefix(s.String(), "PARTICIPANT_STATUS_"))
}

// RoleWord is the plain word for a role.
func RoleWord(r registryv1.Role) string {
	return strings.ToLower(strings.TrimPrefix(r.String(), "ROLE_"))
}

// Allowed answers nil when participant is active and holds one of roles at
// second at, with a scope that covers spec and place; "" asks for none. A
// refusal says how far the nearest grant went: role, dates, or scope.
func (r *Registry) Allowed(ctx context.Context, at int64, participant string, spec, place string, roles ...registryv1.Role) error {
	p, err := r.Active(ctx, participant)
	if err != nil {
		return err
	}
	refusal := ErrNotAllowed.With("participant %s does not hold the role %s", participant, roleWords(roles))
	for n := uint32(1); n <= p.GetLastGrant(); n++ {
		g, err := r.grants.Get(ctx, collections.Join(participant, n))
		if err != nil {
			return err
		}
		if g.GetRevokedAt() != 0 || !slices.Contains(roles, g.GetRole()) {
			continue
		}
		if !module.Within(at, g.GetValidFrom(), g.GetValidUntil()) {
			refusal = nearest(refusal, ErrDates.With("participant %s holds the role %s %s, not on %s", participant, RoleWord(g.GetRole()), span(g.GetValidFrom(), g.GetValidUntil()), module.Day(at)))
			continue
		}
		if spec != "" && !covers(g.GetSpecifications(), spec) {
			refusal = ErrScope.With("participant %s holds the role %s for %s, not for %s", participant, RoleWord(g.GetRole()), strings.Join(g.GetSpecifications(), ", "), spec)
			continue
		}
		if place != "" && !covers(g.GetPlaces(), place) {
			refusal = ErrScope.With("participant %s holds the role %s in municipalities %s, not in %s", participant, RoleWord(g.GetRole()), strings.Join(g.GetPlaces(), ", "), place)
			continue
		}
		return nil
	}
	return refusal
}

// nearest keeps the refusal that went further: a scope refusal is more telling
// than one about dates.
func nearest(old, candidate *module.Error) *module.Error {
	if errors.Is(old, ErrScope) {
		return old
	}
	return candidate
}

func covers(scope []string, one string) bool { return len(scope) == 0 || slices.Contains(scope, one) }

func roleWords(roles []registryv1.Role) string {
	words := make([]string, len(roles))
	for i, role := range roles {
		words[i] = RoleWord(role)
	}
	return strings.Join(words, " or ")
}

func span(from, until int64) string {
	if until == 0 {
		return "from " + module.Day(from)
	}
	return "from " + module.Day(from) + " until " + module.Day(until)
}

// authority refuses a signer that is not a live authority.
func (r *Registry) authority(ctx *module.Context) error {
	return r.Allowed(ctx, ctx.Time, ctx.Signer.Participant, "", "", registryv1.Role_ROLE_AUTHORITY)
}

// liveAuthorities gives the active participants that hold the authority role
// at second at, in order of id.
func (r *Registry) liveAuthorities(ctx context.Context, at int64) ([]string, error) {
	var live []string
	err := r.authorities.Walk(ctx, nil, func(id string) (bool, error) {
		err := r.Allowed(ctx, at, id, "", "", registryv1.Role_ROLE_AUTHORITY)
		if err == nil {
			live = append(live, id)
			return false, nil
		}
		var refusal *module.Error
		if errors.As(err, &refusal) {
			return false, nil
		}
		return true, err
	})
	return live, err
}

// keepAuthority refuses a change that leaves no live authority. Called after
// the change, on the branch that a refusal throws away.
func (r *Registry) keepAuthority(ctx *module.Context) error {
	live, err := r.liveAuthorities(ctx, ctx.Time)
	if err != nil {
		return err
	}
	if len(live) == 0 {
		return ErrLastAuthority.With("this would leave the ledger without an authority; admit another first")
	}
	return nil
}

// Accredited answers nil when certifier is active, holds the certifier role
// for spec, and its accreditation for spec is in force at second at.
func (r *Registry) Accredited(ctx context.Context, at int64, certifier, spec string) error {
	if err := r.Allowed(ctx, at, certifier, spec, "", registryv1.Role_ROLE_CERTIFIER); err != nil {
		return err
	}
	a, err := module.Find(ctx, r.accreditations, collections.Join(certifier, spec))
	switch {
	case err != nil:
		return err
	case a == nil:
		return ErrAccreditation.With("certifier %s is not accredited for %s", certifier, spec)
	case a.GetStatus() != registryv1.AccreditationStatus_ACCREDITATION_STATUS_ACTIVE:
		last := a.GetHistory()[len(a.GetHistory())-1]
		return ErrAccreditation.With("the accreditation of %s for %s is %s since %s: %s", certifier, spec, last.GetStatus(), module.Day(last.GetAt()), last.GetReason())
	case !module.Within(at, a.GetValidFrom(), a.GetValidUntil()):
		return ErrAccreditation.With("the accreditation of %s for %s is valid %s, not on %s", certifier, spec, span(a.GetValidFrom(), a.GetValidUntil()), module.Day(at))
	}
	return nil
}

// TwoPerson says whether certifier's accreditation for spec asks for two keys
// on each attestation; false when there is no accreditation.
func (r *Registry) TwoPerson(ctx context.Context, certifier, spec string) (bool, error) {
	a, err := module.Find(ctx, r.accreditations, collections.Join(certifier, spec))
	return a.GetTwoPerson(), err
}

// KeyByLabel gives participant's key of that label, live or retired, or nil.
func (r *Registry) KeyByLabel(ctx context.Context, participant, label string) (*registryv1.Key, error) {
	address, err := r.labels.Get(ctx, collections.Join(participant, label))
	if errors.Is(err, collections.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return r.KeyByAddress(ctx, address)
}

// KeyByAddress gives the key with that 20-byte address, or nil.
func (r *Registry) KeyByAddress(ctx context.Context, address []byte) (*registryv1.Key, error) {
	return module.Find(ctx, r.keys, address)
}

// AlternateIDOwner gives the participant that an alternate id belongs to, or "".
func (r *Registry) AlternateIDOwner(ctx context.Context, scheme registryv1.AlternateIDScheme, value string) (string, error) {
	owner, err := r.alternateIDs.Get(ctx, collections.Join(uint32(scheme), value))
	if errors.Is(err, collections.ErrNotFound) {
		return "", nil
	}
	return owner, err
}

// Params gives the limits in force.
func (r *Registry) Params(ctx context.Context) (*registryv1.Params, error) {
	return r.params.Get(ctx)
}
