package privacy

import (
	"context"
	"fmt"

	"cosmossdk.io/collections"

	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	"github.com/filiera-chain/filiera/commitment"
	"github.com/filiera-chain/filiera/module"
)

// Bounds of what is kept. Records about one batch are all proven by an answer
// about it, so there are few.
const (
	maxReason      = 500
	maxFieldName   = 40
	maxPerSubject  = 256
	maxPerParty    = 32 // of one participant about one subject
	maxGrants      = 200
	maxHoldings    = 1000
	maxPerDelivery = 50
)

// Privacy is the module's state and what it answers to others. Its methods take
// a *module.Context or *module.Reader as their context.
type Privacy struct {
	registry Registry
	products Products
	book     Book
	certs    Certificates
	traces   Traces
	schema   collections.Schema

	// commitments: 32-byte id -> record.
	commitments collections.Map[[]byte, *privacyv1.Commitment]
	// bySubject: (subject as text, participant, id).
	bySubject collections.KeySet[collections.Triple[string, string, []byte]]
	// grants: (commitment, number) -> grant; numbers have no gaps.
	grants collections.Map[collections.Pair[[]byte, uint32], *privacyv1.Grant]
	// holdings: (commitment, field, participant) -> holding.
	holdings collections.Map[collections.Triple[[]byte, string, string], *privacyv1.Holding]
}

// New builds the module's tables.
func New(registry Registry, products Products, book Book, certs Certificates, traces Traces) *Privacy {
	b := module.NewSchemaBuilder(name)
	str, id := collections.StringKey, collections.BytesKey
	p := &Privacy{
		registry: registry, products: products, book: book, certs: certs, traces: traces,
		commitments: collections.NewMap(b, collections.NewPrefix(1), "commitments", id, module.Record[privacyv1.Commitment]()),
		bySubject:   collections.NewKeySet(b, collections.NewPrefix(2), "by_subject", collections.TripleKeyCodec(str, str, id)),
		grants:      collections.NewMap(b, collections.NewPrefix(3), "grants", collections.PairKeyCodec(id, collections.Uint32Key), module.Record[privacyv1.Grant]()),
		holdings:    collections.NewMap(b, collections.NewPrefix(4), "holdings", collections.TripleKeyCodec(id, str, str), module.Record[privacyv1.Holding]()),
	}
	schema, err := b.Build()
	if err != nil {
		panic(err) // two tables on one number: a mistake of ours, caught at every start
	}
	p.schema = schema
	return p
}

// Commitment gives the record with that 32-byte id, or nil.
func (p *Privacy) Commitment(ctx context.Context, id []byte) (*privacyv1.Commitment, error) {
	return module.Find(ctx, p.commitments, id)
}

// About gives the records about a subject in order of participant and id.
func (p *Privacy) About(ctx context.Context, s commitment.Subject) ([]*privacyv1.Commitment, error) {
	var list []*privacyv1.Commitment
	rng := new(collections.Range[collections.Triple[string, string, []byte]]).Prefix(collections.TriplePrefix[string, string, []byte](string(s)))
	err := p.bySubject.Walk(ctx, rng, func(k collections.Triple[string, string, []byte]) (bool, error) {
		c, err := p.commitments.Get(ctx, k.K3())
		list = append(list, c)
		return err != nil, err
	})
	if err != nil {
		return nil, fmt.Errorf("commitments about %s: %w", s, err)
	}
	return list, nil
}

// Grants gives the grants of a record in order of number.
func (p *Privacy) Grants(ctx context.Context, c *privacyv1.Commitment) ([]*privacyv1.Grant, error) {
	var list []*privacyv1.Grant
	for n := uint32(1); n <= c.GetLastGrant(); n++ {
		g, err := p.grants.Get(ctx, collections.Join(c.GetId(), n))
		if err != nil {
			return nil, err
		}
		list = append(list, g)
	}
	return list, nil
}

// Holdings gives the holdings of a record in order of field and participant.
func (p *Privacy) Holdings(ctx context.Context, c *privacyv1.Commitment) ([]*privacyv1.Holding, error) {
	var list []*privacyv1.Holding
	rng := new(collections.Range[collections.Triple[[]byte, string, string]]).Prefix(collections.TriplePrefix[[]byte, string, string](c.GetId()))
	err := p.holdings.Walk(ctx, rng, func(_ collections.Triple[[]byte, string, string], h *privacyv1.Holding) (bool, error) {
		list = append(list, h)
		return false, nil
	})
	return list, err
}

// mustCommitment is Commitment that refuses an unknown one.
func (p *Privacy) mustCommitment(ctx context.Context, id []byte) (*privacyv1.Commitment, error) {
	c, err := p.Commitment(ctx, id)
	if err == nil && c == nil {
		return nil, ErrCommitment.With("no commitment has the id %x", id)
	}
	return c, err
}

// own is mustCommitment for the signer's own.
func (p *Privacy) own(ctx *module.Context, id []byte) (*privacyv1.Commitment, error) {
	c, err := p.mustCommitment(ctx, id)
	if err == nil && c.GetParticipant() != ctx.Signer.Participant {
		return nil, ErrNotYours.With("commitment %x is of %s; only it shares and erases the fields, and the signer is %s", id, c.GetParticipant(), ctx.Signer.Participant)
	}
	return c, err
}

// field finds a field by name, or refuses.
func field(c *privacyv1.Commitment, name string) (*privacyv1.Field, error) {
	for _, f := range c.GetFields() {
		if f.GetName() == name {
			return f, nil
		}
	}
	return nil, ErrField.With("commitment %x has no field %q", c.GetId(), clip(name))
}

// kept is field that refuses one whose opening is erased.
func kept(c *privacyv1.Commitment, name string) (*privacyv1.Field, error) {
	f, err := field(c, name)
	if err == nil && f.GetErasedAt() != 0 {
		return nil, ErrErased.With("field %s of commitment %x was erased by %s on %s: %s", name, c.GetId(), c.GetParticipant(), module.Day(f.GetErasedAt()), f.GetErasureReason())
	}
	return f, err
}

func (p *Privacy) put(ctx *module.Context, c *privacyv1.Commitment) error {
	ctx.Emit(&privacyv1.CommitmentChanged{Commitment: c})
	return p.commitments.Set(ctx, c.GetId(), c)
}

func (p *Privacy) putGrant(ctx *module.Context, g *privacyv1.Grant) error {
	ctx.Emit(&privacyv1.AccessChanged{Grant: g})
	return p.grants.Set(ctx, collections.Join(g.GetCommitment(), g.GetNumber()), g)
}

func (p *Privacy) putHolding(ctx *module.Context, h *privacyv1.Holding) error {
	ctx.Emit(&privacyv1.HoldingChanged{Holding: h})
	return p.holdings.Set(ctx, collections.Join3(h.GetCommitment(), h.GetField(), h.GetParticipant()), h)
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
