package cert

import (
	"context"
	"fmt"

	"cosmossdk.io/collections"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/quantity"
)

// soldOf gives how much of a batch was sold under each of its certificates, and
// under "" before there was any.
func (c *Cert) soldOf(ctx context.Context, gtin, lot string) (map[string]int64, error) {
	out := map[string]int64{}
	of := collections.NewSuperPrefixedTripleRange[string, string, string](gtin, lot)
	err := c.sold.Walk(ctx, of, func(k collections.Triple[string, string, string], s *certv1.Sold) (bool, error) {
		out[k.K3()] = s.GetAmount()
		return false, nil
	})
	return out, err
}

func (c *Cert) putSold(ctx *module.Context, gtin, lot, attestation string, amount int64) error {
	key := collections.Join3(gtin, lot, attestation)
	if amount == 0 {
		return c.sold.Remove(ctx, key)
	}
	return c.sold.Set(ctx, key, &certv1.Sold{Batch: &basev1.BatchID{Gtin: gtin, Lot: lot}, Attestation: attestation, Amount: amount})
}

// roomFor is room with what the ledger knows of a batch, for the attestation named,
// under which some may be sold already.
func (c *Cert) roomFor(ctx context.Context, at int64, attestation string, batch *productv1.Batch, wanted int64) error {
	list, err := c.AttestationsOf(ctx, batch.GetGtin(), batch.GetLot())
	if err != nil {
		return err
	}
	sold, err := c.soldOf(ctx, batch.GetGtin(), batch.GetLot())
	if err != nil {
		return err
	}
	gone := sold[""]
	for _, a := range list {
		if State(a, at) != Issued && a.GetId() != attestation {
			gone += sold[a.GetId()]
		}
	}
	return room(batch, attested(list, batch, at), gone, wanted)
}

// Sell counts so much of a batch, or of a lot that was split off it, as sold, in
// base units. Once a certificate was issued for it, it is sold under those in
// force, in order of their ids, each for no more than it attests: Reg. (EU)
// 2024/1143, art. 39, has compliance verified before goods are placed on the
// market.
func (c *Cert) Sell(ctx *module.Context, gtin, lot string, amount int64) error {
	batch, list, sold, err := c.market(ctx, gtin, lot)
	if err != nil || batch.GetSpecification() == "" {
		return err
	}
	if !anyIssued(list) {
		return c.putSold(ctx, gtin, lot, "", sold[""]+amount)
	}
	in, under, rest := int64(0), int64(0), amount
	for _, a := range list {
		if State(a, ctx.Time) != Issued {
			continue
		}
		have, gone := covered(a, batch), sold[a.GetId()]
		in, under = in+have, under+gone
		now := min(rest, have-gone)
		if now <= 0 {
			continue
		}
		rest -= now
		if err := c.putSold(ctx, gtin, lot, a.GetId(), gone+now); err != nil {
			return err
		}
	}
	if rest > 0 {
		q := amounts(batch.GetQuantity().GetUnit())
		return ErrSold.With("certificates in force attest %s of lot %s of GTIN %s, of which %s are sold, and %s more are to be sold: %s too much", q(in), lot, gtin, q(under), q(amount), q(rest))
	}
	return nil
}

