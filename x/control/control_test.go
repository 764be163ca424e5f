package control_test

import (
	"errors"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	controlv1 "github.com/filiera-chain/filiera/api/control/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/x/control"
	"github.com/filiera-chain/filiera/x/registry"
)

const (
	minor = controlv1.Severity_SEVERITY_MINOR
	major = controlv1.Severity_SEVERITY_MAJOR
)

// change gives a copy of a message, changed.
func change[M proto.Message](m M, do func(M)) M {
	c := proto.Clone(m).(M)
	do(c)
	return c
}

func TestARequestIsNumberedPerBodyAndStandsInItsQueue(t *testing.T) {
	w := newWorld(t)
	if got := w.ask("A", "B"); got != "body:1" {
		t.Errorf("the first is %s", got)
	}
	r := w.request("body:1")
	if r.GetSpecification() != spec || r.GetSpecificationVersion() != 2 || r.GetDueDate() != "2026-12-05" || r.GetRequester() != "maker" || len(r.GetHistory()) != 1 {
		t.Errorf("it is %v", r)
	}
	if len(w.Said) != 1 || !proto.Equal(w.Said[0], &controlv1.RequestChanged{Request: r}) {
		t.Errorf("it said %v", w.Said)
	}
	w.Refuses(control.ErrDuplicate, by("maker"), asking("A"))
	w.Do(by("maker"), change(asking("A"), func(m *controlv1.MsgRequestControl) { m.Certifier = "other-body"; m.DueDate = "" }))
	if r := w.request("other-body:1"); r.GetDueDate() != r.GetRequestedDate() {
		t.Errorf("without a due date it is due on %s", r.GetDueDate())
	}
	w.Do(by("maker"), &controlv1.MsgWithdrawControl{Request: "body:1", Reason: "not ready yet"})
	if got := w.ask("A"); got != "body:2" {
		t.Errorf("the next is %s", got)
	}
}

func TestARequestIsRefusedWhen(t *testing.T) {
	with := func(do func(*controlv1.MsgRequestControl)) *controlv1.MsgRequestControl {
		return change(asking("A"), do)
	}
	for _, c := range []struct {
		name string
		who  string
		m    *controlv1.MsgRequestControl
		want *module.Error
	}{
		{"it names no batch", "maker", asking(), control.ErrShape},
		{"a batch stands twice", "maker", asking("A", "A"), control.ErrShape},
		{"the GTIN is short", "maker", with(func(m *controlv1.MsgRequestControl) { m.Batches[0].Batch.Gtin = "9521234000013" }), control.ErrShape},
		{"the GTIN is wrong", "maker", with(func(m *controlv1.MsgRequestControl) { m.Batches[0].Batch.Gtin = "09521234000014" }), control.ErrShape},
		{"the lot is empty", "maker", asking(""), control.ErrShape},
		{"the quantity is nothing", "maker", with(func(m *controlv1.MsgRequestControl) { m.Batches[0].Quantity.Amount = 0 }), control.ErrShape},
		{"there is no quantity", "maker", with(func(m *controlv1.MsgRequestControl) { m.Batches[0].Quantity = nil }), control.ErrShape},
		{"a batch is empty", "maker", with(func(m *controlv1.MsgRequestControl) { m.Batches[0] = nil }), control.ErrShape},
		{"the body is badly written", "maker", with(func(m *controlv1.MsgRequestControl) { m.Certifier = "Body" }), control.ErrShape},
		{"the day is badly written", "maker", with(func(m *controlv1.MsgRequestControl) { m.RequestedDate = "25/11/2026" }), control.ErrShape},
		{"the due day is badly written", "maker", with(func(m *controlv1.MsgRequestControl) { m.DueDate = "soon" }), control.ErrShape},
		{"the note is too long", "maker", with(func(m *controlv1.MsgRequestControl) { m.Note = strings.Repeat("x", 501) }), control.ErrShape},
		{"the day is past", "maker", with(func(m *controlv1.MsgRequestControl) { m.RequestedDate = "2026-11-22" }), control.ErrDate},
		{"it is due before the goods are ready", "maker", with(func(m *controlv1.MsgRequestControl) { m.DueDate = "2026-11-24" }), control.ErrDate},
		{"the batch is unknown", "maker", asking("Z"), control.ErrBatch},
		{"the batch is another's", "rival", asking("A"), control.ErrNotOwner},
		{"the batch is withdrawn", "maker", asking("GONE"), control.ErrBatchState},
		{"the batch is made to no specification", "maker", with(func(m *controlv1.MsgRequestControl) { m.Batches[0].Batch = id(sauce, "S") }), control.ErrBinding},
		{"the batches are bound to two versions", "maker", asking("A", "OLD"), control.ErrBinding},
		{"the quantity exceeds the batch", "maker", with(func(m *controlv1.MsgRequestControl) { m.Batches[0].Quantity.Amount = 1001 }), control.ErrQuantity},
		{"the unit is another", "maker", with(func(m *controlv1.MsgRequestControl) { m.Batches[0].Quantity.Unit = "KGM" }), control.ErrQuantity},
		{"the body is not accredited", "maker", with(func(m *controlv1.MsgRequestControl) { m.Certifier = "not-accredited" }), registry.ErrAccreditation},
		{"the body is not enrolled", "maker", with(func(m *controlv1.MsgRequestControl) { m.Certifier = "nobody" }), registry.ErrNoParticipant},
	} {
		t.Run(c.name, func(t *testing.T) { newWorld(t).Refuses(c.want, by(c.who), c.m) })
	}
}

