package gateway

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	controlv1 "github.com/filiera-chain/filiera/api/control/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
)

// RequestDetail is a request for control with what was recorded in it.
type RequestDetail struct {
	request  *controlv1.ControlRequest
	findings []*controlv1.NonConformity
	results  []*controlv1.LabResult
	// today is the ledger's day, against which deadlines are held.
	today string
}

// MarshalJSON implements json.Marshaler.
func (d RequestDetail) MarshalJSON() ([]byte, error) {
	findings := make([]Record[*controlv1.NonConformity], len(d.findings))
	for i, f := range d.findings {
		findings[i] = record(f, Member{"overdue", f.GetClosedAt() == 0 && f.GetDeadlineDate() < d.today})
	}
	open := d.request.GetStatus() <= controlv1.RequestStatus_REQUEST_STATUS_SCHEDULED
	return record(d.request, Member{"overdue", open && d.request.GetDueDate() < d.today}, Member{"findings", findings},
		Member{"results", records(d.results)}).MarshalJSON()
}

// Schema implements huma.SchemaProvider.
func (d *RequestDetail) Schema(reg huma.Registry) *huma.Schema {
	overdue := &huma.Schema{Type: huma.TypeBoolean, Description: "Not ended by its day, on the ledger's day"}
	finding := describeAs(reg, "FindingDetail", (*controlv1.NonConformity)(nil).ProtoReflect().Descriptor(), map[string]*huma.Schema{"overdue": overdue})
	return describeAs(reg, "RequestDetail", (*controlv1.ControlRequest)(nil).ProtoReflect().Descriptor(), map[string]*huma.Schema{
		"overdue":  overdue,
		"findings": listOf(finding),
		"results":  listOf(describe(reg, (*controlv1.LabResult)(nil).ProtoReflect().Descriptor())),
	})
}

func (g *Gateway) requestRoutes() {
	huma.Register(g.api, op("listRequests", "/v1/requests", "Controls", "Requests for control", "In order of the day on which an answer is due."), g.listRequests)
	huma.Register(g.api, op("getRequest", "/v1/requests/{id}", "Controls", "One request for control",
		"With its non-conformities and laboratory results. Unknown: request.not_found."), g.getRequest)
	huma.Register(g.api, op("getTotals", "/v1/attestations/totals", "Attestations", "What became of certificates in a month",
		"A group for each certifier, specification, move (issued, reduced, suspended, …) and unit. Months are in UTC."), g.getTotals)
}

type requestsIn struct {
	Paging
	Certifier     string `query:"certifier" doc:"The control body"`
	Requester     string `query:"requester" doc:"Who asked"`
	Specification string `query:"specification"`
	Status        string `query:"status" doc:"requested, scheduled, declined, attested, refused or withdrawn"`
	Open          bool   `query:"open" doc:"Only those that have not ended"`
	Overdue       bool   `query:"overdue" doc:"Only those due before the ledger's day and not ended, or with a non-conformity open past its deadline"`
	GTIN          string `query:"gtin" doc:"Names a batch of this product"`
	Lot           string `query:"lot" doc:"Names this batch; with gtin"`
}

func (g *Gateway) listRequests(ctx context.Context, in *requestsIn) (*body[List[Record[*controlv1.ControlRequest]]], error) {
	status, err := filterWord[controlv1.RequestStatus]("status", in.Status, controlv1.RequestStatus(0).Descriptor())
	if err != nil {
		return nil, err
	}
	id, err := batchFilter(in.GTIN, in.Lot)
	if err != nil {
		return nil, err
	}
	f := index.RequestFilter{
		Certifier: in.Certifier, Requester: in.Requester, Specification: in.Specification, Status: status, Open: in.Open, GTIN: id, Lot: in.Lot,
	}
	if in.Overdue {
		if f.OverdueOn, err = g.today(ctx); err != nil {
			return nil, g.fail(err)
		}
	}
	l, err := g.c.Index.Requests(ctx, f, in.page())
	return respond(g, List[Record[*controlv1.ControlRequest]]{records(l.Items), l.Next}, err)
}

// batchFilter reads the batch that a list is filtered by.
func batchFilter(code, lot string) (string, error) {
	id, err := optionalGTIN(code)
	if err != nil || lot == "" {
		return id, err
	}
	if id == "" {
		return "", badRequest("lot", "a lot without its product names no batch; add gtin")
	}
	if _, err := gs1.ParseLot(lot); err != nil {
		return "", badRequest("lot", "the lot is %q: %v", clip(lot), err)
	}
	return id, nil
}

// today is the ledger's day, that of the last block in UTC.
func (g *Gateway) today(ctx context.Context) (string, error) {
	var height int64
	if err := g.c.Ledger.View(func(v View) error { height = v.Height(); return needBlock(v) }); err != nil {
		return "", err
	}
	at, err := g.blockTime(ctx, height)
	return at.UTC().Format(time.DateOnly), err
}

func (g *Gateway) getRequest(ctx context.Context, in *idIn) (*body[RequestDetail], error) {
	var d RequestDetail
	today, err := g.today(ctx)
	if err != nil {
		return nil, g.fail(err)
	}
	d.today = today
	err = g.c.Ledger.View(func(v View) (err error) {
		if d.request, err = lookUp[controlv1.ControlRequest](v, statekey.ControlRequest(in.ID)); err != nil {
			return err
		}
		if d.request == nil {
			return notFound("request", "there is no request for control %q", clip(in.ID))
		}
		for n := uint32(1); n <= d.request.GetLastFinding(); n++ {
			f, err := lookUp[controlv1.NonConformity](v, statekey.Finding(in.ID, n))
			if err != nil {
				return err
			}
			d.findings = append(d.findings, f)
		}
		for n := uint32(1); n <= d.request.GetLastResult(); n++ {
			r, err := lookUp[controlv1.LabResult](v, statekey.LabResult(in.ID, n))
			if err != nil {
				return err
			}
			d.results = append(d.results, r)
		}
		return nil
	})
	return respond(g, d, err)
}

type totalsIn struct {
	Month         string `query:"month" required:"true" pattern:"^[0-9]{4}-(0[1-9]|1[0-2])$" example:"2026-11" doc:"Year and month"`
	Certifier     string `query:"certifier" doc:"Participant"`
	Specification string `query:"specification"`
}

// Totals is what became of certificates in a month.
type Totals struct {
	Month string        `json:"month"`
	Items []index.Total `json:"items"`
}

func (g *Gateway) getTotals(ctx context.Context, in *totalsIn) (*body[Totals], error) {
	l, err := g.c.Index.Totals(ctx, index.TotalsFilter{Month: in.Month, Certifier: in.Certifier, Specification: in.Specification})
	return respond(g, Totals{in.Month, l}, err)
}
