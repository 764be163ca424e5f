package matter

import (
	"google.golang.org/protobuf/proto"

	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/quantity"
)

func (m *Matter) checkTransform(t *matterv1.MsgTransform) error {
	if err := checkUses("inputs", t.GetInputs(), 0); err != nil {
		return err
	}
	if n := len(t.GetInputs()) + len(t.GetOutside()); n == 0 {
		return ErrShape.With("nothing goes in; name inputs, or what comes from outside")
	}
	if len(t.GetOutside()) > maxLines {
		return ErrShape.With("outside has %d lines; at most %d are taken", len(t.GetOutside()), maxLines)
	}
	for _, o := range t.GetOutside() {
		if err := checkOutside(o); err != nil {
			return err
		}
	}
	if len(t.GetOutputs()) < 1 || len(t.GetOutputs()) > maxLines {
		return ErrShape.With("outputs has %d lines; it takes 1 to %d", len(t.GetOutputs()), maxLines)
	}
	if len(t.GetInputs())*len(t.GetOutputs()) > maxEdges {
		return ErrShape.With("%d inputs for %d outputs are more than one entry joins, which is %d pairs; tell it in steps", len(t.GetInputs()), len(t.GetOutputs()), maxEdges)
	}
	for _, o := range t.GetOutputs() {
		if err := m.checkNew("outputs", o); err != nil {
			return err
		}
	}
	if err := checkEvents(t.GetEvents()); err != nil {
		return err
	}
	return checkReason(t.GetReason(), 0)
}

// checkOutside wants a mass, or pieces with the mass of one.
func checkOutside(o *matterv1.OutsideInput) error {
	if err := shape(module.CheckText("outside.what", o.GetWhat(), 2, 100)); err != nil {
		return err
	}
	if o.GetStage() != "" {
		if err := shape(module.CheckSlug("outside.stage", o.GetStage(), 1, 40)); err != nil {
			return err
		}
	}
	if err := checkQuantity("outside.quantity", o.GetQuantity()); err != nil {
		return err
	}
	if isMass := quantity.Alike(o.GetQuantity().GetUnit(), "MGM"); isMass != (o.GetUnitMg() == 0) || o.GetUnitMg() < 0 {
		return ErrShape.With("outside: %s of %s; state unit_mg, the milligrams of one %s, where that is no unit of mass, and only there", amountOf(o.GetQuantity()), clip(o.GetWhat()), o.GetQuantity().GetUnit())
	}
	if outsideMass(o) > maxMass || outsideMass(o) < 0 {
		return ErrLimit.With("outside: %s of %s weigh more than one entry takes", amountOf(o.GetQuantity()), clip(o.GetWhat()))
	}
	return nil
}

// outsideMass gives milligrams, or -1 for more than can be counted.
func outsideMass(o *matterv1.OutsideInput) int64 {
	n := amountOf(o.GetQuantity()).Smallest()
	if !quantity.Alike(o.GetQuantity().GetUnit(), "MGM") {
		n.SetInt64(o.GetQuantity().GetAmount())
		n.Mul(n, bigOf(o.GetUnitMg()))
	}
	if !n.IsInt64() {
		return -1
	}
	return n.Int64()
}

// transform consumes what goes in and registers what is made, which weighs no more
// and keeps the yields of its specification. What is missing is lost in the
// process.
func (m *Matter) transform(ctx *module.Context, t *matterv1.MsgTransform, told *matterv1.Entry) (proto.Message, error) {
	work := &making{m: m, outside: t.GetOutside()}
	for _, u := range t.GetInputs() {
		g, err := m.usable(ctx, u.GetBatch(), u.GetQuantity())
		if err != nil {
			return nil, err
		}
		if _, err := needMass(g.product, g.amount); err != nil {
			return nil, err
		}
		if err := m.open(ctx, g); err != nil {
			return nil, err
		}
		work.in = append(work.in, g)
	}
	for _, n := range t.GetOutputs() {
		b, err := m.make(ctx, n, told)
		if err != nil {
			return nil, err
		}
		g, stage, err := m.made(ctx, b)
		if err != nil {
			return nil, err
		}
		if _, err := needMass(g.product, g.amount); err != nil {
			return nil, err
		}
		work.out, work.stages = append(work.out, g), append(work.stages, stage)
	}
	if err := work.yields(); err != nil {
		return nil, err
	}
	loss, err := work.loss()
	if err != nil {
		return nil, err
	}
	e := newEntry(ctx, transformation, work.out[0].batch.GetProductionDate(), t.GetReason(), told)
	e.Events = t.GetEvents()
	e.Postings = work.postings(loss)
	for _, g := range work.out {
		e.LateDays = max(e.LateDays, g.batch.GetLateDays())
	}
	result, err := m.post(ctx, e)
	if err != nil {
		return nil, err
	}
	return result, m.join(ctx, work.in, work.out)
}

// loss is what goes in and does not come out, in milligrams.
func (w *making) loss() (int64, error) {
	in, out := int64(0), int64(0)
	for _, g := range w.in {
		in += g.mass
	}
	for _, o := range w.outside {
		in += outsideMass(o)
	}
	for _, g := range w.out {
		out += g.mass
	}
	if out > in {
		return 0, ErrMass.With("what is made weighs %s and what goes in weighs %s: %s come of nothing; name everything that goes in, water and salt too", kg(out), kg(in), kg(out-in))
	}
	return in - out, nil
}

func (w *making) postings(loss int64) []*matterv1.Posting {
	var list []*matterv1.Posting
	for _, g := range w.in {
		list = append(list, g.line(-1))
	}
	for _, o := range w.outside {
		list = append(list, &matterv1.Posting{
			Account: outsideAccount, Amount: -o.GetQuantity().GetAmount(), Unit: o.GetQuantity().GetUnit(), MassMg: -outsideMass(o), What: o.GetWhat(),
		})
	}
	for _, g := range w.out {
		list = append(list, g.line(1))
	}
	if loss > 0 {
		list = append(list, &matterv1.Posting{Account: lossAccount, Amount: loss, Unit: "MGM", MassMg: loss})
	}
	return list
}
