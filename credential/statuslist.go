package credential

import (
	"crypto/ecdsa"
	"fmt"
)

const (
	typeStatusListVC = "BitstringStatusListCredential"
	typeStatusList   = "BitstringStatusList"
)

// StatusList is the typed content of a BitstringStatusListCredential (W3C
// Bitstring Status List v1.0 §2.2).
type StatusList struct {
	// Issuer is "urn:filiera:<chain-id>:<participant-id>"; the list is that
	// participant's.
	Issuer string
	// Base is the URL under which it is published, see [Status].
	Base    string
	List    uint32 // from 1
	Purpose string // Revocation or Suspension
	// ValidFrom is the first second of validity and ValidUntil the first one no
	// longer valid, in unix seconds.
	ValidFrom, ValidUntil int64
	// TTL is how long a reader may keep a copy, milliseconds; 0 says nothing.
	TTL  int64
	Bits *Bitstring
}

// SignedStatusList is a parsed status list: well formed, not yet verified.
type SignedStatusList struct {
	Sealed
	StatusList
	IssuedAt int64 // Unix seconds, claimed by the signer
}

type wireStatusList struct {
	Context    []string              `json:"@context"`
	ID         string                `json:"id"`
	Type       []string              `json:"type"`
	Issuer     string                `json:"issuer"`
	ValidFrom  string                `json:"validFrom"`
	ValidUntil string                `json:"validUntil"`
	Subject    wireStatusListSubject `json:"credentialSubject"`
	IssuedAt   *int64                `json:"iat,omitempty"`
}

type wireStatusListSubject struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Purpose string `json:"statusPurpose"`
	Encoded string `json:"encodedList"`
	TTL     int64  `json:"ttl,omitempty"`
}

// URL is where the list is published.
func (l *StatusList) URL() (string, error) {
	_, certifier, err := ParseIssuer(l.Issuer)
	return StatusListURL(l.Base, certifier, l.List, l.Purpose), err
}

// Validate checks every field and names the first one that is wrong.
func (l *StatusList) Validate() error {
	if _, _, err := ParseIssuer(l.Issuer); err != nil {
		return err
	}
	if err := (&Status{Base: l.Base, List: l.List}).validate("the list"); err != nil {
		return err
	}
	if l.Purpose != Revocation && l.Purpose != Suspension {
		return fmt.Errorf("statusPurpose is %q: use revocation or suspension", l.Purpose)
	}
	if l.ValidFrom < 0 || l.ValidUntil > maxTime || l.ValidFrom >= l.ValidUntil {
		return fmt.Errorf("validFrom (%d) must come before validUntil (%d), both between 1970 and 9999", l.ValidFrom, l.ValidUntil)
	}
	if l.TTL < 0 || l.TTL > MaxInteger {
		return fmt.Errorf("ttl is %d: it must be milliseconds", l.TTL)
	}
	if l.Bits == nil {
		return fmt.Errorf("the list has no bits")
	}
	return nil
}

// JSON writes the list as a credential that nobody signed.
func (l *StatusList) JSON() ([]byte, error) { return l.payload(nil) }

func (l *StatusList) payload(iat *int64) ([]byte, error) {
	if err := l.Validate(); err != nil {
		return nil, err
	}
	url, err := l.URL()
	if err != nil {
		return nil, err
	}
	encoded, err := l.Bits.Encode()
	if err != nil {
		return nil, err
	}
	return marshal(wireStatusList{
		Context: []string{contextVC}, ID: url, Type: []string{typeVC, typeStatusListVC}, Issuer: l.Issuer,
		ValidFrom: formatTime(l.ValidFrom), ValidUntil: formatTime(l.ValidUntil),
		Subject:  wireStatusListSubject{url + "#list", typeStatusList, l.Purpose, encoded, l.TTL},
		IssuedAt: iat,
	})
}

// SignStatusList writes a list as a vc+jwt signed by key; kid and iat are as of
// [Sign].
func SignStatusList(l *StatusList, kid string, key *ecdsa.PrivateKey, iat int64) (string, error) {
	if err := checkSigner(l.Issuer, kid, iat); err != nil {
		return "", err
	}
	payload, err := l.payload(&iat)
	if err != nil {
		return "", err
	}
	return seal("status list", kid, payload, key)
}

// ParseStatusList reads the compact form as strictly as [Parse] reads a
// certificate's. It does not check the signature; see [Sealed.Verify].
func ParseStatusList(jwt []byte) (*SignedStatusList, error) {
	sealed, n, err := unseal("status list", jwt)
	if err != nil {
		return nil, err
	}
	out := &SignedStatusList{Sealed: *sealed}
	if out.IssuedAt, err = out.decode(n, true); err != nil {
		return nil, fmt.Errorf("the status list's payload: %w", err)
	}
	if issuer, _, _ := ParseKeyID(sealed.KeyID); issuer != out.Issuer {
		return nil, fmt.Errorf("the status list's kid is %q but its issuer is %q", sealed.KeyID, out.Issuer)
	}
	return out, nil
}

// ReadStatusList reads a list that nobody signed, as [StatusList.JSON] writes
// it, of at most [MaxSize] bytes.
func ReadStatusList(data []byte) (*StatusList, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("the status list is %d bytes, more than the %d allowed", len(data), MaxSize)
	}
	n, err := parseJSON(data)
	if err != nil {
		return nil, fmt.Errorf("the status list: %w", err)
	}
	l := new(StatusList)
	if _, err := l.decode(n, false); err != nil {
		return nil, fmt.Errorf("the status list: %w", err)
	}
	return l, nil
}

// decode reads the fields; the time of signing stands in what is signed only.
func (l *StatusList) decode(n *node, signed bool) (iat int64, err error) {
	r := &reader{}
	names := []string{"@context", "id", "type", "issuer", "validFrom", "validUntil", "credentialSubject"}
	if signed {
		names = append(names, "iat")
	}
	if !r.object("the credential", n, names...) {
		return 0, r.err
	}
	r.strings("@context", n.get("@context"), contextVC)
	r.strings("type", n.get("type"), typeVC, typeStatusListVC)
	l.Issuer = r.str("issuer", n.get("issuer"))
	l.ValidFrom, l.ValidUntil = r.time("validFrom", n.get("validFrom")), r.time("validUntil", n.get("validUntil"))
	if signed {
		iat = r.integer("iat", n.get("iat"))
	}
	const at = "credentialSubject"
	subject := n.get(at)
	if !r.object(at, subject, "id", "type", "statusPurpose", "encodedList", "ttl") {
		return 0, r.err
	}
	r.exact(at+".type", subject.get("type"), typeStatusList)
	l.Purpose = r.str(at+".statusPurpose", subject.get("statusPurpose"))
	if t := subject.get("ttl"); t != nil {
		l.TTL = r.integer(at+".ttl", t)
	}
	_, certifier, err := ParseIssuer(l.Issuer)
	if err != nil {
		return 0, err
	}
	id := r.str("id", n.get("id"))
	l.Base, l.List = r.statusURL(certifier, id, l.Purpose)
	r.exact(at+".id", subject.get("id"), id+"#list")
	encoded := r.str(at+".encodedList", subject.get("encodedList"))
	if r.err != nil {
		return 0, r.err
	}
	if iat < 0 || iat > maxTime {
		return 0, fmt.Errorf("iat is %d: it must be Unix seconds between 1970 and 9999", iat)
	}
	if l.Bits, err = DecodeBitstring(encoded); err != nil {
		return 0, err
	}
	return iat, l.Validate()
}
