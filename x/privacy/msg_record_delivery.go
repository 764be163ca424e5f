package privacy

import (
	"cosmossdk.io/collections"

	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkRecordDelivery(m *privacyv1.MsgRecordDelivery) error {
	if err := checkID(m.GetCommitment()); err != nil {
		return err
	}
	if err := checkNames(m.GetFields()); err != nil {
		return err
	}
	if n := len(m.GetParticipants()); n == 0 || n > maxPerDelivery {
		return ErrShape.With("%d participants are named; name 1 to %d", n, maxPerDelivery)
	}
	for i, id := range m.GetParticipants() {
		if err := module.CheckSlug("participant", id, 3, 40); err != nil {
			return shape(err)
		}
		if i > 0 && m.GetParticipants()[i-1] >= id {
			return ErrShape.With("participant %s stands after %s; write them in ascending order, each once", id, m.GetParticipants()[i-1])
		}
	}
	return nil
}

// recordDelivery notes holders. A holder that acknowledged an erasure and is
// handed the opening again holds it again; the old receipt stays in history.
func (p *Privacy) recordDelivery(ctx *module.Context, m *privacyv1.MsgRecordDelivery) error {
	c, err := p.own(ctx, m.GetCommitment())
	if err != nil {
		return err
	}
	for _, id := range m.GetParticipants() {
		if err := p.checkRecipient(ctx, c, id); err != nil {
			return err
		}
	}
	for _, n := range m.GetFields() {
		if _, err := kept(c, n); err != nil {
			return err
		}
		for _, id := range m.GetParticipants() {
			if err := p.deliver(ctx, c, n, id); err != nil {
				return err
			}
		}
	}
	return p.put(ctx, c)
}

func (p *Privacy) deliver(ctx *module.Context, c *privacyv1.Commitment, field, id string) error {
	known, err := p.holdings.Has(ctx, collections.Join3(c.GetId(), field, id))
	if err != nil {
		return err
	}
	if !known {
		if c.GetHoldings() >= maxHoldings {
			return ErrLimit.With("commitment %x has %d holdings, which is the most; commit to the field again to share it further", c.GetId(), c.GetHoldings())
		}
		c.Holdings++
	}
	return p.putHolding(ctx, &privacyv1.Holding{Commitment: c.GetId(), Field: field, Participant: id, DeliveredAt: ctx.Time})
}
