package signedfile

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // only to name what old signatures used
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// State of a signature.
type State string

// The states. Unchecked is one of a form or an algorithm that is not read here.
const (
	Holds     State = "holds"
	Broken    State = "broken"
	Unchecked State = "unchecked"
)

// Signer is a signature and its certificate. It names a person: it is for showing
// where the file is, never for the ledger.
type Signer struct {
	State State
	// Why it is broken or unchecked.
	Why string
	// Subject and Issuer of the certificate, and its serial number in hex.
	Subject, Issuer, Serial string
	// From and Until bound the certificate.
	From, Until time.Time
	// At is when it was signed, as the signer says; zero where it does not.
	At time.Time
}

// digest hashes by OID; nil for an algorithm that is not read.
func digest(oid string, b []byte) []byte {
	switch hashName(oid) {
	case "SHA-256":
		s := sha256.Sum256(b)
		return s[:]
	case "SHA-384":
		s := sha512.Sum384(b)
		return s[:]
	case "SHA-512":
		s := sha512.Sum512(b)
		return s[:]
	case "SHA-1":
		s := sha1.Sum(b)
		return s[:]
	}
	return nil
}

// algorithms by the OID of signature and digest; "" takes any digest.
var algorithms = []struct {
	signature, digest string
	as                x509.SignatureAlgorithm
}{
	{"1.2.840.113549.1.1.1", "SHA-256", x509.SHA256WithRSA},
	{"1.2.840.113549.1.1.1", "SHA-384", x509.SHA384WithRSA},
	{"1.2.840.113549.1.1.1", "SHA-512", x509.SHA512WithRSA},
	{"1.2.840.113549.1.1.11", "", x509.SHA256WithRSA},
	{"1.2.840.113549.1.1.12", "", x509.SHA384WithRSA},
	{"1.2.840.113549.1.1.13", "", x509.SHA512WithRSA},
	{"1.2.840.113549.1.1.10", "SHA-256", x509.SHA256WithRSAPSS},
	{"1.2.840.113549.1.1.10", "SHA-384", x509.SHA384WithRSAPSS},
	{"1.2.840.113549.1.1.10", "SHA-512", x509.SHA512WithRSAPSS},
	{"1.2.840.10045.4.3.2", "", x509.ECDSAWithSHA256},
	{"1.2.840.10045.4.3.3", "", x509.ECDSAWithSHA384},
	{"1.2.840.10045.4.3.4", "", x509.ECDSAWithSHA512},
	{"1.3.101.112", "", x509.PureEd25519},
}

func algorithmOf(si *signerInfo) x509.SignatureAlgorithm {
	for _, a := range algorithms {
		if a.signature == si.algorithm && (a.digest == "" || a.digest == hashName(si.digest)) {
			return a.as
		}
	}
	return x509.UnknownSignatureAlgorithm
}

// errUnread is a signature that cannot be judged here.
var errUnread = errors.New("not judged")

// certificate finds the signer's certificate among those beside the signature.
func (s *signedData) certificate(si *signerInfo) (*x509.Certificate, error) {
	for _, raw := range s.certificates {
		c, err := x509.ParseCertificate(raw)
		if err != nil {
			continue
		}
		if si.keyID != nil && bytes.Equal(c.SubjectKeyId, si.keyID) ||
			si.keyID == nil && bytes.Equal(c.RawIssuer, si.issuer) && bytes.Equal(bytes.TrimLeft(si.serial, "\x00"), c.SerialNumber.Bytes()) {
			return c, nil
		}
	}
	return nil, fmt.Errorf("its certificate is not beside it, or cannot be read: %w", errUnread)
}

// verify checks a signature over content with the certificate's key.
func (s *signedData) verify(si *signerInfo, c *x509.Certificate, content []byte) error {
	as := algorithmOf(si)
	if as == x509.UnknownSignatureAlgorithm {
		return fmt.Errorf("its algorithm (%s with %s) is not read here: %w", si.algorithm, si.digest, errUnread)
	}
	signed := content
	if si.attributes != nil {
		sum := digest(si.digest, content)
		told := si.attribute(oidMessageDigest)
		kind := si.attribute(oidContentType)
		switch {
		case sum == nil:
			return fmt.Errorf("its hash (%s) is not read here: %w", si.digest, errUnread)
		case !told.is(tagOctetString) || !bytes.Equal(told.content, sum):
			return errors.New("it was made over other bytes")
		case kind.oid() != s.contentType:
			return errors.New("it was made over another type of content")
		}
		signed = si.attributes.der(0x31)
	} else if s.contentType != oidData {
		return errors.New("it lacks the attributes that its type of content asks for")
	}
	if err := c.CheckSignature(as, signed, si.signature); err != nil {
		return fmt.Errorf("it was not made with the key of its certificate: %w", err)
	}
	return nil
}

// check judges a signature over content, for showing.
func (s *signedData) check(si *signerInfo, content []byte) Signer {
	out := Signer{State: Holds}
	c, err := s.certificate(si)
	if c != nil {
		out.Subject, out.Issuer, out.Serial = c.Subject.String(), c.Issuer.String(), hex.EncodeToString(c.SerialNumber.Bytes())
		out.From, out.Until = c.NotBefore.UTC(), c.NotAfter.UTC()
		err = s.verify(si, c, content)
	}
	if at := si.attribute(oidSigningTime); at != nil {
		out.At = signingTime(at)
	}
	if err != nil {
		out.State, out.Why = Broken, err.Error()
		if errors.Is(err, errUnread) {
			out.State = Unchecked
		}
	}
	return out
}

// checkDetached is check where the content stands beside the signature. Old PDF
// signatures hold a hash of it instead; they are not judged.
func (s *signedData) checkDetached(si *signerInfo, content []byte) Signer {
	out := s.check(si, content)
	if s.content != nil {
		out.State, out.Why = Unchecked, "it is of an old form, which holds a hash of what it signs"
	}
	return out
}

// signingTime reads UTCTime or GeneralizedTime, in seconds; zero for any other.
func signingTime(n *node) time.Time {
	layout := "060102150405Z"
	if n.is(tagGeneralized) {
		layout = "20060102150405Z"
	} else if !n.is(tagUTCTime) {
		return time.Time{}
	}
	at, err := time.Parse(layout, string(n.content))
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}
