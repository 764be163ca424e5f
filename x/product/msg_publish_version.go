package product

import (
	"cosmossdk.io/collections"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkPublishVersion(m *productv1.MsgPublishVersion) error {
	if err := checkSpecificationID("specification", m.GetSpecification()); err != nil {
		return err
	}
	return checkNewVersion(m.GetVersion())
}

// publishVersion adds a version to a specification, by an authority. Batches
// registered before keep the version that they are bound to.
func (p *Product) publishVersion(ctx *module.Context, m *productv1.MsgPublishVersion) error {
	if err := p.authority(ctx); err != nil {
		return err
	}
	spec, err := p.mustSpecification(ctx, m.GetSpecification())
	if err != nil {
		return err
	}
	last, err := p.version(ctx, spec.GetId(), spec.GetLatestVersion())
	if err != nil {
		return err
	}
	if m.GetVersion().GetInForceFrom() <= last.GetInForceFrom() {
		return ErrVersionOrder.With("version.in_force_from is %s; it must come after %s, when version %d of %s began", m.GetVersion().GetInForceFrom(), last.GetInForceFrom(), last.GetVersion(), spec.GetId())
	}
	if spec.GetLatestVersion() >= maxVersions {
		return ErrLimit.With("specification %s already has %d versions, which is the most", spec.GetId(), maxVersions)
	}
	return p.addVersion(ctx, spec, m.GetVersion())
}

// mustSpecification is Specification that refuses an unknown one.
func (p *Product) mustSpecification(ctx *module.Context, id string) (*productv1.Specification, error) {
	spec, err := p.Specification(ctx, id)
	if err == nil && spec == nil {
		return nil, ErrSpecification.With("specification %q is not registered; an authority registers it first", id)
	}
	return spec, err
}

// addVersion writes the next version of spec, and spec with it.
func (p *Product) addVersion(ctx *module.Context, spec *productv1.Specification, v *productv1.NewVersion) error {
	spec.LatestVersion++
	version := &productv1.SpecificationVersion{
		Specification: spec.GetId(), Version: spec.GetLatestVersion(), LegalBasis: v.GetLegalBasis(), DocumentSha256: v.GetDocumentSha256(),
		Municipalities: v.GetMunicipalities(), InForceFrom: v.GetInForceFrom(), InForceTo: v.GetInForceTo(), Requirements: v.GetRequirements(),
		Stages: v.GetStages(), Lateness: v.GetLateness(), PublishedAt: ctx.Time, PublishedBy: ctx.Signer.Participant,
	}
	ctx.Emit(&productv1.SpecificationChanged{Specification: spec})
	ctx.Emit(&productv1.VersionPublished{Version: version})
	if err := p.specifications.Set(ctx, spec.GetId(), spec); err != nil {
		return err
	}
	return p.versions.Set(ctx, collections.Join(spec.GetId(), version.GetVersion()), version)
}
