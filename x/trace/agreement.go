package trace

import (
	"fmt"
	"slices"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/quantity"
)

// hold says how a transformation with registered outputs stands to the book of
// matter, and ties it to the entry that made them. Where a specification says of what
// an output is made, what contradicts the book is refused; elsewhere it is marked.
// See docs/decisions/0013.
func (t *Trace) hold(ctx *module.Context, path string, r *tracev1.Event) error {
	in, out := parted(r)
	if len(out) == 0 {
		return nil
	}
	var entries []*matterv1.Entry
	demanded, missing, wrong := false, false, ""
	for _, o := range out {
		e, err := t.book.MadeBy(ctx, o.GetBatch().GetGtin(), o.GetBatch().GetLot())
		if err != nil {
			return err
		}
		asks, err := t.demands(ctx, o.GetBatch())
		if err != nil {
			return err
		}
		demanded = demanded || asks
		if e == nil {
			missing = true
			continue
		}
		if !slices.ContainsFunc(entries, func(old *matterv1.Entry) bool { return old.GetNumber() == e.GetNumber() }) {
			entries = append(entries, e)
		}
		r.Entry = e.GetNumber()
		if wrong == "" {
			wrong = against(e, o, in)
		}
	}
	if len(entries) > 1 {
		r.Entry = 0
	}
	if wrong == "" && len(in) > 0 {
		var err error
		if wrong, err = t.heavier(ctx, in, out, entries); err != nil {
			return err
		}
	}
	switch {
	case wrong != "" && demanded:
		return ErrNotInBook.With("%s contradicts the book of matter: %s; tell the book right, or the event", path, wrong)
	case wrong != "":
		r.Agreement = tracev1.Agreement_AGREEMENT_CONTRADICTS
	case missing:
		r.Agreement = tracev1.Agreement_AGREEMENT_NOT_IN_BOOK
	default:
		r.Agreement = tracev1.Agreement_AGREEMENT_IN_BOOK
	}
	return nil
}

// parted gives the inputs of a transformation, and its registered outputs.
func parted(r *tracev1.Event) (in, out []*tracev1.Involved) {
	for _, i := range r.GetBatches() {
		switch {
		case i.GetPart() == tracev1.Part_PART_INPUT:
			in = append(in, i)
		case i.GetPart() == tracev1.Part_PART_OUTPUT && i.GetRegistered():
			out = append(out, i)
		}
	}
	return in, out
}

// demands says whether a specification says of what a batch is made.
func (t *Trace) demands(ctx *module.Context, id *basev1.BatchID) (bool, error) {
	b, err := t.products.Batch(ctx, id.GetGtin(), id.GetLot())
	if err != nil || b == nil {
		return false, err
	}
	p, err := t.products.Product(ctx, id.GetGtin())
	if err != nil {
		return false, err
	}
	stage, err := t.products.Stage(ctx, p, b.GetSpecificationVersion())
	return stage != nil, err
}

// against says what of an output and the inputs the entry that made the output
// contradicts, "" for nothing.
func against(e *matterv1.Entry, out *tracev1.Involved, in []*tracev1.Involved) string {
	if said := beyond(out, line(e, out, 1)); said != "" {
		return said
	}
	outside := false
	for _, p := range e.GetPostings() {
		outside = outside || p.GetAccount() == matterv1.Account_ACCOUNT_OUTSIDE
	}
	for _, i := range in {
		p := line(e, i, -1)
		switch {
		case !i.GetRegistered() && outside:
		case p == nil:
			return fmt.Sprintf("entry %d makes lot %s of GTIN %s, and of no lot %s of GTIN %s", e.GetNumber(),
				out.GetBatch().GetLot(), out.GetBatch().GetGtin(), i.GetBatch().GetLot(), i.GetBatch().GetGtin())
		default:
			if said := beyond(i, p); said != "" {
				return said
			}
		}
	}
	return ""
}

// line gives what an entry takes from a lot (sign -1), or puts there (1).
func line(e *matterv1.Entry, i *tracev1.Involved, sign int64) *matterv1.Posting {
	for _, p := range e.GetPostings() {
		if p.GetAccount() == matterv1.Account_ACCOUNT_STOCK && p.GetAmount()*sign > 0 &&
			p.GetBatch().GetGtin() == i.GetBatch().GetGtin() && p.GetBatch().GetLot() == i.GetBatch().GetLot() {
			return p
		}
	}
	return nil
}

// beyond says that an event tells of more of a lot than the line has, where the units
// allow it.
func beyond(i *tracev1.Involved, p *matterv1.Posting) string {
	if i.GetQuantity() == "" {
		return ""
	}
	whole := quantity.Quantity{Amount: max(p.GetAmount(), -p.GetAmount()), Unit: p.GetUnit()}
	most, err := whole.DecimalIn(unitOf(i))
	if err != nil {
		return "" // another dimension, or a unit that is not known
	}
	if n, err := quantity.CompareMeasured(i.GetQuantity(), most); err != nil || n <= 0 {
		return "" // too long a number to be compared is kept as text
	}
	return fmt.Sprintf("it tells of %s of lot %s of GTIN %s, and the book of %s", amountText(i.GetQuantity(), i.GetUnit()),
		i.GetBatch().GetLot(), i.GetBatch().GetGtin(), whole.Display("en"))
}

func unitOf(i *tracev1.Involved) string {
	if i.GetUnit() == "" {
		return pieces
	}
	return i.GetUnit()
}

// heavier says that more comes out than goes in, where all of it can be weighed; what
// the entries have from outside goes in too, since events often leave water out.
func (t *Trace) heavier(ctx *module.Context, in, out []*tracev1.Involved, entries []*matterv1.Entry) (string, error) {
	ins, err := t.weigh(ctx, in)
	if err != nil || ins == 0 {
		return "", err
	}
	for _, e := range entries {
		for _, p := range e.GetPostings() {
			if p.GetAccount() == matterv1.Account_ACCOUNT_OUTSIDE {
				ins -= p.GetMassMg()
			}
		}
	}
	outs, err := t.weigh(ctx, out)
	if err != nil || ins < 0 || outs <= ins { // below 0: more than can be counted
		return "", err
	}
	mg := func(n int64) string { return quantity.Quantity{Amount: n, Unit: "MGM"}.Display("en") }
	return fmt.Sprintf("%s come out of %s: %s too much", mg(outs), mg(ins), mg(outs-ins)), nil
}

// weigh gives the milligrams of lots, 0 where one cannot be weighed.
func (t *Trace) weigh(ctx *module.Context, list []*tracev1.Involved) (int64, error) {
	sum := int64(0)
	for _, i := range list {
		p, err := t.products.Product(ctx, i.GetBatch().GetGtin())
		if err != nil || p == nil || i.GetQuantity() == "" {
			return 0, err
		}
		q, err := quantity.Parse(i.GetQuantity(), unitOf(i), p.GetBaseUnit())
		if err != nil {
			return 0, nil //nolint:nilerr // what does not convert cannot be weighed
		}
		mg, err := t.book.Weigh(p, q.Amount)
		if err != nil || mg == 0 {
			return 0, nil //nolint:nilerr // nor what weighs more than the book counts
		}
		sum += mg // at most 500 of at most 2^53
	}
	return sum, nil
}
