package gateway

import (
	"context"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/balance"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/statekey"
)

// BalanceDetail is what is left of a batch.
type BalanceDetail struct {
	stock  *matterv1.Stock
	height int64
	proof  json.RawMessage
}

// MarshalJSON implements json.Marshaler.
func (d BalanceDetail) MarshalJSON() ([]byte, error) {
	extra := []Member{{"height", d.height}}
	if d.proof != nil {
		extra = append(extra, Member{"proof", d.proof})
	}
	return record(d.stock, extra...).MarshalJSON()
}

// Schema implements huma.SchemaProvider.
func (d *BalanceDetail) Schema(reg huma.Registry) *huma.Schema {
	return describeAs(reg, "BalanceDetail", (*matterv1.Stock)(nil).ProtoReflect().Descriptor(), map[string]*huma.Schema{
		"height": {Type: huma.TypeInteger, Description: "The height of which it is the balance"},
		"proof":  {Type: huma.TypeObject, AdditionalProperties: true, Description: "A proof of the form filiera-record/1, when asked for."},
	})
}

func (g *Gateway) matterRoutes() {
	const tag = "Matter"
	huma.Register(g.api, op("getBalance", "/v1/batches/{gtin}/{lot}/balance", tag, "What is left of a batch, and where the rest went",
		"In base units of the product. With height, as it stood at the end of that block, reckoned from the entries. With proof=true, the proof of the present record; "+
			"a batch of which the book has not heard yet has no record of its own, and holds what it was registered with. Unknown: batch.not_found."), g.getBalance)
	huma.Register(g.api, op("listBatchEntries", "/v1/batches/{gtin}/{lot}/entries", tag, "The entries that name a batch", "In order of number."), g.listBatchEntries)
	huma.Register(g.api, op("listEntries", "/v1/matter/entries", tag, "The book of matter", "Its entries in order of number."), g.listEntries)
	huma.Register(g.api, op("getBook", "/v1/matter", tag, "The accounts of the book",
		"Milligrams of each account, which sum to zero. Matter whose mass is not known is not in them."), g.matterTotals)
}

type balanceIn struct {
	BatchPath
	TwoTimes
	Height int64 `query:"height" minimum:"0" doc:"At the end of this block; 0 for now. As known_at with a height"`
	Proof  bool  `query:"proof" doc:"Add the proof of the record"`
}

func (g *Gateway) getBalance(ctx context.Context, in *balanceIn) (*body[BalanceDetail], error) {
	as, err := in.parse(in.Height)
	if err != nil {
		return nil, err
	}
	if in.Proof && as.asked() {
		return nil, badRequest("proof", "a proof is of the present; leave out height, known_at and true_for")
	}
	var b *productv1.Batch
	d := BalanceDetail{}
	err = g.c.Ledger.View(func(v View) (err error) {
		d.height = v.Height()
		if b, err = typedBatch(v, in.BatchPath); err != nil {
			return err
		}
		if d.stock, err = lookUp[matterv1.Stock](v, statekey.Stock(b.GetGtin(), b.GetLot())); err == nil && d.stock == nil {
			d.stock = unheard(b)
		}
		return err
	})
	switch {
	case err != nil:
		return nil, g.fail(err)
	case as.asked():
		if as.height > 0 {
			d.height = as.height
		}
		d.stock, err = g.balanceAt(ctx, b, as)
	case in.Proof && d.stock.GetEntries() > 0:
		d.proof, err = g.proveRecord(ctx, statekey.Stock(b.GetGtin(), b.GetLot()))
	}
	if err != nil {
		return nil, g.fail(err)
	}
	return &body[BalanceDetail]{d}, nil
}

// typedBatch finds a batch as somebody typed it, or refuses.
func typedBatch(v View, in BatchPath) (*productv1.Batch, error) {
	code, err := gtin(in.GTIN)
	if err != nil {
		return nil, err
	}
	candidates, err := lots(in.Lot)
	if err != nil {
		return nil, err
	}
	b, err := findBatch(v, code, candidates)
	if err == nil && b == nil {
		err = notFound("batch", "no batch has GTIN %s and lot %q", code, clip(in.Lot))
	}
	return b, err
}

