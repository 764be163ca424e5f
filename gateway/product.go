package gateway

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
)

// SpecificationDetail is a specification with all its versions.
type SpecificationDetail struct {
	specification *productv1.Specification
	versions      []*productv1.SpecificationVersion
}

// MarshalJSON implements json.Marshaler.
func (s SpecificationDetail) MarshalJSON() ([]byte, error) {
	return record(s.specification, Member{"versions", records(s.versions)}).MarshalJSON()
}

// Schema implements huma.SchemaProvider.
func (s *SpecificationDetail) Schema(reg huma.Registry) *huma.Schema {
	return describeAs(reg, "SpecificationDetail", s.specification.ProtoReflect().Descriptor(), map[string]*huma.Schema{
		"versions": listOf(describe(reg, (*productv1.SpecificationVersion)(nil).ProtoReflect().Descriptor())),
	})
}

// BatchDetail is a batch, with the lot that was asked for if it is spelt
// otherwise.
type BatchDetail struct {
	batch *productv1.Batch
	asked string
	// recalls that are in force and have reached it.
	recalls []uint64
}

// MarshalJSON implements json.Marshaler.
func (b BatchDetail) MarshalJSON() ([]byte, error) {
	r := record(b.batch, Member{"recalls", b.recalls})
	if b.batch.GetLot() != b.asked {
		r.Extra = append(r.Extra, Member{"asked_lot", b.asked})
	}
	return r.MarshalJSON()
}

// Schema implements huma.SchemaProvider.
func (b *BatchDetail) Schema(reg huma.Registry) *huma.Schema {
	return describeAs(reg, "BatchDetail", b.batch.ProtoReflect().Descriptor(), map[string]*huma.Schema{
		"asked_lot": {Type: huma.TypeString, Description: "The lot as asked, where another spelling of it was found"},
		"recalls": {
			Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeInteger, Format: "int64"},
			Description: "Numbers of the recalls that are in force and have reached the batch; the verdict tells of one on its way too",
		},
	})
}

func (g *Gateway) productRoutes() {
	huma.Register(g.api, op("listSpecifications", "/v1/specs", "Products", "Production specifications", "In order of id."), g.listSpecifications)
	huma.Register(g.api, op("getSpecification", "/v1/specs/{id}", "Products", "One specification",
		"With every version. Unknown: specification.not_found."), g.getSpecification)
	huma.Register(g.api, op("listProducts", "/v1/products", "Products", "Trade items", "In order of GTIN."), g.listProducts)
	huma.Register(g.api, op("getProduct", "/v1/products/{gtin}", "Products", "One trade item", "Unknown: product.not_found."), g.getProduct)
	huma.Register(g.api, op("listBatches", "/v1/batches", "Batches", "Batches", "In order of GTIN and lot."), g.listBatches)
	huma.Register(g.api, op("getBatch", "/v1/batches/{gtin}/{lot}", "Batches", "One batch",
		"A lot typed with the Italian L, or without the L that the ledger has, is found as well; "+
			"asked_lot then shows what was asked. Unknown: batch.not_found."), g.getBatch)
	huma.Register(g.api, op("listEvents", "/v1/events", "Batches", "Events",
		"In order of their time, each with the record that the ledger keeps and the EPCIS 2.0 event as captured."), g.listEvents)
	huma.Register(g.api, op("getTrace", "/v1/batches/{gtin}/{lot}/trace", "Batches", "The journey of a batch",
		"Its events in order of their time, each with the record that the ledger keeps and the EPCIS 2.0 event as captured. "+
			"What others told of the lot before it was registered is no part of it. Of a lot from outside, which has no record here, "+
			"the answer is all that was told, by whom each record says. Unknown: batch.not_found."), g.getTrace)
}

type specsIn struct {
	Paging
	Scheme string `query:"scheme" doc:"dop, igp, doc, docg, igt or qm"`
}

func (g *Gateway) listSpecifications(ctx context.Context, in *specsIn) (*body[List[Record[*productv1.Specification]]], error) {
	scheme, err := filterWord[productv1.Scheme]("scheme", in.Scheme, productv1.Scheme(0).Descriptor())
	if err != nil {
		return nil, err
	}
	l, err := g.c.Index.Specifications(ctx, index.SpecificationFilter{Scheme: scheme}, in.page())
	return respond(g, List[Record[*productv1.Specification]]{records(l.Items), l.Next}, err)
}

func (g *Gateway) getSpecification(_ context.Context, in *idIn) (*body[SpecificationDetail], error) {
	var d SpecificationDetail
	err := g.c.Ledger.View(func(v View) (err error) {
		if d.specification, err = lookUp[productv1.Specification](v, statekey.Specification(in.ID)); err != nil {
			return err
		}
		if d.specification == nil {
			return notFound("specification", "there is no specification %q", clip(in.ID))
		}
		for n := uint32(1); n <= d.specification.GetLatestVersion(); n++ {
			version, err := lookUp[productv1.SpecificationVersion](v, statekey.SpecificationVersion(in.ID, n))
			if err != nil {
				return err
			}
			if version != nil {
				d.versions = append(d.versions, version)
			}
		}
		return nil
	})
	return respond(g, d, err)
}

