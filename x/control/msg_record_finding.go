package control

import (
	"fmt"

	"cosmossdk.io/collections"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	controlv1 "github.com/filiera-chain/filiera/api/control/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
)

func checkRecordFinding(m *controlv1.MsgRecordFinding) error {
	if m.GetSeverity() != controlv1.Severity_SEVERITY_MINOR && m.GetSeverity() != controlv1.Severity_SEVERITY_MAJOR {
		return ErrShape.With("severity is %d; it is minor (1) or major (2)", m.GetSeverity())
	}
	if m.GetRequirement() == "" && m.GetClause() == "" {
		return ErrShape.With("neither requirement nor clause is given; say what of the specification is not met")
	}
	if len(m.GetBatches()) > maxBatches {
		return ErrShape.With("batches has %d entries; at most %d", len(m.GetBatches()), maxBatches)
	}
	seen := map[[2]string]bool{}
	for i, b := range m.GetBatches() {
		if err := checkBatchID(fmt.Sprintf("batches[%d]", i), b); err != nil {
			return err
		}
		k := [2]string{b.GetGtin(), b.GetLot()}
		if seen[k] {
			return ErrShape.With("batch %s lot %q stands twice", k[0], k[1])
		}
		seen[k] = true
	}
	return first(
		checkRequestID(m.GetRequest()),
		module.CheckText("requirement", m.GetRequirement(), 0, 40),
		module.CheckText("clause", m.GetClause(), 0, 100),
		module.CheckText("text", m.GetText(), 3, maxReason),
		module.CheckDate("deadline_date", m.GetDeadlineDate()),
	)
}

// recordFinding records a non-conformity of a scheduled control.
func (c *Control) recordFinding(ctx *module.Context, m *controlv1.MsgRecordFinding) (proto.Message, error) {
	r, err := c.inHand(ctx, m.GetRequest())
	if err != nil {
		return nil, err
	}
	if m.GetDeadlineDate() < module.Day(ctx.Time) {
		return nil, ErrDate.With("deadline_date is %s, before today, %s", m.GetDeadlineDate(), module.Day(ctx.Time))
	}
	if r.GetLastFinding() >= maxFindings {
		return nil, ErrLimit.With("request %s already has %d non-conformities; refuse it, or request another control", r.GetId(), maxFindings)
	}
	f := &controlv1.NonConformity{
		Request: r.GetId(), Number: r.GetLastFinding() + 1, Severity: m.GetSeverity(), Requirement: m.GetRequirement(), Clause: m.GetClause(),
		Text: m.GetText(), Batches: m.GetBatches(), DeadlineDate: m.GetDeadlineDate(), RecordedAt: ctx.Time, RecordedKey: ctx.Signer.KeyLabel,
	}
	if m.GetRequirement() != "" {
		q, err := c.requirement(ctx, r, m.GetRequirement())
		if err != nil {
			return nil, err
		}
		if f.Clause == "" {
			f.Clause = q.GetClause()
		}
	}
	if err := spread(r, f); err != nil {
		return nil, err
	}
	if err := c.enterFinding(ctx, r, f); err != nil {
		return nil, err
	}
	return &controlv1.RecordFindingResult{Number: f.GetNumber()}, nil
}

// inHand gives a request of the signer's that is scheduled.
func (c *Control) inHand(ctx *module.Context, id string) (*controlv1.ControlRequest, error) {
	r, err := c.mustRequest(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := c.ofBody(ctx, r); err != nil {
		return nil, err
	}
	if r.GetStatus() != scheduled {
		return nil, about(r, ErrState.With("it is %s; findings and results are recorded while it is scheduled", StatusWord(r.GetStatus())))
	}
	return r, nil
}

// requirement finds one of the version that the request's batches are bound to.
func (c *Control) requirement(ctx *module.Context, r *controlv1.ControlRequest, id string) (*productv1.Requirement, error) {
	v, err := c.products.SpecificationVersion(ctx, r.GetSpecification(), r.GetSpecificationVersion())
	if err != nil {
		return nil, err
	}
	for _, q := range v.GetRequirements() {
		if q.GetId() == id {
			return q, nil
		}
	}
	return nil, ErrRequirement.With("version %d of %s has no requirement %q; leave it out and name the clause", r.GetSpecificationVersion(), r.GetSpecification(), clip(id))
}

// spread holds the batches of f to those of r; none means all.
func spread(r *controlv1.ControlRequest, f *controlv1.NonConformity) error {
	if len(f.GetBatches()) == 0 {
		for _, b := range r.GetBatches() {
			f.Batches = append(f.Batches, b.GetBatch())
		}
		return nil
	}
	for _, b := range f.GetBatches() {
		if !names(r, b) {
			return ErrForeign.With("batch %s lot %q is none of request %s", b.GetGtin(), b.GetLot(), r.GetId())
		}
	}
	return nil
}

func names(r *controlv1.ControlRequest, id *basev1.BatchID) bool {
	for _, b := range r.GetBatches() {
		if b.GetBatch().GetGtin() == id.GetGtin() && b.GetBatch().GetLot() == id.GetLot() {
			return true
		}
	}
	return false
}

func (c *Control) enterFinding(ctx *module.Context, r *controlv1.ControlRequest, f *controlv1.NonConformity) error {
	r.LastFinding = f.GetNumber()
	if f.GetSeverity() == controlv1.Severity_SEVERITY_MINOR {
		r.OpenMinor++
	} else {
		r.OpenMajor++
		for _, b := range f.GetBatches() {
			open, err := c.openMajors(ctx, b.GetGtin(), b.GetLot())
			if err != nil {
				return err
			}
			if len(open) >= maxMajors {
				return ErrLimit.With("batch %s lot %q already has %d open major non-conformities", b.GetGtin(), b.GetLot(), len(open))
			}
			if err := c.majors.Set(ctx, collections.Join4(b.GetGtin(), b.GetLot(), f.GetRequest(), f.GetNumber())); err != nil {
				return err
			}
		}
	}
	if err := c.putFinding(ctx, f); err != nil {
		return err
	}
	return c.put(ctx, r)
}

func (c *Control) putFinding(ctx *module.Context, f *controlv1.NonConformity) error {
	ctx.Emit(&controlv1.FindingChanged{Finding: f})
	return c.findings.Set(ctx, collections.Join(f.GetRequest(), f.GetNumber()), f)
}
