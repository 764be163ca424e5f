package custody

import (
	"google.golang.org/protobuf/proto"

	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkOffer(m *custodyv1.MsgOffer) error {
	if m.GetReceiver() == "" || len(m.GetReceiver()) > 200 {
		return ErrShape.With("receiver is %q; write the id of a participant", clip(m.GetReceiver()))
	}
	if (len(m.GetGoods()) > 0) == (m.GetSscc() != "") {
		return ErrShape.With("the offer has %d lines of goods and SSCC %q; offer goods or one logistic unit", len(m.GetGoods()), clip(m.GetSscc()))
	}
	if m.GetSscc() != "" {
		if err := checkSSCC("sscc", m.GetSscc()); err != nil {
			return err
		}
	}
	if len(m.GetGoods()) > maxLines {
		return ErrLimit.With("goods has %d lines; one offer takes %d", len(m.GetGoods()), maxLines)
	}
	seen := map[batchKey]bool{}
	for _, g := range m.GetGoods() {
		if err := checkBatch("goods.batch", g.GetBatch()); err != nil {
			return err
		}
		if g.GetQuantity() == nil {
			return ErrShape.With("goods: lot %s has no quantity", g.GetBatch().GetLot())
		}
		if seen[keyOf(g.GetBatch())] {
			return ErrShape.With("goods name lot %s of GTIN %s twice; write one line with the sum", g.GetBatch().GetLot(), g.GetBatch().GetGtin())
		}
		seen[keyOf(g.GetBatch())] = true
	}
	if len(m.GetDocumentSha256()) > 0 {
		if err := shape(module.CheckHash("document_sha256", m.GetDocumentSha256())); err != nil {
			return err
		}
	}
	if err := checkEvent("shipping_event", m.GetShippingEvent()); err != nil {
		return err
	}
	return shape(module.CheckText("note", m.GetNote(), 0, maxNote))
}

// offer writes what the signer wants to hand over. Nothing moves, and nothing is
// set aside: whoever accepts first has it.
func (c *Custody) offer(ctx *module.Context, m *custodyv1.MsgOffer) (proto.Message, error) {
	from := ctx.Signer.Participant
	if err := c.checkReceiver(ctx, from, m.GetReceiver()); err != nil {
		return nil, err
	}
	if latest := ctx.Time + maxWait*daySeconds; m.GetExpiresAt() <= ctx.Time || m.GetExpiresAt() > latest {
		return nil, ErrExpiry.With("the offer ends on %s, and today is %s; it ends after now and within %d days", module.Day(m.GetExpiresAt()), module.Day(ctx.Time), maxWait)
	}
	n, err := c.waitingOf(ctx, from)
	if err != nil {
		return nil, err
	}
	if n >= maxPending {
		return nil, ErrLimit.With("%s has %d offers that wait, which is the most; cancel what is not meant any more", from, n)
	}
	o := &custodyv1.Offer{
		Sender: from, Receiver: m.GetReceiver(), Sscc: m.GetSscc(), ExpiresAt: m.GetExpiresAt(), DocumentSha256: m.GetDocumentSha256(), Note: m.GetNote(),
		Status: open, OfferedAt: ctx.Time, OfferedHeight: ctx.Height, ShippingEvent: m.GetShippingEvent(),
	}
	if o.Lines, err = c.lines(ctx, from, m); err != nil {
		return nil, err
	}
	if err := c.checkTie(ctx, o, m.GetShippingEvent(), shipping); err != nil {
		return nil, err
	}
	if o.Number, err = c.next(ctx); err != nil {
		return nil, err
	}
	return &custodyv1.OfferResult{Offer: o.GetNumber()}, c.put(ctx, o, false)
}

func (c *Custody) checkReceiver(ctx *module.Context, from, to string) error {
	if from == to {
		return ErrReceiver.With("%s offers to itself", from)
	}
	p, err := c.registry.Participant(ctx, to)
	switch {
	case err != nil:
		return err
	case p == nil:
		return ErrReceiver.With("no participant is called %q", clip(to))
	case p.GetStatus() != registryv1.ParticipantStatus_PARTICIPANT_STATUS_ACTIVE:
		return ErrReceiver.With("%s is not active", to)
	}
	return nil
}

// lines gives what is offered in base units, and refuses what the sender may not
// hand to the receiver.
func (c *Custody) lines(ctx *module.Context, from string, m *custodyv1.MsgOffer) ([]*custodyv1.Line, error) {
	if m.GetSscc() != "" {
		return c.unitLines(ctx, from, m.GetReceiver(), m.GetSscc())
	}
	var list []*custodyv1.Line
	for _, g := range m.GetGoods() {
		if err := c.mayReceive(ctx, m.GetReceiver(), g.GetBatch().GetGtin(), g.GetBatch().GetLot()); err != nil {
			return nil, err
		}
		q, err := c.book.Free(ctx, from, m.GetReceiver(), g.GetBatch(), g.GetQuantity())
		if err != nil {
			return nil, err
		}
		list = append(list, &custodyv1.Line{Batch: g.GetBatch(), Quantity: q})
	}
	return list, nil
}

// mayReceive refuses a receiver that may not hold goods of the batch's
// specification.
func (c *Custody) mayReceive(ctx *module.Context, to, gtin, lot string) error {
	b, err := c.products.Batch(ctx, gtin, lot)
	if err != nil {
		return err
	}
	if b == nil {
		return ErrBatch.With("no batch has GTIN %s and lot %q", gtin, lot)
	}
	if err := c.book.MayHandle(ctx, ctx.Time, to, b.GetSpecification()); err != nil {
		return ErrReceiver.With("%s may not hold lot %s of GTIN %s: %v", to, lot, gtin, err)
	}
	return nil
}

func (c *Custody) next(ctx *module.Context) (uint64, error) {
	has, err := c.last.Has(ctx)
	if err != nil {
		return 0, err
	}
	n := uint64(0)
	if has {
		if n, err = c.last.Get(ctx); err != nil {
			return 0, err
		}
	}
	return n + 1, c.last.Set(ctx, n+1)
}
