package control

import (
	"fmt"

	"cosmossdk.io/collections"

	controlv1 "github.com/filiera-chain/filiera/api/control/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/quantity"
)

func checkRecordLabResults(m *controlv1.MsgRecordLabResults) error {
	if n := len(m.GetResults()); n == 0 || n > maxPerAct {
		return ErrShape.With("results has %d entries; an act records 1 to %d", n, maxPerAct)
	}
	for i, r := range m.GetResults() {
		if err := checkLabResult(r); err != nil {
			return ErrShape.With("results[%d]: %v", i, err)
		}
	}
	return nil
}

func checkLabResult(r *controlv1.NewLabResult) error {
	if err := checkBatchID("batch", r.GetBatch()); err != nil {
		return err
	}
	if err := quantity.CheckMeasured(r.GetValue()); err != nil {
		return fmt.Errorf("value: %w", err)
	}
	if u := r.GetUncertainty(); u != "" {
		if err := quantity.CheckMeasured(u); err != nil {
			return fmt.Errorf("uncertainty: %w", err)
		}
		if n, _ := quantity.CompareMeasured(u, "0"); n < 0 {
			return fmt.Errorf("uncertainty is %s; it is not negative", u)
		}
	}
	if (r.GetLaboratory() == "") == (r.GetLaboratoryName() == "") {
		return fmt.Errorf("give laboratory, the id of a participant, or laboratory_name, and not both")
	}
	if len(r.GetReportSha256()) != 0 {
		if err := module.CheckHash("report_sha256", r.GetReportSha256()); err != nil {
			return err
		}
	}
	return first(
		checkRequestID(r.GetRequest()),
		module.CheckText("requirement", r.GetRequirement(), 0, 40),
		module.CheckText("parameter", r.GetParameter(), 1, 100),
		module.CheckText("method", r.GetMethod(), 1, 200),
		module.CheckText("unit", r.GetUnit(), 0, 40),
		module.CheckText("sample", r.GetSample(), 1, 40),
		module.CheckText("laboratory", r.GetLaboratory(), 0, 40),
		module.CheckText("laboratory_name", r.GetLaboratoryName(), 0, 200),
		module.CheckDate("report_date", r.GetReportDate()),
	)
}

// recordLabResults records measurements of scheduled controls of the signer.
func (c *Control) recordLabResults(ctx *module.Context, m *controlv1.MsgRecordLabResults) error {
	for i, n := range m.GetResults() {
		if err := c.recordLabResult(ctx, n); err != nil {
			e := module.AsError(err)
			return e.With("results[%d]: %s", i, e)
		}
	}
	return nil
}

func (c *Control) recordLabResult(ctx *module.Context, n *controlv1.NewLabResult) error {
	r, err := c.inHand(ctx, n.GetRequest())
	if err != nil {
		return err
	}
	if !names(r, n.GetBatch()) {
		return ErrForeign.With("batch %s lot %q is none of request %s", n.GetBatch().GetGtin(), n.GetBatch().GetLot(), r.GetId())
	}
	// One day ahead, because a laboratory's calendar may be ahead of UTC.
	if n.GetReportDate() > module.Day(ctx.Time+24*3600) {
		return ErrDate.With("report_date is %s, but today is %s", n.GetReportDate(), module.Day(ctx.Time))
	}
	if r.GetLastResult() >= maxResults {
		return ErrLimit.With("request %s already has %d laboratory results", r.GetId(), maxResults)
	}
	if err := c.checkLaboratory(ctx, n.GetLaboratory()); err != nil {
		return err
	}
	verdict, err := c.judge(ctx, r, n)
	if err != nil {
		return err
	}
	out := &controlv1.LabResult{
		Request: r.GetId(), Number: r.GetLastResult() + 1, Batch: n.GetBatch(), Requirement: n.GetRequirement(), Parameter: n.GetParameter(),
		Method: n.GetMethod(), Value: n.GetValue(), Below: n.GetBelow(), Unit: n.GetUnit(), Uncertainty: n.GetUncertainty(), Sample: n.GetSample(),
		Laboratory: n.GetLaboratory(), LaboratoryName: n.GetLaboratoryName(), ReportDate: n.GetReportDate(), ReportSha256: n.GetReportSha256(),
		Verdict: verdict, RecordedAt: ctx.Time, RecordedKey: ctx.Signer.KeyLabel,
	}
	r.LastResult = out.GetNumber()
	ctx.Emit(&controlv1.LabResultRecorded{Result: out})
	if err := c.results.Set(ctx, collections.Join(out.GetRequest(), out.GetNumber()), out); err != nil {
		return err
	}
	return c.put(ctx, r)
}

func (c *Control) checkLaboratory(ctx *module.Context, id string) error {
	if id == "" {
		return nil
	}
	p, err := c.registry.Participant(ctx, id)
	if err == nil && p == nil {
		return ErrLaboratory.With("laboratory %q is not enrolled; give laboratory_name instead", clip(id))
	}
	return err
}

// judge holds a measurement against the limits of its requirement.
func (c *Control) judge(ctx *module.Context, r *controlv1.ControlRequest, n *controlv1.NewLabResult) (controlv1.Verdict, error) {
	if n.GetRequirement() == "" {
		return notJudged, nil
	}
	q, err := c.requirement(ctx, r, n.GetRequirement())
	if err != nil {
		return 0, err
	}
	if q.GetMinimum() == "" && q.GetMaximum() == "" {
		return notJudged, nil
	}
	if n.GetUnit() != q.GetUnit() {
		return 0, ErrUnit.With("unit is %q and the limit of requirement %s is in %q; give the value in that unit", n.GetUnit(), q.GetId(), q.GetUnit())
	}
	return Judge(q, n.GetValue(), n.GetBelow())
}

const (
	pass      = controlv1.Verdict_VERDICT_PASS
	fail      = controlv1.Verdict_VERDICT_FAIL
	notJudged = controlv1.Verdict_VERDICT_NOT_JUDGED
)

// Judge compares a value with the limits of q, both included. The value found
// decides, without a guard band for its uncertainty (simple acceptance, ILAC
// G8:09/2019 §4.2.1). below says that the true value is under the one given:
// such a result decides only where every value under it, or none, is good.
func Judge(q *productv1.Requirement, value string, below bool) (controlv1.Verdict, error) {
	if below {
		return judgeBelow(q, value)
	}
	if q.GetMinimum() != "" {
		if n, err := quantity.CompareMeasured(value, q.GetMinimum()); err != nil || n < 0 {
			return fail, err
		}
	}
	if q.GetMaximum() != "" {
		if n, err := quantity.CompareMeasured(value, q.GetMaximum()); err != nil || n > 0 {
			return fail, err
		}
	}
	if q.GetMinimum() == "" && q.GetMaximum() == "" {
		return notJudged, nil
	}
	return pass, nil
}

func judgeBelow(q *productv1.Requirement, value string) (controlv1.Verdict, error) {
	if q.GetMinimum() != "" {
		n, err := quantity.CompareMeasured(value, q.GetMinimum())
		if err != nil || n <= 0 {
			return fail, err
		}
		return notJudged, nil
	}
	if q.GetMaximum() != "" {
		n, err := quantity.CompareMeasured(value, q.GetMaximum())
		if err != nil || n <= 0 {
			return pass, err
		}
	}
	return notJudged, nil
}
