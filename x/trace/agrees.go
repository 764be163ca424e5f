package trace

import (
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/quantity"
)

const pieces = "H87" // UN/ECE Recommendation 20: piece, which EPCIS means without a unit

// agrees holds an event against the book of matter: it tells of no more of a batch
// than there ever was, and, where the specification says of what a batch is made, of
// no other origin than the book has. See docs/decisions/0013.
func (t *Trace) agrees(ctx *module.Context, e *epcis.Event, list []*tracev1.Involved, known map[*tracev1.Involved]*productv1.Batch) error {
	for _, i := range list {
		if b := known[i]; b != nil {
			if err := withinBatch(e, i, b); err != nil {
				return err
			}
		}
	}
	for _, out := range list {
		if known[out] == nil || out.GetPart() != tracev1.Part_PART_OUTPUT {
			continue
		}
		if err := t.originAgrees(ctx, e, out, known[out], list); err != nil {
			return err
		}
	}
	return nil
}

// withinBatch compares where the units allow it.
func withinBatch(e *epcis.Event, i *tracev1.Involved, b *productv1.Batch) error {
	if i.GetQuantity() == "" {
		return nil
	}
	unit := i.GetUnit()
	if unit == "" {
		unit = pieces
	}
	whole := quantity.Quantity{Amount: b.GetQuantity().GetAmount(), Unit: b.GetQuantity().GetUnit()}
	most, err := whole.DecimalIn(unit)
	if err != nil {
		return nil //nolint:nilerr // another dimension, or a unit that is not known: nothing to compare
	}
	if n, err := quantity.CompareMeasured(i.GetQuantity(), most); err != nil || n <= 0 {
		return nil //nolint:nilerr // too long a number to be compared is kept as text
	}
	return ErrOverBatch.With("%s tells of %s of lot %s of GTIN %s, and there were %s of it when it was made", e.Path, amountText(i.GetQuantity(), i.GetUnit()),
		b.GetLot(), b.GetGtin(), whole.Display("en"))
}

// originAgrees refuses inputs that the book does not have in a batch whose
// specification says of what it is made.
func (t *Trace) originAgrees(ctx *module.Context, e *epcis.Event, out *tracev1.Involved, b *productv1.Batch, list []*tracev1.Involved) error {
	p, err := t.products.Product(ctx, b.GetGtin())
	if err != nil {
		return err
	}
	stage, err := t.products.Stage(ctx, p, b.GetSpecificationVersion())
	if err != nil || stage == nil {
		return err
	}
	for _, in := range list {
		if in.GetPart() != tracev1.Part_PART_INPUT || !in.GetRegistered() {
			continue
		}
		edge, err := t.lineage.Edge(ctx, out.GetBatch(), in.GetBatch())
		if err != nil {
			return err
		}
		if !edge.GetBook() {
			return ErrNotInBook.With("%s tells that lot %s of GTIN %s was made of lot %s of GTIN %s, and in the book of matter it was not; %s says of what it is made, so tell the book first",
				e.Path, b.GetLot(), b.GetGtin(), in.GetBatch().GetLot(), in.GetBatch().GetGtin(), b.GetSpecification())
		}
	}
	return nil
}

// floorSecond is the second in which a millisecond lies, before 1970 too.
func floorSecond(ms int64) int64 {
	if ms < 0 {
		return (ms - 999) / 1000
	}
	return ms / 1000
}
