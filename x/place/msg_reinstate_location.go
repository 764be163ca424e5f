package place

import (
	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkReinstateLocation(m *placev1.MsgReinstateLocation) error { return checkAboutLocation(m) }

// reinstateLocation ends a suspension, by an authority.
func (p *Place) reinstateLocation(ctx *module.Context, m *placev1.MsgReinstateLocation) error {
	return p.moveByAuthority(ctx, m, open)
}
