package keys

import (
	"crypto/ecdsa"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/ethereum/go-ethereum/accounts/keystore"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"
)

const (
	standardN, standardP = keystore.StandardScryptN, keystore.StandardScryptP
	lightN, lightP       = keystore.LightScryptN, keystore.LightScryptP

	// A file asks for its own key derivation, so a hostile one asks for the
	// machine's memory or an hour of work. The bounds are 4 to 8 times what
	// any wallet writes.
	maxScryptMemory = 1 << 30
	maxScryptWork   = 1 << 24 // n*r*p, about 8 times the standard parameters
	maxPBKDF2Rounds = 10_000_000
	maxFile         = 64 << 10
)

// v3Document is a Web3 Secret Storage version 3 file. Members that other tools
// add (x-ethers and the like) are ignored.
type v3Document struct {
	Address string              `json:"address"`
	Crypto  keystore.CryptoJSON `json:"crypto"`
	ID      string              `json:"id"`
	Version int                 `json:"version"`
}

func (d *v3Document) checksumAddress() string {
	if d.Address == "" {
		return ""
	}
	return common.HexToAddress(d.Address).Hex()
}

// Encrypt writes a key as a Web3 Secret Storage v3 file, scrypt with the cost
// given (n a power of two; memory is 1 KiB times n).
func Encrypt(key *ecdsa.PrivateKey, password string, n, p int) ([]byte, error) {
	id, err := uuid.NewRandom()
	if err != nil {
		return nil, fmt.Errorf("draw the key file's id: %w", err)
	}
	k := &keystore.Key{Id: id, Address: crypto.PubkeyToAddress(key.PublicKey), PrivateKey: key}
	v3, err := keystore.EncryptKey(k, norm.NFKC.String(password), n, p)
	if err != nil {
		return nil, fmt.Errorf("encrypt the key: %w", err)
	}
	return v3, nil
}

// Decrypt opens a Web3 Secret Storage v3 file, with scrypt or PBKDF2. The cost
// that the file asks for is bounded before any work is done. The error wraps
// [ErrPassword] when the password does not fit.
func Decrypt(v3 []byte, password string) (*ecdsa.PrivateKey, error) {
	doc, err := decodeV3(v3)
	if err != nil {
		return nil, err
	}
	// what was checked is what is opened: not the original text, in which two
	// readers could see two documents
	checked, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("re-encode the key file: %w", err)
	}
	// ethers normalises passwords (NFKC), geth does not: an accented letter
	// typed in either tool opens here
	normal := norm.NFKC.String(password)
	key, err := keystore.DecryptKey(checked, normal)
	if errors.Is(err, keystore.ErrDecrypt) && normal != password {
		key, err = keystore.DecryptKey(checked, password)
	}
	if errors.Is(err, keystore.ErrDecrypt) {
		return nil, ErrPassword
	}
	if err != nil {
		return nil, fmt.Errorf("open the key file: %w", err)
	}
	if doc.Address != "" && key.Address != common.HexToAddress(doc.Address) {
		return nil, fmt.Errorf("the key file says address %s but holds the key of %s: it was tampered with", doc.checksumAddress(), key.Address.Hex())
	}
	return key.PrivateKey, nil
}

// decodeV3 reads and bounds a key file; no secret work is done.
func decodeV3(data []byte) (*v3Document, error) {
	if len(data) > maxFile {
		return nil, fmt.Errorf("the key file has more than %d bytes", maxFile)
	}
	var d v3Document
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, fmt.Errorf("the key file is not a Web3 Secret Storage document: %w", err)
	}
	if d.Version != 3 {
		return nil, fmt.Errorf("the key file has version %d: only Web3 Secret Storage version 3 is read", d.Version)
	}
	if _, err := uuid.Parse(d.ID); err != nil {
		return nil, fmt.Errorf("the key file's id %q is not a UUID", d.ID)
	}
	d.Address = strings.TrimPrefix(d.Address, "0x")
	if d.Address != "" && !isHex(d.Address, 20) {
		return nil, fmt.Errorf("the key file's address %q is not 40 hex digits", d.Address)
	}
	if err := checkCrypto(&d.Crypto); err != nil {
		return nil, fmt.Errorf("the key file's %w", err)
	}
	return &d, nil
}

func isHex(s string, bytes int) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == bytes
}

func checkCrypto(c *keystore.CryptoJSON) error {
	if c.Cipher != "aes-128-ctr" {
		return fmt.Errorf("cipher is %q: only aes-128-ctr is read", c.Cipher)
	}
	if !isHex(c.CipherParams.IV, 16) || !isHex(c.CipherText, 32) || !isHex(c.MAC, 32) {
		return errors.New("iv, ciphertext or mac has the wrong length or is not hex")
	}
	salt, _ := c.KDFParams["salt"].(string)
	if b, err := hex.DecodeString(salt); err != nil || len(b) == 0 || len(b) > 256 {
		return errors.New("kdfparams.salt is missing, too long or not hex")
	}
	if dk, err := param(c, "dklen", 32); err != nil || dk != 32 {
		return errors.New("kdfparams.dklen must be 32")
	}
	switch c.KDF {
	case "scrypt":
		return checkScrypt(c)
	case "pbkdf2":
		if prf, _ := c.KDFParams["prf"].(string); prf != "hmac-sha256" {
			return fmt.Errorf("kdfparams.prf is %q: only hmac-sha256 is read", prf)
		}
		_, err := param(c, "c", maxPBKDF2Rounds)
		return err
	}
	return fmt.Errorf("kdf is %q: scrypt and pbkdf2 are read", c.KDF)
}

// checkScrypt bounds memory, 128*r*(n+p) bytes, and work (RFC 7914 §2, §6).
func checkScrypt(c *keystore.CryptoJSON) error {
	n, err := param(c, "n", maxScryptMemory/128)
	if err != nil {
		return err
	}
	r, err := param(c, "r", 1024)
	if err != nil {
		return err
	}
	p, err := param(c, "p", 1024)
	if err != nil {
		return err
	}
	if n < 2 || n&(n-1) != 0 {
		return fmt.Errorf("kdfparams.n is %d: scrypt needs a power of two", n)
	}
	if 128*r*(n+p) > maxScryptMemory {
		return fmt.Errorf("scrypt parameters n=%d r=%d p=%d would need %d MiB of memory, more than %d are refused", n, r, p, 128*r*(n+p)>>20, maxScryptMemory>>20)
	}
	if n*r*p > maxScryptWork {
		return fmt.Errorf("scrypt parameters n=%d r=%d p=%d ask for too much work", n, r, p)
	}
	return nil
}

// param reads a whole number from 1 to limit.
func param(c *keystore.CryptoJSON, name string, limit int64) (int64, error) {
	f, ok := c.KDFParams[name].(float64)
	if !ok {
		return 0, fmt.Errorf("kdfparams.%s is missing or not a number", name)
	}
	if f != math.Trunc(f) || f < 1 || f > float64(limit) {
		return 0, fmt.Errorf("kdfparams.%s is %g: it must be a whole number from 1 to %d", name, f, limit)
	}
	return int64(f), nil
}
