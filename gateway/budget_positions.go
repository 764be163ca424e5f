package gateway

import (
	"context"
	"encoding/json"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/verify"
)

type positionsIn struct {
	Paging
	Kind        string `query:"kind" doc:"reservation or commitment"`
	Line        string `query:"line"`
	Beneficiary string `query:"beneficiary"`
	Open        bool   `query:"open" doc:"Only those on which something is bound"`
}

func (g *Gateway) listPositions(ctx context.Context, in *positionsIn) (*body[List[Record[*ledgerv1.Position]]], error) {
	kind, err := filterWord[ledgerv1.Position_Kind]("kind", in.Kind, ledgerv1.Position_Kind(0).Descriptor())
	if err != nil {
		return nil, err
	}
	l, err := g.c.Index.Positions(ctx, index.PositionFilter{Kind: kind, Line: in.Line, Beneficiary: in.Beneficiary, Open: in.Open}, in.page())
	return respond(g, List[Record[*ledgerv1.Position]]{records(l.Items), l.Next}, err)
}

type positionIn struct {
	ID    string `path:"id" maxLength:"64"`
	Proof bool   `query:"proof" doc:"Add the proof"`
}

// PositionDetail is a reservation or commitment, and what it holds.
type PositionDetail struct {
	Height   int64                      `json:"height"`
	Position Record[*ledgerv1.Position] `json:"position"`
	Holds    Amounts                    `json:"holds"`
	Proof    json.RawMessage            `json:"proof,omitempty" doc:"Asked for: a proof of the form filiera-record/1 of its record"`
}

func (g *Gateway) getPosition(ctx context.Context, in *positionIn) (*body[PositionDetail], error) {
	d := PositionDetail{}
	err := g.c.Ledger.View(func(v View) error {
		p, err := lookUp[ledgerv1.Position](v, statekey.Position(in.ID))
		if err != nil {
			return err
		}
		if p == nil {
			return notFound("position", "no reservation or commitment has the id %q", clip(in.ID))
		}
		if d.Height, d.Position, d.Holds = v.Height(), record(p), amountsOf(p.GetAmounts()); in.Proof {
			d.Proof, err = g.proveIn(ctx, v, statekey.Position(in.ID))
		}
		return err
	})
	return respond(g, d, err)
}

// BudgetComparison is the budget without an act's movements, and with them.
type BudgetComparison struct {
	Height    int64              `json:"height"`
	Act       string             `json:"act"`
	Movements int                `json:"movements"`
	Lines     []BudgetDifference `json:"lines"`
	Proof     json.RawMessage    `json:"proof,omitempty" doc:"Asked for: a proof of the form filiera-budget/1"`
}

// BudgetDifference is a line that an act changed, with all below it.
type BudgetDifference struct {
	Line   Record[*ledgerv1.BudgetLine] `json:"line"`
	Before Amounts                      `json:"before"`
	After  Amounts                      `json:"after"`
}

type compareIn struct {
	ActPath
	Proof bool `query:"proof" doc:"Add the proof"`
}

func (g *Gateway) compareBudget(ctx context.Context, in *compareIn) (*body[BudgetComparison], error) {
	out := BudgetComparison{Act: in.ID, Lines: []BudgetDifference{}}
	err := g.walk(ctx, func() error {
		return g.c.Ledger.View(func(v View) error {
			if _, err := actAt(v, in.ID); err != nil {
				return err
			}
			a, raw, err := g.proveBudget(ctx, v, verify.BudgetTarget{Act: in.ID, DownTo: "grant"}, in.Proof)
			if err != nil {
				return err
			}
			out.Height, out.Movements, out.Proof = v.Height(), a.Movements, raw
			for _, d := range a.Differences {
				out.Lines = append(out.Lines, BudgetDifference{record(d.Line), amountsOf(d.Before.GetSubtree()), amountsOf(d.After.GetSubtree())})
			}
			return nil
		})
	})
	return respond(g, out, err)
}

type beneficiaryIn struct {
	ID    string `path:"id" maxLength:"80" doc:"Like name of a body, or person: and 64 hex digits"`
	AsOf  string `query:"as_of" maxLength:"10" doc:"A day, YYYY-MM-DD: what counts until it"`
	At    int64  `query:"at_height" minimum:"0" doc:"What was recorded until this height"`
	Proof bool   `query:"proof" doc:"Add the proof"`
}

// BeneficiaryDetail is what a beneficiary holds.
type BeneficiaryDetail struct {
	Height      int64             `json:"height"`
	Beneficiary string            `json:"beneficiary"`
	AsOf        string            `json:"as_of,omitempty"`
	AtHeight    int64             `json:"at_height,omitempty"`
	Total       Amounts           `json:"total"`
	Lines       []BudgetLineState `json:"lines"`
	Proof       json.RawMessage   `json:"proof,omitempty" doc:"Asked for: a proof of the form filiera-budget/1; that there are no other grants is proven too"`
}

func (g *Gateway) getBeneficiary(ctx context.Context, in *beneficiaryIn) (*body[BeneficiaryDetail], error) {
	day, err := filterDay("as_of", in.AsOf)
	if err != nil {
		return nil, err
	}
	out := BeneficiaryDetail{Beneficiary: in.ID, AsOf: day, AtHeight: in.At}
	err = g.walk(ctx, func() error {
		return g.c.Ledger.View(func(v View) error {
			a, raw, err := g.proveBudget(ctx, v, verify.BudgetTarget{Beneficiary: in.ID, AsOf: day, AtHeight: in.At, DownTo: "grant"}, in.Proof)
			if err != nil {
				return err
			}
			out.Height, out.Lines, out.Total, out.Proof = v.Height(), lineStates(a.Lines), amountsOf(a.Total), raw
			return nil
		})
	})
	return respond(g, out, err)
}