type productsIn struct {
	Paging
	Owner         string `query:"owner" doc:"Participant"`
	Specification string `query:"specification"`
}

func (g *Gateway) listProducts(ctx context.Context, in *productsIn) (*body[List[Record[*productv1.Product]]], error) {
	l, err := g.c.Index.Products(ctx, index.ProductFilter{Owner: in.Owner, Specification: in.Specification}, in.page())
	return respond(g, List[Record[*productv1.Product]]{records(l.Items), l.Next}, err)
}

type gtinIn struct {
	GTIN string `path:"gtin" doc:"GTIN of 8, 12, 13 or 14 digits" example:"08031234500013"`
}

func (g *Gateway) getProduct(_ context.Context, in *gtinIn) (*body[Record[*productv1.Product]], error) {
	id, err := gtin(in.GTIN)
	if err != nil {
		return nil, err
	}
	p, err := fetch[productv1.Product](g, statekey.Product(id))
	if err == nil && p == nil {
		err = notFound("product", "no product with GTIN %s is registered", id)
	}
	return respond(g, record(p), err)
}

type batchesIn struct {
	Paging
	GTIN          string `query:"gtin"`
	Lot           string `query:"lot" doc:"With gtin, the batch"`
	Owner         string `query:"owner" doc:"Participant"`
	Custodian     string `query:"custodian" doc:"Participant"`
	Specification string `query:"specification"`
	Status        string `query:"status" doc:"active or withdrawn"`
	Recalled      bool   `query:"recalled" doc:"Only those that a recall in force has reached"`
	Late          bool   `query:"late" doc:"Only those registered later after their production than their specification lets pass"`
	From          string `query:"from" doc:"First production date, YYYY-MM-DD"`
	To            string `query:"to" doc:"Last production date, YYYY-MM-DD"`
}

func (in *batchesIn) filter() (f index.BatchFilter, err error) {
	f = index.BatchFilter{Lot: in.Lot, Owner: in.Owner, Custodian: in.Custodian, Specification: in.Specification, Recalled: in.Recalled, Late: in.Late}
	if f.GTIN, err = optionalGTIN(in.GTIN); err != nil {
		return f, err
	}
	if f.Status, err = filterWord[productv1.BatchStatus]("status", in.Status, productv1.BatchStatus(0).Descriptor()); err != nil {
		return f, err
	}
	if f.From, err = filterDay("from", in.From); err != nil {
		return f, err
	}
	f.To, err = filterDay("to", in.To)
	return f, err
}

func (g *Gateway) listBatches(ctx context.Context, in *batchesIn) (*body[List[Record[*productv1.Batch]]], error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	l, err := g.c.Index.Batches(ctx, f, in.page())
	return respond(g, List[Record[*productv1.Batch]]{records(l.Items), l.Next}, err)
}

func (g *Gateway) getBatch(_ context.Context, in *BatchPath) (*body[BatchDetail], error) {
	id, err := gtin(in.GTIN)
	if err != nil {
		return nil, err
	}
	candidates, err := lots(in.Lot)
	if err != nil {
		return nil, err
	}
	var b *productv1.Batch
	var recalls []uint64
	err = g.c.Ledger.View(func(v View) (err error) {
		if b, err = findBatch(v, id, candidates); err == nil && b != nil {
			recalls, err = recallsOn(v, b.GetGtin(), b.GetLot())
		}
		return err
	})
	if err == nil && b == nil {
		err = noBatch(id, in.Lot)
	}
	return respond(g, BatchDetail{b, in.Lot, recalls}, err)
}

func noBatch(gtin, lot string) *Problem {
	return notFound("batch", "no batch of GTIN %s with lot %q is registered", gtin, clip(lot))
}

// Step is an event of a journey.
type Step struct {
	Record   Record[*tracev1.Event] `json:"record"`
	Document json.RawMessage        `json:"document,omitempty" doc:"The EPCIS 2.0 event as captured"`
	Context  json.RawMessage        `json:"context,omitempty" doc:"The JSON-LD context of the document that it came in"`
	Tx       string                 `json:"tx" doc:"The transaction that captured it"`
	// The places that are registered under the event's identifiers.
	ReadPoint   *PlaceName `json:"read_point,omitempty" doc:"The place registered under the event's readPoint"`
	BizLocation *PlaceName `json:"biz_location,omitempty" doc:"The place registered under the event's bizLocation"`
}

