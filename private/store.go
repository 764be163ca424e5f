package private

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/filiera-chain/filiera/commitment"
	"github.com/filiera-chain/filiera/module"
)

// What a store answers beside failures of the machine.
var (
	ErrNotKept  = errors.New("this store keeps no opening of the field; it was never here, or it was erased")
	ErrOtherKey = errors.New("the store of private data is locked with other keys than this one; open it with one of those and add this key (filiera data rekey)")
	ErrKept     = errors.New("the store keeps another opening of this field already")
)

const (
	storeFormat = "filiera-private/1"
	maxStore    = 64 << 10
	maxWraps    = 50
	keySuffix   = ".key"
	valueSuffix = ".value"
	maxSealed   = maxPadded + nonceSize + tagSize
)

// Store is a folder of openings of one participant. It may be read by several
// goroutines and processes at once: every file appears or goes whole. Who
// changes it holds [Store.Lock], for an opening is two files.
type Store struct {
	dir string
	key []byte
}

// wrap is the store's key, locked with one signing key.
type wrap struct {
	Address string `json:"address"`
	Sealed  []byte `json:"sealed"`
}

type storeFile struct {
	Format string `json:"format"`
	ID     []byte `json:"id"`
	Wraps  []wrap `json:"wraps"`
}

// Open opens the folder with a signing key, and makes it where there is none.
func Open(dir string, key *ecdsa.PrivateKey) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of private data: %w", err)
	}
	f, err := readStore(dir)
	if errors.Is(err, os.ErrNotExist) {
		s, failed := create(dir, key)
		if !errors.Is(failed, os.ErrExist) {
			return s, failed
		}
		f, err = readStore(dir) // another process was first
	}
	if err != nil {
		return nil, err
	}
	s := &Store{dir: dir}
	if s.key, err = f.unwrap(key); err != nil {
		return nil, err
	}
	return s, nil
}

func create(dir string, key *ecdsa.PrivateKey) (*Store, error) {
	f := &storeFile{Format: storeFormat, ID: make([]byte, 16)}
	s := &Store{dir: dir, key: make([]byte, keySize)}
	if _, err := rand.Read(f.ID); err != nil {
		return nil, err
	}
	if _, err := rand.Read(s.key); err != nil {
		return nil, err
	}
	if err := f.wrap(s.key, key); err != nil {
		return nil, err
	}
	return s, f.write(dir, writeFirst)
}

func readStore(dir string) (*storeFile, error) {
	path := filepath.Join(dir, "store.json")
	raw, err := readBounded(path, maxStore)
	if err != nil {
		return nil, err
	}
	f := new(storeFile)
	if err := json.Unmarshal(raw, f); err != nil || f.Format != storeFormat || len(f.ID) != 16 || len(f.Wraps) > maxWraps {
		return nil, fmt.Errorf("%s is not of the form %s: restore it from a copy", path, storeFormat)
	}
	return f, nil
}

func (f *storeFile) write(dir string, write func(path string, data []byte) error) error {
	raw, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	return write(filepath.Join(dir, "store.json"), append(raw, '\n'))
}

func addressOf(key *ecdsa.PrivateKey) string {
	return hex.EncodeToString(crypto.PubkeyToAddress(key.PublicKey).Bytes())
}

func (f *storeFile) wrap(storeKey []byte, key *ecdsa.PrivateKey) error {
	kek, err := storeKEK(key, f.ID)
	if err != nil {
		return err
	}
	address := addressOf(key)
	sealed, err := lock(kek, storeKey, parts(storeFormat, address))
	f.Wraps = append(f.Wraps, wrap{address, sealed})
	return err
}

func (f *storeFile) unwrap(key *ecdsa.PrivateKey) ([]byte, error) {
	address := addressOf(key)
	for _, w := range f.Wraps {
		if w.Address != address {
			continue
		}
		kek, err := storeKEK(key, f.ID)
		if err != nil {
			return nil, err
		}
		return unlock(kek, w.Sealed, parts(storeFormat, address))
	}
	return nil, ErrOtherKey
}

// AddKey lets another signing key of the participant open the store.
func (s *Store) AddKey(key *ecdsa.PrivateKey) error {
	f, err := readStore(s.dir)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(f.Wraps, func(w wrap) bool { return w.Address == addressOf(key) }) {
		return nil
	}
	if len(f.Wraps) >= maxWraps {
		return fmt.Errorf("the store of private data opens with %d keys, which is the most", len(f.Wraps))
	}
	if err := f.wrap(s.key, key); err != nil {
		return err
	}
	return f.write(s.dir, writeWhole)
}

// Name is a field of a commitment.
type Name struct {
	// Commitment is the record's id: 32 bytes.
	Commitment [commitment.Size]byte
	Field      string
}

