package control

import (
	"context"
	"errors"
	"fmt"

	"cosmossdk.io/collections"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	controlv1 "github.com/filiera-chain/filiera/api/control/v1"
	"github.com/filiera-chain/filiera/module"
)

// Bounds of what is kept. The last line of a full history is left for the end
// of the request. Open majors of one batch are read when it is attested.
const (
	maxReason   = 500
	maxBatches  = 50
	maxFindings = 50
	maxResults  = 200
	maxPerAct   = 100
	maxHistory  = 50
	maxMajors   = 50
)

// Control is the module's state and what it answers to other modules. Its
// methods take a *module.Context or *module.Reader as their context.
type Control struct {
	registry Registry
	products Products
	recalls  Recalls
	schema   collections.Schema

	// requests: id -> request.
	requests collections.Map[string, *controlv1.ControlRequest]
	// findings: (request, number) -> non-conformity.
	findings collections.Map[collections.Pair[string, uint32], *controlv1.NonConformity]
	// results: (request, number) -> laboratory result.
	results collections.Map[collections.Pair[string, uint32], *controlv1.LabResult]
	// last: certifier -> number of its last request.
	last collections.Map[string, uint64]
	// open: (GTIN, lot, request), of requests that have not ended.
	open collections.KeySet[collections.Triple[string, string, string]]
	// majors: (GTIN, lot, request, number), of major non-conformities that are open.
	majors collections.KeySet[collections.Quad[string, string, string, uint32]]
}

// New builds the module's tables.
func New(registry Registry, products Products, recalls Recalls) *Control {
	b := module.NewSchemaBuilder(name)
	str := collections.StringKey
	numbered := collections.PairKeyCodec(str, collections.Uint32Key)
	c := &Control{
		registry: registry,
		products: products,
		recalls:  recalls,
		requests: collections.NewMap(b, collections.NewPrefix(1), "requests", str, module.Record[controlv1.ControlRequest]()),
		findings: collections.NewMap(b, collections.NewPrefix(2), "findings", numbered, module.Record[controlv1.NonConformity]()),
		results:  collections.NewMap(b, collections.NewPrefix(3), "results", numbered, module.Record[controlv1.LabResult]()),
		last:     collections.NewMap(b, collections.NewPrefix(4), "last", str, collections.Uint64Value),
		open:     collections.NewKeySet(b, collections.NewPrefix(5), "open", collections.TripleKeyCodec(str, str, str)),
		majors:   collections.NewKeySet(b, collections.NewPrefix(6), "majors", collections.QuadKeyCodec(str, str, str, collections.Uint32Key)),
	}
	schema, err := b.Build()
	if err != nil {
		panic(err) // two tables on one number: a mistake of ours, caught at every start
	}
	c.schema = schema
	return c
}

// Request gives the request with that id, or nil.
func (c *Control) Request(ctx context.Context, id string) (*controlv1.ControlRequest, error) {
	return module.Find(ctx, c.requests, id)
}

// mustRequest is Request that refuses an unknown one.
func (c *Control) mustRequest(ctx context.Context, id string) (*controlv1.ControlRequest, error) {
	r, err := c.Request(ctx, id)
	if err == nil && r == nil {
		return nil, ErrRequest.With("no request for control has id %q; list those of the body with filiera cert requests list", clip(id))
	}
	return r, err
}

// openMajors gives the open major non-conformities of a batch.
func (c *Control) openMajors(ctx context.Context, gtin, lot string) ([]*controlv1.NonConformity, error) {
	var list []*controlv1.NonConformity
	rng := new(collections.Range[collections.Quad[string, string, string, uint32]]).Prefix(collections.QuadSuperPrefix[string, string, string, uint32](gtin, lot))
	err := c.majors.Walk(ctx, rng, func(k collections.Quad[string, string, string, uint32]) (bool, error) {
		f, err := c.findings.Get(ctx, collections.Join(k.K3(), k.K4()))
		list = append(list, f)
		return err != nil, err
	})
	if err != nil {
		return nil, fmt.Errorf("open non-conformities of %s lot %q: %w", gtin, lot, err)
	}
	return list, nil
}

