package custody

import (
	"slices"

	"cosmossdk.io/collections"

	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkUnpack(m *custodyv1.MsgUnpack) error {
	return checkInside(m.GetSscc(), m.GetContents(), m.GetChildren(), m.GetEvent())
}

// unpack takes goods, items and units out of a logistic unit of the signer; all
// that is directly in it where nothing is named. A unit in another stays where it
// is.
func (c *Custody) unpack(ctx *module.Context, m *custodyv1.MsgUnpack) error {
	u, err := c.Unit(ctx, m.GetSscc())
	switch {
	case err != nil:
		return err
	case u == nil || empty(u):
		return ErrUnit.With("unit %s is not packed", m.GetSscc())
	case u.GetHolder() != ctx.Signer.Participant:
		return ErrNotYours.With("unit %s is of %s, and the signer is %s", u.GetSscc(), u.GetHolder(), ctx.Signer.Participant)
	}
	if err := c.aggregates(ctx, u, m.GetEvent()); err != nil {
		return err
	}
	contents, children := m.GetContents(), m.GetChildren()
	if len(contents)+len(children) == 0 {
		contents, children = slices.Clone(u.GetContents()), slices.Clone(u.GetChildren())
	}
	for _, l := range contents {
		if err := c.takeOut(ctx, u, l); err != nil {
			return err
		}
	}
	for _, sscc := range children {
		if err := c.unnest(ctx, u, sscc); err != nil {
			return err
		}
	}
	if empty(u) && u.GetParent() != "" {
		if err := c.leave(ctx, u); err != nil {
			return err
		}
	}
	return c.putUnit(ctx, u, m.GetEvent())
}

// leave takes a unit that is no longer put together out of the one it is in.
func (c *Custody) leave(ctx *module.Context, u *custodyv1.LogisticUnit) error {
	parent, err := c.units.Get(ctx, u.GetParent())
	if err != nil {
		return err
	}
	at, found := slices.BinarySearch(parent.GetChildren(), u.GetSscc())
	if !found || len(parent.GetContents())+len(parent.GetChildren()) == 1 {
		return ErrInside.With("unit %s is all that is in unit %s; take it out of that first", u.GetSscc(), u.GetParent())
	}
	parent.Children = slices.Delete(parent.Children, at, at+1)
	u.Parent = ""
	return c.putUnit(ctx, parent, nil)
}

func (c *Custody) takeOut(ctx *module.Context, u *custodyv1.LogisticUnit, l *custodyv1.Content) error {
	at := slices.IndexFunc(u.GetContents(), func(have *custodyv1.Content) bool { return keyOf(have.GetBatch()) == keyOf(l.GetBatch()) })
	if at < 0 {
		return ErrInside.With("lot %s of GTIN %s is not in unit %s", l.GetBatch().GetLot(), l.GetBatch().GetGtin(), u.GetSscc())
	}
	have := u.GetContents()[at]
	q, err := c.book.InBase(ctx, l.GetBatch(), l.GetQuantity())
	if err != nil {
		return err
	}
	amount := q.GetAmount()
	if amount < 1 || amount > have.GetQuantity().GetAmount() {
		return ErrInside.With("%d %s of lot %s of GTIN %s are taken out of unit %s, which has %d", amount, q.GetUnit(), l.GetBatch().GetLot(), l.GetBatch().GetGtin(), u.GetSscc(), have.GetQuantity().GetAmount())
	}
	if len(have.GetSerials()) > 0 && len(l.GetSerials()) != int(amount) {
		return ErrShape.With("unit %s names the items of lot %s; name those that are taken out", u.GetSscc(), l.GetBatch().GetLot())
	}
	for _, s := range slices.Clone(l.GetSerials()) {
		i := slices.Index(have.GetSerials(), s)
		if i < 0 {
			return ErrInside.With("item %s of GTIN %s is not in unit %s", s, l.GetBatch().GetGtin(), u.GetSscc())
		}
		have.Serials = slices.Delete(have.Serials, i, i+1)
		if err := c.items.Remove(ctx, collections.Join(l.GetBatch().GetGtin(), s)); err != nil {
			return err
		}
	}
	if err := c.book.Unpack(ctx, u.GetHolder(), l.GetBatch(), amount); err != nil {
		return err
	}
	have.Quantity.Amount -= amount
	if have.GetQuantity().GetAmount() == 0 {
		u.Contents = slices.Delete(u.Contents, at, at+1)
	}
	return nil
}

func (c *Custody) unnest(ctx *module.Context, u *custodyv1.LogisticUnit, sscc string) error {
	at, found := slices.BinarySearch(u.GetChildren(), sscc)
	if !found {
		return ErrInside.With("unit %s is not in unit %s", sscc, u.GetSscc())
	}
	u.Children = slices.Delete(u.Children, at, at+1)
	child, err := c.units.Get(ctx, sscc)
	if err != nil {
		return err
	}
	child.Parent = ""
	return c.putUnit(ctx, child, nil)
}
