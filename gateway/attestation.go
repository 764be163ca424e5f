package gateway

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
)

func (g *Gateway) attestationRoutes() {
	huma.Register(g.api, op("listAttestations", "/v1/attestations", "Attestations", "Certificates of conformity", "In order of id."), g.listAttestations)
	huma.Register(g.api, op("getAttestation", "/v1/attestations/{id}", "Attestations", "One certificate",
		"With its history, the present being the last line. Unknown: attestation.not_found."), g.getAttestation)
}

type attestationsIn struct {
	Paging
	Certifier     string `query:"certifier" doc:"Participant"`
	Specification string `query:"specification"`
	GTIN          string `query:"gtin" doc:"Covers a batch of this product"`
	Lot           string `query:"lot" doc:"Covers this batch; with gtin"`
	Status        string `query:"status" enum:"pending,issued,reduced,suspended,reinstated,revoked,replaced,expired"`
}

func (g *Gateway) listAttestations(ctx context.Context, in *attestationsIn) (*body[List[Record[*certv1.Attestation]]], error) {
	id, err := batchFilter(in.GTIN, in.Lot)
	if err != nil {
		return nil, err
	}
	l, err := g.c.Index.Attestations(ctx, index.AttestationFilter{
		Certifier: in.Certifier, Specification: in.Specification, GTIN: id, Lot: in.Lot, Status: in.Status,
	}, in.page())
	return respond(g, List[Record[*certv1.Attestation]]{records(l.Items), l.Next}, err)
}

func (g *Gateway) getAttestation(_ context.Context, in *idIn) (*body[Record[*certv1.Attestation]], error) {
	a, err := fetch[certv1.Attestation](g, statekey.Attestation(in.ID))
	if err == nil && a == nil {
		err = notFound("attestation", "there is no attestation %q", clip(in.ID))
	}
	return respond(g, record(a), err)
}
