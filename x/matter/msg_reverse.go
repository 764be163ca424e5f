package matter

import (
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	"github.com/filiera-chain/filiera/module"
)

func (m *Matter) checkReverse(r *matterv1.MsgReverse) error {
	if r.GetEntry() == 0 {
		return ErrShape.With("entry is 0; write the number of the entry")
	}
	if err := m.checkRight(r); err != nil {
		return err
	}
	return checkReason(r.GetReason(), 3)
}

// reverse takes an entry back with one of its own, by who made it or an
// authority. What it brought must still be there: what was made of it since is
// taken back first. Batches that it registered turn out never to have been.
func (m *Matter) reverse(ctx *module.Context, r *matterv1.MsgReverse) (proto.Message, error) {
	old, err := m.reversible(ctx, r.GetEntry())
	if err != nil {
		return nil, err
	}
	e := newEntry(ctx, reversal, module.Day(ctx.Time), r.GetReason(), nil)
	e.Reverses, e.Specification, e.HarvestYear = old.GetNumber(), old.GetSpecification(), old.GetHarvestYear()
	var in, out []*basev1.BatchID
	for _, p := range old.GetPostings() {
		back := proto.Clone(p).(*matterv1.Posting)
		back.Amount, back.MassMg = -p.GetAmount(), -p.GetMassMg()
		e.Postings = append(e.Postings, back)
		switch {
		case p.GetAccount() != stockAccount:
		case p.GetAmount() > 0:
			out = append(out, p.GetBatch())
		default:
			in = append(in, p.GetBatch())
		}
	}
	result, err := m.post(ctx, e)
	if err != nil {
		return nil, err
	}
	old.ReversedBy = e.GetNumber()
	// A copy, since what tells it right may change the record once more.
	ctx.Emit(&matterv1.EntryPosted{Entry: proto.Clone(old).(*matterv1.Entry)})
	if err := m.entries.Set(ctx, old.GetNumber(), old); err != nil {
		return nil, err
	}
	if registers(old.GetKind()) {
		if err := m.unmake(ctx, old, in, out); err != nil {
			return nil, err
		}
	}
	return m.right(ctx, r, old, result)
}

func (m *Matter) reversible(ctx *module.Context, number uint64) (*matterv1.Entry, error) {
	old, err := m.Entry(ctx, number)
	switch {
	case err != nil:
		return nil, err
	case old == nil:
		return nil, ErrEntry.With("the book has no entry %d", number)
	case old.GetReversedBy() != 0:
		return nil, ErrReverse.With("entry %d was taken back by entry %d", number, old.GetReversedBy())
	case old.GetKind() == reversal || old.GetKind() == opening || old.GetKind() == transfer:
		return nil, ErrReverse.With("entry %d is %s; write the right one instead", number, kindWord(old.GetKind()))
	}
	if old.GetActor() == ctx.Signer.Participant {
		return old, m.registry.Allowed(ctx, ctx.Time, ctx.Signer.Participant, "", "", handlers...)
	}
	if err := m.registry.Allowed(ctx, ctx.Time, ctx.Signer.Participant, "", "", authorities...); err != nil {
		return nil, ErrReverse.With("entry %d is of %s; it takes it back, or an authority does", number, old.GetActor())
	}
	return old, nil
}

// registers says whether entries of a kind register batches.
func registers(k matterv1.EntryKind) bool {
	return k == harvest || k == transformation || k == split || k == merge
}

func (m *Matter) unmake(ctx *module.Context, old *matterv1.Entry, in, out []*basev1.BatchID) error {
	if err := m.unclaim(ctx, old); err != nil {
		return err
	}
	if err := m.part(ctx, in, out); err != nil {
		return err
	}
	for _, id := range out {
		if err := m.products.Void(ctx, id.GetGtin(), id.GetLot(), "entry "+number(old.GetNumber())+" of the book was taken back"); err != nil {
			return err
		}
	}
	return nil
}
