package agreement

import (
	"cosmossdk.io/collections"

	agreementv1 "github.com/filiera-chain/filiera/api/agreement/v1"
	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	"github.com/filiera-chain/filiera/module"
)

// maxEntries bounds the entries that a delivery names.
const maxEntries = 256

// Delivered counts goods that passed from one participant to another for the
// agreements that wait for such, in order of their numbers: each base unit for one
// agreement. entry is the entry of the book that carried it out.
func (a *Agreements) Delivered(ctx *module.Context, seller, buyer string, batch *basev1.BatchID, amount int64, entry uint64) error {
	var waiting []uint64
	rng := collections.NewSuperPrefixedQuadRange3[string, string, string, uint64](seller, buyer, batch.GetGtin())
	err := a.open.Walk(ctx, rng, func(k openKey) (bool, error) {
		waiting = append(waiting, k.K4())
		return false, nil
	})
	for _, w := range waiting {
		if err != nil || amount == 0 {
			return err
		}
		amount, err = a.count(ctx, w>>8, int(w&0xff), batch, amount, entry)
	}
	return err
}

// count gives what is left over.
func (a *Agreements) count(ctx *module.Context, number uint64, i int, batch *basev1.BatchID, amount int64, entry uint64) (int64, error) {
	x, err := a.must(ctx, number)
	if err != nil {
		return 0, err
	}
	d := x.GetDeliveries()[i]
	ok, err := a.counts(ctx, d, batch)
	if err != nil {
		return 0, err
	}
	if !ok {
		d.NotCounted += min(amount, maxAmount-d.GetNotCounted())
		return amount, a.put(ctx, x)
	}
	n := min(amount, d.GetQuantity().GetAmount()-d.GetDelivered())
	d.Delivered += n
	if len(d.GetEntries()) < maxEntries {
		d.Entries = append(d.Entries, entry)
	}
	if d.GetDelivered() == d.GetQuantity().GetAmount() {
		d.PerformedAt = ctx.Time
		if err := a.open.Remove(ctx, openKeyOf(number, i, d)); err != nil {
			return 0, err
		}
		if nothingOpen(x) {
			return amount - n, a.end(ctx, x, ending(x), "", "")
		}
	}
	return amount - n, a.put(ctx, x)
}

// counts says whether goods may count for a delivery: they come in time, and under
// a certificate where that was agreed.
func (a *Agreements) counts(ctx *module.Context, d *agreementv1.Delivery, batch *basev1.BatchID) (bool, error) {
	if d.GetDueAt() < ctx.Time {
		return false, nil // the block that records the breach is still to come
	}
	if !d.GetAttested() {
		return true, nil
	}
	return a.attested(ctx, batch)
}

// nothingOpen says whether every delivery was made, or its breach recorded.
func nothingOpen(x *agreementv1.Agreement) bool {
	for i, d := range x.GetDeliveries() {
		if d.GetPerformedAt() == 0 && !recorded(x, i) {
			return false
		}
	}
	return true
}

func ending(x *agreementv1.Agreement) agreementv1.State {
	if len(x.GetConsequences()) > 0 {
		return breached
	}
	return performed
}

// attested says whether a batch is under a certificate in force: its own, or that
// of the batch that it was split off.
func (a *Agreements) attested(ctx *module.Context, id *basev1.BatchID) (bool, error) {
	whole, err := a.book.CoveredBy(ctx, id.GetGtin(), id.GetLot())
	if err != nil {
		return false, err
	}
	for _, b := range []*basev1.BatchID{id, whole} {
		if b == nil {
			continue
		}
		n, err := a.certs.Attested(ctx, ctx.Time, b.GetGtin(), b.GetLot())
		if err != nil || n > 0 {
			return n > 0, err
		}
	}
	return false, nil
}

// endBlock records what fell due with something missing, as many as a block may.
func (a *Agreements) endBlock(ctx *module.Context) error {
	p, err := a.registry.Params(ctx)
	if err != nil {
		return err
	}
	var list []dueKey
	rng := collections.NewPrefixUntilPairRange[int64, uint64](ctx.Time)
	err = a.due.Walk(ctx, rng, func(k dueKey) (bool, error) {
		list = append(list, k)
		return len(list) >= int(p.GetExpiriesPerBlock()), nil
	})
	if err != nil {
		return err
	}
	for _, k := range list {
		if err := a.due.Remove(ctx, k); err != nil {
			return err
		}
		x, err := a.must(ctx, k.K2())
		if err != nil {
			return err
		}
		if err := a.fallDue(ctx, x); err != nil {
			return err
		}
	}
	return nil
}

func (a *Agreements) fallDue(ctx *module.Context, x *agreementv1.Agreement) error {
	switch x.GetState() {
	case proposed:
		return a.end(ctx, x, declined, "", "not signed by all parties in time")
	case inForce, breached:
	default:
		return nil
	}
	open, missed := false, false
	for i, d := range x.GetDeliveries() {
		switch {
		case d.GetPerformedAt() != 0 || recorded(x, i):
		case d.GetDueAt() > ctx.Time:
			open = true
		default:
			missed = true
			missing := d.GetQuantity().GetAmount() - d.GetDelivered()
			x.Consequences = append(x.Consequences, &agreementv1.Consequence{
				Delivery: uint32(i), Debtor: d.GetSeller(), Creditor: d.GetBuyer(), Missing: missing,
				AmountCents: missing*d.GetPenaltyPerUnit() + d.GetPenalty(), RecordedAt: ctx.Time, RecordedHeight: ctx.Height,
			})
			if err := a.open.Remove(ctx, openKeyOf(x.GetNumber(), i, d)); err != nil {
				return err
			}
		}
	}
	if !missed {
		return nil
	}
	x.State = breached
	if !open {
		return a.end(ctx, x, breached, "", "a delivery was not made in time")
	}
	return a.put(ctx, x)
}

func recorded(x *agreementv1.Agreement, delivery int) bool {
	for _, c := range x.GetConsequences() {
		if int(c.GetDelivery()) == delivery {
			return true
		}
	}
	return false
}
