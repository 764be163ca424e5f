package cert

import (
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkAnswerRequest(m *certv1.MsgAnswerRequest) error {
	if err := module.CheckText("request", m.GetRequest(), 5, 64); err != nil {
		return ErrShape.With("%v", err)
	}
	if err := module.CheckText("attestation", m.GetAttestation(), 1, 64); err != nil {
		return ErrShape.With("%v", err)
	}
	return nil
}

// answerRequest closes a request for control with an attestation in force that
// covers each of its batches, perhaps not all of each.
func (c *Cert) answerRequest(ctx *module.Context, m *certv1.MsgAnswerRequest) error {
	a, err := c.mustAttestation(ctx, m.GetAttestation())
	if err != nil {
		return err
	}
	if state := State(a, ctx.Time); state != Issued {
		return ErrState.With("attestation %s is %s; only one in force answers a request", a.GetId(), state)
	}
	r, err := c.controls.Request(ctx, m.GetRequest())
	if err != nil {
		return err
	}
	if r == nil {
		return ErrRequest.With("no request for control has id %q", clip(m.GetRequest()))
	}
	if r.GetSpecification() != a.GetSpecification() || r.GetSpecificationVersion() != a.GetSpecificationVersion() {
		return ErrBinding.With("request %s is about %s version %d; the attestation is about %s version %d", r.GetId(), r.GetSpecification(), r.GetSpecificationVersion(), a.GetSpecification(), a.GetSpecificationVersion())
	}
	for _, b := range r.GetBatches() {
		if coveredBatch(a, b.GetBatch().GetGtin(), b.GetBatch().GetLot()) == nil {
			return ErrNotCovered.With("attestation %s does not cover batch %s lot %q of request %s; attest that one too, or refuse the request", a.GetId(), b.GetBatch().GetGtin(), b.GetBatch().GetLot(), r.GetId())
		}
	}
	return c.controls.Answer(ctx, r.GetId(), a.GetCertifier(), a.GetId())
}
