package recall

import (
	"cosmossdk.io/collections"

	recallv1 "github.com/filiera-chain/filiera/api/recall/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkLift(m *recallv1.MsgLiftRecall) error {
	return first(
		checkNumber(m.GetRecall()),
		checkBatchID("batch", m.GetBatch()),
		checkReason("reason", m.GetReason()),
		shape(module.CheckHash("evidence_sha256", m.GetEvidenceSha256())),
	)
}

// lift lets one batch out: by an authority, which answers for it with a document;
// of a drill, by who opened it too.
func (r *Recall) lift(ctx *module.Context, m *recallv1.MsgLiftRecall) error {
	x, err := r.mustRecall(ctx, m.GetRecall())
	if err != nil {
		return err
	}
	if isOver(x) {
		return ErrState.With("recall %d is %s since %s: all it reached is free", x.GetNumber(), stateWord(x.GetState()), module.Day(x.GetClosedAt()))
	}
	if err := r.safeAgain(ctx, x); err != nil {
		return err
	}
	if x.GetLifts() == maxLifts {
		return ErrLimit.With("recall %d has %d lifts, which is the most", x.GetNumber(), maxLifts)
	}
	x.Lifts++
	l := &recallv1.LiftRecord{
		Recall: x.GetNumber(), Number: x.GetLifts(), Batch: m.GetBatch(), WithMade: m.GetWithMade(), Reason: m.GetReason(), EvidenceSha256: m.GetEvidenceSha256(),
		LiftedBy: ctx.Signer.Participant, LiftedAt: ctx.Time, LiftedHeight: ctx.Height,
	}
	if err := r.lineage.Lift(ctx, x.GetNumber(), m.GetBatch(), m.GetWithMade(), l.GetNumber()); err != nil {
		return err
	}
	ctx.Emit(&recallv1.LiftRecorded{Lift: l})
	if err := r.lifts.Set(ctx, collections.Join(x.GetNumber(), l.GetNumber()), l); err != nil {
		return err
	}
	return r.put(ctx, x)
}

// safeAgain lets an authority say that goods are safe; of a drill, who opened it.
func (r *Recall) safeAgain(ctx *module.Context, x *recallv1.Recall) error {
	if x.GetDrill() {
		return r.ofOpener(ctx, x)
	}
	return r.authority(ctx)
}
