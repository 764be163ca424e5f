package recall

import (
	"errors"

	"cosmossdk.io/collections"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	recallv1 "github.com/filiera-chain/filiera/api/recall/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkOpen(m *recallv1.MsgOpenRecall) error {
	if recallv1.Hazard_name[int32(m.GetHazard())] == "" || m.GetHazard() == recallv1.Hazard_HAZARD_UNSPECIFIED {
		return ErrShape.With("hazard is %d; write what is wrong with the goods, 1 to 8", m.GetHazard())
	}
	err := first(
		checkReason("reason", m.GetReason()),
		shape(module.CheckText("legal_basis", m.GetLegalBasis(), 0, maxBasis)),
		checkTexts(m.GetNoticeIt(), m.GetNoticeEn(), 0),
	)
	if err != nil {
		return err
	}
	if m.GetDrill() && m.GetNoticeIt()+m.GetNoticeEn() != "" {
		return ErrNotice.With("a drill tells the public nothing; leave notice_it and notice_en out")
	}
	if m.GetNoticeIt() == "" && m.GetNoticeEn() != "" {
		return ErrShape.With("notice_en is there and notice_it is not; the public here reads Italian")
	}
	if n := len(m.GetTargets()); n < 1 || n > maxTargets {
		return ErrShape.With("targets has %d lines; a recall begins with 1 to %d", n, maxTargets)
	}
	for _, t := range m.GetTargets() {
		if err := checkTarget(t); err != nil {
			return err
		}
	}
	return nil
}

func checkTarget(t *recallv1.Target) error {
	units := t.GetKind() == recallv1.TargetKind_TARGET_KIND_UNITS
	if t.GetKind() == recallv1.TargetKind_TARGET_KIND_CERTIFICATE {
		if t.GetBatch() != nil || t.GetFirstUnit() != 0 || t.GetLastUnit() != 0 {
			return ErrShape.With("targets: a certificate stands alone, without a batch")
		}
		return shape(module.CheckText("targets.certificate", t.GetCertificate(), 1, 64))
	}
	switch {
	case t.GetKind() < recallv1.TargetKind_TARGET_KIND_LOT || t.GetKind() > recallv1.TargetKind_TARGET_KIND_UNITS:
		return ErrShape.With("targets.kind is %d; write 1 for a lot, 2 for an input, 3 for items, 4 for a certificate", t.GetKind())
	case t.GetCertificate() != "":
		return ErrShape.With("targets: a batch stands alone, without a certificate")
	case !units && (t.GetFirstUnit() != 0 || t.GetLastUnit() != 0):
		return ErrShape.With("targets: first_unit and last_unit are for items")
	case units && t.GetLastUnit() < t.GetFirstUnit():
		return ErrUnits.With("targets: the last item, %d, comes before the first, %d", t.GetLastUnit(), t.GetFirstUnit())
	}
	return checkBatchID("targets.batch", t.GetBatch())
}

// open begins a recall, which holds at once.
func (r *Recall) open(ctx *module.Context, m *recallv1.MsgOpenRecall) (proto.Message, error) {
	if m.GetDeadlineAt() <= ctx.Time || m.GetDeadlineAt() > ctx.Time+longest {
		return nil, ErrDeadline.With("deadline_at is %s; it lies after now, %s, and at most 366 days ahead", day(m.GetDeadlineAt()), day(ctx.Time))
	}
	seeds, err := r.seeds(ctx, m.GetTargets())
	if err != nil {
		return nil, err
	}
	if err := r.roomFor(ctx, m.GetDrill(), seeds); err != nil {
		return nil, err
	}
	n, err := r.Last(ctx)
	if err != nil {
		return nil, err
	}
	if m.GetDrill() {
		if err := r.drills.Set(ctx, collections.Join(ctx.Signer.Participant, n+1)); err != nil {
			return nil, err
		}
	}
	x := &recallv1.Recall{
		Number: n + 1, Drill: m.GetDrill(), Hazard: m.GetHazard(), Reason: m.GetReason(), LegalBasis: m.GetLegalBasis(), Targets: m.GetTargets(),
		OpenedBy: ctx.Signer.Participant, KeyLabel: ctx.Signer.KeyLabel, OpenedAt: ctx.Time, OpenedHeight: ctx.Height, DeadlineAt: m.GetDeadlineAt(),
		State: recallv1.State_STATE_OPEN,
	}
	if err := r.last.Set(ctx, x.GetNumber()); err != nil {
		return nil, err
	}
	if m.GetNoticeIt() != "" {
		if _, err := r.tell(ctx, x, m.GetNoticeIt(), m.GetNoticeEn(), ""); err != nil {
			return nil, err
		}
	}
	if err := r.put(ctx, x); err != nil {
		return nil, err
	}
	return &recallv1.OpenRecallResult{Recall: x.GetNumber(), Targets: uint32(len(seeds))}, r.lineage.Call(ctx, x.GetNumber(), x.GetDrill(), seeds)
}