func TestTheBodySchedulesAndMovesADay(t *testing.T) {
	w := newWorld(t)
	r := w.ask("A")
	w.Refuses(control.ErrNotAllowed, by("other-body"), scheduling(r))
	w.Refuses(control.ErrNotAllowed, by("maker"), scheduling(r))
	w.Refuses(control.ErrRequest, by(body), scheduling("body:9"))
	w.Refuses(control.ErrDate, by(body), change(scheduling(r), func(m *controlv1.MsgScheduleControl) { m.Date = "2026-11-22" }))
	w.Refuses(control.ErrShape, by(body), change(scheduling(r), func(m *controlv1.MsgScheduleControl) { m.Kind = 9 }))
	w.Refuses(control.ErrShape, by(body), change(scheduling(r), func(m *controlv1.MsgScheduleControl) { m.Inspector = "Mario Rossi" }))
	w.Refuses(control.ErrInspector, by(body), change(scheduling(r), func(m *controlv1.MsgScheduleControl) { m.Inspector = "mario-rossi" }))
	w.Do(by(body), scheduling(r))
	w.Do(by(body), change(scheduling(r), func(m *controlv1.MsgScheduleControl) {
		m.Date, m.Inspector, m.Kind = "2026-11-30", "inspector", controlv1.ControlKind_CONTROL_KIND_SAMPLING
	}))
	if got := w.request(r); got.GetScheduledDate() != "2026-11-30" || got.GetInspector() != "inspector" || len(got.GetHistory()) != 3 {
		t.Errorf("it is %v", got)
	}
	decline := &controlv1.MsgDeclineControl{Request: r, Code: controlv1.DeclineCode_DECLINE_CODE_NO_CAPACITY, Reason: "no inspector is free"}
	w.Refuses(control.ErrState, by(body), decline)
	second := w.ask("B")
	w.Refuses(control.ErrShape, by(body), &controlv1.MsgDeclineControl{Request: second, Reason: "no inspector is free"})
	w.Refuses(control.ErrNotAllowed, by("maker"), change(decline, func(m *controlv1.MsgDeclineControl) { m.Request = second }))
	w.Do(by(body), change(decline, func(m *controlv1.MsgDeclineControl) { m.Request = second }))
	w.Refuses(control.ErrState, by(body), scheduling(second))
	w.Refuses(control.ErrNotAllowed, by(body), &controlv1.MsgWithdrawControl{Request: r, Reason: "not ready"})
	w.Refuses(control.ErrNotAllowed, by("maker"), &controlv1.MsgRefuseControl{Request: r, Reason: "not dried"})
	w.Refuses(control.ErrShape, by(body), &controlv1.MsgRefuseControl{Request: r})
	w.Do(by(body), &controlv1.MsgRefuseControl{Request: r, Reason: "not dried as asked"})
	w.Refuses(control.ErrState, by("maker"), &controlv1.MsgWithdrawControl{Request: r, Reason: "not ready"})
}

