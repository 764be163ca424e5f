package store

import (
	"bytes"
	"errors"
	"fmt"

	corestore "cosmossdk.io/collections/corecompat"

	"github.com/filiera-chain/filiera/store/proof"
)

// Branch is a set of changes over the last committed state, or over another branch (a transaction inside a block). It implements KV. One
// goroutine uses a branch and what is branched from it; branches of one store may be used side by side.
//
// A branch over the store reads what is committed at the time of the read: one that outlives a Commit sees the newer
// values under its own changes. An iterator shows the state at its creation, whatever is written while it is open.
type Branch struct {
	store  *Store
	parent *Branch
	view   *View // what it stands on; nil for the newest committed state
	over   overlay
}

var _ KV = (*Branch)(nil)

// Branch returns an empty branch over the last committed state.
func (s *Store) Branch() *Branch { return &Branch{store: s} }

// Branch returns an empty branch over the view, for trying what is not to be kept: it shows the view's height whatever is committed
// meanwhile, cannot enter by Prepare, and is of no use after the view.
func (v *View) Branch() *Branch { return &Branch{store: v.s, view: v} }

// Branch returns an empty branch over b. While it is in use, b itself should not be written.
func (b *Branch) Branch() *Branch { return &Branch{store: b.store, parent: b, view: b.view} }

var (
	errEmptyKey = errors.New("store: empty key")
	errNilValue = errors.New("store: nil value; delete the key instead")
)

// Get returns the value of key, nil if absent. The slice is shared: do not modify it.
func (b *Branch) Get(key []byte) ([]byte, error) {
	if len(key) == 0 {
		return nil, errEmptyKey
	}
	for ; ; b = b.parent {
		if v, ok := b.over.Get(string(key)); ok {
			return v, nil
		}
		if b.parent == nil && b.view != nil {
			return b.view.Get(key)
		}
		if b.parent == nil {
			return at{b.store, b.store.cur.Load()}.get(key)
		}
	}
}

// Has says whether key has a value.
func (b *Branch) Has(key []byte) (bool, error) {
	v, err := b.Get(key)
	return v != nil, err
}

// Set gives key a value; both are copied. Keys have 1 to MaxKeyLen bytes, values up to MaxValueLen and not
// proof.EmptyValue, which stands for the empty value in proofs.
func (b *Branch) Set(key, value []byte) error {
	if err := checkPair(key, value); err != nil {
		return err
	}
	b.over.Set(string(key), append(make([]byte, 0, len(value)), value...))
	return nil
}

func checkPair(key, value []byte) error {
	switch {
	case len(key) == 0:
		return errEmptyKey
	case len(key) > MaxKeyLen:
		return fmt.Errorf("store: a key of %d bytes; at most %d are allowed", len(key), MaxKeyLen)
	case value == nil:
		return errNilValue
	case len(value) > MaxValueLen:
		return fmt.Errorf("store: a value of %d bytes for key %x; at most %d are allowed", len(value), key, MaxValueLen)
	case bytes.Equal(value, proof.EmptyValue()):
		return fmt.Errorf("store: the value of key %x is the one reserved for empty values in proofs", key)
	}
	return nil
}

// Delete removes key, if it is there.
func (b *Branch) Delete(key []byte) error {
	if len(key) == 0 {
		return errEmptyKey
	}
	b.over.Set(string(key), nil)
	return nil
}

// Iterator goes through [start, end) in ascending order; nil ends are open. The caller closes it.
func (b *Branch) Iterator(start, end []byte) (corestore.Iterator, error) {
	return b.iterate(start, end, false)
}

// ReverseIterator goes through [start, end) in descending order.
func (b *Branch) ReverseIterator(start, end []byte) (corestore.Iterator, error) {
	return b.iterate(start, end, true)
}

func (b *Branch) iterate(start, end []byte, reverse bool) (corestore.Iterator, error) {
	if err := checkRange(start, end); err != nil {
		return nil, err
	}
	return b.iterateChecked(bytes.Clone(start), bytes.Clone(end), reverse)
}

func (b *Branch) iterateChecked(start, end []byte, reverse bool) (base corestore.Iterator, err error) {
	switch {
	case b.parent != nil:
		base, err = b.parent.iterateChecked(start, end, reverse)
	case b.view != nil && reverse:
		base, err = b.view.ReverseIterator(start, end)
	case b.view != nil:
		base, err = b.view.Iterator(start, end)
	default:
		base, err = b.store.openLatest(start, end, reverse)
	}
	if err != nil {
		return nil, err
	}
	return merge(base, &b.over, start, end, reverse), nil
}

// openLatest opens an iterator over the newest committed state, and anew if a commit came in between, which would mix states.
func (s *Store) openLatest(start, end []byte, reverse bool) (corestore.Iterator, error) {
	for {
		cur := s.cur.Load()
		it, err := at{s, cur}.open(start, end, reverse)
		if err != nil || s.cur.Load() == cur {
			return it, err
		}
		if err := it.Close(); err != nil {
			return nil, err
		}
	}
}

// Write moves the changes of a nested branch into the branch below it and empties it. On a branch over the store it panics:
// such changes enter by Store.Prepare only.
func (b *Branch) Write() {
	if b.parent == nil {
		panic("store: Write on a branch over the store; use Store.Prepare and Store.Commit")
	}
	b.over.Scan(func(key string, value []byte) bool {
		b.parent.over.Set(key, value)
		return true
	})
	b.Discard()
}

// Discard forgets the changes of the branch.
func (b *Branch) Discard() { b.over = overlay{} }

// Change is a key that a branch sets or, when Value is nil, deletes.
type Change struct {
	Key, Value []byte
}

// Changes returns what the branch itself changes, sorted by key. Values are shared: do not modify them.
func (b *Branch) Changes() []Change {
	out := make([]Change, 0, b.over.Len())
	b.over.Scan(func(key string, value []byte) bool {
		out = append(out, Change{[]byte(key), value})
		return true
	})
	return out
}

func (b *Branch) changes() []change {
	size := 0
	b.over.Scan(func(key string, _ []byte) bool {
		size += len(key)
		return true
	})
	keys := make([]byte, 0, size)
	out := make([]change, 0, b.over.Len())
	b.over.Scan(func(key string, value []byte) bool {
		at := len(keys)
		keys = append(keys, key...)
		out = append(out, change{key: keys[at:len(keys):len(keys)], value: value})
		return true
	})
	return out
}
