package cert

import (
	"testing"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/x/registry"
)

func reinstating(n int) *certv1.MsgReinstate {
	return &certv1.MsgReinstate{Attestation: urn(n), Reason: "analysis repeated"}
}

// withSuspended issues 600 of lot A and suspends it.
func withSuspended(t *testing.T) *ledger {
	l := newLedger(t)
	l.must(l.issue(certificate(1, 600)))
	l.must(l.do(region, suspending(1)))
	return l
}

func TestItsCertifierReinstatesASuspendedAttestation(t *testing.T) {
	l := withSuspended(t)
	l.must(l.do(body, reinstating(1)))
	a := l.attestation(urn(1))
	if got := a.GetHistory()[2].GetStatus(); got != Reinstated || l.state(urn(1)) != Issued {
		t.Errorf("the line is %s and the state %s", got, l.state(urn(1)))
	}
}

func TestAReinstatementIsRefusedWhen(t *testing.T) {
	l := withSuspended(t)
	refused(t, ErrNotAllowed, l.do(region, reinstating(1)))
	refused(t, ErrNotAllowed, l.do(otherBody, reinstating(1)))
	refused(t, ErrAttestation, l.do(body, reinstating(2)))
	refused(t, ErrShape, l.do(body, &certv1.MsgReinstate{Attestation: urn(1), Reason: "ok"}))

	// The goods were attested by another meanwhile.
	l.must(l.issue(certificate(2, 500).by(otherBody)))
	refused(t, ErrQuantity, l.do(body, reinstating(1)))
	l.must(l.do(otherBody, &certv1.MsgRevoke{Attestation: urn(2), Reason: "wrong lot"}))

	l.must(l.do(region, &registryv1.MsgSuspendAccreditation{Certifier: body, Specification: pastaSpec, Reason: "under review"}))
	refused(t, registry.ErrAccreditation, l.do(body, reinstating(1)))
	l.must(l.do(region, &registryv1.MsgReinstateAccreditation{Certifier: body, Specification: pastaSpec, Reason: "review passed"}))
	l.must(l.do(body, reinstating(1)))
	refused(t, ErrState, l.do(body, reinstating(1)))

	l.must(l.do(body, suspending(1)))
	l.block.Time += year // over, though no block has written so
	refused(t, ErrState, l.do(body, reinstating(1)))
}
