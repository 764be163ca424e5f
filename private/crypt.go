package private

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/ethereum/go-ethereum/crypto"
)

const (
	keySize   = 32
	nonceSize = 12
	tagSize   = 16
)

// ErrDamaged says that a ciphertext does not open with its key.
var ErrDamaged = errors.New("the ciphertext does not open: it was damaged, changed, or sealed for another place")

func aead(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// lock encrypts with AES-256-GCM under a random nonce, which stands in front.
// about is authenticated and not encrypted.
func lock(key, plain, about []byte) ([]byte, error) {
	g, err := aead(key)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, nonceSize, nonceSize+len(plain)+tagSize)
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("draw a nonce: %w", err)
	}
	return g.Seal(nonce, nonce, plain, about), nil
}

func unlock(key, sealed, about []byte) ([]byte, error) {
	g, err := aead(key)
	if err != nil {
		return nil, err
	}
	if len(sealed) < nonceSize+tagSize {
		return nil, ErrDamaged
	}
	plain, err := g.Open(nil, sealed[:nonceSize], sealed[nonceSize:], about)
	if err != nil {
		return nil, ErrDamaged
	}
	return plain, nil
}

// parts joins parts behind their lengths, so that no two lists give the same
// bytes.
func parts(list ...string) []byte {
	var b []byte
	for _, s := range list {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	return b
}

// storeKEK is the key that wraps a store's key: HKDF-SHA256 (RFC 5869) of the
// signing key, for this purpose and store only.
func storeKEK(k *ecdsa.PrivateKey, storeID []byte) ([]byte, error) {
	return hkdf.Key(sha256.New, crypto.FromECDSA(k), storeID, "filiera private store v1", keySize)
}

// agree gives the key and nonce of a package: HKDF-SHA256 of the secp256k1
// Diffie-Hellman secret (the x coordinate), bound to both public keys. The
// ephemeral key is drawn for one package, so the pair is never used twice.
func agree(private *ecdsa.PrivateKey, public []byte, ephemeral, recipient []byte) (key, nonce []byte, err error) {
	pub, err := secp256k1.ParsePubKey(public)
	if err != nil {
		return nil, nil, fmt.Errorf("a public key is not a point of secp256k1: %w", err)
	}
	secret := secp256k1.GenerateSharedSecret(secp256k1.PrivKeyFromBytes(crypto.FromECDSA(private)), pub)
	info := "filiera sealed v1\n" + string(parts(string(ephemeral), string(recipient)))
	out, err := hkdf.Key(sha256.New, secret, nil, info, keySize+nonceSize)
	if err != nil {
		return nil, nil, err
	}
	return out[:keySize], out[keySize:], nil
}
