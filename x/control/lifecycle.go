package control

import (
	"strings"

	controlv1 "github.com/filiera-chain/filiera/api/control/v1"
)

// Short names of the states.
const (
	requested = controlv1.RequestStatus_REQUEST_STATUS_REQUESTED
	scheduled = controlv1.RequestStatus_REQUEST_STATUS_SCHEDULED
	declined  = controlv1.RequestStatus_REQUEST_STATUS_DECLINED
	attested  = controlv1.RequestStatus_REQUEST_STATUS_ATTESTED
	refused   = controlv1.RequestStatus_REQUEST_STATUS_REFUSED
	withdrawn = controlv1.RequestStatus_REQUEST_STATUS_WITHDRAWN
)

// verb is what is done to a request.
type verb string

const (
	schedule verb = "scheduled"
	decline  verb = "declined"
	answer   verb = "answered with an attestation"
	refuse   verb = "refused"
	withdraw verb = "withdrawn"
)

// rules is the whole lifecycle: what a verb leads to, and from where.
var rules = map[verb]struct {
	to   controlv1.RequestStatus
	from []controlv1.RequestStatus
}{
	schedule: {scheduled, []controlv1.RequestStatus{requested, scheduled}},
	decline:  {declined, []controlv1.RequestStatus{requested}},
	answer:   {attested, []controlv1.RequestStatus{scheduled}},
	refuse:   {refused, []controlv1.RequestStatus{scheduled}},
	withdraw: {withdrawn, []controlv1.RequestStatus{requested, scheduled}},
}

// next gives the state that v leads to, or refuses.
func next(from controlv1.RequestStatus, v verb) (controlv1.RequestStatus, error) {
	r := rules[v]
	words := make([]string, len(r.from))
	for i, s := range r.from {
		if s == from {
			return r.to, nil
		}
		words[i] = StatusWord(s)
	}
	return 0, ErrState.With("it is %s; only one that is %s can be %s", StatusWord(from), strings.Join(words, " or "), v)
}

// isFinal says whether a state has no way out.
func isFinal(s controlv1.RequestStatus) bool { return s != requested && s != scheduled }

// StatusWord is the plain word for a request's state.
func StatusWord(s controlv1.RequestStatus) string {
	return strings.ToLower(strings.TrimPrefix(s.String(), "REQUEST_STATUS_"))
}