func TestAFullHistoryLeavesRoomForTheEnd(t *testing.T) {
	w := newWorld(t)
	r := w.ask("A")
	for range 48 {
		w.Do(by(body), scheduling(r))
	}
	w.Refuses(control.ErrLimit, by(body), scheduling(r))
	w.Do(by("maker"), &controlv1.MsgWithdrawControl{Request: r, Reason: "too late"})
}

func TestNonConformitiesAreRecordedAndClosedAgainstEvidence(t *testing.T) {
	w := newWorld(t)
	r := w.ask("A", "B")
	w.Refuses(control.ErrState, by(body), finding(r, minor))
	w.Do(by(body), scheduling(r))
	n := w.Do(by(body), finding(r, minor)).(*controlv1.RecordFindingResult)
	if n.GetNumber() != 1 || len(w.Said) != 2 {
		t.Errorf("it is number %d and said %v", n.GetNumber(), w.Said)
	}
	w.Do(by(body), change(finding(r, major), func(m *controlv1.MsgRecordFinding) { m.Batches = append(m.Batches, id(pasta, "B")) }))
	if got := w.request(r); got.GetOpenMinor() != 1 || got.GetOpenMajor() != 1 {
		t.Errorf("it is %v", got)
	}
	rd := w.Reader()
	must(t, w.control.Clear(rd, pasta, "A"))
	if err := w.control.Clear(rd, pasta, "B"); !errors.Is(err, control.ErrOpenMajor) || !strings.Contains(err.Error(), "2026-12-10") {
		t.Errorf("a batch with an open major is clear: %v", err)
	}
	for _, c := range []struct {
		name string
		who  string
		m    *controlv1.MsgRecordFinding
		want *module.Error
	}{
		{"another body", "other-body", finding(r, minor), control.ErrNotAllowed},
		{"no severity", body, finding(r, 0), control.ErrShape},
		{"nothing is not met", body, change(finding(r, minor), func(m *controlv1.MsgRecordFinding) { m.Requirement = "" }), control.ErrShape},
		{"no such requirement", body, change(finding(r, minor), func(m *controlv1.MsgRecordFinding) { m.Requirement = "shape" }), control.ErrRequirement},
		{"a batch of others", body, change(finding(r, minor), func(m *controlv1.MsgRecordFinding) { m.Batches = append(m.Batches, id(pasta, "OLD")) }), control.ErrForeign},
		{"a batch twice", body, change(finding(r, minor), func(m *controlv1.MsgRecordFinding) { m.Batches = append(m.Batches, id(pasta, "A"), id(pasta, "A")) }), control.ErrShape},
		{"a past deadline", body, change(finding(r, minor), func(m *controlv1.MsgRecordFinding) { m.DeadlineDate = "2026-11-22" }), control.ErrDate},
		{"no text", body, change(finding(r, minor), func(m *controlv1.MsgRecordFinding) { m.Text = "" }), control.ErrShape},
	} {
		t.Run(c.name, func(t *testing.T) { w.Refuses(c.want, by(c.who), c.m) })
	}
	w.Do(by(body), change(finding(r, minor), func(m *controlv1.MsgRecordFinding) { m.Requirement, m.Clause = "", "art. 7" }))

	w.Refuses(control.ErrNotAllowed, by("maker"), closing(r, 1))
	w.Refuses(control.ErrNotAllowed, by("other-body"), closing(r, 1))
	w.Refuses(control.ErrFinding, by(body), closing(r, 4))
	w.Refuses(control.ErrShape, by(body), closing(r, 0))
	w.Refuses(control.ErrShape, by(body), change(closing(r, 1), func(m *controlv1.MsgCloseFinding) { m.EvidenceSha256 = nil }))
	w.Do(by(body), closing(r, 1))
	w.Refuses(control.ErrClosed, by(body), closing(r, 1))
	w.Do(by(body), &controlv1.MsgRefuseControl{Request: r, Reason: "not dried as asked"})
	w.Do(by("region"), closing(r, 2)) // an authority, after the end
	must(t, w.control.Clear(w.Reader(), pasta, "B"))
}

