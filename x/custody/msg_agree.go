package custody

import (
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkAgree(m *custodyv1.MsgAgree) error { return checkNumber(m.GetOffer()) }

// agree hands over what the receiver counted: the receiver signed that, and now
// the sender does. What is missing stays with the sender, or is written off.
func (c *Custody) agree(ctx *module.Context, m *custodyv1.MsgAgree) (proto.Message, error) {
	o, err := c.waiting(ctx, m.GetOffer(), sender, disputed)
	if err != nil {
		return nil, err
	}
	var uses []*matterv1.Use
	for _, l := range o.GetLines() {
		if m.GetWriteOffMissing() {
			if err := c.lose(ctx, o, l); err != nil {
				return nil, err
			}
		}
		if l.GetCounted().GetAmount() > 0 {
			uses = append(uses, &matterv1.Use{Batch: l.GetBatch(), Quantity: l.GetCounted()})
		}
	}
	return c.carryOut(ctx, o, uses)
}

func (c *Custody) lose(ctx *module.Context, o *custodyv1.Offer, l *custodyv1.Line) error {
	missing := l.GetQuantity().GetAmount() - l.GetCounted().GetAmount()
	if missing <= 0 {
		return nil
	}
	u := &matterv1.Use{Batch: l.GetBatch(), Quantity: &basev1.Quantity{Amount: missing, Unit: l.GetQuantity().GetUnit()}}
	return c.book.Lose(ctx, o.GetNumber(), o.GetSender(), u, "missing on delivery: "+o.GetReason())
}
