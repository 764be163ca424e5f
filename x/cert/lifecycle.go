package cert

import (
	"fmt"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
)

// The states of an attestation, as lines of its history write them.
const (
	Issued     = "issued"
	Suspended  = "suspended"
	Reinstated = "reinstated"
	Revoked    = "revoked"
	Replaced   = "replaced"
	Expired    = "expired"
)

// State says what a is at second at: issued, suspended, revoked, replaced or
// expired. It is the last line of the history, where reinstated reads as issued
// again, and an attestation whose validity has ended is expired even if no
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
	case last == Reinstated:
		return Issued
	}
	return last
}

// isFinal says whether a state has no way out.
func isFinal(state string) bool { return state == Revoked || state == Replaced || state == Expired }

// verb is what is done to an attestation.
type verb string

const (
	suspend   verb = "suspend"
	reinstate verb = "reinstate"
	revoke    verb = "revoke"
	replace   verb = "replace"
	expire    verb = "expire"
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

// rules is the whole lifecycle after issue.
var rules = map[verb]rule{
	suspend:   {to: Suspended, from: []string{Issued}, by: []party{byCertifier, byAuthority}},
	reinstate: {to: Reinstated, from: []string{Suspended}, by: []party{byCertifier}},
	revoke:    {to: Revoked, from: []string{Issued, Suspended}, by: []party{byCertifier, byAuthority}},
	replace:   {to: Replaced, from: []string{Issued, Suspended}, by: []party{byCertifier}},
	expire:    {to: Expired, from: []string{Issued, Suspended}, by: []party{byTime}},
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
	if len(list) == 2 {
		return fmt.Sprintf("%s or %s", list[0], list[1])
	}
	return string(list[0])
}
