package cert

import (
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkSuspend(m *certv1.MsgSuspend) error { return checkAbout(m) }

// suspend stops an attestation for a time, by its certifier or an authority.
// What it attested may meanwhile be attested by another.
func (c *Cert) suspend(ctx *module.Context, m *certv1.MsgSuspend) error {
	return c.bySigner(ctx, m, suspend)
}
