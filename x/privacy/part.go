package privacy

import (
	"errors"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

// overseers may commit about anything: what they found is theirs to bind
// themselves to.
var overseers = []registryv1.Role{registryv1.Role_ROLE_AUTHORITY, registryv1.Role_ROLE_AUDITOR}

// hasPart refuses a signer that has no part in the subject: neither its owner,
// custodian, reporter or certifier, nor accredited for its specification, nor an
// authority or auditor.
func (p *Privacy) hasPart(ctx *module.Context, s *privacyv1.Subject) error {
	mine, spec, err := p.part(ctx, s)
	if err != nil || mine {
		return err
	}
	who := ctx.Signer.Participant
	if spec != "" {
		if ok, err := yes(p.registry.Accredited(ctx, ctx.Time, who, spec)); err != nil || ok {
			return err
		}
	}
	ok, err := yes(p.registry.Allowed(ctx, ctx.Time, who, spec, "", overseers...))
	if err == nil && !ok {
		text, _ := SubjectOf(s)
		err = ErrNotYours.With("%s has no part in %s; its owner, custodian, reporter, certifiers and auditors commit to fields about it", who, text)
	}
	return err
}

// part says whether the signer has the subject, made it or reported it, and to
// which specification it is made. It refuses a subject that is not there.
func (p *Privacy) part(ctx *module.Context, s *privacyv1.Subject) (mine bool, spec string, err error) {
	who := ctx.Signer.Participant
	switch s.GetOf().(type) {
	case *privacyv1.Subject_Batch:
		b, err := p.mustBatch(ctx, s.GetBatch())
		if err == nil {
			mine, err = p.holds(ctx, b, who)
		}
		return mine, b.GetSpecification(), err
	case *privacyv1.Subject_Product:
		x, err := p.products.Product(ctx, s.GetProduct())
		if err == nil && x == nil {
			err = ErrSubject.With("no product has the GTIN %s", s.GetProduct())
		}
		return x.GetOwner() == who, x.GetSpecification(), err
	case *privacyv1.Subject_Attestation:
		a, err := p.certs.Attestation(ctx, s.GetAttestation())
		if err == nil && a == nil {
			err = ErrSubject.With("no attestation has the id %s", s.GetAttestation())
		}
		if err != nil || a.GetCertifier() == who {
			return err == nil, "", err
		}
		mine, err = p.holdsAny(ctx, who, lotsOfAttestation(a))
		return mine, a.GetSpecification(), err
	}
	e, err := p.traces.Event(ctx, s.GetEvent())
	if err == nil && e == nil {
		err = ErrSubject.With("no event has the id %x", s.GetEvent())
	}
	if err != nil || e.GetReporter() == who {
		return err == nil, "", err
	}
	mine, err = p.holdsAny(ctx, who, lotsOfEvent(e))
	return mine, "", err
}

func (p *Privacy) mustBatch(ctx *module.Context, id *basev1.BatchID) (*productv1.Batch, error) {
	b, err := p.products.Batch(ctx, id.GetGtin(), id.GetLot())
	if err == nil && b == nil {
		err = ErrSubject.With("batch %s lot %q is not registered", id.GetGtin(), id.GetLot())
	}
	return b, err
}

// holds says whether who owns a batch, or has or had some of it.
func (p *Privacy) holds(ctx *module.Context, b *productv1.Batch, who string) (bool, error) {
	if b == nil || who == "" {
		return false, nil
	}
	if b.GetOwner() == who || b.GetCustodian() == who {
		return true, nil
	}
	return p.book.Holds(ctx, b.GetGtin(), b.GetLot(), who)
}

// holdsAny says whether who owns or holds one of the lots that are registered.
func (p *Privacy) holdsAny(ctx *module.Context, who string, lots []*basev1.BatchID) (bool, error) {
	for _, id := range lots {
		b, err := p.products.Batch(ctx, id.GetGtin(), id.GetLot())
		if err != nil {
			return false, err
		}
		if mine, err := p.holds(ctx, b, who); err != nil || mine {
			return mine, err
		}
	}
	return false, nil
}

// yes turns a refusal into a no, and leaves failures what they are.
func yes(err error) (bool, error) {
	var refusal *module.Error
	if errors.As(err, &refusal) {
		return false, nil
	}
	return err == nil, err
}
