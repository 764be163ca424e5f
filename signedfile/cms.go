package signedfile

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
)

// Object identifiers of CMS (RFC 5652), ESS (RFC 2634, 5035) and TSP (RFC 3161).
const (
	oidData          = "1.2.840.113549.1.7.1"
	oidSignedData    = "1.2.840.113549.1.7.2"
	oidTSTInfo       = "1.2.840.113549.1.9.16.1.4"
	oidContentType   = "1.2.840.113549.1.9.3"
	oidMessageDigest = "1.2.840.113549.1.9.4"
	oidSigningTime   = "1.2.840.113549.1.9.5"
	oidSigningCert   = "1.2.840.113549.1.9.16.2.12"
	oidSigningCertV2 = "1.2.840.113549.1.9.16.2.47"
)

// Bounds of one CMS container.
const (
	maxSigners      = 64
	maxCertificates = 256
	maxAttributes   = 64
)

// signedData is a CMS SignedData as far as it is looked into.
type signedData struct {
	version      int
	digests      []string // OIDs
	contentType  string
	content      []byte // nil where the content is elsewhere
	certificates [][]byte
	signers      []signerInfo
}

// signerInfo is one signature.
type signerInfo struct {
	version        int
	issuer, serial []byte // raw issuer name and content of the serial number
	keyID          []byte // instead of the two
	digest         string // OIDs
	algorithm      string
	parameters     *node
	attributes     *node // signed; nil for none
	signature      []byte
}

// parseSignedData reads a ContentInfo that holds a SignedData, and what follows it.
func parseSignedData(b []byte) (*signedData, []byte, error) {
	n, rest, err := readBER(b)
	if err != nil {
		return nil, nil, err
	}
	if !n.is(tagSequence) || n.at(0).oid() != oidSignedData || !n.at(1).context(0) {
		return nil, nil, errors.New("it is not a CMS SignedData")
	}
	body := n.at(1).at(0)
	if !body.is(tagSequence) || len(body.children) < 4 {
		return nil, nil, errors.New("its SignedData lacks members")
	}
	s := &signedData{version: body.at(0).small()}
	for i := range body.at(1).children {
		s.digests = append(s.digests, body.at(1).at(i).at(0).oid())
	}
	if err := s.encapsulated(body.at(2)); err != nil {
		return nil, nil, err
	}
	last := &body.children[len(body.children)-1]
	if !last.is(tagSet) {
		return nil, nil, errors.New("its SignedData has no signatures at its end")
	}
	for i := 3; i < len(body.children)-1; i++ {
		if c := body.at(i); c.context(0) {
			if err := s.certs(c); err != nil {
				return nil, nil, err
			}
		}
	}
	if len(last.children) > maxSigners {
		return nil, nil, fmt.Errorf("it has %d signatures; at most %d are read", len(last.children), maxSigners)
	}
	for i := range last.children {
		si, err := parseSigner(&last.children[i])
		if err != nil {
			return nil, nil, fmt.Errorf("signature %d: %w", i+1, err)
		}
		s.signers = append(s.signers, *si)
	}
	return s, rest, nil
}

func (s *signedData) encapsulated(n *node) error {
	if !n.is(tagSequence) || n.at(0).oid() == "" {
		return errors.New("its SignedData has no content type")
	}
	s.contentType = n.at(0).oid()
	if wrapped := n.at(1); wrapped != nil {
		if !wrapped.context(0) || len(wrapped.children) != 1 || !wrapped.at(0).is(tagOctetString) {
			return errors.New("its content is not an octet string")
		}
		content, err := wrapped.at(0).octets()
		if err != nil {
			return err
		}
		if content == nil {
			content = []byte{}
		}
		s.content = content
	}
	return nil
}

func (s *signedData) certs(n *node) error {
	if len(n.children) > maxCertificates {
		return fmt.Errorf("it has %d certificates; at most %d are read", len(n.children), maxCertificates)
	}
	for i := range n.children {
		if c := &n.children[i]; c.is(tagSequence) { // other forms are not in use
			s.certificates = append(s.certificates, c.raw)
		}
	}
	return nil
}

func parseSigner(n *node) (*signerInfo, error) {
	if !n.is(tagSequence) || len(n.children) < 5 {
		return nil, errors.New("it lacks members")
	}
	si := &signerInfo{version: n.at(0).small(), digest: n.at(2).at(0).oid()}
	switch id := n.at(1); {
	case id.is(tagSequence) && len(id.children) == 2 && id.at(1).is(tagInteger):
		si.issuer, si.serial = id.at(0).raw, id.at(1).content
	case id.context(0) && !id.constructed:
		si.keyID = id.content
	default:
		return nil, errors.New("it does not name its certificate")
	}
	i := 3
	if n.at(i).context(0) {
		si.attributes = n.at(i)
		if len(si.attributes.children) > maxAttributes {
			return nil, fmt.Errorf("it has %d attributes; at most %d are read", len(si.attributes.children), maxAttributes)
		}
		i++
	}
	if !n.at(i).is(tagSequence) || !n.at(i+1).is(tagOctetString) {
		return nil, errors.New("it has no algorithm or no value")
	}
	si.algorithm, si.parameters = n.at(i).at(0).oid(), n.at(i).at(1)
	var err error
	si.signature, err = n.at(i + 1).octets()
	if si.digest == "" || si.algorithm == "" {
		return nil, errors.New("it has no algorithm")
	}
	return si, err
}

// attribute gives the one value of a signed attribute, or nil. One that stands
// twice counts as none: RFC 5652 forbids it.
func (si *signerInfo) attribute(oid string) *node {
	var found *node
	if si.attributes == nil {
		return nil
	}
	for i := range si.attributes.children {
		a := &si.attributes.children[i]
		if a.at(0).oid() != oid {
			continue
		}
		if found != nil || !a.at(1).is(tagSet) || len(a.at(1).children) != 1 {
			return nil
		}
		found = a.at(1).at(0)
	}
	return found
}

// unarmour gives the bytes of a container that stands in base64, with or without
// the lines of PEM; other bytes as they are.
func unarmour(b []byte) []byte {
	t := bytes.TrimSpace(b)
	if bytes.HasPrefix(t, []byte("-----BEGIN ")) {
		_, t, _ = bytes.Cut(t, []byte{'\n'})
		if i := bytes.Index(t, []byte("-----END ")); i >= 0 {
			t = t[:i]
		}
	} else if len(t) < 4 || t[0] != 'M' {
		return b
	}
	clean := make([]byte, 0, len(t))
	for _, c := range t {
		switch {
		case c == '\r' || c == '\n' || c == ' ' || c == '\t':
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/', c == '=':
			clean = append(clean, c)
		default:
			return b
		}
	}
	clean = bytes.TrimRight(clean, "=")
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
	n, err := base64.RawStdEncoding.Decode(out, clean)
	if err != nil {
		return b
	}
	return out[:n]
}

// looksLikeCMS says whether bytes begin as a SignedData does, however cut off.
func looksLikeCMS(b []byte) bool {
	if len(b) < 2 || b[0] != 0x30 {
		return false
	}
	head := 2
	if b[1] > 0x80 {
		head += int(b[1] & 0x7f)
	}
	return head <= 6 && bytes.HasPrefix(b[min(head, len(b)):], []byte("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"))
}
