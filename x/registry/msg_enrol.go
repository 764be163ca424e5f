package registry

import (
	"cosmossdk.io/collections"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkEnrol(m *registryv1.MsgEnrol) error {
	if err := CheckID("participant id", m.GetId()); err != nil {
		return err
	}
	if err := shape(module.CheckText("name", m.GetName(), 2, 200)); err != nil {
		return err
	}
	if len(m.GetAlternateIds()) > maxAlternateIDs || len(m.GetGrants()) > maxGrants {
		return ErrLimit.With("an enrolment names at most %d alternate ids and %d grants", maxAlternateIDs, maxGrants)
	}
	for _, a := range m.GetAlternateIds() {
		if err := checkAlternateID(a); err != nil {
			return err
		}
	}
	for _, g := range m.GetGrants() {
		if err := checkGrant(g); err != nil {
			return err
		}
	}
	return checkNewKey(m.GetKey())
}

// enrol admits an organisation, by one authority.
func (r *Registry) enrol(ctx *module.Context, m *registryv1.MsgEnrol) error {
	if err := r.authority(ctx); err != nil {
		return err
	}
	return r.Enrol(ctx, m)
}

// Enrol admits an organisation without asking who signs: genesis uses it, and
// the act after its check.
func (r *Registry) Enrol(ctx *module.Context, m *registryv1.MsgEnrol) error {
	if err := checkEnrol(m); err != nil {
		return err
	}
	old, err := r.Participant(ctx, m.GetId())
	if err != nil {
		return err
	}
	if old != nil {
		return ErrTaken.With("participant id %q belongs to %s since %s", m.GetId(), old.GetName(), module.Day(old.GetEnrolledAt()))
	}
	p := &registryv1.Participant{
		Id: m.GetId(), Name: m.GetName(), Status: registryv1.ParticipantStatus_PARTICIPANT_STATUS_ACTIVE, StatusReason: "enrolled",
		StatusSince: ctx.Time, EnrolledAt: ctx.Time, EnrolledBy: ctx.Signer.Participant,
	}
	for _, a := range m.GetAlternateIds() {
		if err := r.takeAlternateID(ctx, p, a); err != nil {
			return err
		}
	}
	for _, g := range m.GetGrants() {
		if err := r.give(ctx, p, g); err != nil {
			return err
		}
	}
	if err := r.putParticipant(ctx, p); err != nil {
		return err
	}
	return r.takeKey(ctx, p.GetId(), m.GetKey())
}

func (r *Registry) putParticipant(ctx *module.Context, p *registryv1.Participant) error {
	ctx.Emit(&registryv1.ParticipantChanged{Participant: p})
	return r.participants.Set(ctx, p.GetId(), p)
}

// takeAlternateID binds a to p, for ever, unless somebody has it.
func (r *Registry) takeAlternateID(ctx *module.Context, p *registryv1.Participant, a *registryv1.AlternateID) error {
	key := collections.Join(uint32(a.GetScheme()), a.GetValue())
	taken, err := r.alternateIDs.Has(ctx, key)
	if err != nil {
		return err
	}
	if taken {
		owner, err := r.alternateIDs.Get(ctx, key)
		if err != nil {
			return err
		}
		return ErrTaken.With("alternate id %s already belongs to participant %s", a.GetValue(), owner)
	}
	if len(p.GetAlternateIds()) >= maxAlternateIDs {
		return ErrLimit.With("participant %s already has %d alternate ids", p.GetId(), maxAlternateIDs)
	}
	p.AlternateIds = append(p.AlternateIds, a)
	return r.alternateIDs.Set(ctx, key, p.GetId())
}

// give adds a grant to p, whose record the caller then writes.
func (r *Registry) give(ctx *module.Context, p *registryv1.Participant, g *registryv1.NewGrant) error {
	if p.GetLastGrant() >= maxGrants {
		return ErrLimit.With("participant %s already has %d grants", p.GetId(), maxGrants)
	}
	p.LastGrant++
	grant := &registryv1.Grant{
		Participant: p.GetId(), Number: p.GetLastGrant(), Role: g.GetRole(), Specifications: g.GetSpecifications(), Places: g.GetPlaces(),
		ValidFrom: g.GetValidFrom(), ValidUntil: g.GetValidUntil(), GrantedBy: ctx.Signer.Participant, GrantedAt: ctx.Time,
	}
	if g.GetRole() == registryv1.Role_ROLE_AUTHORITY {
		if err := r.authorities.Set(ctx, p.GetId()); err != nil {
			return err
		}
	}
	return r.putGrant(ctx, grant)
}

func (r *Registry) putGrant(ctx *module.Context, g *registryv1.Grant) error {
	ctx.Emit(&registryv1.GrantChanged{Grant: g})
	return r.grants.Set(ctx, collections.Join(g.GetParticipant(), g.GetNumber()), g)
}

// takeKey binds a proven key to participant, for ever.
func (r *Registry) takeKey(ctx *module.Context, participant string, k *registryv1.NewKey) error {
	address, err := provenAddress(ctx.ChainID, participant, k)
	if err != nil {
		return err
	}
	old, err := r.KeyByAddress(ctx, address)
	if err != nil {
		return err
	}
	if old != nil {
		return ErrTaken.With("the key 0x%x already speaks for participant %s; make a new one", address, old.GetParticipant())
	}
	label := collections.Join(participant, k.GetLabel())
	if used, err := r.labels.Has(ctx, label); err != nil || used {
		if err != nil {
			return err
		}
		return ErrTaken.With("participant %s already had a key labelled %q; choose another label", participant, k.GetLabel())
	}
	if err := r.labels.Set(ctx, label, address); err != nil {
		return err
	}
	return r.putKey(ctx, &registryv1.Key{Address: address, PublicKey: k.GetPublicKey(), Participant: participant, Label: k.GetLabel(), AddedAt: ctx.Time})
}

func (r *Registry) putKey(ctx *module.Context, k *registryv1.Key) error {
	ctx.Emit(&registryv1.KeyChanged{Key: k})
	return r.keys.Set(ctx, k.GetAddress(), k)
}
