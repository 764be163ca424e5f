package verify

import (
	"fmt"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
)

// Standing is where an attestation stands at a given time.
type Standing string

// The standings of an attestation.
const (
	StandingInForce   Standing = "in_force"
	StandingNotYet    Standing = "not_yet_valid"
	StandingPending   Standing = "pending"
	StandingSuspended Standing = "suspended"
	StandingExpired   Standing = "expired"
	StandingRevoked   Standing = "revoked"
	StandingReplaced  Standing = "replaced"
)

// standingOf works out the standing at a time in unix seconds. The history's last line decides, save that
// validity ends by the clock even where the ledger has not written the line yet (it writes a bounded
// number per block), and that an attestation may be issued before it begins.
func standingOf(a *certv1.Attestation, at int64) Standing {
	switch lastLine(a).GetStatus() {
	case "revoked":
		return StandingRevoked
	case "replaced":
		return StandingReplaced
	case "expired":
		return StandingExpired
	}
	switch {
	case at >= a.GetValidUntil():
		return StandingExpired
	case lastLine(a).GetStatus() == "suspended":
		return StandingSuspended
	case lastLine(a).GetStatus() == "pending":
		return StandingPending
	case at < a.GetValidFrom():
		return StandingNotYet
	}
	return StandingInForce
}

func lastLine(a *certv1.Attestation) *basev1.StatusLine { return a.GetHistory()[len(a.GetHistory())-1] }

// issuedAt is the block time at which it first entered into force: of the first line, or, where two persons had to
// sign, of the one that says so.
func issuedAt(a *certv1.Attestation) int64 {
	for _, line := range a.GetHistory() {
		if line.GetStatus() == "issued" {
			return line.GetAt()
		}
	}
	return a.GetHistory()[0].GetAt()
}

// checkHistory refuses an attestation whose history is empty or holds a word that this version does not know.
func checkHistory(a *certv1.Attestation) error {
	if len(a.GetHistory()) == 0 {
		return fmt.Errorf("verify: attestation %s has no history", a.GetId())
	}
	for _, line := range a.GetHistory() {
		switch line.GetStatus() {
		case "pending", "issued", "reduced", "suspended", "reinstated", "revoked", "replaced", "expired":
		default:
			return fmt.Errorf("verify: attestation %s has the state %q, which this version does not know", a.GetId(), line.GetStatus())
		}
	}
	return nil
}
