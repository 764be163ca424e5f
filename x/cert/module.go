package cert

import (
	"errors"

	"google.golang.org/protobuf/proto"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/module"
)

// Module lists what can be done here, what can be asked, and what must hold.
func (c *Cert) Module() *module.Module {
	return &module.Module{
		Name:   name,
		Schema: c.schema,
		Acts: []module.Act{
			module.On(checkIssue, c.issue),
			module.On(checkSuspend, c.suspend),
			module.On(checkReinstate, c.reinstate),
			module.On(checkRevoke, c.revoke),
			module.On(checkReduce, c.reduce),
			module.On(checkCountersign, c.countersign),
			module.On(checkAnswerRequest, c.answerRequest),
			module.On(checkPublishStatusList, c.publishStatusList),
		},
		EndBlock: c.endBlock,
		Queries: []module.Query{
			module.Ask("Attestation", c.queryAttestation),
			module.Ask("AttestationsOfBatch", c.queryAttestationsOfBatch),
			module.Ask("StatusList", c.queryStatusList),
		},
		Invariants: c.invariants(),
		Errors:     refusals(),
		Records:    c.records,
	}
}

// records announces every record, for a read model that begins at genesis.
func (c *Cert) records(rd *module.Reader, announce func(proto.Message)) error {
	return errors.Join(
		module.Each(rd, c.attestations, func(a *certv1.Attestation) { announce(&certv1.AttestationChanged{Attestation: a}) }),
		module.Each(rd, c.lists, func(l *certv1.StatusList) { announce(&certv1.StatusListPublished{List: l}) }),
	)
}
