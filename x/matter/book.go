package matter

import (
	"cosmossdk.io/collections"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/balance"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/quantity"
)

const (
	stockAccount    = matterv1.Account_ACCOUNT_STOCK
	originAccount   = matterv1.Account_ACCOUNT_ORIGIN
	outsideAccount  = matterv1.Account_ACCOUNT_OUTSIDE
	declaredAccount = matterv1.Account_ACCOUNT_DECLARED
	lossAccount     = matterv1.Account_ACCOUNT_PROCESS_LOSS
	offAccount      = matterv1.Account_ACCOUNT_WRITTEN_OFF
	marketAccount   = matterv1.Account_ACCOUNT_MARKET

	opening        = matterv1.EntryKind_ENTRY_KIND_OPENING
	harvest        = matterv1.EntryKind_ENTRY_KIND_HARVEST
	transformation = matterv1.EntryKind_ENTRY_KIND_TRANSFORMATION
	split          = matterv1.EntryKind_ENTRY_KIND_SPLIT
	merge          = matterv1.EntryKind_ENTRY_KIND_MERGE
	writeOff       = matterv1.EntryKind_ENTRY_KIND_WRITE_OFF
	sale           = matterv1.EntryKind_ENTRY_KIND_SALE
	returned       = matterv1.EntryKind_ENTRY_KIND_RETURN
	transfer       = matterv1.EntryKind_ENTRY_KIND_TRANSFER
	reversal       = matterv1.EntryKind_ENTRY_KIND_REVERSAL

	// maxEntries bounds the entries of one batch, so that its balance at any
	// height is one bounded walk.
	maxEntries = 10_000
)

// goods is a batch with its product: what an entry takes from or makes.
type goods struct {
	batch   *productv1.Batch
	product *productv1.Product
	amount  int64 // base units
	mass    int64 // milligrams; 0 when not known
	holder  string
}

func (g *goods) id() *basev1.BatchID { return idOf(g.batch.GetGtin(), g.batch.GetLot()) }

func (g *goods) line(sign int64) *matterv1.Posting {
	return &matterv1.Posting{Account: stockAccount, Batch: g.id(), Amount: sign * g.amount, Unit: g.product.GetBaseUnit(), MassMg: sign * g.mass, Holder: g.holder}
}

// other is the line of another account that meets the batch's.
func (g *goods) other(a matterv1.Account, sign int64) *matterv1.Posting {
	p := g.line(sign)
	p.Account, p.Holder = a, ""
	return p
}

// newEntry begins an entry of the signer; told is the one that it tells right, or
// nil.
func newEntry(ctx *module.Context, kind matterv1.EntryKind, day, reason string, told *matterv1.Entry) *matterv1.Entry {
	return &matterv1.Entry{
		Kind: kind, Day: day, Reason: reason, Actor: ctx.Signer.Participant, KeyLabel: ctx.Signer.KeyLabel,
		RecordedAt: ctx.Time, RecordedHeight: ctx.Height, Corrects: told.GetNumber(),
	}
}

// held gives so much of a batch that the signer holds and that may move on. In a
// unit that converts; the stock is looked at when the entry is posted.
func (m *Matter) held(ctx *module.Context, id *basev1.BatchID, q *basev1.Quantity) (*goods, error) {
	return m.heldBy(ctx, ctx.Signer.Participant, id, q)
}

func (m *Matter) heldBy(ctx *module.Context, holder string, id *basev1.BatchID, q *basev1.Quantity) (*goods, error) {
	b, err := m.products.Batch(ctx, id.GetGtin(), id.GetLot())
	if err != nil {
		return nil, err
	}
	if b == nil {
		return nil, ErrBatch.With("no batch has GTIN %s and lot %q", clip(id.GetGtin()), clip(id.GetLot()))
	}
	h, err := m.holding(ctx, b, holder)
	if err != nil {
		return nil, err
	}
	if h == nil {
		return nil, ErrNotHeld.With("lot %s of GTIN %s is held by %s, and %s has none of it", b.GetLot(), b.GetGtin(), b.GetCustodian(), holder)
	}
	if err := m.registry.Allowed(ctx, ctx.Time, holder, b.GetSpecification(), "", handlers...); err != nil {
		return nil, err
	}
	p, err := m.products.Product(ctx, b.GetGtin())
	if err != nil {
		return nil, err
	}
	amount, err := inBaseUnits(p, q)
	if err != nil {
		return nil, err
	}
	mass, err := massOf(p, amount)
	return &goods{b, p, amount, mass, holder}, err
}

// usable is held that refuses batches that were taken off, or are recalled,
// themselves or by what they were made of.
func (m *Matter) usable(ctx *module.Context, id *basev1.BatchID, q *basev1.Quantity) (*goods, error) {
	g, err := m.held(ctx, id, q)
	if err == nil && g.batch.GetStatus() != productv1.BatchStatus_BATCH_STATUS_ACTIVE {
		err = ErrState.With("lot %s of GTIN %s is not active since %s: %s", g.batch.GetLot(), g.batch.GetGtin(), module.Day(g.batch.GetStatusSince()), g.batch.GetStatusReason())
	}
	if err == nil {
		err = m.lineage.Free(ctx, id)
	}
	return g, err
}

