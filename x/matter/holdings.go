package matter

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/balance"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/quantity"
)

// maxHolders bounds the holders of one batch.
const maxHolders = 1_000

// holding gives what a participant has of a batch, nil when it never had any. Of a
// batch that the book has not heard of, the custodian has all.
func (m *Matter) holding(ctx context.Context, b *productv1.Batch, holder string) (*matterv1.Holding, error) {
	h, err := module.Find(ctx, m.holdings, collections.Join3(b.GetGtin(), b.GetLot(), holder))
	if err != nil || h != nil {
		return h, err
	}
	has, err := m.stocks.Has(ctx, collections.Join(b.GetGtin(), b.GetLot()))
	if err != nil || has || b.GetCustodian() != holder {
		return nil, err
	}
	return &matterv1.Holding{Batch: idOf(b.GetGtin(), b.GetLot()), Holder: holder, Unit: b.GetQuantity().GetUnit(), Left: b.GetQuantity().GetAmount()}, nil
}

// Holds says whether a participant has, or had, some of a batch.
func (m *Matter) Holds(ctx context.Context, gtin, lot, participant string) (bool, error) {
	b, err := m.products.Batch(ctx, gtin, lot)
	if err != nil || b == nil {
		return false, err
	}
	h, err := m.holding(ctx, b, participant)
	return h != nil, err
}

// Holdings gives who has what of a batch, in order of participant, none left
// included; nil for one that is not registered.
func (m *Matter) Holdings(ctx context.Context, gtin, lot string) ([]*matterv1.Holding, error) {
	var list []*matterv1.Holding
	err := m.holdings.Walk(ctx, collections.NewSuperPrefixedTripleRange[string, string, string](gtin, lot), func(_ holdingKey, h *matterv1.Holding) (bool, error) {
		list = append(list, h)
		return false, nil
	})
	if err != nil || len(list) > 0 {
		return list, err
	}
	b, err := m.products.Batch(ctx, gtin, lot)
	if err != nil || b == nil {
		return nil, err
	}
	h, err := m.holding(ctx, b, b.GetCustodian())
	return []*matterv1.Holding{h}, err
}

// reversedKind is the kind of the entry that e takes back, if it does.
func (m *Matter) reversedKind(ctx context.Context, e *matterv1.Entry) (matterv1.EntryKind, error) {
	if e.GetKind() != reversal {
		return matterv1.EntryKind_ENTRY_KIND_UNSPECIFIED, nil
	}
	old, err := m.entries.Get(ctx, e.GetReverses())
	return old.GetKind(), err
}

// hold changes what the holder of a posting has; s is the stock before it.
func (m *Matter) hold(ctx *module.Context, e *matterv1.Entry, reversed matterv1.EntryKind, p *matterv1.Posting, s *matterv1.Stock) error {
	key := collections.Join3(p.GetBatch().GetGtin(), p.GetBatch().GetLot(), p.GetHolder())
	h, err := module.Find(ctx, m.holdings, key)
	if err != nil {
		return err
	}
	if h == nil {
		if s.GetHolders() >= maxHolders {
			return ErrLimit.With("lot %s of GTIN %s has had %d holders, which is the most; split it and go on with the new lot", p.GetBatch().GetLot(), p.GetBatch().GetGtin(), s.GetHolders())
		}
		s.Holders++
		h = &matterv1.Holding{Batch: p.GetBatch(), Holder: p.GetHolder(), Unit: p.GetUnit()}
	}
	if free := h.GetLeft() - h.GetPacked(); p.GetAmount() < 0 && free+p.GetAmount() < 0 {
		return short(h, -p.GetAmount(), s)
	}
	balance.Hold(h, e.GetKind(), reversed, p.GetAmount())
	return m.putHolding(ctx, h)
}

func (m *Matter) putHolding(ctx *module.Context, h *matterv1.Holding) error {
	ctx.Emit(&matterv1.HoldingChanged{Holding: h})
	return m.holdings.Set(ctx, collections.Join3(h.GetBatch().GetGtin(), h.GetBatch().GetLot(), h.GetHolder()), h)
}

