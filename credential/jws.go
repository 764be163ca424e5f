package credential

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/ethereum/go-ethereum/crypto"
)

// MaxSize bounds the compact form of a certificate, in bytes.
const MaxSize = 64 << 10

// ErrSignature is wrapped by every error of [Sealed.Verify].
var ErrSignature = errors.New("the certificate's signature is not valid")

// Sealed is what the signature holds together: well formed, not yet verified.
type Sealed struct {
	KeyID    string // as in the header: the issuer + "#" + KeyLabel
	KeyLabel string
	Compact  string

	digest    [32]byte
	signature [64]byte
}

// Credential is a parsed certificate: well formed, not yet verified.
type Credential struct {
	Sealed
	Attestation Attestation
	IssuedAt    int64 // Unix seconds, claimed by the signer
}

var base64url = base64.RawURLEncoding.Strict()

type wireHeader struct {
	Alg string `json:"alg"`
	Typ string `json:"typ"`
	Cty string `json:"cty"`
	Kid string `json:"kid"`
}

// Sign validates a and writes it as a certificate signed by key. kid is
// a.Issuer + "#" + the label under which the ledger knows the key; iat is the
// time of signing in Unix seconds. The signature is deterministic (RFC 6979):
// the same input gives the same text.
func Sign(a *Attestation, kid string, key *ecdsa.PrivateKey, iat int64) (string, error) {
	if err := a.Validate(); err != nil {
		return "", err
	}
	if err := checkSigner(a.Issuer, kid, iat); err != nil {
		return "", err
	}
	payload, err := a.payload(iat)
	if err != nil {
		return "", err
	}
	return seal("certificate", kid, payload, key)
}

// checkSigner refuses a key that is not the issuer's, and a time that cannot be
// written.
func checkSigner(issuer, kid string, iat int64) error {
	of, _, err := ParseKeyID(kid)
	if err != nil {
		return err
	}
	if of != issuer {
		return fmt.Errorf("kid is %q but the issuer is %q: sign with a key of the issuer", kid, issuer)
	}
	if iat < 0 || iat > maxTime {
		return fmt.Errorf("iat is %d: it must be Unix seconds between 1970 and 9999", iat)
	}
	return nil
}

// seal writes payload as a compact JWS of the profile.
func seal(what, kid string, payload []byte, key *ecdsa.PrivateKey) (string, error) {
	header, err := marshal(wireHeader{"ES256K", "vc+jwt", "vc", kid})
	if err != nil {
		return "", err
	}
	input := base64url.EncodeToString(header) + "." + base64url.EncodeToString(payload)
	if size := len(input) + 1 + 86; size > MaxSize {
		return "", fmt.Errorf("the %s would be %d bytes, more than the %d allowed: cover fewer batches or shorten the texts", what, size, MaxSize)
	}
	digest := sha256.Sum256([]byte(input))
	sig, err := crypto.Sign(digest[:], key)
	if err != nil {
		return "", fmt.Errorf("sign the %s: %w", what, err)
	}
	return input + "." + base64url.EncodeToString(sig[:64]), nil
}

// Parse reads the compact form strictly: at most [MaxSize] bytes, three parts
// of canonical base64url, the known header, no duplicate or unknown members,
// a valid [Attestation]. It does not check the signature; see
// [Sealed.Verify]. White space around the certificate is refused: trim it
// when reading a file.
func Parse(jwt []byte) (*Credential, error) {
	sealed, n, err := unseal("certificate", jwt)
	if err != nil {
		return nil, err
	}
	a, iat, err := decodePayload(n)
	if err != nil {
		return nil, fmt.Errorf("the certificate's payload: %w", err)
	}
	if issuer, _, _ := ParseKeyID(sealed.KeyID); issuer != a.Issuer {
		return nil, fmt.Errorf("the certificate's kid is %q but its issuer is %q", sealed.KeyID, a.Issuer)
	}
	return &Credential{Sealed: *sealed, Attestation: *a, IssuedAt: iat}, nil
}

