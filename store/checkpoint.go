package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	dbm "github.com/cosmos/cosmos-db"
)

// A checkpoint lists the buckets of one committed height: prefix, leaves, root hash. The journal lists the keys of every block
// since (those of the last one are in the head record). Together they give the tree at the last height without reading the
// flat table but where something changed.
//
// A big checkpoint is written piece by piece, a piece with each block: the height it shows is immutable, so it can take its time. It counts
// once the meta record names it, with the batch that holds its last piece; until then the one before stays.

const (
	// checkpointChunk is about how many bytes one record of a checkpoint holds.
	checkpointChunk = 64 << 10
	// defaultPiece is about how many bytes of checkpoint a block carries.
	defaultPiece = 1 << 20
	// defaultJournal is the least number of keys in the journal that calls for a new checkpoint.
	defaultJournal = 64 << 10
)

// checkpoint is one being written.
type checkpoint struct {
	gen    uint32
	seq    uint64  // of the commit it shows
	keys   uint64  // in the journal, up to that commit
	todo   []*node // subtrees not yet written, the next one last
	chunks uint32
	buf    []byte
	last   []byte
}

func newCheckpoint(m meta, root *node) *checkpoint {
	c := &checkpoint{gen: m.ckptGen + 1, seq: m.seq, keys: m.journalKeys}
	if root != nil {
		c.todo = append(c.todo, root)
	}
	return c
}

// checkpointPiece adds a piece of checkpoint to the batch of a commit, if one is being written or due: when the journal has grown
// past a quarter of the keys, so that the cost per changed key stays constant and Open has little to catch up on.
func (s *Store) checkpointPiece(batch dbm.Batch, m *meta, root *node) error {
	if s.ckpt == nil {
		due := uint64(s.journal)
		if root != nil {
			due = max(due, uint64(root.count)/4)
		}
		if m.journalKeys <= due {
			return nil
		}
		s.ckpt = newCheckpoint(*m, root)
	}
	c := s.ckpt
	if err := c.write(batch, s.piece); err != nil || len(c.todo) > 0 {
		return err
	}
	s.ckpt = nil
	return c.finish(batch, m)
}

// writeCheckpoint writes a checkpoint of the committed height by itself, in one go.
func (s *Store) writeCheckpoint() error {
	batch := s.db.NewBatch()
	defer batch.Close()
	m := s.meta
	err := wholeCheckpoint(batch, &m, s.cur.Load().root)
	if err == nil {
		err = errors.Join(batch.Set(metaKey, m.encode()), batch.WriteSync())
	}
	if err != nil {
		return fmt.Errorf("store: writing the checkpoint of height %d: %w", m.height, err)
	}
	s.meta = m
	return nil
}

// wholeCheckpoint adds a checkpoint of root, as of m.seq, to a batch and to m.
func wholeCheckpoint(batch dbm.Batch, m *meta, root *node) error {
	c := newCheckpoint(*m, root)
	if err := c.write(batch, math.MaxInt); err != nil {
		return err
	}
	return c.finish(batch, m)
}

// write adds about limit bytes of records to the batch.
func (c *checkpoint) write(batch dbm.Batch, limit int) error {
	written := 0
	for len(c.todo) > 0 && written+len(c.buf) < limit {
		n := c.todo[len(c.todo)-1]
		c.todo = c.todo[:len(c.todo)-1]
		if n.bucket == nil {
			c.todo = append(c.todo, n.right, n.left)
			continue
		}
		c.buf = appendShared(c.buf, c.last, n.bucket.prefix)
		c.buf = binary.AppendUvarint(c.buf, uint64(n.bit))
		c.buf = binary.AppendUvarint(c.buf, uint64(n.count))
		c.buf = append(c.buf, n.hash[:]...)
		c.last = n.bucket.prefix
		if len(c.buf) >= checkpointChunk {
			written += len(c.buf)
			if err := c.flush(batch); err != nil {
				return err
			}
		}
	}
	return c.flush(batch)
}

func (c *checkpoint) flush(batch dbm.Batch) error {
	record := append(bytes.Clone(c.buf), 0xff)
	if err := batch.Set(checkpointKey(c.gen, c.chunks), record); err != nil {
		return err
	}
	c.chunks++
	c.buf, c.last = c.buf[:0], nil
	return nil
}

// finish makes m name the checkpoint, and deletes the one before and the journal that it makes superfluous.
func (c *checkpoint) finish(batch dbm.Batch, m *meta) error {
	for i := range m.ckptChunks {
		if err := batch.Delete(checkpointKey(m.ckptGen, i)); err != nil {
			return err
		}
	}
	for i := m.journalFrom; i <= c.seq; i++ {
		if err := batch.Delete(journalKey(i)); err != nil {
			return err
		}
	}
	m.ckptGen, m.ckptSeq, m.ckptChunks = c.gen, c.seq, c.chunks
	m.journalFrom, m.journalKeys = max(m.journalFrom, c.seq+1), m.journalKeys-c.keys
	return nil
}

// readChunk decodes one record of a checkpoint into evicted buckets.
func readChunk(b []byte) ([]*node, error) {
	bad := fmt.Errorf("%w: a checkpoint record cannot be read", ErrCorrupt)
	if len(b) == 0 || b[len(b)-1] != 0xff {
		return nil, bad
	}
	r := &reader{b: b[:len(b)-1]}
	var out []*node
	var last []byte
	for len(r.b) > 0 {
		last = r.shared(last)
		bit, count := r.uvarint(), r.uvarint()
		h := r.bytes(hashLen)
		if r.bad || !validStub(last, bit, count) {
			return nil, bad
		}
		out = append(out, newStub(last, uint32(bit), uint32(count), hash(h)))
	}
	return out, nil
}

