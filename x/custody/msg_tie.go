package custody

import (
	"bytes"

	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/module"
)

// Business steps of the Core Business Vocabulary 2.0, section 7.1.
const (
	shipping  = "https://ref.gs1.org/cbv/BizStep-shipping"
	departing = "https://ref.gs1.org/cbv/BizStep-departing"
	receiving = "https://ref.gs1.org/cbv/BizStep-receiving"
	accepting = "https://ref.gs1.org/cbv/BizStep-accepting"
	arriving  = "https://ref.gs1.org/cbv/BizStep-arriving"
)

func checkTie(m *custodyv1.MsgTie) error {
	if err := checkNumber(m.GetOffer()); err != nil {
		return err
	}
	return shape(module.CheckHash("event", m.GetEvent()))
}

// tie names the event of the signer that tells of an offer; once each side.
func (c *Custody) tie(ctx *module.Context, m *custodyv1.MsgTie) error {
	o, err := c.Offer(ctx, m.GetOffer())
	if err != nil {
		return err
	}
	if o == nil {
		return ErrOffer.With("there is no offer %d", m.GetOffer())
	}
	switch who := ctx.Signer.Participant; {
	case who == o.GetSender():
		if err := untied(o, o.GetShippingEvent()); err != nil {
			return err
		}
		if err := c.checkTie(ctx, o, m.GetEvent(), shipping, departing); err != nil {
			return err
		}
		o.ShippingEvent = m.GetEvent()
	case who == o.GetReceiver() && o.GetStatus() == accepted:
		if err := untied(o, o.GetReceivingEvent()); err != nil {
			return err
		}
		if err := c.checkTie(ctx, o, m.GetEvent(), receiving, accepting, arriving); err != nil {
			return err
		}
		o.ReceivingEvent = m.GetEvent()
	case who == o.GetReceiver():
		return ErrState.With("offer %d is %s; accept it first", o.GetNumber(), statusWord(o.GetStatus()))
	default:
		return ErrNotYours.With("offer %d is of %s to %s, and the signer is %s", o.GetNumber(), o.GetSender(), o.GetReceiver(), who)
	}
	return c.put(ctx, o, waits(o.GetStatus()))
}

func untied(o *custodyv1.Offer, id []byte) error {
	if len(id) > 0 {
		return ErrState.With("offer %d names event %x already", o.GetNumber(), id)
	}
	return nil
}

// checkTie refuses an event that is not the signer's, not of these steps, or does
// not name some of the goods.
func (c *Custody) checkTie(ctx *module.Context, o *custodyv1.Offer, id []byte, steps ...string) error {
	if len(id) == 0 {
		return nil
	}
	e, err := c.ownEvent(ctx, id)
	if err != nil {
		return err
	}
	if !among(e.GetBizStep(), steps) {
		return ErrEvent.With("event %x has the business step %q; this side's is %s", id, clip(e.GetBizStep()), steps[0])
	}
	named := map[batchKey]bool{}
	for _, b := range e.GetBatches() {
		named[keyOf(b.GetBatch())] = true
	}
	for _, l := range o.GetLines() {
		if !named[keyOf(l.GetBatch())] {
			return ErrEvent.With("event %x does not name lot %s of GTIN %s, which is offered", id, l.GetBatch().GetLot(), l.GetBatch().GetGtin())
		}
	}
	return nil
}

func (c *Custody) ownEvent(ctx *module.Context, id []byte) (*tracev1.Event, error) {
	e, err := c.events.Event(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case e == nil:
		return nil, ErrEvent.With("no event %x is recorded; capture it first", id)
	case e.GetReporter() != ctx.Signer.Participant:
		return nil, ErrEvent.With("event %x is of %s, and the signer is %s", id, e.GetReporter(), ctx.Signer.Participant)
	case len(e.GetDeclarations()) > 0:
		return nil, ErrEvent.With("event %x was declared wrong", id)
	}
	return e, nil
}

func among(s string, list []string) bool {
	for _, one := range list {
		if s == one {
			return true
		}
	}
	return false
}

// lastEvents keeps the last events of a unit, each once.
func lastEvents(list [][]byte, id []byte) [][]byte {
	if len(id) == 0 {
		return list
	}
	for _, one := range list {
		if bytes.Equal(one, id) {
			return list
		}
	}
	list = append(list, id)
	return list[max(0, len(list)-maxEvents):]
}
