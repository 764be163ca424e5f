package gateway

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/units"
	"github.com/filiera-chain/filiera/verify"
)

func (g *Gateway) unitRoutes() {
	const tag = "Units"
	huma.Register(g.api, op("listUnitRuns", "/v1/batches/{gtin}/{lot}/units", tag, "The serial numbers of a batch, as they were committed",
		"One item per run, in order of number, with its root; tally is what they come to."), g.listUnitRuns)
	huma.Register(g.api, op("listUnitVoidings", "/v1/batches/{gtin}/{lot}/units/voidings", tag, "What made units of a batch void", "In order of number."), g.listUnitVoidings)
	huma.Register(g.api, op("listUnitRecords", "/v1/batches/{gtin}/{lot}/units/records", tag, "Units of a batch that are void or acquitted",
		"By their position in their run; the ledger does not hold serial numbers. In order of run and position."), g.listUnitRecords)
	huma.Register(g.api, op("proveUnit", "/v1/batches/{gtin}/{lot}/units/proof/{serial}", tag, "The proof that a serial number is of the batch, or is not",
		"In the text form that /v1/verify takes as unit_proof, from the tree files that this node keeps. Where they are not there: unit.no_tree."), g.proveUnit)
	huma.Register(g.api, huma.Operation{
		OperationID: "acquitUnit", Method: http.MethodPost, Path: "/v1/units/acquit", Tags: []string{tag}, Summary: "Reveal the code under the cap of an item",
		MaxBodyBytes: maxAcquitBody, DefaultStatus: http.StatusOK,
		Description: "Recorded with the time and nothing of who asks; a further reveal raises a count, and already says so. The code stays on this node. " +
			"501 where the operator relays nothing, 422 for a code that is not the item's, 429 for more than a few in a minute.",
	}, g.acquitUnit)
	g.mux.HandleFunc(acquitPageRoute, g.acquitPage)
}

// UnitRuns is what a batch has of serial numbers.
type UnitRuns struct {
	Tally         Record[*unitv1.Tally] `json:"tally"`
	Items         []Record[*unitv1.Run] `json:"items"`
	NextPageToken string                `json:"next_page_token" doc:"Asks for what follows; empty at the end"`
}

type batchUnitsIn struct {
	Paging
	BatchPath
}

// unitBatch finds the batch, and what its runs come to.
func (g *Gateway) unitBatch(in BatchPath) (b *productv1.Batch, t *unitv1.Tally, err error) {
	err = g.c.Ledger.View(func(v View) error {
		if b, err = typedBatch(v, in); err != nil {
			return err
		}
		t, err = lookUp[unitv1.Tally](v, statekey.UnitTally(b.GetGtin(), b.GetLot()))
		return err
	})
	if t == nil {
		t = &unitv1.Tally{}
	}
	return b, t, err
}

func (g *Gateway) listUnitRuns(ctx context.Context, in *batchUnitsIn) (*body[UnitRuns], error) {
	b, t, err := g.unitBatch(in.BatchPath)
	if err != nil {
		return nil, g.fail(err)
	}
	l, err := g.c.Index.UnitRuns(ctx, index.SerialFilter{GTIN: b.GetGtin(), Lot: b.GetLot()}, in.page())
	return respond(g, UnitRuns{record(t), records(l.Items), l.Next}, err)
}

func (g *Gateway) listUnitVoidings(ctx context.Context, in *batchUnitsIn) (*body[List[Record[*unitv1.Voiding]]], error) {
	b, _, err := g.unitBatch(in.BatchPath)
	if err != nil {
		return nil, g.fail(err)
	}
	l, err := g.c.Index.UnitVoidings(ctx, index.SerialFilter{GTIN: b.GetGtin(), Lot: b.GetLot()}, in.page())
	return respond(g, List[Record[*unitv1.Voiding]]{records(l.Items), l.Next}, err)
}

type unitRecordsIn struct {
	Paging
	BatchPath
	RevealedAgain bool `query:"revealed_again" doc:"Only those whose code was revealed more than once"`
}

func (g *Gateway) listUnitRecords(ctx context.Context, in *unitRecordsIn) (*body[List[Record[*unitv1.Unit]]], error) {
	b, _, err := g.unitBatch(in.BatchPath)
	if err != nil {
		return nil, g.fail(err)
	}
	l, err := g.c.Index.UnitRecords(ctx, index.SerialFilter{GTIN: b.GetGtin(), Lot: b.GetLot(), RevealedAgain: in.RevealedAgain}, in.page())
	return respond(g, List[Record[*unitv1.Unit]]{records(l.Items), l.Next}, err)
}

type proveUnitIn struct {
	BatchPath
	Serial string `path:"serial" doc:"Serial number, GS1 AI (21)"`
}

// UnitProof is what is shown of an item.
type UnitProof struct {
	Serial string `json:"serial"`
	Status string `json:"status" enum:"in_batch,absent" doc:"absent is proven only against runs that were committed in order, which docs/users/units.md explains"`
	Run    uint32 `json:"run,omitempty" doc:"The run that the item is in"`
	Proof  string `json:"proof" doc:"In the text form that /v1/verify takes as unit_proof"`
}

func (g *Gateway) proveUnit(_ context.Context, in *proveUnitIn) (*body[UnitProof], error) {
	if err := serial(in.Serial); err != nil {
		return nil, err
	}
	var e *units.Evidence
	err := g.c.Ledger.View(func(v View) error {
		b, err := typedBatch(v, in.BatchPath)
		if err != nil {
			return err
		}
		e, err = g.shown(v, b.GetGtin(), b.GetLot(), in.Serial)
		return err
	})
	if err == nil && e == nil {
		err = problem(http.StatusNotFound, "unit.no_tree", "this node does not keep the tree files of the batch's runs; ask who made it, or a node that does")
	}
	if err != nil {
		return nil, g.fail(err)
	}
	out := UnitProof{Serial: in.Serial, Status: "absent", Proof: e.Text()}
	if e.Presence != nil {
		out.Status, out.Run = "in_batch", e.Presence.Run
	}
	return &body[UnitProof]{out}, nil
}

// shown is what this node's tree files show of an item; nil when they are not here.
func (g *Gateway) shown(v View, gtin, lot, serial string) (*units.Evidence, error) {
	if g.c.Units == nil {
		return nil, nil
	}
	start, end := statekey.UnitRunsOf(gtin, lot)
	pairs, err := verify.Live(v).Range(start, end)
	if err != nil || len(pairs) == 0 {
		return nil, err
	}
	roots := make([]units.Hash, len(pairs))
	for i := range pairs {
		r, err := lookUp[unitv1.Run](v, pairs[i].Key)
		if err != nil {
			return nil, err
		}
		roots[i] = units.Hash(r.GetRoot())
	}
	return g.c.Units.Prove(units.IDOf(gtin, lot, serial), roots)
}

// item is the one item asked for, with what was shown of it or what this node can
// show. A tree file that cannot be read leaves the item unproven.
func (g *Gateway) item(v View, gtin, lot string, in verify.Item) verify.Item {
	if in.Serial == "" || in.Proof != "" {
		return in
	}
	e, err := g.shown(v, gtin, lot, in.Serial)
	if err != nil {
		g.log.Error("a tree file of units cannot be read", "err", err)
	}
	if e != nil {
		in.Proof = e.Text()
	}
	return in
}
