package matter

import (
	"google.golang.org/protobuf/proto"

	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
)

// first makes an act of one that may also tell an earlier entry right.
func first[M proto.Message](run func(*module.Context, M, *matterv1.Entry) (proto.Message, error)) func(*module.Context, M) (proto.Message, error) {
	return func(ctx *module.Context, m M) (proto.Message, error) { return run(ctx, m, nil) }
}

// rightActs lists what a reversal may carry: the act, its check, and its run.
func (m *Matter) rightActs(r *matterv1.MsgReverse) (checks []func() error, runs []func(*module.Context, *matterv1.Entry) (proto.Message, error)) {
	add := func(there bool, check func() error, run func(*module.Context, *matterv1.Entry) (proto.Message, error)) {
		if there {
			checks, runs = append(checks, check), append(runs, run)
		}
	}
	type ctx = *module.Context
	type entry = *matterv1.Entry
	add(r.GetHarvest() != nil, func() error { return m.checkHarvest(r.GetHarvest()) }, func(c ctx, e entry) (proto.Message, error) { return m.harvest(c, r.GetHarvest(), e) })
	add(r.GetTransform() != nil, func() error { return m.checkTransform(r.GetTransform()) }, func(c ctx, e entry) (proto.Message, error) { return m.transform(c, r.GetTransform(), e) })
	add(r.GetSplit() != nil, func() error { return checkSplit(r.GetSplit()) }, func(c ctx, e entry) (proto.Message, error) { return m.split(c, r.GetSplit(), e) })
	add(r.GetMerge() != nil, func() error { return checkMerge(r.GetMerge()) }, func(c ctx, e entry) (proto.Message, error) { return m.merge(c, r.GetMerge(), e) })
	add(r.GetWriteOff() != nil, func() error { return checkWriteOff(r.GetWriteOff()) }, func(c ctx, e entry) (proto.Message, error) { return m.writeOff(c, r.GetWriteOff(), e) })
	add(r.GetSell() != nil, func() error { return checkSell(r.GetSell()) }, func(c ctx, e entry) (proto.Message, error) { return m.sell(c, r.GetSell(), e) })
	add(r.GetReturnGoods() != nil, func() error { return checkReturn(r.GetReturnGoods()) }, func(c ctx, e entry) (proto.Message, error) { return m.takeBack(c, r.GetReturnGoods(), e) })
	return checks, runs
}

func (m *Matter) checkRight(r *matterv1.MsgReverse) error {
	checks, _ := m.rightActs(r)
	if len(checks) > 1 {
		return ErrShape.With("the reversal tells entry %d right in %d ways; one is taken", r.GetEntry(), len(checks))
	}
	for _, check := range checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// right carries out what tells an entry right that was taken back, so that the book
// never shows the one without the other.
func (m *Matter) right(ctx *module.Context, r *matterv1.MsgReverse, old *matterv1.Entry, done *matterv1.PostedResult) (proto.Message, error) {
	_, runs := m.rightActs(r)
	if len(runs) == 0 {
		return done, nil
	}
	if old.GetActor() != ctx.Signer.Participant {
		return nil, ErrReverse.With("entry %d is of %s, which alone tells it right; take it back without that", old.GetNumber(), old.GetActor())
	}
	result, err := runs[0](ctx, old)
	if err != nil {
		return nil, err
	}
	done.Right = result.(*matterv1.PostedResult).GetEntry()
	now, err := m.entries.Get(ctx, done.GetRight())
	if err != nil {
		return nil, err
	}
	if now.GetKind() != old.GetKind() {
		return nil, ErrReverse.With("entry %d is %s, and what would tell it right is %s; take it back without that, and write the other for itself", old.GetNumber(), kindWord(old.GetKind()), kindWord(now.GetKind()))
	}
	old.CorrectedBy = done.GetRight()
	ctx.Emit(&matterv1.EntryPosted{Entry: old})
	return done, m.entries.Set(ctx, old.GetNumber(), old)
}

// make registers a batch. One that never was is told anew, unless a certificate was
// issued for it: that was of other goods.
func (m *Matter) make(ctx *module.Context, n *matterv1.NewBatch, told *matterv1.Entry) (*productv1.Batch, error) {
	old, err := m.products.Batch(ctx, n.GetGtin(), n.GetLot())
	if err != nil {
		return nil, err
	}
	if old.GetVoided() {
		certified, err := m.certs.Certified(ctx, n.GetGtin(), n.GetLot())
		if err != nil {
			return nil, err
		}
		if certified {
			return nil, ErrReverse.With("lot %s of GTIN %s was certified before it turned out never to have been; use another lot", n.GetLot(), n.GetGtin())
		}
	}
	return m.products.Make(ctx, registration(n), false, told.GetDay())
}

// late gives how late an entry of a day about a batch is. What was told of that day
// before is not too late.
func (m *Matter) late(ctx *module.Context, b *productv1.Batch, day string, told *matterv1.Entry) (uint32, error) {
	return m.products.Late(ctx, ctx.Time, b.GetSpecification(), b.GetSpecificationVersion(), day, told.GetDay())
}
