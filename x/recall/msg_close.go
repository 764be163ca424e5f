package recall

import (
	"cosmossdk.io/collections"

	recallv1 "github.com/filiera-chain/filiera/api/recall/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkClose(m *recallv1.MsgCloseRecall) error {
	return first(checkNumber(m.GetRecall()), checkReason("outcome", m.GetOutcome()))
}

// close ends a recall. One that is completed stays in force, and may still turn
// out to be unfounded; a drill is over.
func (r *Recall) close(ctx *module.Context, m *recallv1.MsgCloseRecall) error {
	x, err := r.mustRecall(ctx, m.GetRecall())
	if err != nil {
		return err
	}
	to := recallv1.State_STATE_COMPLETED
	if m.GetUnfounded() {
		to = recallv1.State_STATE_UNFOUNDED
	}
	if x.GetState() >= to || isOver(x) {
		return ErrState.With("recall %d is %s since %s: %s", x.GetNumber(), stateWord(x.GetState()), module.Day(x.GetClosedAt()), x.GetOutcome())
	}
	if m.GetUnfounded() {
		err = r.safeAgain(ctx, x)
	} else {
		err = r.ofOpener(ctx, x)
	}
	if err != nil {
		return err
	}
	s, err := r.lineage.Spread(ctx, x.GetNumber())
	if err != nil {
		return err
	}
	if !m.GetUnfounded() && s.GetSettledHeight() == 0 {
		return ErrState.With("recall %d is still spreading, with %d batches to look at; close it once it has reached everything", x.GetNumber(), s.GetTail()-s.GetHead())
	}
	x.State, x.Outcome, x.ClosedBy, x.ClosedAt, x.ClosedHeight = to, m.GetOutcome(), ctx.Signer.Participant, ctx.Time, ctx.Height
	if x.GetDrill() {
		if err := r.drills.Remove(ctx, collections.Join(x.GetOpenedBy(), x.GetNumber())); err != nil {
			return err
		}
	}
	if isOver(x) {
		if err := r.lineage.End(ctx, x.GetNumber()); err != nil {
			return err
		}
	}
	return r.put(ctx, x)
}
