package keys

import (
	"crypto/ecdsa"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/crypto"
)

var (
	// ErrPassword says that a key file does not open with the password given.
	ErrPassword = errors.New("the password is wrong (or the key file is damaged)")
	// ErrExists says that a key of that name is already kept.
	ErrExists = errors.New("a key of this name already exists")
	// ErrNotFound says that there is no key of that name.
	ErrNotFound = errors.New("there is no key of this name")
)

// Info is the public part of a key.
type Info struct {
	Name string `json:"name"`
	// Address is the Ethereum address, with the capitals of EIP-55.
	Address string `json:"address"`
	// PublicKey is the compressed point in 66 lower-case hex digits; empty when
	// the key file was copied here and has not been unlocked yet.
	PublicKey string `json:"public_key,omitempty"`
	// Created is when the key came into this folder, in UTC.
	Created time.Time `json:"created,omitzero"`
}

// Ring is a folder of keys.
type Ring struct {
	dir              string
	scryptN, scryptP int
}

// Option changes how [Open] sets up a ring.
type Option func(*Ring)

// LightScrypt makes new files cheap to open (4 MiB of memory instead of
// 256 MiB). It is for tests and throwaway demonstrations.
func LightScrypt() Option {
	return func(r *Ring) { r.scryptN, r.scryptP = lightN, lightP }
}

// Open prepares the folder, creating it for its owner only when missing.
func Open(dir string, options ...Option) (*Ring, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the key folder: %w", err)
	}
	r := &Ring{dir: dir, scryptN: standardN, scryptP: standardP}
	for _, o := range options {
		o(r)
	}
	return r, nil
}