// Trace is a part of a journey.
type Trace struct {
	GTIN          string `json:"gtin"`
	Lot           string `json:"lot"`
	AskedLot      string `json:"asked_lot,omitempty" doc:"The lot as asked, where another spelling of it was found"`
	Items         []Step `json:"items"`
	NextPageToken string `json:"next_page_token"`
}

type traceIn struct {
	BatchPath
	Paging
}

func (g *Gateway) getTrace(ctx context.Context, in *traceIn) (*body[Trace], error) {
	t, err := g.trace(ctx, in)
	return respond(g, t, err)
}

func (g *Gateway) trace(ctx context.Context, in *traceIn) (t Trace, err error) {
	if t.GTIN, err = gtin(in.GTIN); err != nil {
		return t, err
	}
	candidates, err := lots(in.Lot)
	if err != nil {
		return t, err
	}
	l, err := g.steps(ctx, &t, candidates, in)
	if err != nil {
		return t, err
	}
	if t.Lot != in.Lot {
		t.AskedLot = in.Lot
	}
	t.NextPageToken = l.Next
	t.Items, err = g.placedSteps(l.Items)
	return t, err
}

// steps finds the lot of a journey and its events. Of a registered batch they are
// its journey; what was told of the lot before, which anybody may have said, is
// no part of it. Of a lot from outside they are all that was told.
func (g *Gateway) steps(ctx context.Context, t *Trace, candidates []string, in *traceIn) (l index.List[*index.Event], err error) {
	registered := false
	if err = g.c.Ledger.View(func(v View) (err error) {
		t.Lot, registered, err = findLot(v, t.GTIN, candidates)
		return err
	}); err != nil {
		return l, err
	}
	if registered {
		return g.c.Index.Events(ctx, index.EventFilter{GTIN: t.GTIN, Lot: t.Lot, InJourney: true}, in.page())
	}
	for _, t.Lot = range candidates {
		if l, err = g.c.Index.Events(ctx, index.EventFilter{GTIN: t.GTIN, Lot: t.Lot}, in.page()); err == nil && len(l.Items) > 0 {
			return l, nil
		}
		// A token is of one spelling of the lot; the others refuse it.
	}
	if err == nil {
		err = noBatch(t.GTIN, in.Lot)
	}
	return l, err
}

func hexOrNone(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	return upperHex(b)
}

type eventsIn struct {
	Paging
	GTIN        string `query:"gtin" doc:"A product of which a batch is involved"`
	Lot         string `query:"lot" doc:"With gtin, the batch involved"`
	Type        string `query:"type" doc:"ObjectEvent, AggregationEvent, AssociationEvent, TransactionEvent or TransformationEvent"`
	Action      string `query:"action" doc:"ADD, OBSERVE or DELETE"`
	BizStep     string `query:"biz_step" doc:"Canonical URI, such as https://ref.gs1.org/cbv/BizStep-shipping, or the bare word"`
	Disposition string `query:"disposition" doc:"Canonical URI or the bare word"`
	Reporter    string `query:"reporter" doc:"Participant"`
	Late        bool   `query:"late" doc:"Only those recorded later after they happened than the specification of a batch lets pass"`
	From        string `query:"from" doc:"First moment, RFC 3339"`
	To          string `query:"to" doc:"First moment no longer, RFC 3339"`
}

func (in *eventsIn) filter() (f index.EventFilter, err error) {
	f = index.EventFilter{
		Type: in.Type, Action: in.Action, Reporter: in.Reporter, Lot: in.Lot, Late: in.Late,
		BizStep: vocabulary("BizStep-", in.BizStep), Disposition: vocabulary("Disp-", in.Disposition),
	}
	if in.Lot != "" && in.GTIN == "" {
		return f, badRequest("lot", "lot needs gtin: a lot is the producer's own number")
	}
	if f.GTIN, err = optionalGTIN(in.GTIN); err != nil {
		return f, err
	}
	if f.From, err = filterMoment("from", in.From); err != nil {
		return f, err
	}
	f.To, err = filterMoment("to", in.To)
	return f, err
}

// vocabulary writes a bare word of the Core Business Vocabulary as its URI.
func vocabulary(kind, word string) string {
	if word == "" || strings.Contains(word, ":") {
		return word
	}
	return "https://ref.gs1.org/cbv/" + kind + word
}

func filterMoment(name, s string) (*int64, error) {
	if s == "" {
		return nil, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return nil, badRequest(name, "%s is %q; write a moment such as 2026-11-23T08:00:00Z", name, clip(s))
	}
	ms := t.UnixMilli()
	return &ms, nil
}

func (g *Gateway) listEvents(ctx context.Context, in *eventsIn) (*body[List[Step]], error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	l, err := g.c.Index.Events(ctx, f, in.page())
	if err != nil {
		return nil, g.fail(err)
	}
	items, err := g.placedSteps(l.Items)
	return respond(g, List[Step]{items, l.Next}, err)
}
