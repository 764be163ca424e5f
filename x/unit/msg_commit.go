package unit

import (
	"bytes"

	"google.golang.org/protobuf/proto"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/quantity"
	"github.com/filiera-chain/filiera/units"
)

func checkCommit(m *unitv1.MsgCommitUnits) error {
	if err := checkBatchID(m.GetBatch()); err != nil {
		return err
	}
	if err := shape(module.CheckHash("root", m.GetRoot())); err != nil {
		return err
	}
	if m.GetCount() < 1 || m.GetCount() > units.MaxUnits {
		return ErrShape.With("count is %d; a run has 1 to %d units", m.GetCount(), units.MaxUnits)
	}
	if m.GetContent() < 1 || m.GetContent() > maxAmount/int64(m.GetCount()) {
		return ErrShape.With("content is %d; with %d units it takes 1 to %d", m.GetContent(), m.GetCount(), maxAmount/int64(m.GetCount()))
	}
	if m.GetSerials() != unitv1.SerialKind_SERIAL_KIND_DERIVED && m.GetSerials() != unitv1.SerialKind_SERIAL_KIND_BROUGHT {
		return ErrShape.With("serials is %d; it is SERIAL_KIND_DERIVED or SERIAL_KIND_BROUGHT", m.GetSerials())
	}
	return shape(module.CheckText("note", m.GetNote(), 0, maxText))
}

// commit records a run of serial numbers, by who made or holds the batch, within
// what is attested and what there is.
func (u *Unit) commit(ctx *module.Context, m *unitv1.MsgCommitUnits) (proto.Message, error) {
	b, err := u.batch(ctx, m.GetBatch())
	if err != nil {
		return nil, err
	}
	if err := u.mayChange(ctx, b); err != nil {
		return nil, err
	}
	if b.GetStatus() != productv1.BatchStatus_BATCH_STATUS_ACTIVE {
		return nil, ErrState.With("lot %s of GTIN %s was taken off: %s", b.GetLot(), b.GetGtin(), b.GetStatusReason())
	}
	if err := u.lineage.Free(ctx, m.GetBatch()); err != nil {
		return nil, err
	}
	p, err := u.products.Product(ctx, b.GetGtin())
	if err != nil {
		return nil, err
	}
	if err := checkContent(p, m.GetContent()); err != nil {
		return nil, err
	}
	t, err := u.Tally(ctx, b.GetGtin(), b.GetLot())
	if err != nil {
		return nil, err
	}
	if t.GetRuns() >= units.MaxRuns {
		return nil, ErrLimit.With("lot %s of GTIN %s already has %d runs of units, which is the most", b.GetLot(), b.GetGtin(), units.MaxRuns)
	}
	if err := u.newRoot(ctx, m); err != nil {
		return nil, err
	}
	limit, err := u.boundOf(ctx, ctx.Time, b)
	if err != nil {
		return nil, err
	}
	if err := limit.fit(b, t.GetContent(), int64(m.GetCount()), m.GetContent()); err != nil {
		return nil, err
	}
	t.Unit = p.GetBaseUnit()
	t.Runs++
	t.Units += int64(m.GetCount())
	t.Content += int64(m.GetCount()) * m.GetContent()
	if err := u.putTally(ctx, t); err != nil {
		return nil, err
	}
	r := &unitv1.Run{
		Batch: m.GetBatch(), Number: t.GetRuns(), Root: m.GetRoot(), Count: m.GetCount(), Content: m.GetContent(), Serials: m.GetSerials(), Note: m.GetNote(),
		CommittedBy: ctx.Signer.Participant, KeyLabel: ctx.Signer.KeyLabel, CommittedAt: ctx.Time, CommittedHeight: ctx.Height,
		CoveredBy: limit.under,
	}
	if err := u.cover(ctx, r, int64(m.GetCount())*m.GetContent()); err != nil {
		return nil, err
	}
	return &unitv1.CommitUnitsResult{Run: t.GetRuns()}, u.putRun(ctx, r)
}

// newRoot refuses a root that the batch has already: the same labels twice.
func (u *Unit) newRoot(ctx *module.Context, m *unitv1.MsgCommitUnits) error {
	runs, err := u.runsOf(ctx, m.GetBatch().GetGtin(), m.GetBatch().GetLot())
	if err != nil {
		return err
	}
	for _, r := range runs {
		if bytes.Equal(r.GetRoot(), m.GetRoot()) {
			return ErrRunTwice.With("run %d of lot %s of GTIN %s already has the root %x", r.GetNumber(), m.GetBatch().GetLot(), m.GetBatch().GetGtin(), m.GetRoot())
		}
	}
	return nil
}

// checkContent holds what a unit is said to hold against the product: a trade item
// that is counted is one piece, and one with a net content holds that.
func checkContent(p *productv1.Product, content int64) error {
	base := p.GetBaseUnit()
	if u, _ := quantity.LookupUnit(base); u.Dimension == quantity.Count {
		if content != 1 {
			return ErrContent.With("content is %d, and GTIN %s is counted in pieces: each unit is 1", content, p.GetGtin())
		}
		return nil
	}
	net := p.GetNetContent()
	if net == nil || !quantity.Alike(net.GetUnit(), base) {
		return nil
	}
	q := quantity.Quantity{Amount: net.GetAmount(), Unit: net.GetUnit()}
	want, err := q.To(base)
	if err != nil {
		return ErrContent.With("the net content of GTIN %s is %s, which is no whole number of its base unit %s: its units cannot be counted against its batches", p.GetGtin(), q.Display("en"), base)
	}
	if content != want.Amount {
		return ErrContent.With("content is %s, and the net content of GTIN %s is %s", quantity.Quantity{Amount: content, Unit: base}.Display("en"), p.GetGtin(), q.Display("en"))
	}
	return nil
}