// unheard is the stock of a batch of which the book has not heard.
func unheard(b *productv1.Batch) *matterv1.Stock {
	return &matterv1.Stock{
		Batch: &basev1.BatchID{Gtin: b.GetGtin(), Lot: b.GetLot()}, Unit: b.GetQuantity().GetUnit(), Entered: b.GetQuantity().GetAmount(), Left: b.GetQuantity().GetAmount(),
	}
}

// balanceAt reckons a balance from the entries that were known then.
func (g *Gateway) balanceAt(ctx context.Context, b *productv1.Batch, as asOf) (*matterv1.Stock, error) {
	list, err := g.entriesAsOf(ctx, index.EntryFilter{GTIN: b.GetGtin(), Lot: b.GetLot()}, as)
	if err != nil {
		return nil, err
	}
	s := balance.Reckon(&basev1.BatchID{Gtin: b.GetGtin(), Lot: b.GetLot()}, list)
	switch {
	case s.GetEntries() > 0:
		return s, nil
	case !as.knows(b.GetRegisteredAt(), b.GetRegisteredHeight()) || as.day != "" && b.GetProductionDate() > as.day:
		return nil, notFound("batch", "lot %s of GTIN %s, produced on %s, was registered at height %d, on %s: not as asked", b.GetLot(), b.GetGtin(), b.GetProductionDate(), b.GetRegisteredHeight(), module.Day(b.GetRegisteredAt()))
	}
	return unheard(b), nil // the book had not heard of it
}

type batchEntriesIn struct {
	Paging
	BatchPath
	TwoTimes
}

func (g *Gateway) listBatchEntries(ctx context.Context, in *batchEntriesIn) (*body[List[Record[*matterv1.Entry]]], error) {
	as, err := in.parse(0)
	if err != nil {
		return nil, err
	}
	var b *productv1.Batch
	err = g.c.Ledger.View(func(v View) (err error) {
		b, err = typedBatch(v, in.BatchPath)
		return err
	})
	if err != nil {
		return nil, g.fail(err)
	}
	return g.entries(ctx, as.filter(index.EntryFilter{GTIN: b.GetGtin(), Lot: b.GetLot()}), in.Paging)
}

type entriesIn struct {
	Paging
	Kind  string `query:"kind" doc:"opening, harvest, transformation, split, merge, write_off, sale, return, reversal or transfer"`
	Actor string `query:"actor" doc:"Participant that made them"`
	Late  bool   `query:"late" doc:"Only those told later than the specification of a batch lets pass"`
}

func (g *Gateway) listEntries(ctx context.Context, in *entriesIn) (*body[List[Record[*matterv1.Entry]]], error) {
	kind, err := filterWord[matterv1.EntryKind]("kind", in.Kind, matterv1.EntryKind(0).Descriptor())
	if err != nil {
		return nil, err
	}
	return g.entries(ctx, index.EntryFilter{Kind: kind, Actor: in.Actor, Late: in.Late}, in.Paging)
}

func (g *Gateway) entries(ctx context.Context, f index.EntryFilter, p Paging) (*body[List[Record[*matterv1.Entry]]], error) {
	l, err := g.c.Index.Entries(ctx, f, p.page())
	return respond(g, List[Record[*matterv1.Entry]]{records(l.Items), l.Next}, err)
}

// Book is what the accounts of the book of matter hold.
type Book struct {
	Height   int64                     `json:"height"`
	Accounts []Record[*matterv1.Total] `json:"accounts"`
}

func (g *Gateway) matterTotals(context.Context, *struct{}) (*body[Book], error) {
	out := Book{Accounts: []Record[*matterv1.Total]{}}
	err := g.c.Ledger.View(func(v View) error {
		out.Height = v.Height()
		for a := matterv1.Account_ACCOUNT_STOCK; a <= matterv1.Account_ACCOUNT_MARKET; a++ {
			t, err := lookUp[matterv1.Total](v, statekey.Total(uint32(a)))
			if err != nil {
				return err
			}
			if t != nil {
				out.Accounts = append(out.Accounts, record(t))
			}
		}
		return nil
	})
	return respond(g, out, err)
}
