package custody

import (
	"context"

	"cosmossdk.io/collections"

	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	"github.com/filiera-chain/filiera/module"
)

const (
	open      = custodyv1.OfferStatus_OFFER_STATUS_OPEN
	accepted  = custodyv1.OfferStatus_OFFER_STATUS_ACCEPTED
	refused   = custodyv1.OfferStatus_OFFER_STATUS_REFUSED
	cancelled = custodyv1.OfferStatus_OFFER_STATUS_CANCELLED
	expired   = custodyv1.OfferStatus_OFFER_STATUS_EXPIRED
	disputed  = custodyv1.OfferStatus_OFFER_STATUS_DISPUTED
)

// Custody is the module's state and what it answers to other modules. Its methods
// take a *module.Context or *module.Reader as their context.
type Custody struct {
	registry Registry
	products Products
	book     Book
	events   Events
	schema   collections.Schema

	// offers: number -> offer.
	offers collections.Map[uint64, *custodyv1.Offer]
	// last is the number of the last offer.
	last collections.Item[uint64]
	// ends: (time, number) of every offer that is open or disputed.
	ends collections.KeySet[collections.Pair[int64, uint64]]
	// pending: sender -> how many of its offers are open or disputed.
	pending collections.Map[string, uint32]
	// units: SSCC -> what is in it.
	units collections.Map[string, *custodyv1.LogisticUnit]
	// items: (GTIN, serial) -> the unit that the item is in.
	items collections.Map[collections.Pair[string, string], *custodyv1.Serial]
}

// New builds the module's tables.
func New(registry Registry, products Products, book Book, events Events) *Custody {
	b := module.NewSchemaBuilder(name)
	str, n64 := collections.StringKey, collections.Uint64Key
	c := &Custody{
		registry: registry, products: products, book: book, events: events,
		offers:  collections.NewMap(b, collections.NewPrefix(1), "offers", n64, module.Record[custodyv1.Offer]()),
		last:    collections.NewItem(b, collections.NewPrefix(2), "last", collections.Uint64Value),
		ends:    collections.NewKeySet(b, collections.NewPrefix(3), "ends", collections.PairKeyCodec(collections.Int64Key, n64)),
		pending: collections.NewMap(b, collections.NewPrefix(4), "pending", str, collections.Uint32Value),
		units:   collections.NewMap(b, collections.NewPrefix(5), "units", str, module.Record[custodyv1.LogisticUnit]()),
		items:   collections.NewMap(b, collections.NewPrefix(6), "items", collections.PairKeyCodec(str, str), module.Record[custodyv1.Serial]()),
	}
	schema, err := b.Build()
	if err != nil {
		panic(err) // two tables on one number: a mistake of ours, caught at every start
	}
	c.schema = schema
	return c
}

// Offer gives an offer by its number, or nil.
func (c *Custody) Offer(ctx context.Context, number uint64) (*custodyv1.Offer, error) {
	return module.Find(ctx, c.offers, number)
}

// Unit gives what is in a logistic unit by its 18 digits, or nil.
func (c *Custody) Unit(ctx context.Context, sscc string) (*custodyv1.LogisticUnit, error) {
	return module.Find(ctx, c.units, sscc)
}

func waits(s custodyv1.OfferStatus) bool { return s == open || s == disputed }

// put writes an offer, and counts whether it waits; waited is whether it did.
func (c *Custody) put(ctx *module.Context, o *custodyv1.Offer, waited bool) error {
	if waits(o.GetStatus()) != waited {
		if err := c.count(ctx, o, waited); err != nil {
			return err
		}
	}
	ctx.Emit(&custodyv1.OfferChanged{Offer: o})
	return c.offers.Set(ctx, o.GetNumber(), o)
}

func (c *Custody) count(ctx *module.Context, o *custodyv1.Offer, waited bool) error {
	n, err := c.waitingOf(ctx, o.GetSender())
	if err != nil {
		return err
	}
	key := collections.Join(o.GetExpiresAt(), o.GetNumber())
	if waited {
		n--
		err = c.ends.Remove(ctx, key)
	} else {
		n++
		err = c.ends.Set(ctx, key)
	}
	if err != nil {
		return err
	}
	if n == 0 {
		return c.pending.Remove(ctx, o.GetSender())
	}
	return c.pending.Set(ctx, o.GetSender(), n)
}

func (c *Custody) waitingOf(ctx context.Context, sender string) (uint32, error) {
	has, err := c.pending.Has(ctx, sender)
	if err != nil || !has {
		return 0, err
	}
	return c.pending.Get(ctx, sender)
}

// answer writes what became of an offer that waited.
func (c *Custody) answer(ctx *module.Context, o *custodyv1.Offer, s custodyv1.OfferStatus, reason string) error {
	o.Status, o.Reason, o.AnsweredAt = s, reason, ctx.Time
	return c.put(ctx, o, true)
}

// waiting gives an offer that is in one of the states, for one of its sides.
func (c *Custody) waiting(ctx *module.Context, number uint64, side func(*custodyv1.Offer) string, states ...custodyv1.OfferStatus) (*custodyv1.Offer, error) {
	o, err := c.Offer(ctx, number)
	switch {
	case err != nil:
		return nil, err
	case o == nil:
		return nil, ErrOffer.With("there is no offer %d", number)
	case side(o) != ctx.Signer.Participant:
		return nil, ErrNotYours.With("offer %d is of %s to %s; %s has no such say in it", number, o.GetSender(), o.GetReceiver(), ctx.Signer.Participant)
	case waits(o.GetStatus()) && ctx.Time > o.GetExpiresAt():
		return nil, ErrState.With("offer %d ended on %s", number, module.Day(o.GetExpiresAt()))
	}
	for _, s := range states {
		if o.GetStatus() == s {
			return o, nil
		}
	}
	return nil, ErrState.With("offer %d is %s since %s", number, statusWord(o.GetStatus()), module.Day(max(o.GetAnsweredAt(), o.GetOfferedAt())))
}

func sender(o *custodyv1.Offer) string   { return o.GetSender() }
func receiver(o *custodyv1.Offer) string { return o.GetReceiver() }