// CheckName accepts 1 to 40 lower-case letters, digits and . _ - that start
// with a letter or digit and do not end in ".pub", kept for public parts.
func CheckName(name string) error {
	ok := name != "" && len(name) <= 40 && !strings.HasSuffix(name, ".pub")
	for i := 0; ok && i < len(name); i++ {
		c := name[i]
		letter := (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
		ok = letter || (i > 0 && strings.IndexByte("._-", c) >= 0)
	}
	if !ok {
		return fmt.Errorf("the key name %q is not usable: take 1 to 40 lower-case letters, digits and . _ -, starting with a letter or digit and not ending in .pub", name)
	}
	return nil
}

func (r *Ring) keyPath(name string) string { return filepath.Join(r.dir, name+".json") }
func (r *Ring) pubPath(name string) string { return filepath.Join(r.dir, name+".pub.json") }

// Add draws a new key and keeps it under name.
func (r *Ring) Add(name, password string) (Info, error) {
	if err := r.vacant(name); err != nil {
		return Info{}, err
	}
	key, err := crypto.GenerateKey()
	if err != nil {
		return Info{}, fmt.Errorf("draw a key: %w", err)
	}
	return r.keep(name, key, password)
}

// Import opens a Web3 Secret Storage v3 file made elsewhere with its password
// and keeps the key under name, encrypted anew with newPassword.
func (r *Ring) Import(name string, v3 []byte, filePassword, newPassword string) (Info, error) {
	if err := r.vacant(name); err != nil {
		return Info{}, err
	}
	if err := CheckNewPassword(newPassword); err != nil {
		return Info{}, err
	}
	key, err := Decrypt(v3, filePassword)
	if err != nil {
		return Info{}, err
	}
	return r.keep(name, key, newPassword)
}

// ImportHex reads a bare private key, 64 hex digits with or without 0x, from a
// reader (a file or standard input, never an argument that others can see).
func (r *Ring) ImportHex(name string, from io.Reader, password string) (Info, error) {
	if err := r.vacant(name); err != nil {
		return Info{}, err
	}
	raw, err := io.ReadAll(io.LimitReader(from, 1024))
	if err != nil {
		return Info{}, fmt.Errorf("read the private key: %w", err)
	}
	// the text is not repeated in errors: it is a secret, however malformed
	text := strings.TrimPrefix(strings.TrimSpace(string(raw)), "0x")
	key, err := crypto.HexToECDSA(text)
	if err != nil {
		return Info{}, errors.New("the private key is not 64 hex digits of a valid secp256k1 key")
	}
	return r.keep(name, key, password)
}

// vacant checks the name and that nothing is kept under it.
func (r *Ring) vacant(name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	switch _, err := os.Lstat(r.keyPath(name)); {
	case err == nil:
		return fmt.Errorf("%w: %q in %s; choose another name or delete it first", ErrExists, name, r.dir)
	case errors.Is(err, os.ErrNotExist):
		return nil
	default:
		return err
	}
}

func (r *Ring) keep(name string, key *ecdsa.PrivateKey, password string) (Info, error) {
	if err := CheckNewPassword(password); err != nil {
		return Info{}, err
	}
	v3, err := Encrypt(key, password, r.scryptN, r.scryptP)
	if err != nil {
		return Info{}, err
	}
	// a file that cannot be opened again is found out now, not in a year
	if _, err := Decrypt(v3, password); err != nil {
		return Info{}, fmt.Errorf("check the new key file: %w", err)
	}
	if err := writeNew(r.keyPath(name), v3); err != nil {
		return Info{}, r.named(name, err)
	}
	info := infoOf(name, &key.PublicKey)
	info.Created = time.Now().UTC().Truncate(time.Second)
	return info, r.writePublic(info)
}

func (r *Ring) named(name string, err error) error {
	switch {
	case errors.Is(err, os.ErrExist):
		return fmt.Errorf("%w: %q in %s; choose another name or delete it first", ErrExists, name, r.dir)
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("%w: %q in %s", ErrNotFound, name, r.dir)
	}
	return err
}

func infoOf(name string, pub *ecdsa.PublicKey) Info {
	return Info{
		Name:      name,
		Address:   crypto.PubkeyToAddress(*pub).Hex(),
		PublicKey: hex.EncodeToString(crypto.CompressPubkey(pub)),
	}
}

// Address is the Ethereum address of a compressed public key (33 bytes), with
// the capitals of EIP-55.
func Address(pubkey []byte) (string, error) {
	pub, err := crypto.DecompressPubkey(pubkey)
	if err != nil {
		return "", fmt.Errorf("%x is not a compressed secp256k1 public key", pubkey)
	}
	return crypto.PubkeyToAddress(*pub).Hex(), nil
}

func (r *Ring) writePublic(info Info) error {
	data, err := json.MarshalIndent(info, "", "  ")
	if err != nil {
		return err
	}
	return writeOver(r.pubPath(info.Name), append(data, '\n'))
}

// Export returns the encrypted file as it is kept.
func (r *Ring) Export(name string) ([]byte, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	data, err := readBounded(r.keyPath(name))
	if err != nil {
		return nil, r.named(name, err)
	}
	return data, nil
}

// Unlock opens a key. The error wraps [ErrPassword] or [ErrNotFound].
func (r *Ring) Unlock(name, password string) (*ecdsa.PrivateKey, error) {
	v3, err := r.Export(name)
	if err != nil {
		return nil, err
	}
	key, err := Decrypt(v3, password)
	if err != nil {
		return nil, fmt.Errorf("key %q: %w", name, err)
	}
	return key, r.repair(infoOf(name, &key.PublicKey))
}

// repair rebuilds a missing public file and refuses one that names another
// key, which only happens when somebody exchanged it.
func (r *Ring) repair(want Info) error {
	got, err := r.readPublic(want.Name)
	if errors.Is(err, os.ErrNotExist) {
		return r.writePublic(want)
	}
	if err != nil {
		return err
	}
	if got.PublicKey != want.PublicKey || got.Address != want.Address {
		return fmt.Errorf("the public file %s names another key (%s) than the key file (%s): remove it after finding out why", r.pubPath(want.Name), got.Address, want.Address)
	}
	return nil
}

func (r *Ring) readPublic(name string) (Info, error) {
	data, err := readBounded(r.pubPath(name))
	if err != nil {
		return Info{}, err
	}
	var info Info
	if err := json.Unmarshal(data, &info); err != nil {
		return Info{}, fmt.Errorf("the public file %s is not readable (%w): remove it and unlock the key to rebuild it", r.pubPath(name), err)
	}
	pub, err := hex.DecodeString(info.PublicKey)
	if err != nil {
		return Info{}, fmt.Errorf("the public file %s holds a public key that is not hex: remove it and unlock the key to rebuild it", r.pubPath(name))
	}
	if addr, err := Address(pub); err != nil || addr != info.Address || info.Name != name {
		return Info{}, fmt.Errorf("the public file %s contradicts itself: remove it and unlock the key to rebuild it", r.pubPath(name))
	}
	return info, nil
}

// Show returns the public part of one key, with no password.
func (r *Ring) Show(name string) (Info, error) {
	v3, err := r.Export(name)
	if err != nil {
		return Info{}, err
	}
	doc, err := decodeV3(v3)
	if err != nil {
		return Info{}, fmt.Errorf("key %q: %w", name, err)
	}
	info, err := r.readPublic(name)
	if errors.Is(err, os.ErrNotExist) {
		return Info{Name: name, Address: doc.checksumAddress()}, nil
	}
	if err == nil && doc.Address != "" && info.Address != doc.checksumAddress() {
		return Info{}, fmt.Errorf("the public file %s names another key (%s) than the key file (%s)", r.pubPath(name), info.Address, doc.checksumAddress())
	}
	return info, err
}

// List returns the public parts of all keys by name. A file that cannot be
// read is named in the error, beside the keys that can.
func (r *Ring) List() ([]Info, error) {
	entries, err := os.ReadDir(r.dir)
	if err != nil {
		return nil, fmt.Errorf("list the keys: %w", err)
	}
	var (
		list []Info
		errs []error
	)
	for _, e := range entries {
		name, isJSON := strings.CutSuffix(e.Name(), ".json")
		if !isJSON || e.IsDir() || CheckName(name) != nil {
			continue
		}
		info, err := r.Show(name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		list = append(list, info)
	}
	slices.SortFunc(list, func(a, b Info) int { return strings.Compare(a.Name, b.Name) })
	return list, errors.Join(errs...)
}

// Delete removes a key for good, after checking that the caller can open it.
func (r *Ring) Delete(name, password string) error {
	if _, err := r.Unlock(name, password); err != nil {
		return err
	}
	if err := os.Remove(r.keyPath(name)); err != nil {
		return fmt.Errorf("delete the key %q: %w", name, err)
	}
	if err := os.Remove(r.pubPath(name)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("delete the public file of %q: %w", name, err)
	}
	return syncDir(r.dir)
}
