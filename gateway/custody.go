package gateway

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
)

// Holders is who has what of a batch.
type Holders struct {
	Height int64                       `json:"height" doc:"The height of which it is true"`
	Unit   string                      `json:"unit" doc:"Base unit of the product, UN/ECE"`
	Left   int64                       `json:"left" doc:"What is left of the batch, which the holders' parts sum to"`
	Items  []Record[*matterv1.Holding] `json:"items"`
	Proof  json.RawMessage             `json:"proof,omitempty" doc:"Asked for: a proof of the form filiera-record/1 of the batch, its stock and each holding. That none is left out follows from the sum"`
}

func (g *Gateway) custodyRoutes() {
	const tag = "Custody"
	huma.Register(g.api, op("getHolders", "/v1/batches/{gtin}/{lot}/holders", tag, "Who has a batch now",
		"Each participant that has some of it, or had and has none left. Of a batch of which the book of matter has not heard, its custodian has all."), g.getHolders)
	huma.Register(g.api, op("listOffers", "/v1/offers", tag, "Offers of custody", "In order of number."), g.listOffers)
	huma.Register(g.api, op("getOffer", "/v1/offers/{number}", tag, "One offer of custody", "Unknown: offer.not_found."), g.getOffer)
	huma.Register(g.api, op("listLogisticUnits", "/v1/logistic-units", tag, "Pallets, cases and other logistic units", "In order of SSCC."), g.listUnits)
	huma.Register(g.api, op("getLogisticUnit", "/v1/logistic-units/{sscc}", tag, "One logistic unit, with what is directly in it",
		"One without contents and units is not put together any more. Unknown: unit.not_found."), g.getUnit)
}

type holdersIn struct {
	BatchPath
	Proof bool `query:"proof" doc:"Add the proof"`
}

func (g *Gateway) getHolders(ctx context.Context, in *holdersIn) (*body[Holders], error) {
	out := Holders{Items: []Record[*matterv1.Holding]{}}
	err := g.c.Ledger.View(func(v View) error {
		b, err := typedBatch(v, in.BatchPath)
		if err != nil {
			return err
		}
		s, err := lookUp[matterv1.Stock](v, statekey.Stock(b.GetGtin(), b.GetLot()))
		if err != nil {
			return err
		}
		keys := [][]byte{statekey.Stock(b.GetGtin(), b.GetLot())}
		if s == nil {
			s = unheard(b)
			out.Items = append(out.Items, record(&matterv1.Holding{Batch: s.GetBatch(), Holder: b.GetCustodian(), Unit: s.GetUnit(), Left: s.GetLeft()}))
		}
		start, end := statekey.HoldingsOf(b.GetGtin(), b.GetLot())
		if err := eachRecord(v, start, end, func(key []byte, h *matterv1.Holding) error {
			keys, out.Items = append(keys, key), append(out.Items, record(h))
			return nil
		}); err != nil {
			return err
		}
		out.Height, out.Unit, out.Left = v.Height(), s.GetUnit(), s.GetLeft()
		if in.Proof {
			out.Proof, err = g.proveIn(ctx, v, append(keys, statekey.Batch(b.GetGtin(), b.GetLot()))...)
		}
		return err
	})
	return respond(g, out, err)
}

type offersIn struct {
	Paging
	Sender   string `query:"sender" doc:"Participant that offers"`
	Receiver string `query:"receiver" doc:"Participant to which it is offered"`
	Status   string `query:"status" doc:"open, accepted, refused, cancelled, expired or disputed"`
	GTIN     string `query:"gtin" doc:"Together with lot: a batch that is offered"`
	Lot      string `query:"lot"`
	SSCC     string `query:"sscc" doc:"A logistic unit that is offered"`
}

func (g *Gateway) listOffers(ctx context.Context, in *offersIn) (*body[List[Record[*custodyv1.Offer]]], error) {
	f := index.OfferFilter{Sender: in.Sender, Receiver: in.Receiver, SSCC: in.SSCC}
	var err error
	if f.Status, err = filterWord[custodyv1.OfferStatus]("status", in.Status, custodyv1.OfferStatus(0).Descriptor()); err != nil {
		return nil, err
	}
	if f.GTIN, f.Lot, err = bothOrNone(in.GTIN, in.Lot); err != nil {
		return nil, err
	}
	l, err := g.c.Index.Offers(ctx, f, in.page())
	return respond(g, List[Record[*custodyv1.Offer]]{records(l.Items), l.Next}, err)
}

// bothOrNone reads a batch of a filter: GTIN and lot, or neither.
func bothOrNone(code, lot string) (string, string, error) {
	if code == "" && lot == "" {
		return "", "", nil
	}
	if code == "" || lot == "" {
		return "", "", badRequest("lot", "gtin is %q and lot is %q; name both, or neither", clip(code), clip(lot))
	}
	code, err := gtin(code)
	if err != nil {
		return "", "", err
	}
	normal, err := gs1.NormaliseItalianLot(lot)
	if err != nil {
		return "", "", badRequest("lot", "%v", err)
	}
	return code, normal, nil
}

