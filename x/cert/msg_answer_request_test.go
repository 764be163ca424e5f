package cert

import (
	"testing"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	controlv1 "github.com/filiera-chain/filiera/api/control/v1"
	"github.com/filiera-chain/filiera/credential"
	"github.com/filiera-chain/filiera/x/control"
)

// request has the maker ask the body for the control of lots, scheduled.
func (l *ledger) request(lots ...string) {
	l.Helper()
	m := &controlv1.MsgRequestControl{Certifier: body, RequestedDate: "2026-11-24"}
	for _, lot := range lots {
		m.Batches = append(m.Batches, &controlv1.RequestedBatch{Batch: &basev1.BatchID{Gtin: pastaGTIN, Lot: lot}, Quantity: &basev1.Quantity{Amount: 500, Unit: "GRM"}})
	}
	l.must(l.do(pastaMaker, m))
}

func scheduling(id string) *controlv1.MsgScheduleControl {
	return &controlv1.MsgScheduleControl{Request: id, Date: "2026-11-24", Kind: controlv1.ControlKind_CONTROL_KIND_ON_SITE, Inspector: "isp-04"}
}

func major(id string) *controlv1.MsgRecordFinding {
	return &controlv1.MsgRecordFinding{Request: id, Severity: controlv1.Severity_SEVERITY_MAJOR, Requirement: "drying", Text: "dried for 12 hours", DeadlineDate: "2026-12-01"}
}

func TestAnAttestationAnswersTheRequestWhoseBatchesItCovers(t *testing.T) {
	l := newLedger(t)
	l.request("A", "B")
	l.must(l.do(body, scheduling(body+":1")))
	answer := &certv1.MsgAnswerRequest{Request: body + ":1", Attestation: urn(1)}
	refused(t, ErrAttestation, l.do(body, answer))
	l.must(l.issue(certificate(1, 600)))
	refused(t, ErrNotCovered, l.do(body, answer))
	both := certificate(2, 400)
	both.Batches = append(both.Batches, credential.CoveredBatch{GTIN: pastaGTIN, Lot: "B", Amount: 500, Unit: "GRM"})
	l.must(l.issue(both))
	answer.Attestation = urn(2)
	refused(t, control.ErrNotAllowed, l.do(otherBody, answer))
	refused(t, control.ErrNotAllowed, l.do(pastaMaker, answer))
	refused(t, ErrRequest, l.do(body, &certv1.MsgAnswerRequest{Request: body + ":9", Attestation: urn(2)}))
	l.must(l.do(body, answer))
	r, err := l.control.Request(l.reader(), body+":1")
	l.must(err)
	if r.GetStatus() != controlv1.RequestStatus_REQUEST_STATUS_ATTESTED || r.GetAttestation() != urn(2) {
		t.Fatalf("the request is %v", r)
	}
	refused(t, control.ErrState, l.do(body, answer))
}

func TestAnAttestationThatIsNotInForceOrOfAnotherBodyAnswersNothing(t *testing.T) {
	l := newLedger(t)
	l.request("A")
	answer := &certv1.MsgAnswerRequest{Request: body + ":1", Attestation: urn(1)}
	l.must(l.issue(certificate(1, 100)))
	refused(t, control.ErrState, l.do(body, answer)) // not scheduled
	l.must(l.do(body, scheduling(body+":1")))
	l.must(l.do(body, suspending(1)))
	refused(t, ErrState, l.do(body, answer))
	l.must(l.issue(certificate(2, 100).by(otherBody)))
	answer.Attestation = urn(2)
	refused(t, control.ErrNotAllowed, l.do(body, answer))
	refused(t, ErrShape, l.do(body, &certv1.MsgAnswerRequest{}))
	refused(t, ErrShape, l.do(body, &certv1.MsgAnswerRequest{Request: body + ":1"}))
}

func TestAnOpenMajorNonConformityKeepsABatchFromEveryBody(t *testing.T) {
	l := newLedger(t)
	l.must(l.issue(certificate(1, 100)))
	l.must(l.do(body, suspending(1)))
	l.request("A")
	l.must(l.do(body, scheduling(body+":1")))
	l.must(l.do(body, major(body+":1")))
	refused(t, control.ErrOpenMajor, l.issue(certificate(2, 100)))
	refused(t, control.ErrOpenMajor, l.issue(certificate(2, 100).by(otherBody)))
	refused(t, control.ErrOpenMajor, l.do(body, reinstating(1)))
	l.must(l.do(body, &controlv1.MsgRefuseControl{Request: body + ":1", Reason: "not dried as asked"}))
	refused(t, control.ErrOpenMajor, l.issue(certificate(2, 100).by(otherBody)))
	l.must(l.do(body, &controlv1.MsgCloseFinding{Request: body + ":1", Number: 1, Note: "dried again", EvidenceSha256: make([]byte, 32)}))
	l.must(l.issue(certificate(2, 100).by(otherBody)))
	l.must(l.do(body, reinstating(1)))
}

func TestAMajorFoundBetweenTheTwoSignaturesHoldsTheSecond(t *testing.T) {
	l := newLedger(t)
	twoPersons(l)
	l.request("A")
	l.must(l.do(body, scheduling(body+":1")))
	l.must(l.issue(certificate(1, 100)))
	l.must(l.do(body, major(body+":1")))
	refused(t, control.ErrOpenMajor, l.doWith(body, "second", countersigning(1)))
	answer := &certv1.MsgAnswerRequest{Request: body + ":1", Attestation: urn(1)}
	refused(t, ErrState, l.do(body, answer))
	l.must(l.do(region, &controlv1.MsgCloseFinding{Request: body + ":1", Number: 1, Note: "measured again", EvidenceSha256: make([]byte, 32)}))
	l.must(l.doWith(body, "second", countersigning(1)))
	l.must(l.do(body, major(body+":1")))
	refused(t, control.ErrOpenMajor, l.do(body, answer))
}
