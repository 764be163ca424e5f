package unit

import (
	"context"
	"errors"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/units"
)

// Bounds of one act.
const (
	maxVoided = 1000
	maxProven = 16
	maxText   = 500
	maxAmount = 1<<53 - 1
	// maxProof is the most bytes of a presence: 24 hashes and what names them.
	maxProof = 1024
)

func checkBatchID(id *basev1.BatchID) error {
	gtin, err := gs1.ParseGTIN(id.GetGtin())
	if err != nil {
		return ErrShape.With("batch.gtin: %v", err)
	}
	if gtin != id.GetGtin() {
		return ErrShape.With("batch.gtin is %s; write its 14 digits, %s", id.GetGtin(), gtin)
	}
	if _, err := gs1.ParseLot(id.GetLot()); err != nil {
		return ErrShape.With("batch.lot: %v", err)
	}
	return nil
}

// batch finds a batch or refuses.
func (u *Unit) batch(ctx context.Context, id *basev1.BatchID) (*productv1.Batch, error) {
	b, err := u.products.Batch(ctx, id.GetGtin(), id.GetLot())
	if err == nil && b == nil {
		err = ErrBatch.With("no batch has GTIN %s and lot %q", id.GetGtin(), id.GetLot())
	}
	return b, err
}

// run finds a run or refuses.
func (u *Unit) run(ctx context.Context, id *basev1.BatchID, number uint32) (*unitv1.Run, error) {
	r, err := u.Run(ctx, id.GetGtin(), id.GetLot(), number)
	if err == nil && r == nil {
		err = ErrRun.With("lot %s of GTIN %s has no run %d", id.GetLot(), id.GetGtin(), number)
	}
	return r, err
}

// parseProof reads the form of a proof, whatever it proves.
func parseProof(field string, raw []byte) (*units.Presence, error) {
	if len(raw) > maxProof {
		return nil, ErrShape.With("%s has %d bytes; at most %d are read", field, len(raw), maxProof)
	}
	p, err := units.ParsePresence(raw)
	if err != nil {
		return nil, ErrShape.With("%s: %v", field, err)
	}
	return p, nil
}

// proven finds the run that a proof is of, and checks that the unit is in it.
func (u *Unit) proven(ctx context.Context, id *basev1.BatchID, serial string, p *units.Presence) (*unitv1.Run, units.ID, error) {
	unit := units.IDOf(id.GetGtin(), id.GetLot(), serial)
	r, err := u.run(ctx, id, p.Run)
	if err != nil {
		return nil, unit, err
	}
	if err := p.Check(unit, units.Hash(r.GetRoot()), r.GetCount()); err != nil {
		return nil, unit, ErrProof.With("serial number %s is not shown to be in run %d of lot %s: %v", serial, p.Run, id.GetLot(), err)
	}
	return r, unit, nil
}

func shape(err error) error {
	if err != nil {
		return ErrShape.With("%v", err)
	}
	return nil
}

// mayChange is who may commit and void units of a batch: who made it or holds it,
// as a producer or processor of its specification.
func (u *Unit) mayChange(ctx *module.Context, b *productv1.Batch) error {
	if who := ctx.Signer.Participant; who != b.GetOwner() && who != b.GetCustodian() {
		return ErrNotHeld.With("lot %s of GTIN %s was made by %s and is held by %s; the signer is %s", b.GetLot(), b.GetGtin(), b.GetOwner(), b.GetCustodian(), who)
	}
	return u.registry.Allowed(ctx, ctx.Time, ctx.Signer.Participant, b.GetSpecification(), "", makers...)
}

// mayVoid is mayChange, who committed the run, or an authority.
func (u *Unit) mayVoid(ctx *module.Context, b *productv1.Batch, r *unitv1.Run) error {
	if ctx.Signer.Participant == r.GetCommittedBy() {
		return nil
	}
	err := u.mayChange(ctx, b)
	var refusal *module.Error
	if !errors.As(err, &refusal) {
		return err
	}
	other := u.registry.Allowed(ctx, ctx.Time, ctx.Signer.Participant, "", "", authorities...)
	if errors.As(other, &refusal) {
		return err
	}
	return other
}
