package cert

import (
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
)

// queryAttestation answers with the record as it stands; what it is worth at a
// second, [State] says.
func (c *Cert) queryAttestation(rd *module.Reader, q *certv1.AttestationRequest) (*certv1.Attestation, error) {
	if err := module.CheckText("id", q.GetId(), 1, 64); err != nil {
		return nil, ErrShape.With("%v", err)
	}
	return c.mustAttestation(rd, q.GetId())
}

func (c *Cert) queryAttestationsOfBatch(rd *module.Reader, q *certv1.AttestationsOfBatchRequest) (*certv1.AttestationsOfBatchResponse, error) {
	gtin, err := gs1.ParseGTIN(q.GetGtin())
	if err != nil {
		return nil, ErrShape.With("gtin: %v", err)
	}
	if _, err := gs1.ParseLot(q.GetLot()); err != nil {
		return nil, ErrShape.With("lot: %v", err)
	}
	list, err := c.AttestationsOf(rd, gtin, q.GetLot())
	return &certv1.AttestationsOfBatchResponse{Attestations: list}, err
}
