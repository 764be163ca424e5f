package signedfile

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// MaxToken is the most bytes of a time stamp token. With a chain of certificates in
// it, one has 2 to 8 KiB.
const MaxToken = 16 << 10

// Token is what a time stamp token says (RFC 3161, TSTInfo). Its signature is
// checked by Verify only.
type Token struct {
	// Policy under which it was given, in dotted form.
	Policy string
	// Hash is the algorithm of Imprint: SHA-256, SHA-384 or SHA-512.
	Hash    string
	Imprint []byte
	// Serial number, in hex.
	Serial string
	// GenTime is when it was given, in whole seconds, rounded down.
	GenTime time.Time

	info []byte
	cms  *signedData
}

// hashes are the algorithms that an imprint or a signature may have, by OID.
var hashNames = []struct{ oid, name string }{
	{"2.16.840.1.101.3.4.2.1", "SHA-256"},
	{"2.16.840.1.101.3.4.2.2", "SHA-384"},
	{"2.16.840.1.101.3.4.2.3", "SHA-512"},
	{"1.3.14.3.2.26", "SHA-1"},
}

func hashName(oid string) string {
	for _, h := range hashNames {
		if h.oid == oid {
			return h.name
		}
	}
	return ""
}

// ParseToken reads a time stamp token: a CMS SignedData of one signature over a
// TSTInfo. It checks form and bounds, and no signature. It reads nothing but b.
func ParseToken(b []byte) (*Token, error) {
	if len(b) > MaxToken {
		return nil, fmt.Errorf("the time stamp token has %d bytes; at most %d are read", len(b), MaxToken)
	}
	s, rest, err := parseSignedData(b)
	if err != nil {
		return nil, fmt.Errorf("the time stamp token cannot be read: %w", err)
	}
	switch {
	case len(rest) != 0:
		return nil, fmt.Errorf("%d bytes follow the time stamp token", len(rest))
	case s.contentType != oidTSTInfo || s.content == nil:
		return nil, errors.New("the signed container is not a time stamp token: its content is no TSTInfo")
	case len(s.signers) != 1:
		return nil, fmt.Errorf("the time stamp token has %d signatures; it has one, of its authority", len(s.signers))
	}
	t, err := parseTSTInfo(s.content)
	if err != nil {
		return nil, fmt.Errorf("the time stamp token's TSTInfo: %w", err)
	}
	t.cms = s
	return t, nil
}

func parseTSTInfo(b []byte) (*Token, error) {
	n, rest, err := readBER(b)
	if err != nil {
		return nil, err
	}
	if len(rest) != 0 || !n.is(tagSequence) || len(n.children) < 5 || !n.definite {
		return nil, errors.New("it is not a sequence of at least five members")
	}
	if v := n.at(0); !v.is(tagInteger) || !bytes.Equal(v.content, []byte{1}) {
		return nil, errors.New("its version is not 1")
	}
	t := &Token{Policy: n.at(1).oid(), info: b}
	imprint := n.at(2)
	t.Hash = hashName(imprint.at(0).at(0).oid())
	if !imprint.is(tagSequence) || !imprint.at(1).is(tagOctetString) || imprint.at(1).constructed {
		return nil, errors.New("it has no message imprint")
	}
	t.Imprint = imprint.at(1).content
	want := 0
	switch t.Hash {
	case "SHA-256":
		want = 32
	case "SHA-384":
		want = 48
	case "SHA-512":
		want = 64
	default:
		return nil, errors.New("its imprint is neither SHA-256, SHA-384 nor SHA-512")
	}
	if len(t.Imprint) != want {
		return nil, fmt.Errorf("its imprint has %d bytes, and %s has %d", len(t.Imprint), t.Hash, want)
	}
	if serial := n.at(3); !serial.is(tagInteger) || len(serial.content) == 0 || len(serial.content) > 20 {
		return nil, errors.New("it has no serial number of at most 160 bits")
	}
	t.Serial = new(big.Int).SetBytes(n.at(3).content).Text(16)
	t.GenTime, err = generalizedTime(n.at(4))
	return t, err
}

// generalizedTime reads YYYYMMDDhhmmss[.fraction]Z, the form that RFC 3161 asks for.
func generalizedTime(n *node) (time.Time, error) {
	s := ""
	if n.is(tagGeneralized) && !n.constructed && len(n.content) <= 32 {
		s = string(n.content)
	}
	if len(s) < 15 || s[len(s)-1] != 'Z' || len(s) > 15 && (s[14] != '.' || len(s) == 16) {
		return time.Time{}, errors.New("its time is not written YYYYMMDDhhmmss[.fraction]Z")
	}
	for i := 15; i < len(s)-1; i++ {
		if s[i] < '0' || s[i] > '9' {
			return time.Time{}, errors.New("its time has a fraction that is no number")
		}
	}
	at, err := time.Parse("20060102150405", s[:14])
	if err != nil {
		return time.Time{}, fmt.Errorf("its time is %q, which is none", s)
	}
	return at.UTC(), nil
}

// Of says whether the imprint is that of a file with these hashes: 32 and 64
// bytes. An imprint by SHA-384 is of neither.
func (t *Token) Of(sha256, sha512 []byte) error {
	switch {
	case t.Hash == "SHA-256" && bytes.Equal(t.Imprint, sha256), t.Hash == "SHA-512" && bytes.Equal(t.Imprint, sha512):
		return nil
	case t.Hash == "SHA-384":
		return errors.New("the time stamp token's imprint is by SHA-384, and the file is known by SHA-256 and SHA-512; ask for a token over one of these")
	}
	return fmt.Errorf("the time stamp token is of another file: its imprint is %x", t.Imprint)
}

// TokenFromResponse takes the token out of an authority's answer (TimeStampResp,
// .tsr); bytes that are a token already are given back.
func TokenFromResponse(b []byte) ([]byte, error) {
	if len(b) > MaxToken {
		return nil, fmt.Errorf("the time stamp has %d bytes; at most %d are read", len(b), MaxToken)
	}
	if looksLikeCMS(b) {
		return b, nil
	}
	n, rest, err := readBER(b)
	if err != nil {
		return nil, fmt.Errorf("the time stamp cannot be read: %w", err)
	}
	status := n.at(0).at(0)
	if !n.is(tagSequence) || !status.is(tagInteger) || len(rest) != 0 {
		return nil, errors.New("the file is neither a time stamp token nor an authority's answer that holds one (RFC 3161)")
	}
	if len(status.content) != 1 || status.content[0] > 1 || n.at(1) == nil {
		return nil, fmt.Errorf("the authority refused to give a time stamp: its answer has the status %x", status.content)
	}
	return n.at(1).raw, nil
}