// Clear refuses while the batch is recalled, or a major non-conformity of it is
// open, whoever recorded it.
func (c *Control) Clear(ctx context.Context, gtin, lot string) error {
	if err := c.recalls.Free(ctx, &basev1.BatchID{Gtin: gtin, Lot: lot}); err != nil {
		return err
	}
	list, err := c.openMajors(ctx, gtin, lot)
	if err != nil || len(list) == 0 {
		return err
	}
	f := list[0]
	return ErrOpenMajor.With("batch %s lot %q has the open major non-conformity %d of request %s, recorded on %s (%s): it must be resolved by %s and closed before the batch is attested",
		gtin, lot, f.GetNumber(), f.GetRequest(), module.Day(f.GetRecordedAt()), clip(f.GetText()), f.GetDeadlineDate())
}

// Answer closes a request with the attestation that answers it. The caller has
// seen to it that the attestation is certifier's, is in force and covers every
// batch of the request.
func (c *Control) Answer(ctx *module.Context, id, certifier, attestation string) error {
	r, err := c.mustRequest(ctx, id)
	if err != nil {
		return err
	}
	if err := c.ofBody(ctx, r); err != nil {
		return err
	}
	if certifier != r.GetCertifier() {
		return ErrNotAllowed.With("attestation %s is of %s and request %s was made to %s", attestation, certifier, id, r.GetCertifier())
	}
	if r.GetOpenMajor() > 0 {
		return ErrOpenMajor.With("request %s has %d open major non-conformities; close them first, or refuse the request", id, r.GetOpenMajor())
	}
	r.Attestation = attestation
	return c.end(ctx, r, answer, "answered by "+attestation)
}

// put announces and writes r.
func (c *Control) put(ctx *module.Context, r *controlv1.ControlRequest) error {
	ctx.Emit(&controlv1.RequestChanged{Request: r})
	return c.requests.Set(ctx, r.GetId(), r)
}

// move does v to r and writes a line; the record is the caller's to put.
func (c *Control) move(ctx *module.Context, r *controlv1.ControlRequest, v verb, reason string) error {
	to, err := next(r.GetStatus(), v)
	if err != nil {
		return about(r, err)
	}
	if n := len(r.GetHistory()); n >= maxHistory-1 && !isFinal(to) {
		return ErrLimit.With("request %s has %d lines of history; it can only be ended now", r.GetId(), n)
	}
	r.Status = to
	r.History = append(r.History, &basev1.StatusLine{Status: StatusWord(to), Reason: reason, Actor: ctx.Signer.Participant, At: ctx.Time, Height: ctx.Height})
	return nil
}

// end moves r to a final state and takes it out of the queue.
func (c *Control) end(ctx *module.Context, r *controlv1.ControlRequest, v verb, reason string) error {
	if err := c.move(ctx, r, v, reason); err != nil {
		return err
	}
	for _, b := range r.GetBatches() {
		if err := c.open.Remove(ctx, collections.Join3(b.GetBatch().GetGtin(), b.GetBatch().GetLot(), r.GetId())); err != nil {
			return err
		}
	}
	return c.put(ctx, r)
}

// ofBody refuses a signer that is not the body that the request was made to.
func (c *Control) ofBody(ctx *module.Context, r *controlv1.ControlRequest) error {
	if ctx.Signer.Participant != r.GetCertifier() {
		return ErrNotAllowed.With("request %s was made to %s; %s cannot do this to it", r.GetId(), r.GetCertifier(), ctx.Signer.Participant)
	}
	return nil
}

// about adds to a refusal which request it speaks of.
func about(r *controlv1.ControlRequest, err error) error {
	e := module.AsError(err)
	return e.With("request %s of %s to %s: %s", r.GetId(), r.GetRequester(), r.GetCertifier(), e)
}

func shape(err error) error {
	if err != nil {
		return ErrShape.With("%v", err)
	}
	return nil
}

// first gives the first refusal of a list, so that a refusal is one sentence.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return shape(err)
		}
	}
	return nil
}

func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// notFound says whether err is that of a table without the key.
func notFound(err error) bool { return errors.Is(err, collections.ErrNotFound) }
