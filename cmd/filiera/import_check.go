package main

import (
	"context"
	"net/url"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"

	"github.com/filiera-chain/filiera/client"
	"github.com/filiera-chain/filiera/quantity"
)

// listAbove is how many rows of one product make it cheaper to read the list
// of its batches than to ask for each.
const listAbove = 100

// importCheck asks the ledger what it knows of the rows before any is sent.
type importCheck struct {
	e       *env
	c       *client.Client
	address string
	specs   map[string]*client.Specification
	owners  map[string]bool // participant id: whether the signing key is its
}

func newImportCheck(e *env, c *client.Client, address string) *importCheck {
	return &importCheck{
		e: e, c: c, address: address,
		specs: make(map[string]*client.Specification), owners: make(map[string]bool),
	}
}

// rows checks the rows that are ready, product by product.
func (k *importCheck) rows(ctx context.Context, rows []*importRow) error {
	byProduct := make(map[string][]*importRow)
	var order []string
	seen := make(map[[2]string]int)
	for _, r := range rows {
		if r.State != rowReady {
			continue
		}
		if line, twice := seen[[2]string{r.GTIN, r.Lot}]; twice {
			r.State, r.Code, r.Message = rowMalformed, "file.same_lot_twice", k.e.t("row.twice", line)
			continue
		}
		seen[[2]string{r.GTIN, r.Lot}] = r.Line
		if byProduct[r.GTIN] == nil {
			order = append(order, r.GTIN)
		}
		byProduct[r.GTIN] = append(byProduct[r.GTIN], r)
	}
	for _, gtin := range order {
		if err := k.product(ctx, gtin, byProduct[gtin]); err != nil {
			return err
		}
	}
	return nil
}

func (k *importCheck) product(ctx context.Context, gtin string, rows []*importRow) error {
	p, err := k.c.Product(ctx, gtin)
	if client.IsNotFound(err) {
		refuseAll(rows, "product.unknown_product", k.e.t("row.no.product", gtin))
		return nil
	}
	if err != nil {
		return err
	}
	mine, err := k.mine(ctx, p.Owner)
	if err != nil {
		return err
	}
	if !mine {
		refuseAll(rows, "product.not_owner", k.e.t("row.not.mine", gtin, p.Owner))
		return nil
	}
	spec, err := k.spec(ctx, p.Specification)
	if err != nil {
		return err
	}
	for _, r := range rows {
		k.row(r, p, spec)
	}
	return k.lots(ctx, gtin, rows)
}

// rehearse lets the ledger try the rows that are ready, many in a transaction
// that is not signed and not kept: it finds what the checks here do not know of.
func (k *importCheck) rehearse(ctx context.Context, rows []*importRow) error {
	ready := slices.DeleteFunc(slices.Clone(rows), func(r *importRow) bool { return r.State != rowReady })
	if len(ready) == 0 {
		return nil
	}
	builder, err := k.e.builder(ctx)
	if err != nil {
		return err
	}
	p, err := k.c.Params(ctx)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(ready, max(1, int(p.GetMaxMsgsPerTx()))) {
		if err := k.tryTogether(ctx, builder, some); err != nil {
			return err
		}
	}
	return nil
}

// tryTogether tries rows as one transaction, and again without each that is
// refused.
func (k *importCheck) tryTogether(ctx context.Context, builder *client.Builder, rows []*importRow) error {
	for left := slices.Clone(rows); len(left) > 0; {
		acts := make([]proto.Message, len(left))
		for i, r := range left {
			acts[i] = r.act()
		}
		body, err := builder.Body("", acts...)
		if err != nil {
			return err
		}
		r, err := k.c.Rehearse(ctx, body, k.address)
		switch {
		case err != nil:
			return err
		case r.Code == 0:
			return nil
		case r.Act < 1 || r.Act > len(left):
			refuseAll(left, r.ID, k.e.t("row.ledger.says", r.Message))
			return nil
		}
		left[r.Act-1].refuse(r.ID, k.e.t("row.ledger.says", r.Message))
		left = slices.Delete(left, r.Act-1, r.Act)
	}
	return nil
}

// again looks at rows that the ledger called duplicates although they were not
// there before: a run that was cut off may have sent them, and they arrived
// meanwhile.
func (k *importCheck) again(ctx context.Context, rows []*importRow) error {
	for _, r := range rows {
		if r.State != rowRefused || r.Code != "product.duplicate_batch" || r.Hash == "" {
			continue
		}
		b, err := k.c.Batch(ctx, r.GTIN, r.Lot)
		if err != nil {
			return err
		}
		if b.Lot == r.Lot {
			r.Code, r.Message = "", ""
			k.compare(r, b)
		}
	}
	return nil
}

