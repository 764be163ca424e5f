package registry

import (
	"cosmossdk.io/collections"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

func (r *Registry) queryParticipant(rd *module.Reader, q *registryv1.ParticipantRequest) (*registryv1.ParticipantResponse, error) {
	p, err := r.Participant(rd, q.GetId())
	if err != nil {
		return nil, err
	}
	if p == nil {
		return nil, ErrNoParticipant.With("participant %q is not enrolled", clip(q.GetId()))
	}
	a := &registryv1.ParticipantResponse{Participant: p}
	for n := uint32(1); n <= p.GetLastGrant(); n++ {
		g, err := r.grants.Get(rd, collections.Join(p.GetId(), n))
		if err != nil {
			return nil, err
		}
		a.Grants = append(a.Grants, g)
	}
	rng := collections.NewPrefixedPairRange[string, string](p.GetId())
	err = r.labels.Walk(rd, rng, func(_ collections.Pair[string, string], address []byte) (bool, error) {
		k, err := r.keys.Get(rd, address)
		a.Keys = append(a.Keys, k)
		return err != nil, err
	})
	if err != nil {
		return nil, err
	}
	err = r.accreditations.Walk(rd, rng, func(_ collections.Pair[string, string], acc *registryv1.Accreditation) (bool, error) {
		a.Accreditations = append(a.Accreditations, acc)
		return false, nil
	})
	return a, err
}

func (r *Registry) queryProposal(rd *module.Reader, q *registryv1.ProposalRequest) (*registryv1.Proposal, error) {
	p, err := module.Find(rd, r.proposals, q.GetId())
	if err != nil {
		return nil, err
	}
	if p == nil {
		return nil, ErrNoProposal.With("there is no proposal %d", q.GetId())
	}
	p.Status = ProposalState(p, rd.Time)
	return p, nil
}

func (r *Registry) queryParams(rd *module.Reader, _ *registryv1.ParamsRequest) (*registryv1.Params, error) {
	return r.Params(rd)
}

func (r *Registry) queryValidators(rd *module.Reader, _ *registryv1.ValidatorsRequest) (*registryv1.ValidatorsResponse, error) {
	list, err := r.Validators(rd)
	return &registryv1.ValidatorsResponse{Validators: list}, err
}
