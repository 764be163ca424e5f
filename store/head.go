package store

import (
	"encoding/binary"
	"fmt"

	dbm "github.com/cosmos/cosmos-db"
)

// encode writes the head record: sequence number, height and app hash before the block, then each key with its value (length
// plus one; 0 for a deleted key).
func (h *head) encode(seq uint64) []byte {
	b := binary.AppendUvarint(make([]byte, 0, 64+batchSize(h)), seq)
	b = binary.AppendUvarint(b, uint64(h.height))
	b = append(b, h.rootThen[:]...)
	b = binary.AppendUvarint(b, uint64(len(h.changes)))
	var last []byte
	for i := range h.changes {
		c := &h.changes[i]
		b = appendShared(b, last, c.key)
		last = c.key
		if c.value == nil {
			b = append(b, 0)
			continue
		}
		b = binary.AppendUvarint(b, uint64(len(c.value))+1)
		b = append(b, c.value...)
	}
	return b
}

// decodeHead reads the head record, which must be that of commit seq.
func decodeHead(b []byte, seq uint64) (*head, error) {
	r := &reader{b: b}
	at := r.uvarint()
	h := &head{height: int64(r.uvarint())}
	copy(h.rootThen[:], r.bytes(hashLen))
	var last []byte
	for n := r.uvarint(); n > 0 && !r.bad; n-- {
		c := change{key: r.shared(last)}
		if size := r.uvarint(); size > 0 {
			c.value = append([]byte{}, r.bytes(size-1)...)
		}
		last = c.key
		h.changes = append(h.changes, c)
	}
	if r.bad || len(r.b) != 0 || at != seq {
		return nil, fmt.Errorf("%w: the record of the last block cannot be read, or is that of another", ErrCorrupt)
	}
	return h, nil
}

// readHead reads the head record; nil if there is none.
func (s *Store) readHead(m meta) (*head, error) {
	b, err := s.db.Get(headKey)
	if err != nil {
		return nil, fmt.Errorf("store: reading the record of the last block: %w", err)
	}
	if b == nil {
		return nil, nil
	}
	return decodeHead(b, m.seq)
}

// batchSize is about how many bytes a block takes in a batch.
func batchSize(h *head) int {
	if h == nil {
		return 0
	}
	n := 1024
	for i := range h.changes {
		n += 2*len(h.changes[i].key) + len(h.changes[i].value) + 16
	}
	return n
}

// flush enters a block into the flat table, and its keys into the journal.
func flush(batch dbm.Batch, h *head, seq uint64) error {
	if h == nil {
		return nil
	}
	size := 0
	for i := range h.changes {
		size += 1 + len(h.changes[i].key)
	}
	keys := make([]byte, 0, size) // one block of memory for all, as some engines keep the slices they are given
	for i := range h.changes {
		c := &h.changes[i]
		at := len(keys)
		keys = append(append(keys, tagFlat), c.key...)
		key := keys[at:len(keys):len(keys)]
		var err error
		if c.value == nil {
			err = batch.Delete(key)
		} else {
			err = batch.Set(key, c.value)
		}
		if err != nil {
			return err
		}
	}
	return batch.Set(journalKey(seq), encodeJournal(h.changes))
}
