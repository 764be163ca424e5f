package store

import (
	"bytes"
	"slices"

	corestore "cosmossdk.io/collections/corecompat"
)

// at reads the state at one snapshot: the changes of its block first, then the flat table as it was before that block. Should
// later blocks have entered the flat table meanwhile, what they replaced is found along the snapshots (for snapshots that
// have views).
type at struct {
	s    *Store
	snap *snapshot
}

// search finds a key among sorted changes.
func search(changes []change, key []byte) (int, bool) {
	return slices.BinarySearchFunc(changes, key, func(c change, key []byte) int { return bytes.Compare(c.key, key) })
}

// get reads the flat table first and the later blocks second: a commit attaches what it replaces before it writes, so
// whichever state of the table the read met, the earliest block that touched the key has the value of this height.
func (a at) get(key []byte) ([]byte, error) {
	if h := a.snap.head; h != nil {
		if i, found := search(h.changes, key); found {
			return h.changes[i].value, nil
		}
	}
	value, err := flat{a.s.db}.get(key)
	if err != nil {
		return nil, err
	}
	for d := a.snap.next.Load(); d != nil; d = d.to.next.Load() {
		if i, found := search(d.changes, key); found {
			return d.changes[i].old, nil
		}
	}
	return value, nil
}

// open opens an iterator. The one over the flat table comes first, for the same reason as in get: it shows one state of
// the table, and the replaced values of every block in that state are attached.
func (a at) open(start, end []byte, reverse bool) (corestore.Iterator, error) {
	base, err := flat{a.s.db}.iterate(start, end, reverse)
	if err != nil {
		return nil, err
	}
	var over overlay
	if h := a.snap.head; h != nil {
		lay(&over, h.changes, start, end, func(c *change) []byte { return c.value })
	}
	for d := a.snap.next.Load(); d != nil; d = d.to.next.Load() {
		lay(&over, d.changes, start, end, func(c *change) []byte { return c.old })
	}
	return merge(base, &over, start, end, reverse), nil
}

// lay adds the changes in [start, end) to an overlay, under what it has already.
func lay(over *overlay, changes []change, start, end []byte, value func(*change) []byte) {
	from, _ := search(changes, start)
	for i := from; i < len(changes) && below(changes[i].key, end); i++ {
		key := string(changes[i].key)
		if _, known := over.Get(key); !known {
			over.Set(key, value(&changes[i]))
		}
	}
}

func (a at) scan(start, end []byte, fn func(key, value []byte) error) error {
	it, err := a.open(start, end, false)
	if err != nil {
		return err
	}
	defer it.Close()
	for ; it.Valid(); it.Next() {
		if err := fn(it.Key(), it.Value()); err != nil {
			return err
		}
	}
	return it.Error()
}
