package recall

import (
	"cosmossdk.io/collections"

	recallv1 "github.com/filiera-chain/filiera/api/recall/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkAcknowledge(m *recallv1.MsgAcknowledgeRecall) error {
	if err := checkNumber(m.GetRecall()); err != nil {
		return err
	}
	if n := len(m.GetFindings()); n < 1 || n > maxFindings {
		return ErrShape.With("findings has %d lines; it takes 1 to %d", n, maxFindings)
	}
	seen := map[[2]string]bool{}
	for _, f := range m.GetFindings() {
		err := first(
			checkBatchID("findings.batch", f.GetBatch()),
			checkQuantity("findings.found", f.GetFound()),
			checkQuantity("findings.quarantined", f.GetQuarantined()),
			checkQuantity("findings.destroyed", f.GetDestroyed()),
			checkQuantity("findings.sold_on", f.GetSoldOn()),
			shape(module.CheckText("findings.note", f.GetNote(), 0, maxReason)),
		)
		if err != nil {
			return err
		}
		k := [2]string{f.GetBatch().GetGtin(), f.GetBatch().GetLot()}
		if seen[k] {
			return ErrShape.With("findings names lot %s of GTIN %s twice", k[1], k[0])
		}
		seen[k] = true
	}
	return nil
}

// acknowledge says what became of batches that a recall reached, by who has or
// had some of them. Said again, it takes the place of what was said; when it was said first
// stays.
func (r *Recall) acknowledge(ctx *module.Context, m *recallv1.MsgAcknowledgeRecall) error {
	x, err := r.mustRecall(ctx, m.GetRecall())
	if err != nil {
		return err
	}
	if isOver(x) {
		return ErrState.With("recall %d is %s since %s: nothing has to come back", x.GetNumber(), stateWord(x.GetState()), module.Day(x.GetClosedAt()))
	}
	for _, f := range m.GetFindings() {
		if err := r.finding(ctx, x, f); err != nil {
			return err
		}
	}
	return r.put(ctx, x)
}

func (r *Recall) finding(ctx *module.Context, x *recallv1.Recall, f *recallv1.Finding) error {
	id := f.GetBatch()
	b, err := r.products.Batch(ctx, id.GetGtin(), id.GetLot())
	switch {
	case err != nil:
		return err
	case b == nil:
		return ErrBatch.With("no batch has GTIN %s and lot %q", id.GetGtin(), id.GetLot())
	}
	holds, err := r.book.Holds(ctx, id.GetGtin(), id.GetLot(), ctx.Signer.Participant)
	if err != nil {
		return err
	}
	if !holds {
		return ErrNotHeld.With("%s has and had nothing of lot %s of GTIN %s; who has or had some says what became of it", ctx.Signer.Participant, b.GetLot(), b.GetGtin())
	}
	mark, err := r.lineage.Mark(ctx, x.GetNumber(), id)
	if err != nil {
		return err
	}
	if !mark.GetReached() {
		return ErrBatch.With("recall %d does not reach lot %s of GTIN %s, or not yet; ask `filiera recall batches %d`", x.GetNumber(), id.GetLot(), id.GetGtin(), x.GetNumber())
	}
	unit := b.GetQuantity().GetUnit()
	k := collections.Join4(x.GetNumber(), id.GetGtin(), id.GetLot(), ctx.Signer.Participant)
	a, err := module.Find(ctx, r.acknowledgements, k)
	if err != nil {
		return err
	}
	if a == nil {
		a = &recallv1.Acknowledgement{
			Recall: x.GetNumber(), Batch: id, Participant: ctx.Signer.Participant, Unit: unit, FirstAt: ctx.Time, FirstHeight: ctx.Height,
			DueAt: mark.GetAt() + x.GetDeadlineAt() - x.GetOpenedAt(),
		}
		x.Acknowledgements++
		if a.Late = a.GetFirstAt() > a.GetDueAt(); a.GetLate() {
			x.LateAcknowledgements++
		}
	}
	var e [4]error
	a.Found, e[0] = inUnit("found", f.GetFound(), unit)
	a.Quarantined, e[1] = inUnit("quarantined", f.GetQuarantined(), unit)
	a.Destroyed, e[2] = inUnit("destroyed", f.GetDestroyed(), unit)
	a.SoldOn, e[3] = inUnit("sold_on", f.GetSoldOn(), unit)
	if err := first(e[:]...); err != nil {
		return err
	}
	if a.GetQuarantined()+a.GetDestroyed() > a.GetFound() {
		return ErrQuantity.With("of lot %s of GTIN %s %d %s were found, and %d set aside and %d destroyed: %d too much", id.GetLot(), id.GetGtin(),
			a.GetFound(), unit, a.GetQuarantined(), a.GetDestroyed(), a.GetQuarantined()+a.GetDestroyed()-a.GetFound())
	}
	a.Note, a.At, a.Height = f.GetNote(), ctx.Time, ctx.Height
	a.Revision++
	ctx.Emit(&recallv1.AcknowledgementChanged{Acknowledgement: a})
	return r.acknowledgements.Set(ctx, k, a)
}
