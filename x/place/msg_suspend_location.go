package place

import (
	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkSuspendLocation(m *placev1.MsgSuspendLocation) error { return checkAboutLocation(m) }

// suspendLocation says, by an authority, that a place may not be used for now.
func (p *Place) suspendLocation(ctx *module.Context, m *placev1.MsgSuspendLocation) error {
	return p.moveByAuthority(ctx, m, suspended)
}

func (p *Place) moveByAuthority(ctx *module.Context, m aboutLocation, to placev1.LocationStatus) error {
	if err := p.authority(ctx); err != nil {
		return err
	}
	l, err := p.mustLocation(ctx, m.GetId())
	if err != nil {
		return err
	}
	return p.move(ctx, l, to, m.GetReason())
}
