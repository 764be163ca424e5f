package cert

import (
	"testing"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
)

func revoking(n int) *certv1.MsgRevoke {
	return &certv1.MsgRevoke{Attestation: urn(n), Reason: "false declaration"}
}

func TestAnAttestationIsRevokedForGoodByItsCertifierOrAnAuthority(t *testing.T) {
	for _, who := range []string{body, region} {
		l := newLedger(t)
		l.must(l.issue(certificate(1, 100)))
		l.must(l.issue(certificate(2, 100)))
		l.must(l.do(who, suspending(2)))
		for _, n := range []int{1, 2} {
			l.must(l.do(who, revoking(n)))
			if got := l.state(urn(n)); got != Revoked {
				t.Errorf("attestation %d is %s", n, got)
			}
			refused(t, ErrState, l.do(who, revoking(n)))
			refused(t, ErrState, l.do(who, suspending(n)))
			refused(t, ErrState, l.do(body, reinstating(n)))
		}
		l.pass(2 * year)
		if got := l.state(urn(1)); got != Revoked {
			t.Errorf("time made a revoked attestation %s", got)
		}
	}
}

func TestARevocationIsRefusedWhen(t *testing.T) {
	l := newLedger(t)
	l.must(l.issue(certificate(1, 100)))
	refused(t, ErrNotAllowed, l.do(otherBody, revoking(1)))
	refused(t, ErrNotAllowed, l.do(pastaMaker, revoking(1)))
	refused(t, ErrAttestation, l.do(body, revoking(2)))
	refused(t, ErrShape, l.do(body, &certv1.MsgRevoke{Attestation: urn(1)}))
}

func TestAFullHistoryTakesOnlyItsEnd(t *testing.T) {
	l := newLedger(t)
	l.must(l.issue(certificate(1, 100)))
	for range (maxHistory - 2) / 2 {
		l.must(l.do(body, suspending(1)))
		l.must(l.do(body, reinstating(1)))
	}
	if n := len(l.attestation(urn(1)).GetHistory()); n != maxHistory-1 {
		t.Fatalf("the history has %d lines", n)
	}
	refused(t, ErrLimit, l.do(body, suspending(1)))
	l.must(l.do(body, revoking(1)))
	if n := len(l.attestation(urn(1)).GetHistory()); n != maxHistory {
		t.Errorf("the history has %d lines", n)
	}
}
