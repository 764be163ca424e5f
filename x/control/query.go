package control

import (
	"cosmossdk.io/collections"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	controlv1 "github.com/filiera-chain/filiera/api/control/v1"
	"github.com/filiera-chain/filiera/module"
)

// queryRequest answers with a request and all that was recorded in it.
func (c *Control) queryRequest(rd *module.Reader, q *controlv1.RequestRequest) (*controlv1.RequestResponse, error) {
	if err := shape(checkRequestID(q.GetId())); err != nil {
		return nil, err
	}
	r, err := c.mustRequest(rd, q.GetId())
	if err != nil {
		return nil, err
	}
	out := &controlv1.RequestResponse{Request: r}
	for n := uint32(1); n <= r.GetLastFinding(); n++ {
		f, err := c.findings.Get(rd, collections.Join(r.GetId(), n))
		if err != nil {
			return nil, err
		}
		out.Findings = append(out.Findings, f)
	}
	for n := uint32(1); n <= r.GetLastResult(); n++ {
		l, err := c.results.Get(rd, collections.Join(r.GetId(), n))
		if err != nil {
			return nil, err
		}
		out.Results = append(out.Results, l)
	}
	return out, nil
}

// queryOpenMajors answers with what keeps a batch from being attested.
func (c *Control) queryOpenMajors(rd *module.Reader, q *controlv1.OpenMajorsRequest) (*controlv1.OpenMajorsResponse, error) {
	if err := checkBatchID("batch", &basev1.BatchID{Gtin: q.GetGtin(), Lot: q.GetLot()}); err != nil {
		return nil, err
	}
	list, err := c.openMajors(rd, q.GetGtin(), q.GetLot())
	return &controlv1.OpenMajorsResponse{Findings: list}, err
}
