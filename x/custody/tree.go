package custody

import (
	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	"github.com/filiera-chain/filiera/module"
)

// tree lists a unit and all that are in it, itself first. It refuses more than one
// act hands over, and one that is in itself.
func (c *Custody) tree(ctx *module.Context, top *custodyv1.LogisticUnit) ([]*custodyv1.LogisticUnit, error) {
	list, depth := []*custodyv1.LogisticUnit{top}, []int{1}
	for i := 0; i < len(list); i++ {
		if depth[i] > maxDepth {
			return nil, ErrLimit.With("units stand %d deep in unit %s; %d deep is the most", depth[i], top.GetSscc(), maxDepth)
		}
		for _, sscc := range list[i].GetChildren() {
			if len(list) >= maxUnits {
				return nil, ErrLimit.With("more than %d units are in unit %s", maxUnits-1, top.GetSscc())
			}
			child, err := c.units.Get(ctx, sscc)
			if err != nil {
				return nil, err
			}
			list, depth = append(list, child), append(depth, depth[i]+1)
		}
	}
	return list, nil
}

// checkTree refuses a unit that makes the whole in which it stands too large, too
// deep, or a circle.
func (c *Custody) checkTree(ctx *module.Context, u *custodyv1.LogisticUnit) error {
	top := u
	for range maxDepth {
		if top.GetParent() == "" {
			list, err := c.tree(ctx, top)
			if err == nil {
				_, err = contents(list)
			}
			return err
		}
		parent, err := c.units.Get(ctx, top.GetParent())
		if err != nil {
			return err
		}
		top = parent
	}
	return ErrLimit.With("unit %s stands more than %d deep, or in itself", u.GetSscc(), maxDepth)
}

// contents sums what is in units, by batch in order of appearance.
func contents(list []*custodyv1.LogisticUnit) ([]*custodyv1.Line, error) {
	var lines []*custodyv1.Line
	at, items := map[batchKey]int{}, 0
	for _, u := range list {
		for _, l := range u.GetContents() {
			if items += len(l.GetSerials()); items > maxItems {
				return nil, ErrLimit.With("unit %s holds more than %d named items", list[0].GetSscc(), maxItems)
			}
			i, there := at[keyOf(l.GetBatch())]
			if !there {
				if len(lines) == maxLines {
					return nil, ErrLimit.With("unit %s holds more than %d lots", list[0].GetSscc(), maxLines)
				}
				i, at[keyOf(l.GetBatch())] = len(lines), len(lines)
				lines = append(lines, &custodyv1.Line{Batch: l.GetBatch(), Quantity: &basev1.Quantity{Unit: l.GetQuantity().GetUnit()}})
			}
			lines[i].Quantity.Amount += l.GetQuantity().GetAmount()
		}
	}
	return lines, nil
}

// whole gives a unit of from, with all that are in it, which stands in no other.
func (c *Custody) whole(ctx *module.Context, from, sscc string) ([]*custodyv1.LogisticUnit, error) {
	u, err := c.Unit(ctx, sscc)
	switch {
	case err != nil:
		return nil, err
	case u == nil || empty(u):
		return nil, ErrUnit.With("unit %s is not packed", sscc)
	case u.GetHolder() != from:
		return nil, ErrNotYours.With("unit %s is of %s, not of %s", sscc, u.GetHolder(), from)
	case u.GetParent() != "":
		return nil, ErrPacked.With("unit %s is in unit %s; hand that over, or take it out", sscc, u.GetParent())
	}
	return c.tree(ctx, u)
}

// unitLines gives what is in a unit that is offered.
func (c *Custody) unitLines(ctx *module.Context, from, to, sscc string) ([]*custodyv1.Line, error) {
	list, err := c.whole(ctx, from, sscc)
	if err != nil {
		return nil, err
	}
	lines, err := contents(list)
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		if err := c.mayReceive(ctx, to, l.GetBatch().GetGtin(), l.GetBatch().GetLot()); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

// handUnit hands a unit over as it stands; what is in it must be what was offered.
func (c *Custody) handUnit(ctx *module.Context, o *custodyv1.Offer) (uint64, error) {
	list, err := c.whole(ctx, o.GetSender(), o.GetSscc())
	if err != nil {
		return 0, err
	}
	lines, err := contents(list)
	if err != nil {
		return 0, err
	}
	if !same(lines, o.GetLines()) {
		return 0, ErrState.With("unit %s was repacked since it was offered; let its sender offer it again", o.GetSscc())
	}
	var uses []*matterv1.Use
	for _, l := range lines {
		uses = append(uses, &matterv1.Use{Batch: l.GetBatch(), Quantity: l.GetQuantity()})
		if err := c.book.Unpack(ctx, o.GetSender(), l.GetBatch(), l.GetQuantity().GetAmount()); err != nil {
			return 0, err
		}
	}
	entry, err := c.book.Transfer(ctx, o.GetNumber(), o.GetSender(), o.GetReceiver(), uses)
	if err != nil {
		return 0, err
	}
	for _, l := range lines {
		if err := c.book.Pack(ctx, o.GetReceiver(), l.GetBatch(), l.GetQuantity()); err != nil {
			return 0, err
		}
	}
	for _, u := range list {
		u.Holder = o.GetReceiver()
		if err := c.putUnit(ctx, u, nil); err != nil {
			return 0, err
		}
	}
	return entry, nil
}

func same(a, b []*custodyv1.Line) bool {
	if len(a) != len(b) {
		return false
	}
	amounts := map[batchKey]int64{}
	for _, l := range a {
		amounts[keyOf(l.GetBatch())] = l.GetQuantity().GetAmount()
	}
	for _, l := range b {
		if amounts[keyOf(l.GetBatch())] != l.GetQuantity().GetAmount() {
			return false
		}
	}
	return true
}
