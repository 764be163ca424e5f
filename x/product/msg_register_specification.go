package product

import (
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkRegisterSpecification(m *productv1.MsgRegisterSpecification) error {
	if err := checkSpecificationID("id", m.GetId()); err != nil {
		return err
	}
	if err := shape(module.CheckText("name", m.GetName(), 2, 200)); err != nil {
		return err
	}
	if _, known := productv1.Scheme_name[int32(m.GetScheme())]; !known || m.GetScheme() == productv1.Scheme_SCHEME_UNSPECIFIED {
		return ErrShape.With("scheme %d is not a scheme; write DOP, IGP, DOC, DOCG, IGT or QM", m.GetScheme())
	}
	return checkNewVersion(m.GetVersion())
}

// registerSpecification records a specification with its first version, by an
// authority.
func (p *Product) registerSpecification(ctx *module.Context, m *productv1.MsgRegisterSpecification) error {
	if err := p.authority(ctx); err != nil {
		return err
	}
	old, err := p.Specification(ctx, m.GetId())
	if err != nil {
		return err
	}
	if old != nil {
		return ErrSpecTaken.With("specification %s (%s) was registered by %s on %s; publish a version of it instead", old.GetId(), old.GetName(), old.GetRegisteredBy(), module.Day(old.GetRegisteredAt()))
	}
	spec := &productv1.Specification{
		Id: m.GetId(), Name: m.GetName(), Scheme: m.GetScheme(), RegisteredAt: ctx.Time, RegisteredBy: ctx.Signer.Participant,
	}
	return p.addVersion(ctx, spec, m.GetVersion())
}

// authority refuses a signer that is not a live authority.
func (p *Product) authority(ctx *module.Context) error {
	return p.registry.Allowed(ctx, ctx.Time, ctx.Signer.Participant, "", "", registryv1.Role_ROLE_AUTHORITY)
}
