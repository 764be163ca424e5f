package signedfile

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // RFC 3161 names its certificate so
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"time"
)

// Roots reads certificates of authorities that somebody trusts, in PEM.
func Roots(b []byte) (*x509.CertPool, error) {
	pool, n := x509.NewCertPool(), 0
	for len(b) > 0 {
		var block *pem.Block
		if block, b = pem.Decode(b); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d of the file of roots: %w", n+1, err)
		}
		pool.AddCert(c)
		n++
	}
	if n == 0 {
		return nil, errors.New("the file of roots holds no certificate in PEM")
	}
	return pool, nil
}

// Verify checks the token's signature, that the certificate is for time stamps and
// nothing else (RFC 3161, 2.3), that the token names it (RFC 5816), and that one of
// roots leads to it at the time that the token states. It gives the authority's name.
// Certificates that were revoked since are not looked for.
func (t *Token) Verify(roots *x509.CertPool) (string, error) {
	s := t.cms
	si := &s.signers[0]
	c, err := s.certificate(si)
	if err != nil {
		return "", fmt.Errorf("the time stamp's signature: %w", err)
	}
	if si.attributes == nil {
		return "", errors.New("the time stamp's signature has no signed attributes")
	}
	if err := s.verify(si, c, t.info); err != nil {
		return "", fmt.Errorf("the time stamp's signature: %w", err)
	}
	if err := named(si, c); err != nil {
		return "", err
	}
	if err := onlyForStamps(c); err != nil {
		return "", err
	}
	if err := s.plain(si); err != nil {
		return "", err
	}
	between, err := s.whole(roots, t.GenTime)
	if err != nil {
		return "", err
	}
	_, err = c.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: t.GenTime, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}})
	if err != nil {
		return "", fmt.Errorf("no trusted root leads to the certificate of the time stamp at %s: %w", t.GenTime.Format("2006-01-02T15:04:05Z"), err)
	}
	return c.Subject.String(), nil
}

// plain holds what no signature covers against what RFC 5652 lets it be.
func (s *signedData) plain(si *signerInfo) error {
	version := 1
	if si.keyID != nil {
		version = 3
	}
	if s.version != 3 || si.version != version || len(s.digests) != 1 || s.digests[0] != si.digest {
		return errors.New("the time stamp's versions and hashes contradict one another: it was changed")
	}
	return nil
}

// whole gives the certificates beside the signature, each of which one of them
// signed, or a root that is not there: none of them was changed.
func (s *signedData) whole(roots *x509.CertPool, at time.Time) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	var all []*x509.Certificate
	for _, raw := range s.certificates {
		c, err := x509.ParseCertificate(raw)
		if err != nil {
			return nil, fmt.Errorf("a certificate of the time stamp cannot be read: %w", err)
		}
		all = append(all, c)
		pool.AddCert(c)
	}
	for _, c := range all {
		known, signed := false, false
		for _, parent := range all {
			if bytes.Equal(parent.RawSubject, c.RawIssuer) {
				known, signed = true, signed || c.CheckSignatureFrom(parent) == nil
			}
		}
		if !known {
			_, err := c.Verify(x509.VerifyOptions{Roots: roots, Intermediates: pool, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
			signed = err == nil
		}
		if !signed && known {
			return nil, fmt.Errorf("the certificate of %s in the time stamp does not bear the signature of its issuer: it was changed", c.Subject)
		}
		if !signed {
			return nil, fmt.Errorf("no trusted root leads to the certificate of %s in the time stamp", c.Subject)
		}
	}
	return pool, nil
}

// onlyForStamps asks for extKeyUsage, critical, with timeStamping alone.
func onlyForStamps(c *x509.Certificate) error {
	critical := false
	for _, e := range c.Extensions {
		critical = critical || e.Critical && e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 37})
	}
	if !critical || len(c.ExtKeyUsage) != 1 || c.ExtKeyUsage[0] != x509.ExtKeyUsageTimeStamping || len(c.UnknownExtKeyUsage) != 0 {
		return errors.New("the certificate of the time stamp is not for time stamps alone: its extKeyUsage is not timeStamping, critical and by itself")
	}
	return nil
}

// named checks that the token's signed attributes name the certificate, so that no
// other one with the same key can be put in its place.
func named(si *signerInfo, c *x509.Certificate) error {
	if v2 := si.attribute(oidSigningCertV2); v2 != nil {
		id := v2.at(0).at(0) // SigningCertificateV2 -> certs -> first ESSCertIDv2
		oid, at := "2.16.840.1.101.3.4.2.1", 0
		if id.at(0).is(tagSequence) {
			oid, at = id.at(0).at(0).oid(), 1
		}
		if sum := digest(oid, c.Raw); sum != nil && id.at(at).is(tagOctetString) && bytes.Equal(id.at(at).content, sum) {
			return nil
		}
		return errors.New("the time stamp names another certificate than the one beside it")
	}
	if v1 := si.attribute(oidSigningCert); v1 != nil {
		sum := sha1.Sum(c.Raw)
		if id := v1.at(0).at(0).at(0); id.is(tagOctetString) && bytes.Equal(id.content, sum[:]) {
			return nil
		}
	}
	return errors.New("the time stamp does not name its certificate")
}
