package registry

import (
	"errors"
	"slices"

	"cosmossdk.io/collections"

	"google.golang.org/protobuf/proto"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
)

const (
	open     = registryv1.ProposalStatus_PROPOSAL_STATUS_OPEN
	executed = registryv1.ProposalStatus_PROPOSAL_STATUS_EXECUTED
	expired  = registryv1.ProposalStatus_PROPOSAL_STATUS_EXPIRED
)

func isNotFound(err error) bool { return errors.Is(err, collections.ErrNotFound) }

func checkSubmitProposal(m *registryv1.MsgSubmitProposal) error {
	if err := checkReason(m.GetReason()); err != nil {
		return err
	}
	switch d := m.GetDecision().GetKind().(type) {
	case *registryv1.Decision_AdmitAuthority:
		return CheckID("participant", d.AdmitAuthority.GetParticipant())
	case *registryv1.Decision_RemoveAuthority:
		return checkAboutParticipant(d.RemoveAuthority)
	case *registryv1.Decision_SetParams:
		return CheckParams(d.SetParams.GetParams())
	case *registryv1.Decision_AdmitValidator:
		return checkValidator(d.AdmitValidator)
	case *registryv1.Decision_RetireValidator:
		if err := checkReason(d.RetireValidator.GetReason()); err != nil {
			return err
		}
		return checkValidatorKey(d.RetireValidator.GetPublicKey())
	default:
		return ErrShape.With("decision is missing; write admit_authority, remove_authority, set_params, admit_validator or retire_validator")
	}
}

// submitProposal opens a decision and counts its proposer's approval, so that
// a lone authority decides at once. It answers with the proposal.
func (r *Registry) submitProposal(ctx *module.Context, m *registryv1.MsgSubmitProposal) (proto.Message, error) {
	if err := r.authority(ctx); err != nil {
		return nil, err
	}
	params, err := r.Params(ctx)
	if err != nil {
		return nil, err
	}
	last, err := r.lastProposal.Get(ctx)
	if err != nil && !isNotFound(err) {
		return nil, err
	}
	p := &registryv1.Proposal{
		Id: last + 1, Proposer: ctx.Signer.Participant, Reason: m.GetReason(), Decision: m.GetDecision(), Status: open,
		SubmittedAt: ctx.Time, ExpiresAt: ctx.Time + params.GetProposalSeconds(),
	}
	if err := r.lastProposal.Set(ctx, p.GetId()); err != nil {
		return nil, err
	}
	return p, r.approve(ctx, params, p)
}

func checkApproveProposal(m *registryv1.MsgApproveProposal) error {
	if m.GetProposal() == 0 {
		return ErrShape.With("proposal is 0; proposals are numbered from 1")
	}
	return nil
}

func (r *Registry) approveProposal(ctx *module.Context, m *registryv1.MsgApproveProposal) error {
	if err := r.authority(ctx); err != nil {
		return err
	}
	p, err := module.Find(ctx, r.proposals, m.GetProposal())
	if err != nil {
		return err
	}
	if p == nil {
		return ErrNoProposal.With("there is no proposal %d", m.GetProposal())
	}
	if p.GetStatus() != open {
		return ErrState.With("proposal %d is closed", p.GetId())
	}
	params, err := r.Params(ctx)
	if err != nil {
		return err
	}
	if ctx.Time >= p.GetExpiresAt() {
		return ErrState.With("proposal %d expired on %s; submit it again", p.GetId(), module.Day(p.GetExpiresAt()))
	}
	return r.approve(ctx, params, p)
}

// approve adds the signer's approval and carries the decision out when enough
// of today's authorities stand behind it.
func (r *Registry) approve(ctx *module.Context, params *registryv1.Params, p *registryv1.Proposal) error {
	for _, a := range p.GetApprovals() {
		if a.GetParticipant() == ctx.Signer.Participant {
			return ErrApproved.With("%s approved proposal %d on %s", a.GetParticipant(), p.GetId(), module.Day(a.GetAt()))
		}
	}
	p.Approvals = append(p.Approvals, &registryv1.Approval{Participant: ctx.Signer.Participant, At: ctx.Time})
	live, err := r.liveAuthorities(ctx, ctx.Time)
	if err != nil {
		return err
	}
	// Whoever approved and is no longer an authority does not count.
	standing := 0
	for _, a := range p.GetApprovals() {
		if slices.Contains(live, a.GetParticipant()) {
			standing++
		}
	}
	if passes(params, standing, len(live)) {
		if err := r.execute(ctx, p.GetDecision()); err != nil {
			return err
		}
		p.Status, p.ClosedAt = executed, ctx.Time
	}
	return r.putProposal(ctx, p)
}

func (r *Registry) putProposal(ctx *module.Context, p *registryv1.Proposal) error {
	ctx.Emit(&registryv1.ProposalChanged{Proposal: p})
	return r.proposals.Set(ctx, p.GetId(), p)
}

func (r *Registry) execute(ctx *module.Context, d *registryv1.Decision) error {
	switch d := d.GetKind().(type) {
	case *registryv1.Decision_AdmitAuthority:
		return r.AdmitAuthority(ctx, d.AdmitAuthority.GetParticipant())
	case *registryv1.Decision_RemoveAuthority:
		return r.removeAuthority(ctx, d.RemoveAuthority)
	case *registryv1.Decision_SetParams:
		return r.SetParams(ctx, d.SetParams.GetParams())
	case *registryv1.Decision_AdmitValidator:
		return r.AdmitValidator(ctx, d.AdmitValidator)
	case *registryv1.Decision_RetireValidator:
		return r.retireValidator(ctx, d.RetireValidator)
	default:
		return ErrShape.With("the decision is not one that this version knows")
	}
}

// AdmitAuthority gives the authority role; a passed proposal and genesis use it.
func (r *Registry) AdmitAuthority(ctx *module.Context, participant string) error {
	p, err := r.Active(ctx, participant)
	if err != nil {
		return err
	}
	is, err := r.authorities.Has(ctx, participant)
	if err != nil {
		return err
	}
	if is {
		return ErrState.With("%s is already an authority", participant)
	}
	if err := r.give(ctx, p, &registryv1.NewGrant{Role: registryv1.Role_ROLE_AUTHORITY, ValidFrom: ctx.Time}); err != nil {
		return err
	}
	return r.putParticipant(ctx, p)
}

func (r *Registry) removeAuthority(ctx *module.Context, d *registryv1.RemoveAuthority) error {
	is, err := r.authorities.Has(ctx, d.GetParticipant())
	if err != nil {
		return err
	}
	if !is {
		return ErrState.With("%s is not an authority", d.GetParticipant())
	}
	p, err := r.Participant(ctx, d.GetParticipant())
	if err != nil {
		return err
	}
	for n := uint32(1); n <= p.GetLastGrant(); n++ {
		g, err := r.grants.Get(ctx, collections.Join(p.GetId(), n))
		if err != nil {
			return err
		}
		if g.GetRole() != registryv1.Role_ROLE_AUTHORITY || g.GetRevokedAt() != 0 {
			continue
		}
		if err := r.endGrant(ctx, g, d.GetReason()); err != nil {
			return err
		}
	}
	if err := r.authorities.Remove(ctx, p.GetId()); err != nil {
		return err
	}
	return r.keepAuthority(ctx)
}
