package registry

import (
	"github.com/filiera-chain/filiera/module"
)

// Module lists what can be done here, what can be asked, and what must hold.
func (r *Registry) Module() *module.Module {
	return &module.Module{
		Name:   name,
		Schema: r.schema,
		Acts: []module.Act{
			module.On(checkEnrol, r.enrol),
			module.On(checkSuspendParticipant, r.suspendParticipant),
			module.On(checkReinstateParticipant, r.reinstateParticipant),
			module.On(checkRevokeParticipant, r.revokeParticipant),
			module.On(checkGrantRole, r.grantRole),
			module.On(checkRevokeRole, r.revokeRole),
			module.On(checkAddKey, r.addKey),
			module.On(checkRetireKey, r.retireKey),
			module.On(checkRotateKey, r.rotateKey),
			module.On(checkAddAlternateID, r.addAlternateID),
			module.On(checkAccredit, r.accredit),
			module.On(checkSuspendAccreditation, r.suspendAccreditation),
			module.On(checkReinstateAccreditation, r.reinstateAccreditation),
			module.On(checkRevokeAccreditation, r.revokeAccreditation),
			module.OnResult(checkSubmitProposal, r.submitProposal),
			module.On(checkApproveProposal, r.approveProposal),
		},
		EndBlock: r.endBlock,
		Queries: []module.Query{
			module.Ask("Participant", r.queryParticipant),
			module.Ask("Proposal", r.queryProposal),
			module.Ask("Params", r.queryParams),
			module.Ask("Validators", r.queryValidators),
		},
		Invariants: r.invariants(),
		Errors:     refusals(),
	}
}
