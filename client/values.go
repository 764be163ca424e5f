package client

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Whole is an integer that JSON carries as a number or, above 2^53, as text.
type Whole int64

// UnmarshalJSON takes both spellings.
func (w *Whole) UnmarshalJSON(b []byte) error {
	s := strings.Trim(string(b), `"`)
	if s == "null" || s == "" {
		*w = 0
		return nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return fmt.Errorf("%s is not a whole number", clip(string(b), 40))
	}
	*w = Whole(n)
	return nil
}

// Instant is a time in unix seconds, 0 when not set. JSON carries it as RFC
// 3339 text in UTC.
type Instant int64

// UnmarshalJSON takes RFC 3339 text, a day, or unix seconds.
func (i *Instant) UnmarshalJSON(b []byte) error {
	var w Whole
	if w.UnmarshalJSON(b) == nil {
		*i = Instant(w)
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			*i = Instant(t.Unix())
			return nil
		}
	}
	return fmt.Errorf("%q is not a time", clip(s, 40))
}

// MarshalJSON writes RFC 3339 in UTC.
func (i Instant) MarshalJSON() ([]byte, error) { return json.Marshal(i.String()) }

// String is RFC 3339 in UTC, or "" when not set.
func (i Instant) String() string {
	if i == 0 {
		return ""
	}
	return time.Unix(int64(i), 0).UTC().Format(time.RFC3339)
}

// Word is an entry of a fixed list, in lower case and without the name of the
// list: BATCH_STATUS_ACTIVE and active are both "active".
type Word string

var lists = []string{
	"PARTICIPANT_STATUS_", "ACCREDITATION_STATUS_", "PROPOSAL_STATUS_", "BATCH_STATUS_", "ALTERNATE_ID_SCHEME_",
	"ROLE_", "SCHEME_", "OUTCOME_", "RESULT_", "BASIS_", "PART_",
	"REQUEST_STATUS_", "OFFER_STATUS_", "CONTROL_KIND_", "DECLINE_CODE_", "SEVERITY_", "VERDICT_", "TARGET_KIND_", "HAZARD_",
}

// UnmarshalJSON takes the list's own spelling and the short one.
func (w *Word) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	for _, l := range lists {
		if short, ok := strings.CutPrefix(s, l); ok {
			s = short
			break
		}
	}
	*w = Word(strings.ToLower(s))
	return nil
}
