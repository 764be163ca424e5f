package registry

import (
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

// endBlock does what time brings: lanes are forgotten, a bounded number per
// block. Open proposals need no work: approving one after its end is refused.
func (r *Registry) endBlock(ctx *module.Context) error {
	params, err := r.Params(ctx)
	if err != nil {
		return err
	}
	return r.pruneLanes(ctx, params.GetLanesPrunedPerBlock())
}

// ProposalState is the state of a proposal at second at: an open one is
// expired once its time has passed.
func ProposalState(p *registryv1.Proposal, at int64) registryv1.ProposalStatus {
	if p.GetStatus() == open && at >= p.GetExpiresAt() {
		return expired
	}
	return p.GetStatus()
}
