package credential

import (
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/crypto"
)

// JWK is a secp256k1 public key in the form of RFC 7517 and RFC 8812 §3.1, for
// checking certificates with other libraries.
type JWK struct {
	Kty string `json:"kty"`
	Crv string `json:"crv"`
	X   string `json:"x"`
	Y   string `json:"y"`
	Alg string `json:"alg"`
	Use string `json:"use"`
	Kid string `json:"kid,omitempty"`
}

// PublicJWK exports a compressed public key (33 bytes); kid may be empty.
func PublicJWK(pubkey []byte, kid string) (JWK, error) {
	if len(pubkey) != 33 {
		return JWK{}, fmt.Errorf("the public key has %d bytes, a compressed one has 33", len(pubkey))
	}
	p, err := crypto.DecompressPubkey(pubkey)
	if err != nil {
		return JWK{}, errors.New("the public key is not a point of secp256k1")
	}
	point := crypto.FromECDSAPub(p) // 0x04 || X || Y
	return JWK{
		Kty: "EC", Crv: "secp256k1", Alg: "ES256K", Use: "sig", Kid: kid,
		X: base64url.EncodeToString(point[1:33]),
		Y: base64url.EncodeToString(point[33:]),
	}, nil
}
