package credential

import (
	"fmt"
	"strconv"
	"strings"
)

// StatusListSize is the number of entries of a status list: the least that the
// specification allows, so that one credential hides in a herd (W3C Bitstring
// Status List v1.0 §6.1).
const StatusListSize = 131072

// The purposes of a status list (W3C Bitstring Status List v1.0 §2.2).
const (
	// Revocation says that the credential is over for good.
	Revocation = "revocation"
	// Suspension says that it does not hold for now.
	Suspension = "suspension"
)

// Status says where the state of a credential is published: at one index of
// two lists, one for each purpose.
type Status struct {
	// Base is the URL under which lists are published, without a slash at the
	// end, as "https://registro.example".
	Base string
	// List is the certifier's own number of the list, from 1.
	List uint32
	// Index is 0 to StatusListSize-1, drawn by the signer.
	Index uint32
}

// StatusListURL is where a certifier's list is published.
func StatusListURL(base, certifier string, list uint32, purpose string) string {
	return fmt.Sprintf("%s/v1/status-lists/%s/%d/%s", base, certifier, list, purpose)
}

func (s *Status) validate(at string) error {
	if err := CheckStatusBase(s.Base); err != nil {
		return fmt.Errorf("%s: %w", at, err)
	}
	if s.List == 0 {
		return fmt.Errorf("%s names list 0: lists count from 1", at)
	}
	if s.Index >= StatusListSize {
		return fmt.Errorf("%s has the index %d: it must be below %d", at, s.Index, StatusListSize)
	}
	return nil
}

// CheckStatusBase refuses what cannot be the base URL of status lists.
func CheckStatusBase(base string) error {
	rest, secure := strings.CutPrefix(base, "https://")
	if !secure {
		// Plain HTTP is for machines that test: the list is signed anyway.
		rest, _ = strings.CutPrefix(base, "http://")
	}
	ok := rest != base && len(base) <= 200 && isName(rest, 200, ".-_~:/") && !strings.HasSuffix(rest, "/") && !strings.Contains(rest, "//")
	if !ok {
		return fmt.Errorf("the base URL of status lists is %q: write it as https://registro.example, without a slash at the end", base)
	}
	return nil
}

// wireStatus is a BitstringStatusListEntry.
type wireStatus struct {
	ID         string `json:"id"`
	Type       string `json:"type"`
	Purpose    string `json:"statusPurpose"`
	Index      string `json:"statusListIndex"`
	Credential string `json:"statusListCredential"`
}

const typeStatusEntry = "BitstringStatusListEntry"

// entries writes s in its one form: revocation, then suspension.
func (s *Status) entries(certifier string) []wireStatus {
	index := strconv.FormatUint(uint64(s.Index), 10)
	var out []wireStatus
	for _, purpose := range [...]string{Revocation, Suspension} {
		url := StatusListURL(s.Base, certifier, s.List, purpose)
		out = append(out, wireStatus{url + "#" + index, typeStatusEntry, purpose, index, url})
	}
	return out
}

// status reads a credentialStatus, which must be in the form that entries
// writes; nil when there is none.
func (r *reader) status(issuer string, n *node) *Status {
	const at = "credentialStatus"
	if n == nil {
		return nil
	}
	items := r.list(at, n)
	if len(items) != 2 {
		r.fail(at, "has %d entries: it must have two, revocation and suspension", len(items))
		return nil
	}
	got := make([]wireStatus, len(items))
	for i, item := range items {
		here := fmt.Sprintf("%s[%d]", at, i)
		if !r.object(here, item, "id", "type", "statusPurpose", "statusListIndex", "statusListCredential") {
			return nil
		}
		got[i] = wireStatus{
			r.str(here+".id", item.get("id")), r.str(here+".type", item.get("type")), r.str(here+".statusPurpose", item.get("statusPurpose")),
			r.str(here+".statusListIndex", item.get("statusListIndex")), r.str(here+".statusListCredential", item.get("statusListCredential")),
		}
	}
	_, certifier, err := ParseIssuer(issuer)
	if err != nil {
		return nil // said elsewhere
	}
	s := &Status{Index: uint32(r.small(at+"[0].statusListIndex", got[0].Index))}
	s.Base, s.List = r.statusURL(certifier, got[0].Credential, Revocation)
	for i, want := range s.entries(certifier) {
		if got[i] != want {
			r.fail(fmt.Sprintf("%s[%d]", at, i), "is %v: it must be %v", got[i], want)
		}
	}
	return s
}

// small reads a whole number of 32 bits in its one spelling.
func (r *reader) small(at, s string) uint64 {
	v, err := strconv.ParseUint(s, 10, 32)
	if err != nil || strconv.FormatUint(v, 10) != s {
		r.fail(at, "is %q: it must be a whole number", s)
	}
	return v
}

// statusURL takes the URL of a list apart.
func (r *reader) statusURL(certifier, url, purpose string) (base string, list uint32) {
	base, rest, ok := strings.Cut(url, "/v1/status-lists/"+certifier+"/")
	number, last, cut := strings.Cut(rest, "/")
	if !ok || !cut || last != purpose {
		r.fail("statusListCredential", "is %q: it must end in /v1/status-lists/%s/<list>/%s", url, certifier, purpose)
		return base, 0
	}
	return base, uint32(r.small("statusListCredential's list", number))
}
