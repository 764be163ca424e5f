package cert

import (
	"context"
	"fmt"

	"cosmossdk.io/collections"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/module"
)

// Bounds of what is kept. The last line of a full history is left for the end
// of the attestation. Attestations of one batch are read when another is issued
// and are all proven by an answer about it.
const (
	maxReason   = 500
	maxHistory  = 100
	maxPerBatch = 50
)

// Cert is the module's state and what it answers to other modules. Its methods
// take a *module.Context or *module.Reader as their context.
type Cert struct {
	registry Registry
	products Products
	controls Controls
	schema   collections.Schema

	// attestations: urn:uuid:… -> attestation.
	attestations collections.Map[string, *certv1.Attestation]
	// byBatch: (14-digit GTIN, lot, attestation), whatever its state.
	byBatch collections.KeySet[collections.Triple[string, string, string]]
	// expiry: (first second no longer valid, attestation), while it has not ended.
	expiry collections.KeySet[collections.Pair[int64, string]]
	// entries: (certifier, status list, index) -> what the index stands for.
	entries collections.Map[collections.Triple[string, uint32, uint32], *certv1.StatusEntry]
	// lists: (certifier, status list, purpose) -> the list as last signed.
	lists collections.Map[collections.Triple[string, uint32, string], *certv1.StatusList]
	// sold: (GTIN, lot, attestation) -> how much went to the market under it; "" for
	// what went before there was any.
	sold collections.Map[collections.Triple[string, string, string], *certv1.Sold]
}

// New builds the module's tables.
func New(registry Registry, products Products, controls Controls) *Cert {
	b := module.NewSchemaBuilder(name)
	str := collections.StringKey
	c := &Cert{
		registry:     registry,
		products:     products,
		controls:     controls,
		attestations: collections.NewMap(b, collections.NewPrefix(1), "attestations", str, module.Record[certv1.Attestation]()),
		byBatch:      collections.NewKeySet(b, collections.NewPrefix(2), "by_batch", collections.TripleKeyCodec(str, str, str)),
		expiry:       collections.NewKeySet(b, collections.NewPrefix(3), "expiry", collections.PairKeyCodec(collections.Int64Key, str)),
		entries:      collections.NewMap(b, collections.NewPrefix(4), "status_entries", collections.TripleKeyCodec(str, collections.Uint32Key, collections.Uint32Key), module.Record[certv1.StatusEntry]()),
		lists:        collections.NewMap(b, collections.NewPrefix(5), "status_lists", collections.TripleKeyCodec(str, collections.Uint32Key, str), module.Record[certv1.StatusList]()),
		sold:         collections.NewMap(b, collections.NewPrefix(6), "sold", collections.TripleKeyCodec(str, str, str), module.Record[certv1.Sold]()),
	}
	schema, err := b.Build()
	if err != nil {
		panic(err) // two tables on one number: a mistake of ours, caught at every start
	}
	c.schema = schema
	return c
}

// Attestation gives the attestation with that id, or nil. Ask [State] what it
// is worth now.
func (c *Cert) Attestation(ctx context.Context, id string) (*certv1.Attestation, error) {
	return module.Find(ctx, c.attestations, id)
}

// AttestationsOf gives every attestation of a batch, whatever its state, in
// order of id.
func (c *Cert) AttestationsOf(ctx context.Context, gtin, lot string) ([]*certv1.Attestation, error) {
	var list []*certv1.Attestation
	rng := new(collections.Range[collections.Triple[string, string, string]]).Prefix(collections.TripleSuperPrefix[string, string, string](gtin, lot))
	err := c.byBatch.Walk(ctx, rng, func(k collections.Triple[string, string, string]) (bool, error) {
		a, err := c.attestations.Get(ctx, k.K3())
		list = append(list, a)
		return err != nil, err
	})
	if err != nil {
		return nil, fmt.Errorf("attestations of %s lot %q: %w", gtin, lot, err)
	}
	return list, nil
}

// put announces and writes a.
func (c *Cert) put(ctx *module.Context, a *certv1.Attestation) error {
	ctx.Emit(&certv1.AttestationChanged{Attestation: a})
	return c.attestations.Set(ctx, a.GetId(), a)
}

// mustAttestation is Attestation that refuses an unknown one.
func (c *Cert) mustAttestation(ctx context.Context, id string) (*certv1.Attestation, error) {
	a, err := c.Attestation(ctx, id)
	if err == nil && a == nil {
		return nil, ErrAttestation.With("no attestation has id %q", clip(id))
	}
	return a, err
}

// move does v to a, writes the line and the record. A state that ends a takes it
// out of the expiry table.
func (c *Cert) move(ctx *module.Context, a *certv1.Attestation, v verb, who party, actor, reason string) error {
	state := State(a, ctx.Time)
	if who == byTime {
		// Time ends what was live until its last second.
		state = State(a, a.GetValidUntil()-1)
	}
	to, err := next(state, v, who)
	if err != nil {
		return about(a, err)
	}
	if n := len(a.GetHistory()); n >= maxHistory-1 && !isFinal(to) {
		return ErrLimit.With("attestation %s has %d lines of history; the last one is left for its end, so it can only be revoked or replaced", a.GetId(), n)
	}
	a.History = append(a.History, &basev1.StatusLine{Status: to, Reason: reason, Actor: actor, At: ctx.Time, Height: ctx.Height})
	if to != Expired { // time shows in the credential itself
		if err := c.mark(ctx, a, to); err != nil {
			return err
		}
	}
	if isFinal(to) {
		if err := c.expiry.Remove(ctx, collections.Join(a.GetValidUntil(), a.GetId())); err != nil {
			return err
		}
	}
	return c.put(ctx, a)
}

// about adds to a refusal which attestation it speaks of.
func about(a *certv1.Attestation, err error) error {
	e := module.AsError(err)
	return e.With("attestation %s of %s: %s", a.GetId(), a.GetCertifier(), e)
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