// unseal takes a compact JWS of the profile apart; what names it in errors.
func unseal(what string, jwt []byte) (*Sealed, *node, error) {
	if len(jwt) > MaxSize {
		return nil, nil, fmt.Errorf("the %s is %d bytes, more than the %d allowed", what, len(jwt), MaxSize)
	}
	c := &Sealed{Compact: string(jwt)}
	parts := strings.SplitN(c.Compact, ".", 4)
	if len(parts) != 3 {
		return nil, nil, fmt.Errorf("the %s is not a compact JWS: it must be three parts separated by dots", what)
	}
	var raw [3][]byte
	for i, name := range [...]string{"header", "payload", "signature"} {
		b, err := decode64(parts[i])
		if err != nil {
			return nil, nil, fmt.Errorf("the %s's %s %w", what, name, err)
		}
		raw[i] = b
	}
	if err := c.parseHeader(raw[0]); err != nil {
		return nil, nil, fmt.Errorf("the %s's header: %w", what, err)
	}
	n, err := parseJSON(raw[1])
	if err != nil {
		return nil, nil, fmt.Errorf("the %s's payload: %w", what, err)
	}
	if len(raw[2]) != 64 {
		return nil, nil, fmt.Errorf("the %s's signature has %d bytes: ES256K has 64", what, len(raw[2]))
	}
	copy(c.signature[:], raw[2])
	c.digest = sha256.Sum256(jwt[:len(parts[0])+1+len(parts[1])])
	return c, n, nil
}

// decode64 refuses what the standard decoder lets through (line breaks) and,
// with Strict, trailing bits that are not zero.
func decode64(s string) ([]byte, error) {
	for i := range len(s) {
		if c := s[i]; !isAlnum(c) && c != '-' && c != '_' {
			return nil, fmt.Errorf("has the byte %#02x at position %d: only base64url without padding is accepted", c, i)
		}
	}
	b, err := base64url.DecodeString(s)
	if err != nil {
		return nil, errors.New("is not canonical base64url without padding")
	}
	return b, nil
}

func (c *Sealed) parseHeader(raw []byte) error {
	n, err := parseJSON(raw)
	if err != nil {
		return err
	}
	r := &reader{}
	if r.object("it", n, "alg", "typ", "cty", "kid") {
		r.exact("alg", n.get("alg"), "ES256K")
		r.exact("typ", n.get("typ"), "vc+jwt")
		if cty := n.get("cty"); cty != nil {
			r.exact("cty", cty, "vc")
		}
		c.KeyID = r.str("kid", n.get("kid"))
	}
	if r.err != nil {
		return r.err
	}
	_, c.KeyLabel, err = ParseKeyID(c.KeyID)
	return err
}

func (r *reader) exact(at string, n *node, want string) {
	if s := r.str(at, n); s != want {
		r.fail(at, "is %q: it must be %q", s, want)
	}
}

// halfOrder is floor(n/2) of secp256k1 (SEC 2 §2.4.1), big endian.
var halfOrder, _ = hex.DecodeString("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0")

// Verify checks the signature with a public key: 33 bytes, SEC 1 compressed.
// A high S is refused though the equation holds, or anybody could write a
// second valid certificate with another hash. The error wraps [ErrSignature].
func (c *Sealed) Verify(pubkey []byte) error {
	if len(pubkey) != 33 {
		return fmt.Errorf("%w: the public key has %d bytes, a compressed one has 33", ErrSignature, len(pubkey))
	}
	if bytes.Compare(c.signature[32:], halfOrder) > 0 {
		return fmt.Errorf("%w: its S is in the upper half of the order", ErrSignature)
	}
	if !crypto.VerifySignature(pubkey, c.digest[:], c.signature[:]) {
		return fmt.Errorf("%w: it was not made by the key %x over this text", ErrSignature, pubkey)
	}
	return nil
}

// Hash is the SHA-256 of the compact form.
func (c *Sealed) Hash() [32]byte { return sha256.Sum256([]byte(c.Compact)) }