func refuseAll(rows []*importRow, code, message string) {
	for _, r := range rows {
		r.refuse(code, message)
	}
}

// mine says whether the signing key speaks for the participant.
func (k *importCheck) mine(ctx context.Context, participant string) (bool, error) {
	if known, ok := k.owners[participant]; ok {
		return known, nil
	}
	p, err := k.c.Participant(ctx, participant)
	if err != nil {
		return false, err
	}
	mine := slices.ContainsFunc(p.Keys, func(key client.Key) bool { return key.RetiredAt == 0 && key.Is(k.address) })
	k.owners[participant] = mine
	return mine, nil
}

func (k *importCheck) spec(ctx context.Context, id string) (*client.Specification, error) {
	if id == "" {
		return nil, nil
	}
	if s, ok := k.specs[id]; ok {
		return s, nil
	}
	s, err := k.c.Specification(ctx, id)
	if err != nil {
		return nil, err
	}
	k.specs[id] = s
	return s, nil
}

// row checks what needs no further question: unit, version in force, zone.
func (k *importCheck) row(r *importRow, p *client.Product, spec *client.Specification) {
	amount, err := quantity.ToBase(r.row.Quantity, r.row.Unit, p.BaseUnit)
	if err != nil {
		r.refuse("product.wrong_unit", k.e.t("row.wrong.unit", r.row.Quantity, r.row.Unit, p.BaseUnit))
		return
	}
	r.amount, r.unit = amount, p.BaseUnit
	if today := k.e.now().UTC().Format(time.DateOnly); r.row.ProductionDate > today {
		r.refuse("product.bad_date", k.e.t("row.not.made.yet", r.row.ProductionDate, today))
		return
	}
	if spec == nil {
		return
	}
	v := spec.InForce(r.row.ProductionDate)
	switch {
	case v == nil:
		r.refuse("product.not_in_force", k.e.t("row.not.in.force", spec.ID, r.row.ProductionDate))
	case len(v.Municipalities) > 0 && !slices.Contains(v.Municipalities, r.row.Place):
		r.refuse("product.outside_zone", k.e.t("row.out.of.zone", r.row.Place, spec.ID))
	}
}

// lots finds the rows whose lot is on the ledger already.
func (k *importCheck) lots(ctx context.Context, gtin string, rows []*importRow) error {
	ready := slices.DeleteFunc(slices.Clone(rows), func(r *importRow) bool { return r.State != rowReady })
	if len(ready) > listAbove {
		return k.lotsByList(ctx, gtin, ready)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(16)
	for _, r := range ready {
		g.Go(func() error {
			b, err := k.c.Batch(ctx, gtin, r.Lot)
			if client.IsNotFound(err) {
				return nil
			}
			// The node also finds other readings of a lot; only the very same
			// one is the row's.
			if err == nil && b.Lot == r.Lot {
				k.compare(r, b)
			}
			return err
		})
	}
	return g.Wait()
}

func (k *importCheck) lotsByList(ctx context.Context, gtin string, ready []*importRow) error {
	byLot := make(map[string]*importRow, len(ready))
	for _, r := range ready {
		byLot[r.Lot] = r
	}
	query := url.Values{"gtin": {gtin}, "limit": {"500"}}
	for {
		page, err := k.c.Batches(ctx, query)
		if err != nil {
			return err
		}
		for i := range page.Items {
			if r := byLot[page.Items[i].Lot]; r != nil {
				k.compare(r, &page.Items[i])
			}
		}
		if page.NextPageToken == "" {
			return nil
		}
		query.Set("page_token", page.NextPageToken)
	}
}

// compare tells a row sent before, which is done, from another batch under the
// same lot, which is a mistake.
func (k *importCheck) compare(r *importRow, b *client.Batch) {
	type field struct{ name, file, ledger string }
	for _, f := range []field{
		{"quantity", quantity.Quantity{Amount: r.amount, Unit: r.unit}.String(), quantity.Quantity{Amount: int64(b.Quantity.Amount), Unit: b.Quantity.Unit}.String()},
		{"produced", r.row.ProductionDate, b.ProductionDate},
		{"expires", r.row.ExpiryDate, b.ExpiryDate},
		{"place", r.row.Place, b.Place},
	} {
		if f.file != f.ledger {
			r.refuse("product.duplicate_batch", k.e.t("row.differs", r.Lot, k.e.t(f.name), f.ledger, f.file))
			return
		}
	}
	r.State = rowAlready
}