// short refuses to take more than a holder has free, with the numbers.
func short(h *matterv1.Holding, asked int64, s *matterv1.Stock) error {
	q := func(n int64) string { return quantity.Quantity{Amount: n, Unit: h.GetUnit()}.Display("en") }
	over := asked - (h.GetLeft() - h.GetPacked())
	switch {
	case h.GetPacked() > 0:
		return ErrNotEnough.With("of lot %s of GTIN %s, %s has %s, of which %s are packed, and %s are taken: %s too much; unpack first what is to be used", h.GetBatch().GetLot(), h.GetBatch().GetGtin(),
			h.GetHolder(), q(h.GetLeft()), q(h.GetPacked()), q(asked), q(over))
	case s.GetLeft() != h.GetLeft():
		return ErrNotEnough.With("of lot %s of GTIN %s, %s has %s of the %s left, and %s are taken: %s too much", h.GetBatch().GetLot(), h.GetBatch().GetGtin(),
			h.GetHolder(), q(h.GetLeft()), q(s.GetLeft()), q(asked), q(over))
	}
	return ErrNotEnough.With("lot %s of GTIN %s has %s left of %s, and %s are taken: %s too much", h.GetBatch().GetLot(), h.GetBatch().GetGtin(),
		q(h.GetLeft()), q(s.GetEntered()), q(asked), q(over))
}

// Free refuses so much of a batch that from may not hand to a receiver, and gives
// it in base units. What was called back or taken off goes back to its owner, or to
// an authority, and nowhere else.
func (m *Matter) Free(ctx *module.Context, from, to string, id *basev1.BatchID, q *basev1.Quantity) (*basev1.Quantity, error) {
	if err := checkBatchID("batch", id); err != nil {
		return nil, err
	}
	if err := checkQuantity("quantity", q); err != nil {
		return nil, err
	}
	g, err := m.handed(ctx, from, to, id, q)
	if err != nil {
		return nil, err
	}
	h, err := m.holding(ctx, g.batch, from)
	if err != nil {
		return nil, err
	}
	if g.amount > h.GetLeft()-h.GetPacked() {
		s, err := m.Stock(ctx, id.GetGtin(), id.GetLot())
		if err != nil {
			return nil, err
		}
		return nil, short(h, g.amount, s)
	}
	return quantityIn(g.amount, g.product.GetBaseUnit()), nil
}

func (m *Matter) handed(ctx *module.Context, from, to string, id *basev1.BatchID, q *basev1.Quantity) (*goods, error) {
	g, err := m.heldBy(ctx, from, id, q)
	if err != nil || g.batch.GetOwner() == to {
		return g, err
	}
	var called *module.Error
	if err := m.lineage.Free(ctx, id); err != nil && !errors.As(err, &called) {
		return nil, err
	}
	if g.batch.GetStatus() == productv1.BatchStatus_BATCH_STATUS_ACTIVE && called == nil {
		return g, nil
	}
	if m.registry.Allowed(ctx, ctx.Time, to, "", "", authorities...) == nil {
		return g, nil
	}
	if called != nil {
		return nil, called.With("%s; it goes back to its owner %s, or to an authority", called, g.batch.GetOwner())
	}
	return nil, ErrState.With("lot %s of GTIN %s is %s since %s (%s); it goes back to its owner %s, or to an authority", g.batch.GetLot(), g.batch.GetGtin(),
		statusWord(g.batch.GetStatus()), module.Day(g.batch.GetStatusSince()), g.batch.GetStatusReason(), g.batch.GetOwner())
}

// Transfer writes the entry that hands goods from one holder to another: all of
// them or none. A batch is named once.
func (m *Matter) Transfer(ctx *module.Context, offer uint64, from, to string, list []*matterv1.Use) (uint64, error) {
	e := newEntry(ctx, transfer, module.Day(ctx.Time), "", nil)
	e.Offer = offer
	var all []*goods
	for _, u := range list {
		g, err := m.handed(ctx, from, to, u.GetBatch(), u.GetQuantity())
		if err != nil {
			return 0, err
		}
		if err := m.open(ctx, g); err != nil {
			return 0, err
		}
		there := g.line(1)
		there.Holder = to
		e.Postings = append(e.Postings, g.line(-1), there)
		all = append(all, g)
	}
	result, err := m.post(ctx, e)
	if err != nil {
		return 0, err
	}
	for _, g := range all {
		if err := m.follow(ctx, g.batch, from, to); err != nil {
			return 0, err
		}
	}
	return result.GetEntry(), nil
}

