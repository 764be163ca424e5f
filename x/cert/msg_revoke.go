package cert

import (
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkRevoke(m *certv1.MsgRevoke) error { return checkAbout(m) }

// revoke ends an attestation for good, by its certifier or an authority.
func (c *Cert) revoke(ctx *module.Context, m *certv1.MsgRevoke) error {
	return c.bySigner(ctx, m, revoke)
}
