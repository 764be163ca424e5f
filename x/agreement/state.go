package agreement

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	agreementv1 "github.com/filiera-chain/filiera/api/agreement/v1"
	"github.com/filiera-chain/filiera/module"
)

// Bounds.
const (
	maxParties    = 8
	maxDeliveries = 32
	maxText       = 300
	// maxAmount bounds quantities and cents, so that no sum overflows.
	maxAmount = 1 << 52
	// maxAhead bounds deadlines: a hundred years, in seconds.
	maxAhead = 100 * 366 * 24 * 3600
)

type (
	// openKey is seller, buyer, GTIN, and number << 8 | delivery.
	openKey = collections.Quad[string, string, string, uint64]
	dueKey  = collections.Pair[int64, uint64]
)

// Agreements is the module's state. Its methods take a *module.Context or
// *module.Reader as their context.
type Agreements struct {
	registry Registry
	products Products
	certs    Certificates
	book     Book
	schema   collections.Schema

	// agreements: number -> agreement.
	agreements collections.Map[uint64, *agreementv1.Agreement]
	// open: deliveries that goods may count for.
	open collections.KeySet[openKey]
	// due: (second, number) at which something may have been missed.
	due collections.KeySet[dueKey]
	// last is the number of the last agreement.
	last collections.Item[uint64]
}

// New builds the module's tables.
func New(registry Registry, products Products, certs Certificates, book Book) *Agreements {
	b := module.NewSchemaBuilder(name)
	str, n64 := collections.StringKey, collections.Uint64Key
	a := &Agreements{
		registry: registry, products: products, certs: certs, book: book,
		agreements: collections.NewMap(b, collections.NewPrefix(1), "agreements", n64, module.Record[agreementv1.Agreement]()),
		open:       collections.NewKeySet(b, collections.NewPrefix(2), "open", collections.QuadKeyCodec(str, str, str, n64)),
		due:        collections.NewKeySet(b, collections.NewPrefix(3), "due", collections.PairKeyCodec(collections.Int64Key, n64)),
		last:       collections.NewItem(b, collections.NewPrefix(4), "last", collections.Uint64Value),
	}
	schema, err := b.Build()
	if err != nil {
		panic(err) // two tables on one number: a mistake of ours, caught at every start
	}
	a.schema = schema
	return a
}

// Agreement gives an agreement by its number, or nil.
func (a *Agreements) Agreement(ctx context.Context, number uint64) (*agreementv1.Agreement, error) {
	return module.Find(ctx, a.agreements, number)
}

func (a *Agreements) must(ctx context.Context, number uint64) (*agreementv1.Agreement, error) {
	x, err := a.Agreement(ctx, number)
	if err == nil && x == nil {
		return nil, ErrAgreement.With("there is no agreement %d", number)
	}
	return x, err
}

func (a *Agreements) next(ctx *module.Context) (uint64, error) {
	n, err := a.last.Get(ctx)
	if err != nil && !errors.Is(err, collections.ErrNotFound) {
		return 0, err
	}
	return n + 1, a.last.Set(ctx, n+1)
}

func (a *Agreements) put(ctx *module.Context, x *agreementv1.Agreement) error {
	ctx.Emit(&agreementv1.AgreementChanged{Agreement: x})
	return a.agreements.Set(ctx, x.GetNumber(), x)
}

func openKeyOf(number uint64, i int, d *agreementv1.Delivery) openKey {
	return collections.Join4(d.GetSeller(), d.GetBuyer(), d.GetGtin(), number<<8|uint64(i))
}

// party finds the signer among the parties.
func party(ctx *module.Context, x *agreementv1.Agreement) (*agreementv1.Party, error) {
	for _, p := range x.GetParties() {
		if p.GetParticipant() == ctx.Signer.Participant {
			return p, nil
		}
	}
	return nil, ErrParty.With("%s is not a party of agreement %d", ctx.Signer.Participant, x.GetNumber())
}
