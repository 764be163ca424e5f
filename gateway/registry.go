package gateway

import (
	"context"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
)

// ParticipantDetail is a participant with everything that is its own.
type ParticipantDetail struct {
	participant    *registryv1.Participant
	keys           []*registryv1.Key
	grants         []*registryv1.Grant
	accreditations []*registryv1.Accreditation
}

// MarshalJSON implements json.Marshaler.
func (p ParticipantDetail) MarshalJSON() ([]byte, error) {
	return record(p.participant, Member{"keys", records(p.keys)}, Member{"grants", records(p.grants)},
		Member{"accreditations", records(p.accreditations)}).MarshalJSON()
}

// Schema implements huma.SchemaProvider.
func (p *ParticipantDetail) Schema(reg huma.Registry) *huma.Schema {
	return describeAs(reg, "ParticipantDetail", p.participant.ProtoReflect().Descriptor(), map[string]*huma.Schema{
		"keys":           listOf(describe(reg, (*registryv1.Key)(nil).ProtoReflect().Descriptor())),
		"grants":         listOf(describe(reg, (*registryv1.Grant)(nil).ProtoReflect().Descriptor())),
		"accreditations": listOf(describe(reg, (*registryv1.Accreditation)(nil).ProtoReflect().Descriptor())),
	})
}

func listOf(s *huma.Schema) *huma.Schema { return &huma.Schema{Type: huma.TypeArray, Items: s} }

func (g *Gateway) registryRoutes() {
	huma.Register(g.api, op("listParticipants", "/v1/participants", "Participants", "Organisations",
		"In order of id. A role filters those who hold a grant of it that is not revoked."), g.listParticipants)
	huma.Register(g.api, op("getParticipant", "/v1/participants/{id}", "Participants", "One organisation",
		"With its keys, grants and accreditations. Unknown: participant.not_found."), g.getParticipant)
	huma.Register(g.api, op("listProposals", "/v1/proposals", "Decisions", "Proposals of the authorities", "The newest first."), g.listProposals)
	huma.Register(g.api, op("getProposal", "/v1/proposals/{id}", "Decisions", "One proposal", "Unknown: proposal.not_found."), g.getProposal)
	huma.Register(g.api, op("getParams", "/v1/params", "Decisions", "The limits of the ledger", "Changed by proposal."), g.getParams)
	huma.Register(g.api, op("listValidators", "/v1/validators", "Decisions", "Consensus nodes with power", "All of them."), g.listValidators)
}

type participantsIn struct {
	Paging
	Role   string `query:"role" doc:"authority, certifier, producer, processor, carrier, distributor, auditor or operator"`
	Status string `query:"status" doc:"active, suspended or revoked"`
}

func (g *Gateway) listParticipants(ctx context.Context, in *participantsIn) (*body[List[Record[*registryv1.Participant]]], error) {
	role, err := filterWord[registryv1.Role]("role", in.Role, registryv1.Role(0).Descriptor())
	if err != nil {
		return nil, err
	}
	status, err := filterWord[registryv1.ParticipantStatus]("status", in.Status, registryv1.ParticipantStatus(0).Descriptor())
	if err != nil {
		return nil, err
	}
	l, err := g.c.Index.Participants(ctx, index.ParticipantFilter{Role: role, Status: status}, in.page())
	return respond(g, List[Record[*registryv1.Participant]]{records(l.Items), l.Next}, err)
}

type idIn struct {
	ID string `path:"id" maxLength:"200" doc:"The record's id"`
}

func (g *Gateway) getParticipant(ctx context.Context, in *idIn) (*body[ParticipantDetail], error) {
	d, err := g.participant(ctx, in.ID)
	return respond(g, d, err)
}

func (g *Gateway) participant(ctx context.Context, id string) (d ParticipantDetail, err error) {
	if d.participant, err = fetch[registryv1.Participant](g, statekey.Participant(id)); err != nil {
		return d, err
	}
	if d.participant == nil {
		return d, notFound("participant", "there is no participant %q", clip(id))
	}
	if d.keys, err = g.c.Index.Keys(ctx, id); err != nil {
		return d, err
	}
	if d.grants, err = g.c.Index.Grants(ctx, id); err != nil {
		return d, err
	}
	d.accreditations, err = g.c.Index.Accreditations(ctx, id)
	return d, err
}

type proposalsIn struct {
	Paging
	Status string `query:"status" doc:"open, executed or expired"`
}

func (g *Gateway) listProposals(ctx context.Context, in *proposalsIn) (*body[List[Record[*registryv1.Proposal]]], error) {
	status, err := filterWord[registryv1.ProposalStatus]("status", in.Status, registryv1.ProposalStatus(0).Descriptor())
	if err != nil {
		return nil, err
	}
	l, err := g.c.Index.Proposals(ctx, index.ProposalFilter{Status: status}, in.page())
	return respond(g, List[Record[*registryv1.Proposal]]{records(l.Items), l.Next}, err)
}

func (g *Gateway) getProposal(ctx context.Context, in *idIn) (*body[Record[*registryv1.Proposal]], error) {
	id, err := strconv.ParseUint(in.ID, 10, 63)
	if err != nil {
		return nil, badRequest("id", "the proposal is %q; write its number", clip(in.ID))
	}
	p, err := g.c.Index.Proposal(ctx, id)
	if err == nil && p == nil {
		err = notFound("proposal", "there is no proposal %d", id)
	}
	return respond(g, record(p), err)
}

func (g *Gateway) getParams(ctx context.Context, _ *struct{}) (*body[Record[*registryv1.Params]], error) {
	p, err := g.c.Index.Params(ctx)
	if err == nil && p == nil {
		err = notFound("params", "no block has announced the parameters yet")
	}
	return respond(g, record(p), err)
}

func (g *Gateway) listValidators(ctx context.Context, _ *struct{}) (*body[List[Record[*registryv1.Validator]]], error) {
	l, err := g.c.Index.Validators(ctx)
	return respond(g, List[Record[*registryv1.Validator]]{Items: records(l)}, err)
}
