package verify

import (
	"testing"

	"pgregory.net/rapid"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/epcis"
	"github.com/filiera-chain/filiera/x/cert"
)

// TestStandingAgreesWithTheLedger holds the reading of a certificate's state here to that of the module that writes it.
func TestStandingAgreesWithTheLedger(t *testing.T) {
	want := map[string]Standing{
		cert.Suspended: StandingSuspended, cert.Revoked: StandingRevoked, cert.Replaced: StandingReplaced, cert.Expired: StandingExpired,
	}
	states := []string{cert.Issued, cert.Suspended, cert.Reinstated, cert.Revoked, cert.Replaced, cert.Expired}
	rapid.Check(t, func(rt *rapid.T) {
		a := &certv1.Attestation{Id: "x", ValidFrom: rapid.Int64Range(0, 10).Draw(rt, "from"), ValidUntil: rapid.Int64Range(5, 15).Draw(rt, "until")}
		a.History = []*basev1.StatusLine{{Status: cert.Issued}}
		for range rapid.IntRange(0, 3).Draw(rt, "lines") {
			a.History = append(a.History, &basev1.StatusLine{Status: rapid.SampledFrom(states).Draw(rt, "state")})
		}
		at := rapid.Int64Range(0, 20).Draw(rt, "at")
		if err := checkHistory(a); err != nil {
			rt.Fatal(err)
		}
		got, state := standingOf(a, at), cert.State(a, at)
		if state != cert.Issued {
			if got != want[state] {
				rt.Fatalf("%s here, %s on the ledger", got, state)
			}
			return
		}
		if begun := at >= a.GetValidFrom(); begun && got != StandingInForce || !begun && got != StandingNotYet {
			rt.Fatalf("%s here, %s on the ledger, from %d at %d", got, state, a.GetValidFrom(), at)
		}
	})
}

// TestStepsAgreeWithEPCIS: each movement is a step that an event can have, in the form in which the ledger keeps it.
func TestStepsAgreeWithEPCIS(t *testing.T) {
	for step := range movements {
		if got := bareStep(epcis.BizStepURI(step)); got != step {
			t.Errorf("%s is kept as %s, read as %q", step, epcis.BizStepURI(step), got)
		}
		if _, ok := stepWords[step]; !ok {
			t.Errorf("%s has no words", step)
		}
	}
}

func TestCheckWords(t *testing.T) {
	for _, name := range CheckNames() {
		if it, en := CheckWords(name, "it"), CheckWords(name, "en"); it == name || en == name || it == en {
			t.Errorf("%s: %q, %q", name, it, en)
		}
	}
	if CheckWords("other", "it") != "other" {
		t.Error("a check that is not listed has no words of its own")
	}
}
