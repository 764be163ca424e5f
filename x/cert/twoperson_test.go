package cert

import (
	"strings"
	"testing"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/x/registry"
)

// twoPersons makes the body's accreditation ask for two keys.
func twoPersons(l *ledger) {
	l.must(l.do(region, &registryv1.MsgAccredit{Certifier: body, Specification: pastaSpec, ValidUntil: start + 2*year, Reference: "Example act", TwoPerson: true}))
}

func countersigning(n int) *certv1.MsgCountersign {
	return &certv1.MsgCountersign{Attestation: urn(n)}
}

func TestWhereTwoPersonsAreAskedForACertificateIsPendingUntilAnotherKeySigns(t *testing.T) {
	l := newLedger(t)
	twoPersons(l)
	l.must(l.issue(certificate(1, 600)))
	if l.state(urn(1)) != Pending || l.attestation(urn(1)).GetPendingKey() != "main" {
		t.Fatalf("it is %v", l.attestation(urn(1)))
	}
	// Not in force: it takes no room.
	l.must(l.issue(certificate(2, 1000)))
	refused(t, ErrSameKey, l.doWith(body, "main", countersigning(1)))
	refused(t, ErrNotAllowed, l.doWith(otherBody, "second", countersigning(1)))
	refused(t, ErrNotAllowed, l.doWith(region, "second", countersigning(1)))
	refused(t, ErrState, l.do(body, suspending(1)))
	refused(t, ErrAttestation, l.doWith(body, "second", countersigning(9)))
	l.must(l.doWith(body, "second", countersigning(1)))
	a := l.attestation(urn(1))
	if l.state(urn(1)) != Issued || a.GetCountersignedBy() != "second" || a.GetPendingKey() != "" || !strings.Contains(a.GetHistory()[1].GetReason(), "second") {
		t.Fatalf("it is %v", a)
	}
	refused(t, ErrQuantity, l.doWith(body, "second", countersigning(2)))
	refused(t, ErrState, l.doWith(body, "second", countersigning(1)))
}

func TestWhoeverReplacesEndsTheOldOneOnlyWhenCountersigned(t *testing.T) {
	l := newLedger(t)
	l.must(l.issue(certificate(1, 1000)))
	twoPersons(l)
	d := certificate(2, 1000)
	d.Replaces = urn(1)
	l.must(l.issue(d))
	if l.state(urn(1)) != Issued {
		t.Fatal("the old one ended before the new one is in force")
	}
	again := certificate(3, 1000)
	again.Replaces = urn(1)
	l.must(l.issue(again))
	l.must(l.doWith(body, "second", countersigning(2)))
	if l.state(urn(1)) != Replaced || l.attestation(urn(1)).GetReplacedBy() != urn(2) {
		t.Fatalf("the old one is %v", l.attestation(urn(1)))
	}
	refused(t, ErrState, l.doWith(body, "second", countersigning(3)))
}

func TestReinstatingTakesTwoAndSuspendingOne(t *testing.T) {
	l := newLedger(t)
	twoPersons(l)
	l.must(l.issue(certificate(1, 600)))
	l.must(l.doWith(body, "second", countersigning(1)))
	l.must(l.do(body, suspending(1)))
	l.must(l.doWith(body, "second", reinstating(1)))
	if l.state(urn(1)) != Pending {
		t.Fatal("one person reinstated it")
	}
	refused(t, ErrSameKey, l.doWith(body, "second", countersigning(1)))
	l.must(l.doWith(body, "main", countersigning(1)))
	if l.state(urn(1)) != Issued {
		t.Fatalf("it is %s", l.state(urn(1)))
	}
	l.must(l.do(body, suspending(1)))
	l.must(l.do(body, reinstating(1)))
	l.must(l.issue(certificate(2, 1)))
	l.must(l.do(region, &registryv1.MsgSuspendAccreditation{Certifier: body, Specification: pastaSpec, Reason: "under review"}))
	refused(t, registry.ErrAccreditation, l.doWith(body, "second", countersigning(1)))
	l.must(l.do(body, revoking(1)))
	l.pass(year)
	if l.state(urn(2)) != Expired || l.state(urn(1)) != Revoked {
		t.Errorf("they are %s and %s", l.state(urn(1)), l.state(urn(2)))
	}
}
