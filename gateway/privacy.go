package gateway

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	"github.com/filiera-chain/filiera/commitment"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/verify"
)

// Privacy answers from the last committed state who may see what. What it
// refuses is a *module.Error.
type Privacy interface {
	// Whole is a record with its grants and holdings.
	Whole(id []byte) (*privacyv1.CommitmentResponse, error)
	// Entitled says on what ground a participant may see a field.
	Entitled(participant string, id []byte, field string) (*privacyv1.EntitledResponse, error)
	// Neighbours are those whom a chain grant on a record names.
	Neighbours(id []byte) ([]string, error)
}

// walksAtOnce bounds how many public questions walk along chains at a time: one
// may read thousands of events.
const walksAtOnce = 4

// walk does a question's work when it is its turn.
func (g *Gateway) walk(ctx context.Context, do func() error) error {
	select {
	case g.walkSlots <- struct{}{}:
		defer func() { <-g.walkSlots }()
		return do()
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g *Gateway) privacyRoutes() {
	const tag = "Privacy"
	huma.Register(g.api, op("listCommitments", "/v1/commitments", tag, "Commitments to private fields", "Names and commitments, never values. In order of id."), g.listCommitments)
	huma.Register(g.api, op("getCommitment", "/v1/commitments/{id}", tag, "One commitment, who may see its fields, and who was handed them",
		"With proof=true, proof is what filiera data open checks offline: the record, header, commit and validators. Unknown: commitment.not_found."), g.getCommitment)
	huma.Register(g.api, op("getEntitlement", "/v1/commitments/{id}/entitled", tag, "Whether a participant may see a field now",
		"403 with the reason when not, 410 when the field is erased."), g.getEntitlement)
	huma.Register(g.api, op("listNeighbours", "/v1/commitments/{id}/neighbours", tag, "Who is up and down the chain",
		"Owners and custodians of the registered batches that the subject's batch was made from or went into: whom a chain grant names."), g.listNeighbours)
	huma.Register(g.api, op("listHoldings", "/v1/holdings", tag, "Who was handed openings", "And what they acknowledged as erased. In order of participant, commitment and field."), g.listHoldings)
}

type commitmentsIn struct {
	Paging
	Participant string `query:"participant" doc:"Who committed"`
	Subject     string `query:"subject" doc:"As batch/08012345678907/L26-001, event/…, attestation/… or product/…" maxLength:"100"`
}

func (g *Gateway) listCommitments(ctx context.Context, in *commitmentsIn) (*body[List[Record[*privacyv1.Commitment]]], error) {
	subject := commitment.Subject(in.Subject)
	if subject != "" {
		if err := subject.Check(); err != nil {
			return nil, badRequest("subject", "%v", err)
		}
	}
	l, err := g.c.Index.Commitments(ctx, index.CommitmentFilter{Participant: in.Participant, Subject: subject}, in.page())
	return respond(g, List[Record[*privacyv1.Commitment]]{records(l.Items), l.Next}, err)
}

type holdingsIn struct {
	Paging
	Participant string `query:"participant" doc:"Who was handed them"`
	Kept        bool   `query:"kept" doc:"Only what is not acknowledged as erased"`
}

func (g *Gateway) listHoldings(ctx context.Context, in *holdingsIn) (*body[List[Record[*privacyv1.Holding]]], error) {
	l, err := g.c.Index.Holdings(ctx, index.HoldingFilter{Participant: in.Participant, Kept: in.Kept}, in.page())
	return respond(g, List[Record[*privacyv1.Holding]]{records(l.Items), l.Next}, err)
}

// CommitmentIn names a record in a path.
type CommitmentIn struct {
	ID string `path:"id" doc:"64 hex digits"`
}

func (in *CommitmentIn) parse() ([]byte, error) {
	b, err := hex.DecodeString(in.ID)
	if err != nil || len(b) != commitment.Size {
		return nil, badRequest("id", "the commitment is %q; write its id of 64 hex digits", clip(in.ID))
	}
	return b, nil
}

type commitmentIn struct {
	CommitmentIn
	Proof bool `query:"proof" doc:"Add the proof of the record"`
}

// CommitmentDetail is a record with everything that belongs to it.
type CommitmentDetail struct {
	*privacyv1.CommitmentResponse
	proof json.RawMessage
}

// MarshalJSON implements json.Marshaler.
func (d CommitmentDetail) MarshalJSON() ([]byte, error) {
	var extra []Member
	if d.proof != nil {
		extra = append(extra, Member{"proof", d.proof})
	}
	return record(d.CommitmentResponse, extra...).MarshalJSON()
}

// Schema implements huma.SchemaProvider.
func (d CommitmentDetail) Schema(reg huma.Registry) *huma.Schema {
	return describeAs(reg, "CommitmentDetail", (*privacyv1.CommitmentResponse)(nil).ProtoReflect().Descriptor(), map[string]*huma.Schema{
		"proof": {Type: huma.TypeObject, AdditionalProperties: true, Description: "A proof of the form filiera-record/1, when asked for."},
	})
}

func (g *Gateway) getCommitment(ctx context.Context, in *commitmentIn) (*body[CommitmentDetail], error) {
	id, err := in.parse()
	if err != nil {
		return nil, err
	}
	d := CommitmentDetail{}
	if d.CommitmentResponse, err = g.c.Privacy.Whole(id); err != nil {
		return nil, g.refused(err)
	}
	if in.Proof {
		d.proof, err = g.proveRecord(ctx, statekey.Commitment(id))
	}
	return respond(g, d, err)
}

// proveRecord gives the proof of one record of the last committed state.
func (g *Gateway) proveRecord(ctx context.Context, key []byte) (raw json.RawMessage, err error) {
	err = g.c.Ledger.View(func(v View) error {
		raw, err = g.proveIn(ctx, v, key)
		return err
	})
	return raw, err
}

// proveIn gives the proof of records, present or absent, of a view. The keys ascend.
func (g *Gateway) proveIn(ctx context.Context, v View, keys ...[]byte) (json.RawMessage, error) {
	header, err := g.provingHeader(ctx, v)
	if err != nil {
		return nil, err
	}
	p, err := verify.ProveRecords(verify.Live(v), keys, v, *header)
	if err != nil {
		return nil, err
	}
	return p.Encode()
}

type entitledIn struct {
	CommitmentIn
	Field       string `query:"field" required:"true"`
	Participant string `query:"participant" required:"true"`
}

func (g *Gateway) getEntitlement(ctx context.Context, in *entitledIn) (*body[Record[*privacyv1.EntitledResponse]], error) {
	id, err := in.parse()
	if err != nil {
		return nil, err
	}
	var e *privacyv1.EntitledResponse
	err = g.walk(ctx, func() error {
		e, err = g.c.Privacy.Entitled(in.Participant, id, in.Field)
		return err
	})
	if err != nil {
		return nil, g.refused(err)
	}
	return &body[Record[*privacyv1.EntitledResponse]]{record(e)}, nil
}

// Neighbours are participants.
type Neighbours struct {
	Participants []string `json:"participants"`
}

func (g *Gateway) listNeighbours(ctx context.Context, in *CommitmentIn) (*body[Neighbours], error) {
	id, err := in.parse()
	if err != nil {
		return nil, err
	}
	var list []string
	err = g.walk(ctx, func() error {
		list, err = g.c.Privacy.Neighbours(id)
		return err
	})
	if err != nil {
		return nil, g.refused(err)
	}
	if list == nil {
		list = []string{}
	}
	return &body[Neighbours]{Neighbours{list}}, nil
}

// refused shows a refusal of the privacy module: no such record 404, erased 410,
// everything else 403. A failure is no refusal.
func (g *Gateway) refused(err error) error {
	var e *module.Error
	if !errors.As(err, &e) {
		return g.fail(err)
	}
	switch e.ID() {
	case "privacy.unknown_commitment":
		return notFound("commitment", "%v", e)
	case "privacy.erased":
		return problem(http.StatusGone, e.ID(), "%v", e)
	case "privacy.malformed":
		return problem(http.StatusBadRequest, e.ID(), "%v", e)
	}
	return problem(http.StatusForbidden, e.ID(), "%v", e)
}