// ParseName reads "<64 hex digits>" and a field.
func ParseName(id, field string) (Name, error) {
	var n Name
	b, err := hex.DecodeString(strings.TrimPrefix(id, "0x"))
	if err != nil || len(b) != len(n.Commitment) {
		return n, fmt.Errorf("the commitment is %q; write its id of 64 hex digits", clip(id))
	}
	copy(n.Commitment[:], b)
	n.Field = field
	return n, module.CheckSlug("field", field, 1, 40)
}

// ID is the commitment's id in small hex digits.
func (n Name) ID() string { return hex.EncodeToString(n.Commitment[:]) }

func (n Name) about(what string) []byte { return parts(storeFormat, what, n.ID(), n.Field) }

func (s *Store) path(n Name, suffix string) string {
	return filepath.Join(s.dir, n.ID(), n.Field+suffix)
}

// Put keeps an opening. Keeping the same one again does nothing; another one
// of the same field is ErrKept.
func (s *Store) Put(n Name, o *commitment.Opening) error {
	if err := module.CheckSlug("field", n.Field, 1, 40); err != nil {
		return err
	}
	raw, err := o.Encode()
	if err != nil {
		return err
	}
	old, err := s.Get(n)
	switch {
	case err == nil && old.Commitment() == o.Commitment():
		return nil
	case err == nil:
		return ErrKept
	case !errors.Is(err, ErrNotKept):
		return err
	}
	if err := os.MkdirAll(filepath.Join(s.dir, n.ID()), 0o700); err != nil {
		return err
	}
	key := make([]byte, keySize)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	wrapped, err := lock(s.key, key, n.about("key"))
	if err != nil {
		return err
	}
	sealed, err := lock(key, pad(raw), n.about("value"))
	if err != nil {
		return err
	}
	// The key first: a ciphertext without its key would be worth nothing.
	if err := writeWhole(s.path(n, keySuffix), wrapped); err != nil {
		return fmt.Errorf("keep the key of field %s: %w", n.Field, err)
	}
	if err := writeWhole(s.path(n, valueSuffix), sealed); err != nil {
		return fmt.Errorf("keep field %s: %w", n.Field, err)
	}
	return syncDir(s.dir)
}

// Get gives an opening, or ErrNotKept.
func (s *Store) Get(n Name) (*commitment.Opening, error) {
	wrapped, err := readBounded(s.path(n, keySuffix), nonceSize+keySize+tagSize)
	if errors.Is(err, os.ErrNotExist) {
		return nil, ErrNotKept
	}
	if err != nil {
		return nil, err
	}
	sealed, err := readBounded(s.path(n, valueSuffix), maxSealed)
	if errors.Is(err, os.ErrNotExist) {
		return nil, ErrNotKept
	}
	if err != nil {
		return nil, err
	}
	key, err := unlock(s.key, wrapped, n.about("key"))
	if err != nil {
		return nil, fmt.Errorf("the key of field %s: %w", n.Field, err)
	}
	raw, err := unlock(key, sealed, n.about("value"))
	if err != nil {
		return nil, fmt.Errorf("field %s: %w", n.Field, err)
	}
	o, err := commitment.DecodeOpening(unpad(raw))
	if err != nil {
		return nil, fmt.Errorf("field %s: %w", n.Field, err)
	}
	return o, nil
}

// Erase makes an opening unreadable for good: its key is overwritten and
// removed, then its ciphertext, then what a crash may have left of either. What
// is gone already is as it should be; had says whether there was anything.
func (s *Store) Erase(n Name) (had bool, err error) {
	if err := module.CheckSlug("field", n.Field, 1, 40); err != nil {
		return false, err
	}
	dir := filepath.Join(s.dir, n.ID())
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	for _, suffix := range []string{keySuffix, valueSuffix} {
		if _, err := os.Lstat(s.path(n, suffix)); err == nil {
			had = true
		}
		if err := shred(s.path(n, suffix)); err != nil {
			return had, fmt.Errorf("erase %s: %w", s.path(n, suffix), err)
		}
	}
	left, err := shredTemps(dir)
	had = had || left
	if err != nil {
		return had, err
	}
	// An empty folder would still tell that there was something; others stay.
	if err := os.Remove(dir); err == nil {
		return had, syncDir(s.dir)
	}
	return had, nil
}

// List gives what is kept, in order.
func (s *Store) List() ([]Name, error) {
	dirs, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, err
	}
	var out []Name
	for _, d := range dirs {
		if !d.IsDir() || len(d.Name()) != 2*commitment.Size {
			continue
		}
		files, err := os.ReadDir(filepath.Join(s.dir, d.Name()))
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			if field, ok := strings.CutSuffix(f.Name(), keySuffix); ok {
				if n, err := ParseName(d.Name(), field); err == nil {
					out = append(out, n)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b Name) int {
		if c := bytes.Compare(a.Commitment[:], b.Commitment[:]); c != 0 {
			return c
		}
		return strings.Compare(a.Field, b.Field)
	})
	return out, nil
}

func clip(s string) string {
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:80], "") + "…"
	}
	return s
}
