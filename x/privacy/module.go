package privacy

import (
	"errors"

	"google.golang.org/protobuf/proto"

	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	"github.com/filiera-chain/filiera/module"
)

// Module lists what can be done here, what can be asked, and what must hold.
func (p *Privacy) Module() *module.Module {
	return &module.Module{
		Name:   name,
		Schema: p.schema,
		Acts: []module.Act{
			module.On(checkCommit, p.commit),
			module.On(checkGrantAccess, p.grantAccess),
			module.On(checkRevokeAccess, p.revokeAccess),
			module.On(checkRecordDelivery, p.recordDelivery),
			module.On(checkErase, p.erase),
			module.On(checkAcknowledgeErasure, p.acknowledgeErasure),
		},
		Queries: []module.Query{
			module.Ask("Commitment", p.queryCommitment),
			module.Ask("CommitmentsOfSubject", p.queryCommitmentsOfSubject),
			module.Ask("Entitled", p.queryEntitled),
			module.Ask("Neighbours", p.queryNeighbours),
		},
		Invariants: p.invariants(),
		Errors:     refusals(),
		Records:    p.records,
	}
}

// records announces every record, for a read model that begins at genesis.
func (p *Privacy) records(rd *module.Reader, announce func(proto.Message)) error {
	return errors.Join(
		module.Each(rd, p.commitments, func(c *privacyv1.Commitment) { announce(&privacyv1.CommitmentChanged{Commitment: c}) }),
		module.Each(rd, p.grants, func(g *privacyv1.Grant) { announce(&privacyv1.AccessChanged{Grant: g}) }),
		module.Each(rd, p.holdings, func(h *privacyv1.Holding) { announce(&privacyv1.HoldingChanged{Holding: h}) }),
	)
}