func TestLaboratoryResultsAreJudgedAgainstTheLimits(t *testing.T) {
	w := newWorld(t)
	r := w.ask("A")
	w.Do(by(body), scheduling(r))
	moisture := func(value string, below bool) *controlv1.NewLabResult {
		return change(result(r, "A"), func(n *controlv1.NewLabResult) {
			n.Requirement, n.Parameter, n.Unit, n.Value, n.Below = "moisture", "moisture", "%", value, below
		})
	}
	drying := change(result(r, "A"), func(n *controlv1.NewLabResult) { n.Requirement, n.Unit = "drying", "h" })
	free := change(result(r, "A"), func(n *controlv1.NewLabResult) { n.Requirement, n.Unit = "", "mg/kg" })
	protein := func(value string, below bool) *controlv1.NewLabResult {
		return change(result(r, "A"), func(n *controlv1.NewLabResult) { n.Value, n.Below = value, below })
	}
	cases := []struct {
		n    *controlv1.NewLabResult
		want controlv1.Verdict
	}{
		{protein("12.50", false), controlv1.Verdict_VERDICT_PASS},
		{protein("12.49", false), controlv1.Verdict_VERDICT_FAIL},
		{protein("16.0", false), controlv1.Verdict_VERDICT_PASS},
		{protein("16.01", false), controlv1.Verdict_VERDICT_FAIL},
		{protein("12.5", true), controlv1.Verdict_VERDICT_FAIL},
		{protein("13", true), controlv1.Verdict_VERDICT_NOT_JUDGED},
		{moisture("12.5", false), controlv1.Verdict_VERDICT_PASS},
		{moisture("12.6", false), controlv1.Verdict_VERDICT_FAIL},
		{moisture("12.5", true), controlv1.Verdict_VERDICT_PASS},
		{moisture("13", true), controlv1.Verdict_VERDICT_NOT_JUDGED},
		{drying, controlv1.Verdict_VERDICT_NOT_JUDGED},
		{free, controlv1.Verdict_VERDICT_NOT_JUDGED},
	}
	var all []*controlv1.NewLabResult
	for _, c := range cases {
		all = append(all, c.n)
	}
	w.Do(by(body), results(all...))
	for i, c := range cases {
		said := w.Said[2*i].(*controlv1.LabResultRecorded).GetResult()
		if said.GetVerdict() != c.want || said.GetNumber() != uint32(i+1) || said.GetValue() != c.n.GetValue() {
			t.Errorf("%s %s (below: %t): %v, want %v", c.n.GetRequirement(), c.n.GetValue(), c.n.GetBelow(), said, c.want)
		}
	}
	if got := w.request(r).GetLastResult(); got != uint32(len(cases)) {
		t.Errorf("it has %d results", got)
	}
}