func inBaseUnits(p *productv1.Product, q *basev1.Quantity) (int64, error) {
	given := quantity.Quantity{Amount: q.GetAmount(), Unit: q.GetUnit()}
	base, err := given.To(p.GetBaseUnit())
	if err != nil {
		return 0, ErrUnit.With("quantity is %s, and GTIN %s is counted in %s: %v", given, p.GetGtin(), p.GetBaseUnit(), err)
	}
	return base.Amount, nil
}

// open posts what a batch held when the book first hears of it. A batch of which
// it knows is left as it is.
func (m *Matter) open(ctx *module.Context, g *goods) error {
	has, err := m.stocks.Has(ctx, keyOf(g.id()))
	if err != nil || has {
		return err
	}
	whole := &goods{batch: g.batch, product: g.product, amount: g.batch.GetQuantity().GetAmount(), holder: g.batch.GetCustodian()}
	if whole.mass, err = massOf(g.product, whole.amount); err != nil {
		return err
	}
	e := newEntry(ctx, opening, g.batch.GetProductionDate(), "", nil)
	e.Actor, e.KeyLabel = g.batch.GetOwner(), ""
	e.Postings = []*matterv1.Posting{whole.line(1), whole.other(declaredAccount, -1)}
	_, err = m.post(ctx, e)
	return err
}

// post writes an entry that is complete, and what it does to stocks and totals.
// It refuses what a stock has not left, and an entry that does not balance, which
// would be a mistake of this module.
func (m *Matter) post(ctx *module.Context, e *matterv1.Entry) (*matterv1.PostedResult, error) {
	if err := balanced(e); err != nil {
		return nil, err
	}
	n, err := m.Last(ctx)
	if err != nil {
		return nil, err
	}
	e.Number = n + 1
	if err := m.last.Set(ctx, e.Number); err != nil {
		return nil, err
	}
	for i, p := range e.GetPostings() {
		if err := m.add(ctx, p); err != nil {
			return nil, err
		}
		if p.GetAccount() != stockAccount {
			continue
		}
		if err := m.move(ctx, e, i); err != nil {
			return nil, err
		}
	}
	ctx.Emit(&matterv1.EntryPosted{Entry: e})
	return &matterv1.PostedResult{Entry: e.Number}, m.entries.Set(ctx, e.Number, e)
}

// move changes the stock of a posting's batch, and what its holder has. An entry
// names a batch once, or once for each hand that it passes from and to.
func (m *Matter) move(ctx *module.Context, e *matterv1.Entry, i int) error {
	p := e.GetPostings()[i]
	s, err := module.Find(ctx, m.stocks, keyOf(p.GetBatch()))
	if err != nil {
		return err
	}
	if s == nil {
		s = &matterv1.Stock{Batch: p.GetBatch(), Unit: p.GetUnit()}
	}
	if s.GetEntries() >= maxEntries && e.GetKind() != reversal {
		return ErrLimit.With("lot %s of GTIN %s already has %d entries, which is the most; split it and go on with the new lot", p.GetBatch().GetLot(), p.GetBatch().GetGtin(), s.GetEntries())
	}
	reversed, err := m.reversedKind(ctx, e)
	if err != nil {
		return err
	}
	if err := m.hold(ctx, e, reversed, p, s); err != nil {
		return err
	}
	if err := m.count(ctx, e.GetKind(), reversed, p); err != nil {
		return err
	}
	balance.Apply(s, e.GetKind(), reversed, p.GetAmount())
	ctx.Emit(&matterv1.StockChanged{Stock: s})
	if err := m.ofBatch.Set(ctx, collections.Join3(p.GetBatch().GetGtin(), p.GetBatch().GetLot(), e.GetNumber())); err != nil {
		return err
	}
	return m.stocks.Set(ctx, keyOf(p.GetBatch()), s)
}

// balanced says whether the milligrams of an entry meet, and, of products whose
// mass is not known, the amounts.
func balanced(e *matterv1.Entry) error {
	var mass int64
	unweighed := map[string]int64{}
	for _, p := range e.GetPostings() {
		mass += p.GetMassMg()
		if p.GetMassMg() == 0 && p.GetAmount() != 0 {
			unweighed[p.GetBatch().GetGtin()+" "+p.GetUnit()] += p.GetAmount()
		}
	}
	if mass != 0 {
		return ErrMass.With("the entry does not balance: %d mg", mass)
	}
	for _, n := range unweighed { //filiera:unordered any one that does not meet refuses alike
		if n != 0 {
			return ErrMass.With("the entry does not balance")
		}
	}
	return nil
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
