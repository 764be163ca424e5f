package control

import (
	"fmt"

	"cosmossdk.io/collections"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	controlv1 "github.com/filiera-chain/filiera/api/control/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
)

func checkRequestControl(m *controlv1.MsgRequestControl) error {
	if n := len(m.GetBatches()); n == 0 || n > maxBatches {
		return ErrShape.With("batches has %d entries; a request names 1 to %d", n, maxBatches)
	}
	seen := map[[2]string]bool{}
	for i, b := range m.GetBatches() {
		if err := checkBatchID(fmt.Sprintf("batches[%d]", i), b.GetBatch()); err != nil {
			return err
		}
		if b.GetQuantity().GetAmount() < 1 {
			return ErrShape.With("batches[%d].quantity is %d; ask for at least 1", i, b.GetQuantity().GetAmount())
		}
		k := [2]string{b.GetBatch().GetGtin(), b.GetBatch().GetLot()}
		if seen[k] {
			return ErrShape.With("batch %s lot %q stands twice", k[0], k[1])
		}
		seen[k] = true
	}
	if m.GetDueDate() != "" {
		if err := shape(module.CheckDate("due_date", m.GetDueDate())); err != nil {
			return err
		}
	}
	return first(
		module.CheckSlug("certifier", m.GetCertifier(), 3, 40),
		module.CheckDate("requested_date", m.GetRequestedDate()),
		module.CheckText("note", m.GetNote(), 0, maxReason),
	)
}

// checkBatchID refuses a batch that is not written as the ledger does.
func checkBatchID(field string, b *basev1.BatchID) error {
	gtin, err := gs1.ParseGTIN(b.GetGtin())
	if err != nil {
		return ErrShape.With("%s.gtin: %v", field, err)
	}
	if gtin != b.GetGtin() {
		return ErrShape.With("%s.gtin is %q; write all 14 digits, %s", field, b.GetGtin(), gtin)
	}
	if _, err := gs1.ParseLot(b.GetLot()); err != nil {
		return ErrShape.With("%s.lot: %v", field, err)
	}
	return nil
}

// requestControl opens a request of the owner of batches to a body that is
// accredited for what they are bound to.
func (c *Control) requestControl(ctx *module.Context, m *controlv1.MsgRequestControl) (proto.Message, error) {
	r := &controlv1.ControlRequest{
		Certifier: m.GetCertifier(), Requester: ctx.Signer.Participant, Batches: m.GetBatches(),
		RequestedDate: m.GetRequestedDate(), DueDate: m.GetDueDate(), Note: m.GetNote(), Status: requested,
	}
	if r.DueDate == "" {
		r.DueDate = r.RequestedDate
	}
	if r.DueDate < r.RequestedDate || r.RequestedDate < module.Day(ctx.Time) {
		return nil, ErrDate.With("requested_date is %s and due_date %s; today is %s: the goods are ready today or later, and the answer is due no earlier", r.RequestedDate, r.DueDate, module.Day(ctx.Time))
	}
	for _, b := range r.GetBatches() {
		if err := c.bindBatch(ctx, r, b); err != nil {
			return nil, err
		}
	}
	if err := c.registry.Allowed(ctx, ctx.Time, r.GetRequester(), r.GetSpecification(), "", makers...); err != nil {
		return nil, err
	}
	if err := c.registry.Accredited(ctx, ctx.Time, r.GetCertifier(), r.GetSpecification()); err != nil {
		return nil, err
	}
	if err := c.enqueue(ctx, r); err != nil {
		return nil, err
	}
	return &controlv1.RequestControlResult{Request: r.GetId()}, nil
}

// bindBatch refuses a batch that the signer cannot have controlled, and takes
// the specification of the first for all.
func (c *Control) bindBatch(ctx *module.Context, r *controlv1.ControlRequest, b *controlv1.RequestedBatch) error {
	gtin, lot := b.GetBatch().GetGtin(), b.GetBatch().GetLot()
	batch, err := c.products.Batch(ctx, gtin, lot)
	if err != nil {
		return err
	}
	if batch == nil {
		return ErrBatch.With("batch %s lot %q is not registered; register it first", gtin, lot)
	}
	if r.GetSpecification() == "" {
		r.Specification, r.SpecificationVersion = batch.GetSpecification(), batch.GetSpecificationVersion()
	}
	whole := batch.GetQuantity()
	switch {
	case batch.GetOwner() != r.GetRequester():
		return ErrNotOwner.With("batch %s lot %q belongs to %s; only it requests its control", gtin, lot, batch.GetOwner())
	case batch.GetSpecification() == "":
		return ErrBinding.With("batch %s lot %q is made to no specification: there is nothing to attest", gtin, lot)
	case batch.GetSpecification() != r.GetSpecification() || batch.GetSpecificationVersion() != r.GetSpecificationVersion():
		return ErrBinding.With("batch %s lot %q is bound to %s version %d, the first one to %s version %d; make a request for each", gtin, lot,
			batch.GetSpecification(), batch.GetSpecificationVersion(), r.GetSpecification(), r.GetSpecificationVersion())
	case batch.GetStatus() != productv1.BatchStatus_BATCH_STATUS_ACTIVE:
		return ErrBatchState.With("batch %s lot %q is not active since %s: %s", gtin, lot, module.Day(batch.GetStatusSince()), batch.GetStatusReason())
	case b.GetQuantity().GetUnit() != whole.GetUnit() || b.GetQuantity().GetAmount() > whole.GetAmount():
		return ErrQuantity.With("batch %s lot %q holds %d %s; the request asks for %d %s", gtin, lot, whole.GetAmount(), whole.GetUnit(), b.GetQuantity().GetAmount(), clip(b.GetQuantity().GetUnit()))
	}
	if err := c.recalls.Free(ctx, b.GetBatch()); err != nil {
		return err
	}
	return c.refuseDuplicate(ctx, r.GetCertifier(), gtin, lot)
}

// refuseDuplicate refuses a batch that has a request to the body which has not
// ended: a transaction sent twice must not make two.
func (c *Control) refuseDuplicate(ctx *module.Context, certifier, gtin, lot string) error {
	rng := new(collections.Range[collections.Triple[string, string, string]]).Prefix(collections.TripleSuperPrefix[string, string, string](gtin, lot))
	return c.open.Walk(ctx, rng, func(k collections.Triple[string, string, string]) (bool, error) {
		other, err := c.requests.Get(ctx, k.K3())
		if err == nil && other.GetCertifier() == certifier {
			err = ErrDuplicate.With("batch %s lot %q is in request %s to %s, which is %s; withdraw that one first if it is wrong", gtin, lot, other.GetId(), certifier, StatusWord(other.GetStatus()))
		}
		return err != nil, err
	})
}

// enqueue gives r its number and writes it.
func (c *Control) enqueue(ctx *module.Context, r *controlv1.ControlRequest) error {
	n, err := c.last.Get(ctx, r.GetCertifier())
	if err != nil && !notFound(err) {
		return err
	}
	n++
	if err := c.last.Set(ctx, r.GetCertifier(), n); err != nil {
		return err
	}
	r.Id = fmt.Sprintf("%s:%d", r.GetCertifier(), n)
	r.History = []*basev1.StatusLine{{Status: StatusWord(requested), Reason: "requested", Actor: r.GetRequester(), At: ctx.Time, Height: ctx.Height}}
	for _, b := range r.GetBatches() {
		if err := c.open.Set(ctx, collections.Join3(b.GetBatch().GetGtin(), b.GetBatch().GetLot(), r.GetId())); err != nil {
			return err
		}
	}
	return c.put(ctx, r)
}