// follow makes the receiver custodian of a batch of which the custodian has
// nothing left.
func (m *Matter) follow(ctx *module.Context, b *productv1.Batch, from, to string) error {
	if b.GetCustodian() != from {
		return nil
	}
	h, err := m.holding(ctx, b, from)
	if err != nil || h.GetLeft() > 0 {
		return err
	}
	return m.products.Hand(ctx, b.GetGtin(), b.GetLot(), to)
}

// Pack sets so much of what a holder has free aside.
func (m *Matter) Pack(ctx *module.Context, holder string, id *basev1.BatchID, q *basev1.Quantity) error {
	g, err := m.heldBy(ctx, holder, id, q)
	if err != nil {
		return err
	}
	if err := m.open(ctx, g); err != nil {
		return err
	}
	h, err := m.holding(ctx, g.batch, holder)
	if err != nil {
		return err
	}
	if g.amount > h.GetLeft()-h.GetPacked() {
		s, err := m.Stock(ctx, id.GetGtin(), id.GetLot())
		if err != nil {
			return err
		}
		return short(h, g.amount, s)
	}
	h.Packed += g.amount
	return m.putHolding(ctx, h)
}

// Unpack frees what Pack set aside, in base units.
func (m *Matter) Unpack(ctx *module.Context, holder string, id *basev1.BatchID, amount int64) error {
	h, err := m.holdings.Get(ctx, collections.Join3(id.GetGtin(), id.GetLot(), holder))
	if err != nil {
		return err
	}
	if h.GetPacked() < amount {
		return ErrNotEnough.With("%d are unpacked and %d were packed", amount, h.GetPacked()) // a mistake of the caller
	}
	h.Packed -= amount
	return m.putHolding(ctx, h)
}

// Lose writes off what a holder handed over and the other side did not find.
func (m *Matter) Lose(ctx *module.Context, offer uint64, holder string, u *matterv1.Use, reason string) error {
	g, err := m.heldBy(ctx, holder, u.GetBatch(), u.GetQuantity())
	if err != nil {
		return err
	}
	if err := m.open(ctx, g); err != nil {
		return err
	}
	e := newEntry(ctx, writeOff, module.Day(ctx.Time), reason, nil)
	e.Offer = offer
	e.Postings = []*matterv1.Posting{g.line(-1), g.other(offAccount, 1)}
	_, err = m.post(ctx, e)
	return err
}

// InBase gives a quantity of a batch's product in its base units.
func (m *Matter) InBase(ctx context.Context, id *basev1.BatchID, q *basev1.Quantity) (*basev1.Quantity, error) {
	p, err := m.products.Product(ctx, id.GetGtin())
	if err != nil {
		return nil, err
	}
	if p == nil {
		return nil, ErrBatch.With("no product has GTIN %s", clip(id.GetGtin()))
	}
	amount, err := inBaseUnits(p, q)
	return quantityIn(amount, p.GetBaseUnit()), err
}

// MayHandle is nil for who may hold goods of a specification.
func (m *Matter) MayHandle(ctx context.Context, at int64, participant, specification string) error {
	return m.registry.Allowed(ctx, at, participant, specification, "", append([]registryv1.Role{registryv1.Role_ROLE_AUTHORITY}, handlers...)...)
}

// EachPacked tells of everything that is set aside, or was, in base units.
func (m *Matter) EachPacked(rd *module.Reader, fn func(gtin, lot, holder string, amount int64) error) error {
	return m.holdings.Walk(rd, nil, func(k holdingKey, h *matterv1.Holding) (bool, error) {
		err := fn(k.K1(), k.K2(), k.K3(), h.GetPacked())
		return err != nil, err
	})
}
