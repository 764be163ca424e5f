package privacy

import (
	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkGrantAccess(m *privacyv1.MsgGrantAccess) error {
	if err := checkID(m.GetCommitment()); err != nil {
		return err
	}
	if err := checkNames(m.GetFields()); err != nil {
		return err
	}
	if m.GetValidUntil() < 0 {
		return ErrShape.With("valid_until is %d; write unix seconds, or 0 for no end", m.GetValidUntil())
	}
	switch to := m.GetTo().(type) {
	case *privacyv1.MsgGrantAccess_Participant:
		return shape(module.CheckSlug("participant", to.Participant, 3, 40))
	case *privacyv1.MsgGrantAccess_Role:
		return checkRole(to.Role)
	case *privacyv1.MsgGrantAccess_Chain:
		return nil
	}
	return ErrShape.With("to is missing; name a participant, a role, or chain")
}

func checkRole(r *privacyv1.RoleGrant) error {
	switch r.GetRole() {
	case registryv1.Role_ROLE_CERTIFIER, registryv1.Role_ROLE_AUTHORITY, registryv1.Role_ROLE_AUDITOR:
	default:
		return ErrShape.With("role %d cannot be granted access; write certifier, authority or auditor, and name others one by one", r.GetRole())
	}
	if r.GetSpecification() == "" {
		return nil
	}
	return shape(module.CheckSlug("specification", r.GetSpecification(), 3, 64))
}

// grantAccess lets others see fields that are still kept.
func (p *Privacy) grantAccess(ctx *module.Context, m *privacyv1.MsgGrantAccess) error {
	c, err := p.own(ctx, m.GetCommitment())
	if err != nil {
		return err
	}
	for _, n := range m.GetFields() {
		if _, err := kept(c, n); err != nil {
			return err
		}
	}
	switch {
	case m.GetValidUntil() != 0 && m.GetValidUntil() <= ctx.Time:
		return ErrShape.With("valid_until is %s (second %d), which is over; write a later one", module.Day(m.GetValidUntil()), m.GetValidUntil())
	case c.GetLastGrant() >= maxGrants:
		return ErrLimit.With("commitment %x has %d grants, which is the most", c.GetId(), c.GetLastGrant())
	}
	g := &privacyv1.Grant{Commitment: c.GetId(), Fields: m.GetFields(), GrantedAt: ctx.Time, ValidUntil: m.GetValidUntil()}
	if err := p.address(ctx, c, m, g); err != nil {
		return err
	}
	c.LastGrant++
	g.Number = c.LastGrant
	if err := p.putGrant(ctx, g); err != nil {
		return err
	}
	return p.put(ctx, c)
}

// address writes to whom the grant is, and refuses those who cannot be.
func (p *Privacy) address(ctx *module.Context, c *privacyv1.Commitment, m *privacyv1.MsgGrantAccess, g *privacyv1.Grant) error {
	switch to := m.GetTo().(type) {
	case *privacyv1.MsgGrantAccess_Participant:
		g.To = &privacyv1.Grant_Participant{Participant: to.Participant}
		return p.checkRecipient(ctx, c, to.Participant)
	case *privacyv1.MsgGrantAccess_Role:
		g.To = &privacyv1.Grant_Role{Role: to.Role}
		if spec := to.Role.GetSpecification(); spec != "" {
			v, err := p.products.SpecificationVersion(ctx, spec, 1)
			if err == nil && v == nil {
				err = ErrRecipient.With("there is no specification %q", spec)
			}
			return err
		}
		return nil
	}
	g.To = &privacyv1.Grant_Chain{Chain: &privacyv1.ChainGrant{}}
	if c.GetSubject().GetProduct() != "" {
		return ErrNoChain.With("commitment %x is about product %s; name participants or roles, or commit to the field of a batch", c.GetId(), c.GetSubject().GetProduct())
	}
	return nil
}

func (p *Privacy) checkRecipient(ctx *module.Context, c *privacyv1.Commitment, id string) error {
	if id == c.GetParticipant() {
		return ErrRecipient.With("%s committed to the field itself", id)
	}
	who, err := p.registry.Participant(ctx, id)
	if err == nil && who == nil {
		err = ErrRecipient.With("participant %q is not enrolled", id)
	}
	return err
}
