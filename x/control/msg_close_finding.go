package control

import (
	"errors"

	"cosmossdk.io/collections"

	controlv1 "github.com/filiera-chain/filiera/api/control/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkCloseFinding(m *controlv1.MsgCloseFinding) error {
	if m.GetNumber() == 0 {
		return ErrShape.With("number is 0; non-conformities of a request count from 1")
	}
	return first(
		checkRequestID(m.GetRequest()),
		module.CheckText("note", m.GetNote(), 3, maxReason),
		module.CheckHash("evidence_sha256", m.GetEvidenceSha256()),
	)
}

// closeFinding says that a non-conformity is resolved. It works in any state of
// the request, because a refused batch may be put right later; an authority may
// do it too, because a body may have ceased.
func (c *Control) closeFinding(ctx *module.Context, m *controlv1.MsgCloseFinding) error {
	r, err := c.mustRequest(ctx, m.GetRequest())
	if err != nil {
		return err
	}
	if err := c.mayClose(ctx, r); err != nil {
		return err
	}
	f, err := module.Find(ctx, c.findings, collections.Join(r.GetId(), m.GetNumber()))
	switch {
	case err != nil:
		return err
	case f == nil:
		return ErrFinding.With("request %s has %d non-conformities, none with number %d", r.GetId(), r.GetLastFinding(), m.GetNumber())
	case f.GetClosedAt() != 0:
		return ErrClosed.With("non-conformity %d of request %s was closed on %s by %s", f.GetNumber(), r.GetId(), module.Day(f.GetClosedAt()), f.GetClosedBy())
	}
	f.ClosedAt, f.ClosedBy, f.ClosingNote, f.EvidenceSha256 = ctx.Time, ctx.Signer.Participant, m.GetNote(), m.GetEvidenceSha256()
	if f.GetSeverity() == controlv1.Severity_SEVERITY_MINOR {
		r.OpenMinor--
	} else {
		r.OpenMajor--
		for _, b := range f.GetBatches() {
			if err := c.majors.Remove(ctx, collections.Join4(b.GetGtin(), b.GetLot(), f.GetRequest(), f.GetNumber())); err != nil {
				return err
			}
		}
	}
	if err := c.putFinding(ctx, f); err != nil {
		return err
	}
	return c.put(ctx, r)
}

func (c *Control) mayClose(ctx *module.Context, r *controlv1.ControlRequest) error {
	if ctx.Signer.Participant == r.GetCertifier() {
		return nil
	}
	err := c.registry.Allowed(ctx, ctx.Time, ctx.Signer.Participant, "", "", registryv1.Role_ROLE_AUTHORITY)
	var refusal *module.Error
	if errors.As(err, &refusal) {
		return ErrNotAllowed.With("only %s, which recorded it, or an authority closes a non-conformity of request %s", r.GetCertifier(), r.GetId())
	}
	return err
}