// roomFor keeps marks from piling up on batches: everybody who holds what was made
// of them would have to read them all.
func (r *Recall) roomFor(ctx *module.Context, drill bool, seeds []*basev1.BatchID) error {
	for _, id := range seeds {
		marks, err := r.lineage.MarksOn(ctx, id)
		if err != nil {
			return err
		}
		if len(marks) >= maxMarks {
			return ErrLimit.With("lot %s of GTIN %s is in %d recalls and drills already, which is the most", id.GetLot(), id.GetGtin(), len(marks))
		}
	}
	if !drill {
		return nil
	}
	open := 0
	err := r.drills.Walk(ctx, collections.NewPrefixedPairRange[string, uint64](ctx.Signer.Participant), func(collections.Pair[string, uint64]) (bool, error) {
		open++
		return false, nil
	})
	if err == nil && open >= maxDrills {
		err = ErrLimit.With("%s has %d drills open, which is the most; close one first", ctx.Signer.Participant, open)
	}
	return err
}

// gathering is what a recall begins with, each batch once, in the order of the
// targets.
type gathering struct {
	list []*basev1.BatchID
	seen map[[2]string]bool
}

func (g *gathering) add(id *basev1.BatchID) error {
	k := [2]string{id.GetGtin(), id.GetLot()}
	if g.seen[k] {
		return nil
	}
	if len(g.list) == maxSeeds {
		return ErrLimit.With("the recall would begin with more than %d batches; open several", maxSeeds)
	}
	g.seen[k] = true
	g.list = append(g.list, id)
	return nil
}

// seeds finds the batches that targets name, after refusing who may not recall
// them.
func (r *Recall) seeds(ctx *module.Context, targets []*recallv1.Target) ([]*basev1.BatchID, error) {
	g := &gathering{seen: map[[2]string]bool{}}
	for _, t := range targets {
		var err error
		switch t.GetKind() {
		case recallv1.TargetKind_TARGET_KIND_CERTIFICATE:
			err = r.certified(ctx, g, t.GetCertificate())
		case recallv1.TargetKind_TARGET_KIND_INPUT:
			err = r.input(ctx, g, t.GetBatch())
		default:
			err = r.lot(ctx, g, t)
		}
		if err != nil {
			return nil, err
		}
	}
	return g.list, nil
}

func (r *Recall) lot(ctx *module.Context, g *gathering, t *recallv1.Target) error {
	id := t.GetBatch()
	b, err := r.products.Batch(ctx, id.GetGtin(), id.GetLot())
	if err != nil {
		return err
	}
	if b == nil {
		return ErrBatch.With("no batch has GTIN %s and lot %q; a lot that is not registered here is recalled as an input", id.GetGtin(), id.GetLot())
	}
	may, err := r.mayRecall(ctx, id, b.GetOwner())
	if err != nil {
		return err
	}
	if !may {
		return ErrNotAllowed.With("lot %s of GTIN %s belongs to %s; it, a body that certified it, or an authority recalls it, and the signer is %s", b.GetLot(), b.GetGtin(), b.GetOwner(), ctx.Signer.Participant)
	}
	if err := r.itemsOf(ctx, t, b); err != nil {
		return err
	}
	return g.add(id)
}

