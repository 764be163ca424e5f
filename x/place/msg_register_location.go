package place

import (
	"strings"

	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
)

func checkRegisterLocation(m *placev1.MsgRegisterLocation) error {
	if err := checkID(fullID(m.GetId(), "owner")); err != nil {
		return err
	}
	return checkDetails(m.GetDetails())
}

// fullID writes the owner before an id of its own that comes without.
func fullID(id, owner string) string {
	if strings.ContainsAny(id, "/.") || len(id) == 13 && strings.Trim(id, "0123456789") == "" {
		return id
	}
	return owner + "/" + id
}

// registerLocation records a location of the signer, who keeps goods within the
// municipality's scope.
func (p *Place) registerLocation(ctx *module.Context, m *placev1.MsgRegisterLocation) error {
	owner := ctx.Signer.Participant
	id := fullID(m.GetId(), owner)
	parsed, err := gs1.ParseLocationID(id)
	if err != nil {
		return ErrID.With("id: %v", err)
	}
	if err := p.registry.Allowed(ctx, ctx.Time, owner, "", m.GetDetails().GetMunicipality(), keepers...); err != nil {
		return err
	}
	if parsed.Owner != "" && parsed.Owner != owner {
		return ErrNotOwner.With("id is %s, which is a name of %s; write %s/%s", id, parsed.Owner, owner, parsed.Name)
	}
	old, err := p.Location(ctx, id)
	if err != nil {
		return err
	}
	if old != nil {
		return ErrTaken.With("location %s (%s) was registered by %s on %s; amend it instead", id, old.GetDetails().GetName(), old.GetOwner(), module.Day(old.GetRegisteredAt()))
	}
	if err := p.takeGLN(ctx, parsed.GLN, owner); err != nil {
		return err
	}
	l := &placev1.Location{
		Id: id, Owner: owner, Details: m.GetDetails(), Status: open, StatusReason: "registered", StatusSince: ctx.Time,
		StatusBy: owner, RegisteredAt: ctx.Time, Revision: 1,
	}
	parent := l.GetDetails().GetParent()
	if l.Depth, err = p.lieIn(ctx, l, parent); err != nil {
		return err
	}
	if err := p.moveChild(ctx, id, "", parent); err != nil {
		return err
	}
	return p.put(ctx, l)
}

// takeGLN binds a GLN to owner, for ever, unless somebody has it here or is
// enrolled under it. A GLN names a place or an organisation that its company
// prefix was licensed to (GS1 GLN Allocation Rules, section 1).
func (p *Place) takeGLN(ctx *module.Context, gln, owner string) error {
	if gln == "" {
		return nil
	}
	holder, err := p.glnOwner(ctx, gln)
	if err != nil {
		return err
	}
	if holder != "" && holder != owner {
		return ErrTaken.With("GLN %s names a place of %s", gln, holder)
	}
	enrolled, err := p.registry.AlternateIDOwner(ctx, registryv1.AlternateIDScheme_ALTERNATE_ID_SCHEME_GLN, gln)
	if err != nil {
		return err
	}
	if enrolled != "" && enrolled != owner {
		return ErrTaken.With("GLN %s is that of participant %s", gln, enrolled)
	}
	return p.glns.Set(ctx, gln, owner)
}