func TestLaboratoryResultsAreRefusedAllOrNoneWhen(t *testing.T) {
	w := newWorld(t)
	r, waiting := w.ask("A"), w.ask("B")
	w.Do(by(body), scheduling(r))
	for _, c := range []struct {
		name string
		who  string
		bad  func(*controlv1.NewLabResult)
		want *module.Error
	}{
		{"another body", "other-body", func(*controlv1.NewLabResult) {}, control.ErrNotAllowed},
		{"a request that is not scheduled", body, func(n *controlv1.NewLabResult) { n.Request, n.Batch = waiting, id(pasta, "B") }, control.ErrState},
		{"an unknown request", body, func(n *controlv1.NewLabResult) { n.Request = "body:77" }, control.ErrRequest},
		{"a batch of others", body, func(n *controlv1.NewLabResult) { n.Batch = id(pasta, "B") }, control.ErrForeign},
		{"no such requirement", body, func(n *controlv1.NewLabResult) { n.Requirement = "taste" }, control.ErrRequirement},
		{"another unit than the limit's", body, func(n *controlv1.NewLabResult) { n.Unit = "g/kg" }, control.ErrUnit},
		{"an unknown laboratory", body, func(n *controlv1.NewLabResult) { n.Laboratory, n.LaboratoryName = "nobody", "" }, control.ErrLaboratory},
		{"a report of next week", body, func(n *controlv1.NewLabResult) { n.ReportDate = "2026-11-30" }, control.ErrDate},
		{"no laboratory", body, func(n *controlv1.NewLabResult) { n.LaboratoryName = "" }, control.ErrShape},
		{"two laboratories", body, func(n *controlv1.NewLabResult) { n.Laboratory = "rival" }, control.ErrShape},
		{"a value with a comma", body, func(n *controlv1.NewLabResult) { n.Value = "13,1" }, control.ErrShape},
		{"no value", body, func(n *controlv1.NewLabResult) { n.Value = "" }, control.ErrShape},
		{"a negative uncertainty", body, func(n *controlv1.NewLabResult) { n.Uncertainty = "-1" }, control.ErrShape},
		{"an uncertainty in words", body, func(n *controlv1.NewLabResult) { n.Uncertainty = "low" }, control.ErrShape},
		{"no sample", body, func(n *controlv1.NewLabResult) { n.Sample = "" }, control.ErrShape},
		{"a short hash", body, func(n *controlv1.NewLabResult) { n.ReportSha256 = []byte{1} }, control.ErrShape},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.Refuses(c.want, by(c.who), results(result(r, "A"), change(result(r, "A"), c.bad)))
		})
	}
	w.Refuses(control.ErrShape, by(body), results())
	if w.request(r).GetLastResult() != 0 {
		t.Error("a refused act left a result behind")
	}
	w.Do(by(body), results(change(result(r, "A"), func(n *controlv1.NewLabResult) {
		n.Laboratory, n.LaboratoryName, n.Uncertainty, n.ReportSha256 = "rival", "", "", nil
	})))
}

func TestARecalledOrBadRequirementIsRefused(t *testing.T) {
	w := newWorld(t)
	v := version("2027-01-01")
	for name, bad := range map[string]func(*productv1.Requirement){
		"a minimum above the maximum": func(q *productv1.Requirement) { q.Minimum = "17" },
		"a limit that is no number":   func(q *productv1.Requirement) { q.Maximum = "16,0" },
		"a unit of nothing":           func(q *productv1.Requirement) { q.Minimum, q.Maximum = "", "" },
		"a long unit":                 func(q *productv1.Requirement) { q.Unit = strings.Repeat("x", 41) },
	} {
		t.Run(name, func(t *testing.T) {
			c := change(v, func(v *productv1.NewVersion) { bad(v.Requirements[0]) })
			if _, err := w.Try(by("region"), &productv1.MsgPublishVersion{Specification: spec, Version: c}); err == nil || !strings.Contains(err.Error(), "requirement") {
				t.Errorf("it is taken: %v", err)
			}
		})
	}
}
