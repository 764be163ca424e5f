package cert

import (
	"strings"
	"testing"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
)

func suspending(n int) *certv1.MsgSuspend {
	return &certv1.MsgSuspend{Attestation: urn(n), Reason: "complaint received"}
}

func TestAnAttestationIsSuspendedByItsCertifierOrAnAuthority(t *testing.T) {
	for _, who := range []string{body, region} {
		l := newLedger(t)
		l.must(l.issue(certificate(1, 100)))
		l.must(l.do(who, suspending(1)))
		a := l.attestation(urn(1))
		if last := a.GetHistory()[1]; l.state(urn(1)) != Suspended || last.GetActor() != who || last.GetReason() != "complaint received" {
			t.Errorf("attestation = %v", a)
		}
	}
}

func TestACertifierSuspendsItsOwnWordWithoutAccreditation(t *testing.T) {
	l := newLedger(t)
	l.must(l.issue(certificate(1, 100)))
	l.must(l.do(region, &registryv1.MsgRevokeAccreditation{Certifier: body, Specification: pastaSpec, Reason: "ended"}))
	l.must(l.do(body, suspending(1)))
}

func TestASuspensionIsRefusedWhen(t *testing.T) {
	l := newLedger(t)
	l.must(l.issue(certificate(1, 100)))
	refused(t, ErrNotAllowed, l.do(otherBody, suspending(1)))
	refused(t, ErrNotAllowed, l.do(pastaMaker, suspending(1)))
	refused(t, ErrAttestation, l.do(body, suspending(2)))
	refused(t, ErrShape, l.do(body, &certv1.MsgSuspend{Attestation: urn(1)}))
	refused(t, ErrShape, l.do(body, &certv1.MsgSuspend{Reason: "complaint"}))
	refused(t, ErrShape, l.do(body, &certv1.MsgSuspend{Attestation: "a\x00b", Reason: "complaint"}))
	l.must(l.do(body, suspending(1)))
	err := l.do(body, suspending(1))
	refused(t, ErrState, err)
	if !strings.Contains(err.Error(), Suspended) || !strings.Contains(err.Error(), urn(1)) {
		t.Errorf("%q names neither the state nor the attestation", err)
	}
}
