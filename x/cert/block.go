package cert

import (
	"cosmossdk.io/collections"

	"github.com/filiera-chain/filiera/module"
)

// endBlock writes the last line of attestations whose validity has ended,
// oldest first and at most expiries_per_block of them; [State] tells the truth
// about the rest until their turn.
func (c *Cert) endBlock(ctx *module.Context) error {
	params, err := c.registry.Params(ctx)
	if err != nil {
		return err
	}
	due, err := c.due(ctx, int(params.GetExpiriesPerBlock()))
	if err != nil {
		return err
	}
	for _, id := range due {
		a, err := c.attestations.Get(ctx, id)
		if err != nil {
			return err
		}
		if err := c.move(ctx, a, expire, byTime, "", "its validity ended"); err != nil {
			return err
		}
	}
	return nil
}

// due lists the attestations that are over by the block's time, oldest first.
func (c *Cert) due(ctx *module.Context, limit int) ([]string, error) {
	var ids []string
	until := collections.NewPrefixUntilPairRange[int64, string](ctx.Time)
	err := c.expiry.Walk(ctx, until, func(k collections.Pair[int64, string]) (bool, error) {
		ids = append(ids, k.K2())
		return len(ids) >= limit, nil
	})
	return ids, err
}
