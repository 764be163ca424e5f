package custody

import (
	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkDispute(m *custodyv1.MsgDispute) error {
	if err := checkNumber(m.GetOffer()); err != nil {
		return err
	}
	if len(m.GetCounted()) < 1 || len(m.GetCounted()) > maxLines {
		return ErrShape.With("counted has %d lines; it takes one for each line of the offer", len(m.GetCounted()))
	}
	for _, q := range m.GetCounted() {
		if q.GetAmount() < 0 {
			return ErrShape.With("counted is %d %s; it takes 0 or more", q.GetAmount(), clip(q.GetUnit()))
		}
	}
	return checkReason(m.GetReason())
}

// dispute says what the receiver counted. Nothing moves until the sender agrees; a
// receiver may count again.
func (c *Custody) dispute(ctx *module.Context, m *custodyv1.MsgDispute) error {
	o, err := c.waiting(ctx, m.GetOffer(), receiver, open, disputed)
	if err != nil {
		return err
	}
	if o.GetSscc() != "" {
		return ErrState.With("offer %d is of logistic unit %s, which is taken as it stands; refuse it, and let its sender repack it", o.GetNumber(), o.GetSscc())
	}
	if len(m.GetCounted()) != len(o.GetLines()) {
		return ErrShape.With("counted has %d lines and the offer %d", len(m.GetCounted()), len(o.GetLines()))
	}
	same := true
	for i, l := range o.GetLines() {
		q := m.GetCounted()[i]
		if q.GetAmount() == 0 {
			q = &basev1.Quantity{Unit: l.GetQuantity().GetUnit()}
		} else if q, err = c.book.InBase(ctx, l.GetBatch(), q); err != nil {
			return err
		}
		l.Counted = q
		same = same && q.GetAmount() == l.GetQuantity().GetAmount()
	}
	if same {
		return ErrShape.With("the receiver counts what was offered; accept the offer")
	}
	return c.answer(ctx, o, disputed, m.GetReason())
}
