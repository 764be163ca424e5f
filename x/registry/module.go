package registry

import (
	"errors"

	"google.golang.org/protobuf/proto"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
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
		Records:    r.records,
	}
}

// records announces every record, for a read model that begins at genesis.
func (r *Registry) records(rd *module.Reader, announce func(proto.Message)) error {
	params, err := r.Params(rd)
	if err != nil {
		return err
	}
	announce(&registryv1.ParamsChanged{Params: params})
	return errors.Join(
		module.Each(rd, r.participants, func(p *registryv1.Participant) { announce(&registryv1.ParticipantChanged{Participant: p}) }),
		module.Each(rd, r.keys, func(k *registryv1.Key) { announce(&registryv1.KeyChanged{Key: k}) }),
		module.Each(rd, r.grants, func(g *registryv1.Grant) { announce(&registryv1.GrantChanged{Grant: g}) }),
		module.Each(rd, r.accreditations, func(a *registryv1.Accreditation) {
			announce(&registryv1.AccreditationChanged{Accreditation: a})
		}),
		module.Each(rd, r.validators, func(v *registryv1.Validator) { announce(&registryv1.ValidatorChanged{Validator: v}) }),
		module.Each(rd, r.proposals, func(p *registryv1.Proposal) { announce(&registryv1.ProposalChanged{Proposal: p}) }),
	)
}
