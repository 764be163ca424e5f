package custody

import (
	"slices"

	"cosmossdk.io/collections"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
)

func checkPack(m *custodyv1.MsgPack) error {
	if len(m.GetContents())+len(m.GetChildren()) == 0 {
		return ErrShape.With("nothing is packed; name contents or children")
	}
	return checkInside(m.GetSscc(), m.GetContents(), m.GetChildren(), m.GetEvent())
}

func checkInside(sscc string, contents []*custodyv1.Content, children []string, event []byte) error {
	if err := checkSSCC("sscc", sscc); err != nil {
		return err
	}
	if len(contents) > maxContent || len(children) > maxUnits {
		return ErrLimit.With("%d lines and %d units are named; one act takes %d and %d", len(contents), len(children), maxContent, maxUnits)
	}
	lots, serials := map[batchKey]bool{}, map[[2]string]bool{}
	for _, l := range contents {
		if err := checkContent(l); err != nil {
			return err
		}
		if lots[keyOf(l.GetBatch())] {
			return ErrShape.With("contents name lot %s of GTIN %s twice; write one line", l.GetBatch().GetLot(), l.GetBatch().GetGtin())
		}
		lots[keyOf(l.GetBatch())] = true
		for _, s := range l.GetSerials() {
			if item := [2]string{l.GetBatch().GetGtin(), s}; serials[item] {
				return ErrShape.With("contents name item %s of GTIN %s twice", s, l.GetBatch().GetGtin())
			}
			serials[[2]string{l.GetBatch().GetGtin(), s}] = true
		}
	}
	if len(serials) > maxSerials {
		return ErrLimit.With("%d items are named; one act takes %d", len(serials), maxSerials)
	}
	seen := map[string]bool{sscc: true}
	for _, c := range children {
		if err := checkSSCC("children", c); err != nil {
			return err
		}
		if seen[c] {
			return ErrShape.With("unit %s is named twice", c)
		}
		seen[c] = true
	}
	return checkEvent("event", event)
}

func checkContent(l *custodyv1.Content) error {
	if err := checkBatch("contents.batch", l.GetBatch()); err != nil {
		return err
	}
	if l.GetQuantity() == nil {
		return ErrShape.With("contents: lot %s has no quantity", l.GetBatch().GetLot())
	}
	if n := len(l.GetSerials()); n > 0 && (l.GetQuantity().GetUnit() != pieces || l.GetQuantity().GetAmount() != int64(n)) {
		return ErrShape.With("contents: lot %s names %d items for %d %s; write as many pieces (H87) as items", l.GetBatch().GetLot(), n, l.GetQuantity().GetAmount(), clip(l.GetQuantity().GetUnit()))
	}
	for _, s := range l.GetSerials() {
		if _, err := gs1.ParseSerial(s); err != nil {
			return ErrShape.With("contents.serials: %v", err)
		}
	}
	return nil
}

const pieces = "H87" // UN/ECE Recommendation 20: piece

// pack puts goods, items and units into a logistic unit of the signer. What is in
// it is set aside in the book of matter until it is taken out.
func (c *Custody) pack(ctx *module.Context, m *custodyv1.MsgPack) error {
	u, err := c.Unit(ctx, m.GetSscc())
	if err != nil {
		return err
	}
	if u == nil || empty(u) {
		u = &custodyv1.LogisticUnit{
			Sscc: m.GetSscc(), Holder: ctx.Signer.Participant, PackedBy: ctx.Signer.Participant, PackedAt: ctx.Time, PackedHeight: ctx.Height,
		}
		if err := c.book.MayHandle(ctx, ctx.Time, u.GetHolder(), ""); err != nil {
			return err
		}
	}
	if u.GetHolder() != ctx.Signer.Participant {
		return ErrNotYours.With("unit %s is of %s, and the signer is %s", u.GetSscc(), u.GetHolder(), ctx.Signer.Participant)
	}
	if err := c.aggregates(ctx, u, m.GetEvent()); err != nil {
		return err
	}
	for _, l := range m.GetContents() {
		if err := c.putIn(ctx, u, l); err != nil {
			return err
		}
	}
	for _, sscc := range m.GetChildren() {
		if err := c.nest(ctx, u, sscc); err != nil {
			return err
		}
	}
	if err := bounded(u); err != nil {
		return err
	}
	if err := c.putUnit(ctx, u, m.GetEvent()); err != nil {
		return err
	}
	return c.checkTree(ctx, u)
}