type offerIn struct {
	Number string `path:"number" doc:"Number of the offer"`
	Proof  bool   `query:"proof" doc:"Add the proof of the record"`
}

func (g *Gateway) getOffer(ctx context.Context, in *offerIn) (*body[OfferDetail], error) {
	n, err := strconv.ParseUint(in.Number, 10, 64)
	if err != nil || n == 0 {
		return nil, badRequest("number", "the number of the offer is %q; write a whole number above zero", clip(in.Number))
	}
	d := OfferDetail{}
	err = g.c.Ledger.View(func(v View) error {
		d.offer, err = lookUp[custodyv1.Offer](v, statekey.Offer(n))
		if err == nil && d.offer == nil {
			err = notFound("offer", "there is no offer %d", n)
		}
		return err
	})
	if err == nil && in.Proof {
		d.proof, err = g.proveRecord(ctx, statekey.Offer(n))
	}
	return respond(g, d, err)
}

type unitsIn struct {
	Paging
	Holder string `query:"holder" doc:"Participant that has it"`
	Parent string `query:"parent" doc:"SSCC of the unit that it is in"`
	GTIN   string `query:"gtin" doc:"Together with lot: a batch of which some is, or was, in it"`
	Lot    string `query:"lot"`
	All    bool   `query:"all" doc:"Units that were taken apart too"`
}

func (g *Gateway) listUnits(ctx context.Context, in *unitsIn) (*body[List[Record[*custodyv1.LogisticUnit]]], error) {
	f := index.UnitFilter{Holder: in.Holder, Parent: in.Parent, Packed: !in.All}
	var err error
	if f.GTIN, f.Lot, err = bothOrNone(in.GTIN, in.Lot); err != nil {
		return nil, err
	}
	l, err := g.c.Index.LogisticUnits(ctx, f, in.page())
	return respond(g, List[Record[*custodyv1.LogisticUnit]]{records(l.Items), l.Next}, err)
}

type unitIn struct {
	SSCC  string `path:"sscc" doc:"18 digits, GS1 AI (00)"`
	Proof bool   `query:"proof" doc:"Add the proof of the record"`
}

func (g *Gateway) getUnit(ctx context.Context, in *unitIn) (*body[UnitDetail], error) {
	sscc, err := gs1.ParseSSCC(in.SSCC)
	if err != nil {
		return nil, badRequest("sscc", "%v", err)
	}
	d := UnitDetail{}
	err = g.c.Ledger.View(func(v View) error {
		d.unit, err = lookUp[custodyv1.LogisticUnit](v, statekey.LogisticUnit(sscc))
		if err == nil && d.unit == nil {
			err = notFound("unit", "no logistic unit has SSCC %s", sscc)
		}
		return err
	})
	if err == nil && in.Proof {
		d.proof, err = g.proveRecord(ctx, statekey.LogisticUnit(sscc))
	}
	return respond(g, d, err)
}

// OfferDetail is an offer, with its proof when asked for.
type OfferDetail struct {
	offer *custodyv1.Offer
	proof json.RawMessage
}

// MarshalJSON implements json.Marshaler.
func (d OfferDetail) MarshalJSON() ([]byte, error) {
	return record(d.offer, proofMember(d.proof)...).MarshalJSON()
}

// Schema implements huma.SchemaProvider.
func (d *OfferDetail) Schema(reg huma.Registry) *huma.Schema {
	return describeAs(reg, "OfferDetail", (*custodyv1.Offer)(nil).ProtoReflect().Descriptor(), proofSchema())
}

// UnitDetail is a logistic unit, with its proof when asked for.
type UnitDetail struct {
	unit  *custodyv1.LogisticUnit
	proof json.RawMessage
}

// MarshalJSON implements json.Marshaler.
func (d UnitDetail) MarshalJSON() ([]byte, error) {
	return record(d.unit, proofMember(d.proof)...).MarshalJSON()
}

// Schema implements huma.SchemaProvider.
func (d *UnitDetail) Schema(reg huma.Registry) *huma.Schema {
	return describeAs(reg, "UnitDetail", (*custodyv1.LogisticUnit)(nil).ProtoReflect().Descriptor(), proofSchema())
}

func proofMember(proof json.RawMessage) []Member {
	if proof == nil {
		return nil
	}
	return []Member{{"proof", proof}}
}

func proofSchema() map[string]*huma.Schema {
	return map[string]*huma.Schema{"proof": {Type: huma.TypeObject, AdditionalProperties: true, Description: "A proof of the form filiera-record/1, when asked for."}}
}
