package store

import (
	"errors"
	"fmt"
)

// Rollback takes the last committed block back: values, height and app hash are those before it. It works once after a
// commit. A prepared block is dropped. Views opened before keep their height.
func (s *Store) Rollback() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(); err != nil {
		return err
	}
	cur := s.cur.Load()
	h := cur.head
	if h == nil {
		return ErrNoUndo
	}
	s.pending = nil
	p, err := s.undo(cur)
	if err != nil {
		return err
	}
	m := s.meta.after(p)
	batch := s.db.NewBatch()
	defer batch.Close()
	if err := errors.Join(batch.Set(journalKey(m.seq), encodeJournal(h.changes)), batch.Delete(headKey)); err != nil {
		return fmt.Errorf("store: filling the batch of height %d: %w", m.height, err)
	}
	p.snap.head = nil
	// Views of the height taken back, and of the one before, go on with their heads over the flat table, and with what
	// is replaced there later.
	cur.next.Store(&delta{to: p.snap})
	if s.prev != nil {
		s.prev.next.Store(&delta{to: p.snap})
	}
	s.prev = nil
	return s.write(batch, p, m)
}

// undo prepares the height before cur from the flat table, which still stands there.
func (s *Store) undo(cur *snapshot) (*pending, error) {
	h := cur.head
	changes := make([]change, len(h.changes))
	for i, c := range h.changes {
		old, err := flat{s.db}.get(c.key)
		if err != nil {
			return nil, fmt.Errorf("store: reading the earlier value of key %x: %w", c.key, err)
		}
		changes[i] = change{key: c.key, value: old}
	}
	p, err := s.prepare(cur, h.height, changes)
	if err != nil {
		return nil, err
	}
	if p.snap.hash != h.rootThen {
		return nil, fmt.Errorf("%w: taking back height %d gives the root %x, and height %d had %x", ErrCorrupt, cur.height, p.snap.hash, h.height, h.rootThen)
	}
	return p, nil
}