// validStub checks what a stub's prefix, bit and count must satisfy to be used without harm.
func validStub(prefix []byte, bit, count uint64) bool {
	if len(prefix) > MaxKeyLen || count == 0 || count > maxCount || bit > uint64(wholeKey(MaxKeyLen)) {
		return false
	}
	if bit == uint64(wholeKey(len(prefix))) {
		return count == 1 && len(prefix) > 0
	}
	return count > 1 && uint64(len(prefix)) == (bit+8)/9
}

// loadTree gives the tree of the committed height, checked against the app hash.
func (s *Store) loadTree(m meta, snap *snapshot) (*node, error) {
	if m.ckptChunks > 0 {
		if root, err := s.fromCheckpoint(m, snap); err == nil && rootHash(root) == m.appHash {
			return root, nil
		}
		// The flat table is the truth: a checkpoint that does not fit is made again from it.
	}
	root, err := s.fromFlat(snap)
	if err != nil {
		return nil, err
	}
	if h := rootHash(root); h != m.appHash {
		return nil, fmt.Errorf("%w: its keys give the root %x, and height %d was committed with app hash %x; restore this node from a snapshot", ErrCorrupt, h, m.height, m.appHash)
	}
	return root, nil
}

// fromFlat builds the tree from the whole state, keeping packed leaves while the budget lasts.
func (s *Store) fromFlat(snap *snapshot) (*node, error) {
	l := loader{at: at{s, snap}, b: builder{maxLeaves: s.maxLeaves, keep: true}}
	if err := l.all(nil, nil); err != nil {
		return nil, err
	}
	return l.b.finish(), nil
}

// loader feeds a builder.
type loader struct {
	at
	b    builder
	buf  []byte
	read int64
}

func (l *loader) leaf(key, value []byte) error {
	var h hash
	h, l.buf = leafHash(l.buf, key, value)
	l.b.addLeaf(key, h)
	if l.read += int64(len(key) + 60); l.read > l.s.budget {
		l.b.keep = false
	}
	return nil
}

func (l *loader) all(start, end []byte) error {
	if err := l.scan(start, end, l.leaf); err != nil {
		return fmt.Errorf("store: reading the flat table: %w", err)
	}
	return nil
}

func (l *loader) one(key []byte) error {
	value, err := l.get(key)
	if err != nil {
		return fmt.Errorf("store: reading key %x: %w", key, err)
	}
	if value == nil {
		return nil
	}
	return l.leaf(key, value)
}

// fromCheckpoint builds the tree from the buckets of the checkpoint. A bucket whose range holds a key of the journal is read anew from
// the flat table; journal keys that lie in no bucket are looked up one by one.
func (s *Store) fromCheckpoint(m meta, snap *snapshot) (*node, error) {
	changed, err := s.journalSince(m, snap.head)
	if err != nil {
		return nil, err
	}
	l := loader{at: at{s, snap}, b: builder{maxLeaves: s.maxLeaves, keep: true}}
	for i := range m.ckptChunks {
		b, err := s.db.Get(checkpointKey(m.ckptGen, i))
		if err != nil {
			return nil, fmt.Errorf("store: reading checkpoint record %d: %w", i, err)
		}
		stubs, err := readChunk(b)
		if err != nil {
			return nil, err
		}
		for _, n := range stubs {
			if changed, err = l.stub(n, changed); err != nil {
				return nil, err
			}
		}
	}
	for _, key := range changed {
		if err := l.one(key); err != nil {
			return nil, err
		}
	}
	return l.b.finish(), nil
}

// stub adds a bucket of the checkpoint and the changed keys before and in it; it returns those after.
func (l *loader) stub(n *node, changed [][]byte) ([][]byte, error) {
	start, end := prefixRange(n.bucket.prefix, n.bit)
	if l.b.last != nil && bytes.Compare(start, l.b.last) <= 0 {
		return nil, fmt.Errorf("%w: the checkpoint is not in order", ErrCorrupt)
	}
	for len(changed) > 0 && bytes.Compare(changed[0], start) < 0 {
		if err := l.one(changed[0]); err != nil {
			return nil, err
		}
		changed = changed[1:]
	}
	if len(changed) == 0 || !below(changed[0], end) {
		l.b.addNode(n)
		return changed, nil
	}
	for len(changed) > 0 && below(changed[0], end) {
		changed = changed[1:]
	}
	return changed, l.all(start, end)
}

// below says whether key is before the end of a range; a nil end has everything before it.
func below(key, end []byte) bool { return end == nil || bytes.Compare(key, end) < 0 }

// journalSince returns, sorted and once each, the keys changed since the checkpoint.
func (s *Store) journalSince(m meta, h *head) ([][]byte, error) {
	var all [][]byte
	if h != nil && m.seq > m.ckptSeq {
		for i := range h.changes {
			all = append(all, h.changes[i].key)
		}
	}
	for seq := m.ckptSeq + 1; seq <= m.seq; seq++ {
		b, err := s.db.Get(journalKey(seq))
		if err != nil {
			return nil, fmt.Errorf("store: reading journal record %d: %w", seq, err)
		}
		if b == nil {
			continue // the last block's keys are in its own record, those of a block taken back with the rollback
		}
		keys, err := decodeJournal(b)
		if err != nil {
			return nil, err
		}
		all = append(all, keys...)
	}
	slices.SortFunc(all, bytes.Compare)
	return slices.CompactFunc(all, bytes.Equal), nil
}
