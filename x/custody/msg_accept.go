package custody

import (
	"google.golang.org/protobuf/proto"

	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkAccept(m *custodyv1.MsgAccept) error { return checkNumber(m.GetOffer()) }

// accept hands over what was offered. The sender must still have it.
func (c *Custody) accept(ctx *module.Context, m *custodyv1.MsgAccept) (proto.Message, error) {
	o, err := c.waiting(ctx, m.GetOffer(), receiver, open)
	if err != nil {
		return nil, err
	}
	var uses []*matterv1.Use
	for _, l := range o.GetLines() {
		uses = append(uses, &matterv1.Use{Batch: l.GetBatch(), Quantity: l.GetQuantity()})
	}
	return c.carryOut(ctx, o, uses)
}

// carryOut moves the goods of an offer on which both sides agree.
func (c *Custody) carryOut(ctx *module.Context, o *custodyv1.Offer, uses []*matterv1.Use) (proto.Message, error) {
	for _, u := range uses {
		if err := c.mayReceive(ctx, o.GetReceiver(), u.GetBatch().GetGtin(), u.GetBatch().GetLot()); err != nil {
			return nil, err
		}
	}
	var err error
	switch {
	case o.GetSscc() != "":
		o.Entry, err = c.handUnit(ctx, o)
	case len(uses) > 0:
		o.Entry, err = c.book.Transfer(ctx, o.GetNumber(), o.GetSender(), o.GetReceiver(), uses)
	}
	if err != nil {
		return nil, err
	}
	return &custodyv1.OfferResult{Offer: o.GetNumber(), Entry: o.GetEntry()}, c.answer(ctx, o, accepted, o.GetReason())
}
