package registers

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Bounds of a row.
const (
	MaxColumns = 200
	MaxCell    = 64 << 10
	MaxWords   = 1 << 20
)

// SecretLen is the length of the secret from which an owner draws all salts.
const SecretLen = 32

// Words is a row in its one form: of each cell, in the order of the columns, its length
// as 4 bytes, big-endian, and its bytes.
func Words(cells []string) ([]byte, error) {
	if len(cells) == 0 || len(cells) > MaxColumns {
		return nil, fmt.Errorf("the row has %d cells; it takes 1 to %d", len(cells), MaxColumns)
	}
	var out []byte
	for i, c := range cells {
		if len(c) > MaxCell || len(out)+len(c) > MaxWords {
			return nil, fmt.Errorf("cell %d has %d bytes; a cell takes at most %d, and a row %d", i+1, len(c), MaxCell, MaxWords)
		}
		if !utf8.ValidString(c) {
			return nil, fmt.Errorf("cell %d is not UTF-8", i+1)
		}
		out = binary.BigEndian.AppendUint32(out, uint32(len(c)))
		out = append(out, c...)
	}
	return out, nil
}

// RowHash is the hash of a row's words under their salt.
func RowHash(salt Hash, words []byte) Hash {
	h := sha256.New()
	h.Write([]byte{2})
	h.Write(salt[:])
	h.Write(words)
	return Hash(h.Sum(nil))
}

// KeyHash is the hash of a key under the register's salt for keys.
func KeyHash(salt Hash, key string) Hash {
	h := sha256.New()
	h.Write([]byte{3})
	h.Write(salt[:])
	h.Write([]byte(key))
	return Hash(h.Sum(nil))
}

// RowSalt is the salt of the row at a place. Whoever has it and the row can show the
// row, and no other.
func RowSalt(secret []byte, register string, i uint64) Hash {
	return salt(secret, "filiera-row-salt/1", register, binary.BigEndian.AppendUint64(nil, i))
}

// KeySalt is the register's salt for keys. A proof of absence shows it; whoever has
// seen one can find out whether a hash of a key is that of a key that they guess.
func KeySalt(secret []byte, register string) Hash {
	return salt(secret, "filiera-key-salt/1", register, nil)
}

func salt(secret []byte, purpose, register string, more []byte) Hash {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(purpose + "\x00" + register + "\x00"))
	mac.Write(more)
	return Hash(mac.Sum(nil))
}

// Place is where a key stands in the log. Sorted registers have a second tree, of the
// places of all keys in order of their hashes.
type Place struct {
	Key   Hash
	Index uint64
}

// Leaf is the hash of a place in the sorted tree.
func (p Place) Leaf() Hash {
	var b [1 + HashLen + 8]byte
	b[0] = 4
	copy(b[1:], p.Key[:])
	binary.BigEndian.PutUint64(b[1+HashLen:], p.Index)
	return sha256.Sum256(b[:])
}

// ComparePlaces orders places by the hashes of their keys.
func ComparePlaces(a, b Place) int { return bytes.Compare(a.Key[:], b.Key[:]) }

// Anchor is what is recorded of a register after an append.
type Anchor struct {
	Size uint64
	Root Hash
	// SortedRoot is of a sorted register's second tree; zero of others.
	SortedRoot Hash
}

// Neighbour is a key next to where another one would stand.
type Neighbour struct {
	// Position in the sorted tree, from 0.
	Position uint64
	Place    Place
	// Row is the row's hash, so that the entry is seen to be in the log too.
	Row Hash
	// Sorted and Log lead to the roots of the two trees.
	Sorted, Log []Hash
}

// CheckAbsence refuses neighbours that do not show that a sorted register has no row
// with a key: they are next to one another, the key's hash is between theirs, and both
// are entries of the log. Left is nil for a key before all others, right for one after
// them, both for a register without entries.
func CheckAbsence(a Anchor, key Hash, left, right *Neighbour) error {
	if a.Size == 0 {
		if left != nil || right != nil || a.SortedRoot != Empty() {
			return errPath
		}
		return nil
	}
	for _, n := range []*Neighbour{left, right} {
		if n == nil {
			continue
		}
		if err := n.check(a); err != nil {
			return err
		}
	}
	switch {
	case left == nil && right == nil:
		return errors.New("the proof shows no neighbour of the key")
	case left == nil && right.Position != 0, right == nil && left.Position != a.Size-1, left != nil && right != nil && left.Position+1 != right.Position:
		return errors.New("the neighbours are not next to one another: a row may stand between them")
	case left != nil && bytes.Compare(left.Place.Key[:], key[:]) >= 0, right != nil && bytes.Compare(key[:], right.Place.Key[:]) >= 0:
		return errors.New("the key does not stand between its neighbours: it may be there")
	}
	return nil
}

func (n *Neighbour) check(a Anchor) error {
	if err := CheckInclusion(n.Place.Leaf(), n.Position, a.Size, n.Sorted, a.SortedRoot); err != nil {
		return fmt.Errorf("neighbour at %d: %w", n.Position, err)
	}
	if err := CheckInclusion(Entry{n.Place.Key, n.Row}.Leaf(), n.Place.Index, a.Size, n.Log, a.Root); err != nil {
		return fmt.Errorf("entry %d: %w", n.Place.Index, err)
	}
	return nil
}
