package place

import (
	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkCloseLocation(m *placev1.MsgCloseLocation) error {
	if err := checkAboutLocation(m); err != nil {
		return err
	}
	if m.GetActiveTo() == "" {
		return nil
	}
	return checkDay("active_to", m.GetActiveTo())
}

// closeLocation ends a location, by its owner. Being active is enough: whoever
// lost its role must still be able to say that a place is no longer in use.
func (p *Place) closeLocation(ctx *module.Context, m *placev1.MsgCloseLocation) error {
	l, err := p.ownLocation(ctx, m.GetId())
	if err != nil {
		return err
	}
	if l.GetStatus() == closed {
		return p.move(ctx, l, closed, m.GetReason())
	}
	day := m.GetActiveTo()
	if day == "" {
		day = max(module.Day(ctx.Time), l.GetDetails().GetActiveFrom())
	}
	if day < l.GetDetails().GetActiveFrom() {
		return ErrDate.With("active_to is %s, but location %s is active from %s", day, l.GetId(), l.GetDetails().GetActiveFrom())
	}
	child, err := p.openChild(ctx, l.GetId())
	if err != nil {
		return err
	}
	if child != "" {
		return ErrState.With("location %s lies in %s and is not closed; close it first", child, l.GetId())
	}
	if err := p.keepRevision(ctx, l, m.GetReason()); err != nil {
		return err
	}
	l.Details.ActiveTo, l.AmendedAt = day, ctx.Time
	l.Revision++
	return p.move(ctx, l, closed, m.GetReason())
}
