package unit

import (
	"google.golang.org/protobuf/proto"

	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
)

func checkVoid(m *unitv1.MsgVoidUnits) error {
	if err := checkBatchID(m.GetBatch()); err != nil {
		return err
	}
	if m.GetRun() == 0 {
		return ErrShape.With("run is 0; runs are numbered from 1")
	}
	ways := 0
	for _, given := range []bool{len(m.GetSpans()) > 0, len(m.GetProven()) > 0, m.GetRest()} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		return ErrShape.With("name the units in one way: by spans of positions, by serial number with proof, or the rest of the run")
	}
	if err := checkSpans(m.GetSpans()); err != nil {
		return err
	}
	if err := checkProven(m); err != nil {
		return err
	}
	return shape(module.CheckText("reason", m.GetReason(), 3, maxText))
}

func checkSpans(spans []*unitv1.Span) error {
	total := uint64(0)
	for i, s := range spans {
		if s.GetLast() < s.GetFirst() {
			return ErrShape.With("spans: %d to %d ends before it begins", s.GetFirst(), s.GetLast())
		}
		if i > 0 && s.GetFirst() <= spans[i-1].GetLast() {
			return ErrShape.With("spans: %d to %d is not after the one before it; write them in ascending order", s.GetFirst(), s.GetLast())
		}
		if total += uint64(s.GetLast()) - uint64(s.GetFirst()) + 1; total > maxVoided {
			return ErrShape.With("spans name more than %d units; void the others in further acts, or the rest of the run at once", maxVoided)
		}
	}
	return nil
}

func checkProven(m *unitv1.MsgVoidUnits) error {
	if len(m.GetProven()) > maxProven {
		return ErrShape.With("proven names %d units; it takes at most %d", len(m.GetProven()), maxProven)
	}
	seen := map[string]bool{}
	for _, p := range m.GetProven() {
		if _, err := gs1.ParseSerial(p.GetSerial()); err != nil {
			return ErrShape.With("proven.serial: %v", err)
		}
		if seen[p.GetSerial()] {
			return ErrShape.With("proven names serial number %s twice", p.GetSerial())
		}
		seen[p.GetSerial()] = true
		proof, err := parseProof("proven.proof", p.GetProof())
		if err != nil {
			return err
		}
		if proof.Run != m.GetRun() {
			return ErrShape.With("the proof of serial number %s is of run %d, and run is %d", p.GetSerial(), proof.Run, m.GetRun())
		}
	}
	return nil
}

// voidUnits takes units out, also of a batch that was recalled; their content
// may be committed anew.
func (u *Unit) voidUnits(ctx *module.Context, m *unitv1.MsgVoidUnits) (proto.Message, error) {
	b, err := u.batch(ctx, m.GetBatch())
	if err != nil {
		return nil, err
	}
	r, err := u.run(ctx, m.GetBatch(), m.GetRun())
	if err != nil {
		return nil, err
	}
	if err := u.mayVoid(ctx, b, r); err != nil {
		return nil, err
	}
	t, err := u.Tally(ctx, b.GetGtin(), b.GetLot())
	if err != nil {
		return nil, err
	}
	if r.GetRestVoiding() != 0 {
		return nil, ErrVoid.With("the whole of run %d of lot %s was made void by voiding %d", r.GetNumber(), b.GetLot(), r.GetRestVoiding())
	}
	if t.GetVoidings() == 1<<32-1 {
		return nil, ErrLimit.With("lot %s of GTIN %s has as many voidings as can be numbered", b.GetLot(), b.GetGtin())
	}
	t.Voidings++
	n, err := u.voidEach(ctx, m, r, t.GetVoidings())
	if err != nil {
		return nil, err
	}
	r.Voided += n
	t.Voided += int64(n)
	t.Content -= int64(n) * r.GetContent()
	if err := u.cover(ctx, r, -int64(n)*r.GetContent()); err != nil {
		return nil, err
	}
	if err := u.putVoiding(ctx, &unitv1.Voiding{
		Batch: m.GetBatch(), Number: t.GetVoidings(), Run: r.GetNumber(), Units: n, Rest: m.GetRest(), Reason: m.GetReason(),
		VoidedBy: ctx.Signer.Participant, KeyLabel: ctx.Signer.KeyLabel, VoidedAt: ctx.Time, VoidedHeight: ctx.Height,
	}); err != nil {
		return nil, err
	}
	if err := u.putTally(ctx, t); err != nil {
		return nil, err
	}
	return &unitv1.VoidUnitsResult{Voiding: t.GetVoidings(), Units: n}, u.putRun(ctx, r)
}

// voidEach marks the units, and says how many.
func (u *Unit) voidEach(ctx *module.Context, m *unitv1.MsgVoidUnits, r *unitv1.Run, voiding uint32) (uint32, error) {
	if m.GetRest() {
		n := r.GetCount() - r.GetVoided() - r.GetAcquitted()
		if n == 0 {
			return 0, ErrVoid.With("every unit of run %d is void or acquitted", r.GetNumber())
		}
		r.RestVoiding = voiding
		return n, nil
	}
	var places []uint32
	for _, s := range m.GetSpans() {
		if s.GetLast() >= r.GetCount() {
			return 0, ErrShape.With("spans: run %d has %d units, so the last position is %d, and %d to %d is named", r.GetNumber(), r.GetCount(), r.GetCount()-1, s.GetFirst(), s.GetLast())
		}
		for i := s.GetFirst(); i <= s.GetLast(); i++ {
			places = append(places, i)
		}
	}
	for _, x := range m.GetProven() {
		p, err := parseProof("proven.proof", x.GetProof())
		if err != nil {
			return 0, err
		}
		if _, _, err := u.proven(ctx, m.GetBatch(), x.GetSerial(), p); err != nil {
			return 0, err
		}
		places = append(places, p.Index)
	}
	for _, i := range places {
		if err := u.voidOne(ctx, r, i, voiding); err != nil {
			return 0, err
		}
	}
	return uint32(len(places)), nil
}

func (u *Unit) voidOne(ctx *module.Context, r *unitv1.Run, index, voiding uint32) error {
	x, err := u.find(ctx, r, index)
	switch {
	case err != nil:
		return err
	case x.GetVoiding() != 0:
		return ErrVoid.With("unit %d of run %d of lot %s was made void by voiding %d; leave it out", index, r.GetNumber(), r.GetBatch().GetLot(), x.GetVoiding())
	case x.GetReveals() > 0:
		return ErrAcquit.With("the code of unit %d of run %d of lot %s was revealed on %s: it was sold and opened, so it is not voided", index, r.GetNumber(), r.GetBatch().GetLot(), module.Day(x.GetAcquittedAt()))
	}
	x.Voiding = voiding
	return u.putUnit(ctx, x)
}
