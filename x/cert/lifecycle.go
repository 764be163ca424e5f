package cert

import (
	"strings"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
)

// The states of an attestation, as lines of its history write them.
const (
	Pending    = "pending"
	Issued     = "issued"
	Reduced    = "reduced"
	Suspended  = "suspended"
	Reinstated = "reinstated"
	Revoked    = "revoked"
	Replaced   = "replaced"
	Expired    = "expired"
)

// State says what a is at second at: pending, issued, suspended, revoked,
// replaced or expired. It is the last line of the history, where reinstated and
// reduced read as issued, and an attestation whose validity has ended is expired even if no
// block has written the line yet. An attestation without history, which the
// ledger never holds, has state "".
func State(a *certv1.Attestation, at int64) string {
	lines := a.GetHistory()
	if len(lines) == 0 {
		return ""
	}
	last := lines[len(lines)-1].GetStatus()
	switch {
	case isFinal(last):
		return last
	case at >= a.GetValidUntil():
		return Expired
	}
	return settled(last)
}

// settled is the state that a line leaves.
func settled(line string) string {
	if line == Reinstated || line == Reduced {
		return Issued
	}
	return line
}

// everIssued says whether a was in force at some time: a pending attestation
// that nobody countersigned was not.
func everIssued(a *certv1.Attestation) bool {
	for _, line := range a.GetHistory() {
		if line.GetStatus() == Issued {
			return true
		}
	}
	return false
}

// isFinal says whether a state has no way out.
func isFinal(state string) bool { return state == Revoked || state == Replaced || state == Expired }

// verb is what is done to an attestation.
type verb string

const (
	suspend     verb = "suspend"
	reinstate   verb = "reinstate"
	propose     verb = "propose to reinstate"
	countersign verb = "countersign"
	reduce      verb = "reduce"
	revoke      verb = "revoke"
	replace     verb = "replace"
	expire      verb = "expire"
)

// party is who does it.
type party string

const (
	byCertifier party = "its certifier"
	byAuthority party = "an authority"
	byTime      party = "the block's time"
	byOther     party = "somebody else"
)

// rule is one line of the lifecycle: what a verb leads to, from which states,
// and who may do it.
type rule struct {
	to   string
	from []string
	by   []party
}

// rules is the whole lifecycle after issue. Where the accreditation asks for two
// persons, an attestation begins pending, and one that was suspended becomes
// pending instead of reinstated, until another key countersigns: giving one's
// word takes two, taking it back takes one, because a doubt must stop goods at
// once.
var rules = map[verb]rule{
	suspend:     {to: Suspended, from: []string{Issued}, by: []party{byCertifier, byAuthority}},
	reinstate:   {to: Reinstated, from: []string{Suspended}, by: []party{byCertifier}},
	propose:     {to: Pending, from: []string{Suspended}, by: []party{byCertifier}},
	countersign: {to: Issued, from: []string{Pending}, by: []party{byCertifier}},
	reduce:      {to: Reduced, from: []string{Issued}, by: []party{byCertifier}},
	revoke:      {to: Revoked, from: []string{Issued, Suspended, Pending}, by: []party{byCertifier, byAuthority}},
	replace:     {to: Replaced, from: []string{Issued, Suspended, Pending}, by: []party{byCertifier}},
	expire:      {to: Expired, from: []string{Issued, Suspended, Pending}, by: []party{byTime}},
}

// next gives the line that v, done by who, writes under an attestation in a
// state as [State] gives it, or refuses: with ErrNotAllowed when who may not do
// it in any state, with ErrState when nobody may do it in this one.
func next(state string, v verb, who party) (string, error) {
	r := rules[v]
	if !contains(r.by, who) {
		return "", ErrNotAllowed.With("only %s may %s an attestation, not %s", either(r.by), v, who)
	}
	if !contains(r.from, state) {
		return "", ErrState.With("the attestation is %s; only one that is %s can be %s", state, either(r.from), r.to)
	}
	return r.to, nil
}

func contains[T comparable](list []T, one T) bool {
	for _, x := range list {
		if x == one {
			return true
		}
	}
	return false
}

func either[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, w := range list {
		words[i] = string(w)
	}
	return strings.Join(words, " or ")
}