func empty(u *custodyv1.LogisticUnit) bool { return len(u.GetContents())+len(u.GetChildren()) == 0 }

func bounded(u *custodyv1.LogisticUnit) error {
	serials := 0
	for _, l := range u.GetContents() {
		serials += len(l.GetSerials())
	}
	if len(u.GetContents()) > maxContent || serials > maxSerials {
		return ErrLimit.With("unit %s would have %d lots and %d named items; one takes %d and %d", u.GetSscc(), len(u.GetContents()), serials, maxContent, maxSerials)
	}
	return nil
}

func (c *Custody) putUnit(ctx *module.Context, u *custodyv1.LogisticUnit, event []byte) error {
	u.ChangedAt, u.Events = ctx.Time, lastEvents(u.GetEvents(), event)
	ctx.Emit(&custodyv1.UnitChanged{Unit: u})
	return c.units.Set(ctx, u.GetSscc(), u)
}

// aggregates refuses an event that is not the signer's aggregation into the unit.
func (c *Custody) aggregates(ctx *module.Context, u *custodyv1.LogisticUnit, id []byte) error {
	if len(id) == 0 {
		return nil
	}
	e, err := c.ownEvent(ctx, id)
	if err == nil && e.GetType() != "AggregationEvent" {
		err = ErrEvent.With("event %x is of type %s; packing unit %s is told by an AggregationEvent", id, e.GetType(), u.GetSscc())
	}
	return err
}

func (c *Custody) putIn(ctx *module.Context, u *custodyv1.LogisticUnit, l *custodyv1.Content) error {
	q, err := c.book.InBase(ctx, l.GetBatch(), l.GetQuantity())
	if err != nil {
		return err
	}
	if q.GetAmount() < 1 {
		return ErrShape.With("contents: the quantity of lot %s is %d; it takes 1 or more", l.GetBatch().GetLot(), q.GetAmount())
	}
	if err := c.book.Pack(ctx, u.GetHolder(), l.GetBatch(), q); err != nil {
		return err
	}
	for _, s := range l.GetSerials() {
		item := collections.Join(l.GetBatch().GetGtin(), s)
		in, err := module.Find(ctx, c.items, item)
		if err != nil {
			return err
		}
		if in != nil {
			return ErrPacked.With("item %s of GTIN %s is in unit %s", s, l.GetBatch().GetGtin(), in.GetSscc())
		}
		if err := c.items.Set(ctx, item, &custodyv1.Serial{Sscc: u.GetSscc()}); err != nil {
			return err
		}
	}
	for _, have := range u.GetContents() {
		if keyOf(have.GetBatch()) != keyOf(l.GetBatch()) {
			continue
		}
		if (len(have.GetSerials()) > 0) != (len(l.GetSerials()) > 0) {
			return ErrShape.With("lot %s of GTIN %s is in unit %s with some items named and some not; name all or none", l.GetBatch().GetLot(), l.GetBatch().GetGtin(), u.GetSscc())
		}
		have.Quantity.Amount += q.GetAmount()
		have.Serials = append(have.Serials, l.GetSerials()...)
		return nil
	}
	u.Contents = append(u.Contents, &custodyv1.Content{Batch: proto.Clone(l.GetBatch()).(*basev1.BatchID), Quantity: q, Serials: slices.Clone(l.GetSerials())})
	return nil
}

// nest puts a unit of the signer into another.
func (c *Custody) nest(ctx *module.Context, u *custodyv1.LogisticUnit, sscc string) error {
	child, err := c.Unit(ctx, sscc)
	switch {
	case err != nil:
		return err
	case child == nil || empty(child):
		return ErrUnit.With("unit %s is not packed", sscc)
	case child.GetHolder() != ctx.Signer.Participant:
		return ErrNotYours.With("unit %s is of %s, and the signer is %s", sscc, child.GetHolder(), ctx.Signer.Participant)
	case child.GetParent() != "":
		return ErrPacked.With("unit %s is in unit %s", sscc, child.GetParent())
	}
	child.Parent = u.GetSscc()
	at, _ := slices.BinarySearch(u.Children, sscc)
	u.Children = slices.Insert(u.Children, at, sscc)
	return c.putUnit(ctx, child, nil)
}
