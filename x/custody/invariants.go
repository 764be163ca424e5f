package custody

import (
	"fmt"

	"cosmossdk.io/collections"

	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	"github.com/filiera-chain/filiera/module"
)

// invariants are the truths that no act may break.
func (c *Custody) invariants() []module.Invariant {
	return []module.Invariant{
		{Name: "offers are numbered without a gap, and those that wait are counted and will end", Check: c.offersHold},
		{Name: "a unit is in one other at most, whose holder is its own, and never in itself", Check: c.unitsHold},
		{Name: "what is packed is set aside in the book, and an item is in one unit", Check: c.packedHolds},
	}
}

func (c *Custody) offersHold(rd *module.Reader) error {
	next, waitingOf := uint64(1), map[string]uint32{}
	all := 0
	err := c.offers.Walk(rd, nil, func(n uint64, o *custodyv1.Offer) (bool, error) {
		if n != next || o.GetNumber() != n {
			return true, fmt.Errorf("offer %d stands where %d should, and says it is %d", n, next, o.GetNumber())
		}
		next++
		ends, err := c.ends.Has(rd, collections.Join(o.GetExpiresAt(), n))
		if err == nil && ends != waits(o.GetStatus()) {
			err = fmt.Errorf("offer %d is %s and whether it will end is %v", n, statusWord(o.GetStatus()), ends)
		}
		if waits(o.GetStatus()) {
			waitingOf[o.GetSender()]++
			all++
		}
		return err != nil, err
	})
	if err != nil {
		return err
	}
	err = c.pending.Walk(rd, nil, func(who string, n uint32) (bool, error) {
		if waitingOf[who] != n || n == 0 {
			return true, fmt.Errorf("%d offers of %s are counted and %d wait", n, who, waitingOf[who])
		}
		all -= int(n)
		return false, nil
	})
	if err == nil && all != 0 {
		err = fmt.Errorf("%d offers that wait are not counted", all)
	}
	return err
}

func (c *Custody) unitsHold(rd *module.Reader) error {
	return c.units.Walk(rd, nil, func(sscc string, u *custodyv1.LogisticUnit) (bool, error) {
		for _, child := range u.GetChildren() {
			in, err := c.Unit(rd, child)
			if err != nil || in.GetParent() != sscc || in.GetHolder() != u.GetHolder() || empty(in) {
				return true, fmt.Errorf("unit %s is said to be in %s, and is %v: %w", child, sscc, in, err)
			}
		}
		at := u
		for range maxDepth + 1 {
			if at.GetParent() == "" {
				return false, nil
			}
			up, err := c.units.Get(rd, at.GetParent())
			if err != nil {
				return true, err
			}
			at = up
		}
		return true, fmt.Errorf("unit %s stands in itself or too deep", sscc)
	})
}

func (c *Custody) packedHolds(rd *module.Reader) error {
	packed, serials := map[[3]string]int64{}, 0
	err := c.units.Walk(rd, nil, func(sscc string, u *custodyv1.LogisticUnit) (bool, error) {
		for _, l := range u.GetContents() {
			packed[[3]string{l.GetBatch().GetGtin(), l.GetBatch().GetLot(), u.GetHolder()}] += l.GetQuantity().GetAmount()
			if n := len(l.GetSerials()); l.GetQuantity().GetAmount() < 1 || n > 0 && int64(n) != l.GetQuantity().GetAmount() {
				return true, fmt.Errorf("unit %s has %d of lot %s and names %d items", sscc, l.GetQuantity().GetAmount(), l.GetBatch().GetLot(), n)
			}
			for _, s := range l.GetSerials() {
				serials++
				in, err := module.Find(rd, c.items, collections.Join(l.GetBatch().GetGtin(), s))
				if err != nil || in.GetSscc() != sscc {
					return true, fmt.Errorf("item %s is in %s and is said to be in %s: %w", s, sscc, in.GetSscc(), err)
				}
			}
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	err = c.items.Walk(rd, nil, func(collections.Pair[string, string], *custodyv1.Serial) (bool, error) { serials--; return false, nil })
	if err == nil && serials != 0 {
		err = fmt.Errorf("%d items are said to be packed that are not", -serials)
	}
	if err != nil {
		return err
	}
	err = c.book.EachPacked(rd, func(gtin, lot, holder string, amount int64) error {
		key := [3]string{gtin, lot, holder}
		if n := packed[key]; n != amount {
			return fmt.Errorf("%s has %d of %s lot %s set aside, and %d are in its units", holder, amount, gtin, lot, n)
		}
		delete(packed, key)
		return nil
	})
	if err == nil && len(packed) > 0 {
		err = fmt.Errorf("units hold goods of which the book has not heard: %v", packed)
	}
	return err
}
