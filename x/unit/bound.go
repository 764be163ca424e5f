package unit

import (
	"context"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/quantity"
)

// maxForebears bounds the lots that are looked at behind one.
const maxForebears = 1000

// bound is how much units of a batch may hold in all, in base units, and why.
type bound struct {
	// attested is what certificates in force attest, and covered what units hold
	// under them; under names the batch that they are of, nil where none are asked
	// for.
	attested, covered int64
	under             *basev1.BatchID
	// here is what is left of the batch or was sold of it.
	here int64
	// elsewhere is what units of the lots that it came of hold beyond what is there:
	// it may have come along.
	elsewhere int64
	// of names the lot with the most of that.
	of *basev1.BatchID
}

// room is how much more units may hold where they hold so much, and of what that
// is what is left.
func (b *bound) room(already int64) (int64, string) {
	here := max(b.stock()-already, 0)
	if attested := max(b.attested-b.covered, 0); b.under != nil && attested < here {
		return attested, "certificates"
	}
	return here, "stock"
}

func (b *bound) stock() int64 { return max(b.here-b.elsewhere, 0) }

// boundOf reckons the bound of a batch now. This is the one place that knows what
// units may be issued against.
func (u *Unit) boundOf(ctx context.Context, at int64, b *productv1.Batch) (*bound, error) {
	out := &bound{}
	var err error
	if b.GetSpecification() != "" {
		if err := u.attested(ctx, at, b, out); err != nil {
			return nil, err
		}
	}
	if out.here, err = u.here(ctx, idOf(b.GetGtin(), b.GetLot())); err != nil {
		return nil, err
	}
	return out, u.elsewhere(ctx, b, out)
}

// attested is what certificates allow: those of the batch, or of the one that it
// was split off, less what units of all its parts hold.
func (u *Unit) attested(ctx context.Context, at int64, b *productv1.Batch, out *bound) (err error) {
	if out.under, err = u.matter.CoveredBy(ctx, b.GetGtin(), b.GetLot()); err != nil {
		return err
	}
	if out.attested, err = u.certificates.Attested(ctx, at, out.under.GetGtin(), out.under.GetLot()); err != nil {
		return err
	}
	c, err := u.covered(ctx, out.under)
	out.covered = c.GetContent()
	return err
}

// here is what is left of a batch or was sold of it: goods that can bear a label.
func (u *Unit) here(ctx context.Context, id *basev1.BatchID) (int64, error) {
	s, err := u.matter.Stock(ctx, id.GetGtin(), id.GetLot())
	return s.GetLeft() + s.GetSold(), err
}

// elsewhere walks the lots of which the batch is a part. Goods without a serial
// number are taken to have moved first, so only what their units hold beyond what
// is there has moved.
func (u *Unit) elsewhere(ctx context.Context, b *productv1.Batch, out *bound) error {
	queue := []*basev1.BatchID{idOf(b.GetGtin(), b.GetLot())}
	seen := map[string]bool{b.GetGtin() + " " + b.GetLot(): true}
	most := int64(0)
	for i := 0; i < len(queue); i++ {
		sources, err := u.matter.PartOf(ctx, queue[i].GetGtin(), queue[i].GetLot())
		if err != nil {
			return err
		}
		for _, s := range sources {
			if name := s.GetGtin() + " " + s.GetLot(); !seen[name] {
				seen[name] = true
				queue = append(queue, s)
			}
		}
		if len(queue) > maxForebears {
			return ErrLimit.With("lot %s of GTIN %s came of more than %d lots; its units cannot be told from theirs", b.GetLot(), b.GetGtin(), maxForebears)
		}
		if i == 0 {
			continue
		}
		over, err := u.over(ctx, queue[i])
		if err != nil {
			return err
		}
		// Amounts are below 2^53 and there are at most a thousand of them.
		out.elsewhere += over
		if over > most {
			most, out.of = over, queue[i]
		}
	}
	return nil
}

// over is how much the units of a lot hold beyond what is there.
func (u *Unit) over(ctx context.Context, id *basev1.BatchID) (int64, error) {
	t, err := u.Tally(ctx, id.GetGtin(), id.GetLot())
	if err != nil || t.GetContent() == 0 {
		return 0, err
	}
	here, err := u.here(ctx, id)
	return max(t.GetContent()-here, 0), err
}

// fit refuses units that hold more than the bound allows beside those that there
// are.
func (b *bound) fit(batch *productv1.Batch, already, count, content int64) error {
	q := func(n int64) string {
		return quantity.Quantity{Amount: n, Unit: batch.GetQuantity().GetUnit()}.Display("en")
	}
	wanted := count * content
	const sentence = "%d units of %s are %s. Of lot %s of GTIN %s, units that are not void already hold %s, so this is %s too much: at most %d units can be committed"
	about := func(lot string, held, limit int64) []any {
		return []any{count, q(content), q(wanted), lot, batch.GetGtin(), q(held), q(held + wanted - limit), max(limit-held, 0) / content}
	}
	if b.under != nil && b.covered+wanted > b.attested {
		lot := b.under.GetLot()
		if lot != batch.GetLot() {
			lot += ", which the lot was split off, and its parts,"
		}
		return ErrAttested.With(sentence+"; the certificates in force attest %s", append(about(lot, b.covered, b.attested), q(b.attested))...)
	}
	if already+wanted > b.stock() {
		e := ErrStock.With(sentence+"; %s of it are left or sold", append(about(batch.GetLot(), already, b.stock()), q(b.here))...)
		if b.of != nil {
			e = e.With("%s, and up to %s of that may bear serial numbers of lots that it came of, such as %s: void those units first", e.Error(), q(b.elsewhere), b.of.GetLot())
		}
		return e
	}
	return nil
}