// itemsOf refuses items that the batch does not have: among its labels, run after
// run, where it has any, else among its pieces.
func (r *Recall) itemsOf(ctx *module.Context, t *recallv1.Target, b *productv1.Batch) error {
	if t.GetKind() != recallv1.TargetKind_TARGET_KIND_UNITS {
		return nil
	}
	labels, err := r.units.Tally(ctx, b.GetGtin(), b.GetLot())
	if err != nil {
		return err
	}
	q := b.GetQuantity()
	has, what := uint64(labels.GetUnits()), "labels"
	if has == 0 {
		what = q.GetUnit()
		if what == pieces {
			has = uint64(q.GetAmount())
		}
	}
	if t.GetLastUnit() >= has {
		return ErrUnits.With("items %d to %d are named, and of lot %s of GTIN %s there are %d, counted from 0 (%s)", t.GetFirstUnit(), t.GetLastUnit(), b.GetLot(), b.GetGtin(), has, what)
	}
	return nil
}

// pieces is the UN/ECE code of what is counted one by one.
const pieces = "H87"

// mayRecall says whether the signer owns a batch (owner may be empty), certified
// it, or is an authority. Being active is enough for the first two: whoever lost
// its role must still be able to call its goods back.
func (r *Recall) mayRecall(ctx *module.Context, id *basev1.BatchID, owner string) (bool, error) {
	if owner != "" && owner == ctx.Signer.Participant {
		return true, nil
	}
	list, err := r.certificates.AttestationsOf(ctx, id.GetGtin(), id.GetLot())
	if err != nil {
		return false, err
	}
	for _, a := range list {
		if a.GetCertifier() == ctx.Signer.Participant {
			return true, nil
		}
	}
	return refused(r.authority(ctx))
}

// refused turns a refusal into false; a failure to read stays one.
func refused(err error) (bool, error) {
	var refusal *module.Error
	if errors.As(err, &refusal) {
		return false, nil
	}
	return err == nil, err
}

// input begins with a lot that others were made of, whether it is registered here
// or not, or, for who merely used it, with its own batches made of it.
func (r *Recall) input(ctx *module.Context, g *gathering, id *basev1.BatchID) error {
	b, err := r.products.Batch(ctx, id.GetGtin(), id.GetLot())
	if err != nil {
		return err
	}
	may, err := r.mayRecall(ctx, id, b.GetOwner())
	if err != nil {
		return err
	}
	made, more, err := r.lineage.WentInto(ctx, id, nil, maxSeeds)
	switch {
	case err != nil:
		return err
	case b == nil && len(made) == 0:
		return ErrNothing.With("nothing registered here was made of lot %s of GTIN %s, as far as the ledger was told", id.GetLot(), id.GetGtin())
	case may:
		return g.add(id)
	case more:
		return ErrLimit.With("more than %d batches were made of lot %s of GTIN %s; name yours one by one, or ask the authority", maxSeeds, id.GetLot(), id.GetGtin())
	}
	found := false
	for _, m := range made {
		of, err := r.products.Batch(ctx, m.GetGtin(), m.GetLot())
		if err != nil {
			return err
		}
		if of.GetOwner() != ctx.Signer.Participant {
			continue
		}
		found = true
		if err := g.add(m); err != nil {
			return err
		}
	}
	if !found {
		return ErrNotAllowed.With("no batch of %s was made of lot %s of GTIN %s; who owns that lot, who made something of it, or an authority recalls it", ctx.Signer.Participant, id.GetLot(), id.GetGtin())
	}
	return nil
}

// certified begins with what a certificate covers, by who issued it or an
// authority.
func (r *Recall) certified(ctx *module.Context, g *gathering, id string) error {
	a, err := r.certificates.Attestation(ctx, id)
	if err != nil {
		return err
	}
	if a == nil {
		return ErrNothing.With("no attestation has id %q", clip(id))
	}
	if a.GetCertifier() != ctx.Signer.Participant {
		if may, err := refused(r.authority(ctx)); err != nil || !may {
			if err != nil {
				return err
			}
			return ErrNotAllowed.With("attestation %s is of %s; it or an authority recalls what it covers, and the signer is %s", a.GetId(), a.GetCertifier(), ctx.Signer.Participant)
		}
	}
	for _, b := range a.GetBatches() {
		if err := g.add(b.GetBatch()); err != nil {
			return err
		}
	}
	return nil
}
