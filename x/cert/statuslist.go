package cert

import (
	"context"

	"cosmossdk.io/collections"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/credential"
	"github.com/filiera-chain/filiera/module"
)

type entryKey = collections.Triple[string, uint32, uint32]

func entryOf(a *certv1.Attestation) entryKey {
	return collections.Join3(a.GetCertifier(), a.GetStatusList(), a.GetStatusIndex())
}

// takeIndex gives a the index that its credential names, if it names one. The
// signer drew it, perhaps with no network, so that two may draw the same.
func (c *Cert) takeIndex(ctx *module.Context, a *certv1.Attestation) error {
	if a.GetStatusList() == 0 {
		return nil
	}
	other, err := module.Find(ctx, c.entries, entryOf(a))
	if err != nil {
		return err
	}
	if other != nil {
		return ErrIndexTaken.With("index %d of status list %d of %s stands for attestation %s; sign again, so that another index is drawn (when this happens often, begin the next list)",
			a.GetStatusIndex(), a.GetStatusList(), a.GetCertifier(), other.GetAttestation())
	}
	if err := c.sameURL(ctx, a); err != nil {
		return err
	}
	return c.mark(ctx, a, a.GetHistory()[0].GetStatus())
}

// sameURL refuses a credential that says of its list that it is published
// elsewhere than the list's others say.
func (c *Cert) sameURL(ctx *module.Context, a *certv1.Attestation) error {
	rng := new(collections.Range[entryKey]).Prefix(collections.TripleSuperPrefix[string, uint32, uint32](a.GetCertifier(), a.GetStatusList()))
	return c.entries.Walk(ctx, rng, func(_ entryKey, e *certv1.StatusEntry) (bool, error) {
		other, err := c.attestations.Get(ctx, e.GetAttestation())
		if err == nil && other.GetStatusUrl() != a.GetStatusUrl() {
			err = ErrStatusURL.With("status list %d of %s is published under %s and the certificate says %s; sign again with that URL, or begin another list",
				a.GetStatusList(), a.GetCertifier(), other.GetStatusUrl(), a.GetStatusUrl())
		}
		return true, err
	})
}

// mark writes what the status lists say of a in the state that a line leaves.
func (c *Cert) mark(ctx *module.Context, a *certv1.Attestation, line string) error {
	if a.GetStatusList() == 0 {
		return nil
	}
	return c.entries.Set(ctx, entryOf(a), entry(a, line))
}

func entry(a *certv1.Attestation, line string) *certv1.StatusEntry {
	return &certv1.StatusEntry{
		Attestation: a.GetId(), Revoked: line == Revoked || line == Replaced,
		Suspended: line == Suspended || line == Pending,
	}
}

// statusList gives both bit strings of a certifier's list, and how many entries
// are in use.
func (c *Cert) statusList(ctx context.Context, certifier string, list uint32) (revoked, suspended *credential.Bitstring, entries uint32, err error) {
	revoked, suspended = new(credential.Bitstring), new(credential.Bitstring)
	rng := new(collections.Range[entryKey]).Prefix(collections.TripleSuperPrefix[string, uint32, uint32](certifier, list))
	err = c.entries.Walk(ctx, rng, func(k entryKey, e *certv1.StatusEntry) (bool, error) {
		entries++
		if e.GetRevoked() {
			revoked.Set(k.K3())
		}
		if e.GetSuspended() {
			suspended.Set(k.K3())
		}
		return false, nil
	})
	return revoked, suspended, entries, err
}

// queryStatusList answers with the bits as they stand.
func (c *Cert) queryStatusList(rd *module.Reader, q *certv1.StatusListRequest) (*certv1.StatusListResponse, error) {
	if err := module.CheckSlug("certifier", q.GetCertifier(), 3, 40); err != nil {
		return nil, ErrShape.With("%v", err)
	}
	revoked, suspended, n, err := c.statusList(rd, q.GetCertifier(), q.GetList())
	if err != nil {
		return nil, err
	}
	return &certv1.StatusListResponse{Revoked: revoked[:], Suspended: suspended[:], Entries: n}, nil
}
