package cert

import (
	"bytes"

	"cosmossdk.io/collections"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/credential"
	"github.com/filiera-chain/filiera/module"
)

// maxListSeconds bounds the validity of a signed status list, so that one that
// its certifier forgot does not speak for it for long.
const maxListSeconds = 31 * 24 * 3600

func checkPublishStatusList(m *certv1.MsgPublishStatusList) error {
	_, err := parseStatusList(m)
	return err
}

func parseStatusList(m *certv1.MsgPublishStatusList) (*credential.SignedStatusList, error) {
	l, err := credential.ParseStatusList(m.GetCredential())
	if err != nil {
		return nil, ErrCredential.With("%v", err)
	}
	return l, nil
}

// publishStatusList keeps a status list that a certifier signed, if it says of
// every attestation what the ledger says now.
func (c *Cert) publishStatusList(ctx *module.Context, m *certv1.MsgPublishStatusList) error {
	l, err := parseStatusList(m)
	if err != nil {
		return err
	}
	certifier, err := c.authentic(ctx, l.Issuer, &l.Sealed)
	if err != nil {
		return err
	}
	switch {
	case l.ValidUntil <= ctx.Time:
		return ErrValidity.With("the status list was valid until second %d and the block's time is %d; sign it again", l.ValidUntil, ctx.Time)
	case l.ValidFrom > ctx.Time+skewSeconds:
		return ErrValidity.With("the status list is valid from second %d, more than a day after the block's time %d", l.ValidFrom, ctx.Time)
	case l.ValidUntil > ctx.Time+maxListSeconds:
		return ErrValidity.With("the status list is valid until second %d, more than %d days after the block's time %d; sign a shorter one", l.ValidUntil, maxListSeconds/(24*3600), ctx.Time)
	}
	key := collections.Join3(certifier, l.List, l.Purpose)
	old, err := module.Find(ctx, c.lists, key)
	if err != nil {
		return err
	}
	if old != nil && l.ValidFrom <= old.GetValidFrom() {
		return ErrStale.With("the status list is valid from second %d and the one published is from second %d; sign a newer one", l.ValidFrom, old.GetValidFrom())
	}
	if err := c.agrees(ctx, certifier, l); err != nil {
		return err
	}
	out := &certv1.StatusList{
		Certifier: certifier, List: l.List, Purpose: l.Purpose, Credential: m.GetCredential(), KeyLabel: l.KeyLabel,
		ValidFrom: l.ValidFrom, ValidUntil: l.ValidUntil, PublishedAt: ctx.Time, PublishedHeight: ctx.Height,
	}
	ctx.Emit(&certv1.StatusListPublished{List: out})
	return c.lists.Set(ctx, key, out)
}

// agrees refuses a list that says something else than the ledger.
func (c *Cert) agrees(ctx *module.Context, certifier string, l *credential.SignedStatusList) error {
	revoked, suspended, n, err := c.statusList(ctx, certifier, l.List)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrStale.With("no attestation of %s stands in status list %d; there is nothing to publish", certifier, l.List)
	}
	want := revoked
	if l.Purpose == credential.Suspension {
		want = suspended
	}
	if !bytes.Equal(want[:], l.Bits[:]) {
		return ErrStale.With("the status list says something else than the ledger does now; fetch it and sign again")
	}
	return nil
}