// TakeBack counts so much as come back from the market: first what was sold under
// certificates, in the opposite order of their ids.
func (c *Cert) TakeBack(ctx *module.Context, gtin, lot string, amount int64) error {
	batch, list, sold, err := c.market(ctx, gtin, lot)
	if err != nil || batch.GetSpecification() == "" {
		return err
	}
	names := []string{""}
	for _, a := range list {
		names = append(names, a.GetId())
	}
	for i := len(names) - 1; i >= 0 && amount > 0; i-- {
		back := min(amount, sold[names[i]])
		if back == 0 {
			continue
		}
		amount -= back
		if err := c.putSold(ctx, gtin, lot, names[i], sold[names[i]]-back); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cert) market(ctx *module.Context, gtin, lot string) (*productv1.Batch, []*certv1.Attestation, map[string]int64, error) {
	batch, err := c.products.Batch(ctx, gtin, lot)
	if err != nil || batch.GetSpecification() == "" {
		return batch, nil, nil, err
	}
	list, err := c.AttestationsOf(ctx, gtin, lot)
	if err != nil {
		return nil, nil, nil, err
	}
	sold, err := c.soldOf(ctx, gtin, lot)
	return batch, list, sold, err
}

// amounts writes base units for people.
func amounts(unit string) func(int64) string {
	return func(n int64) string { return quantity.Quantity{Amount: n, Unit: unit}.Display("en") }
}

// Certified says whether a certificate was ever issued for a batch.
func (c *Cert) Certified(ctx context.Context, gtin, lot string) (bool, error) {
	list, err := c.AttestationsOf(ctx, gtin, lot)
	return anyIssued(list), err
}

func anyIssued(list []*certv1.Attestation) bool {
	for _, a := range list {
		if everIssued(a) {
			return true
		}
	}
	return false
}

// keepsSold refuses to attest less of a batch than is sold under a certificate.
func (c *Cert) keepsSold(ctx context.Context, attestation string, b *certv1.CoveredBatch, left int64) error {
	gtin, lot := b.GetBatch().GetGtin(), b.GetBatch().GetLot()
	sold, err := c.soldOf(ctx, gtin, lot)
	if err != nil || sold[attestation] <= left {
		return err
	}
	q := amounts(b.GetQuantity().GetUnit())
	return ErrSold.With("of lot %s of GTIN %s, %s are sold under attestation %s, and %s would be left attested: %s too few; revoke it, and call back what was sold",
		lot, gtin, q(sold[attestation]), attestation, q(left), q(sold[attestation]-left))
}

// inherit counts what was sold under a replaced attestation as sold under the new
// one, which must attest as much of each batch.
func (c *Cert) inherit(ctx *module.Context, old, now *certv1.Attestation) error {
	for _, b := range old.GetBatches() {
		gtin, lot := b.GetBatch().GetGtin(), b.GetBatch().GetLot()
		sold, err := c.soldOf(ctx, gtin, lot)
		if err != nil {
			return err
		}
		amount := sold[old.GetId()]
		if amount == 0 {
			continue
		}
		left := int64(0)
		if n := coveredBatch(now, gtin, lot); n != nil {
			left = n.GetQuantity().GetAmount()
		}
		if err := c.keepsSold(ctx, old.GetId(), b, left); err != nil {
			return err
		}
		if err := c.putSold(ctx, gtin, lot, old.GetId(), 0); err != nil {
			return err
		}
		if err := c.putSold(ctx, gtin, lot, now.GetId(), amount); err != nil {
			return err
		}
	}
	return nil
}

// soldHolds: no more is sold under a certificate than it attests, nor of a batch
// than there was.
func (c *Cert) soldHolds(rd *module.Reader) error {
	all := map[[2]string]int64{}
	return c.sold.Walk(rd, nil, func(k collections.Triple[string, string, string], s *certv1.Sold) (bool, error) {
		batch, err := c.products.Batch(rd, k.K1(), k.K2())
		if err != nil {
			return true, err
		}
		most := batch.GetQuantity().GetAmount()
		if k.K3() != "" {
			a, err := c.Attestation(rd, k.K3())
			if err != nil {
				return true, err
			}
			most = covered(a, batch)
		}
		lot := [2]string{k.K1(), k.K2()}
		all[lot] += s.GetAmount()
		want := &certv1.Sold{Batch: &basev1.BatchID{Gtin: k.K1(), Lot: k.K2()}, Attestation: k.K3(), Amount: s.GetAmount()}
		if s.GetAmount() < 1 || s.GetAmount() > most || all[lot] > batch.GetQuantity().GetAmount() || !proto.Equal(s, want) {
			return true, fmt.Errorf("of %d of batch %s lot %q under attestation %q, %v are sold, %d in all", most, k.K1(), k.K2(), k.K3(), s, all[lot])
		}
		return false, nil
	})
}
