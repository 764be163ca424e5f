package custody

import (
	"cosmossdk.io/collections"

	"github.com/filiera-chain/filiera/module"
)

// endBlock writes the last line of offers that nobody answered in time, oldest
// first and at most expiries_per_block of them; an act on the rest is refused all
// the same.
func (c *Custody) endBlock(ctx *module.Context) error {
	params, err := c.registry.Params(ctx)
	if err != nil {
		return err
	}
	var due []uint64
	until := collections.NewPrefixUntilPairRange[int64, uint64](ctx.Time - 1)
	err = c.ends.Walk(ctx, until, func(k collections.Pair[int64, uint64]) (bool, error) {
		due = append(due, k.K2())
		return len(due) >= int(params.GetExpiriesPerBlock()), nil
	})
	if err != nil {
		return err
	}
	for _, n := range due {
		o, err := c.offers.Get(ctx, n)
		if err != nil {
			return err
		}
		if err := c.answer(ctx, o, expired, "nobody answered in time"); err != nil {
			return err
		}
	}
	return nil
}
