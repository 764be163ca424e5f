package store

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	corestore "cosmossdk.io/collections/corecompat"
	dbm "github.com/cosmos/cosmos-db"

	"github.com/filiera-chain/filiera/store/proof"
)

// KV is what a module or a branch offers. A nil value means absent; keys are not empty; values are not nil but may be empty.
// Slices that come out are shared: read, do not modify.
type KV = corestore.KVStore

// Limits on what may be stored. MaxKeyLen bounds the depth of the tree, and so the length of a proof.
const (
	MaxKeyLen   = proof.MaxKeyLen
	MaxValueLen = 16 << 20
)

// DefaultMemoryBudget is used when Options names none.
const DefaultMemoryBudget = 512 << 20

// defaultMaxLeaves is the most leaves a bucket holds. Every update of a bucket hashes all its inner nodes, and every bucket
// costs some 150 bytes beside its leaves: 32 keeps both small.
const defaultMaxLeaves = 32

// Options tune a store; the zero value is good. No option influences a root.
type Options struct {
	// MemoryBudget is how many bytes of tree stay resident; 0 means DefaultMemoryBudget. It is checked after each commit. Beyond
	// it, bottom subtrees not used for longest are kept as root hashes only. About 60 bytes and the varying part of
	// the key are needed per key for all to stay resident, and about 9 when none does. Go's collector adds its share on top.
	MemoryBudget int64
	// Workers is how many goroutines hash and read a big batch; 0 means all CPUs.
	Workers int

	maxLeaves int // tests make it small
}

// Store is an ordered Merkle tree over a flat table. See the package comment for what may run at the same time.
type Store struct {
	tree
	db dbm.DB

	cur atomic.Pointer[snapshot]

	mu      sync.Mutex // held by the writer: Prepare, Commit, Rollback, Close
	meta    meta
	pending *pending
	broken  error
	closed  bool
}

// snapshot is one committed height. When the next one is committed, the values it replaced are attached here first, so that
// whoever still reads this height finds them.
type snapshot struct {
	height int64
	root   *node
	hash   hash
	next   atomic.Pointer[delta]
}

// delta leads from a snapshot to the one after it.
type delta struct {
	changes []change // sorted; old holds the value at the earlier height
	to      *snapshot
}

// pending is a prepared block.
type pending struct {
	snap    *snapshot
	changes []change
	grow    int64
}

// Open opens the store in db, which must hold a store or nothing. It loads the roots of the bottom subtrees from the last checkpoint,
// rebuilds those that changed since, and compares the root with the committed app hash; without a usable checkpoint it reads the
// whole flat table. A mismatch is ErrCorrupt, a database of something else ErrForeign. The caller keeps owning db, and closes
// it after the store.
func Open(db dbm.DB, opts Options) (*Store, error) {
	s := newStore(db, opts)
	m, found, err := readMeta(db)
	if err != nil {
		return nil, err
	}
	root := (*node)(nil)
	if found {
		if root, err = s.loadTree(m); err != nil {
			return nil, err
		}
	} else {
		m.appHash = emptyRoot
	}
	s.meta = m
	s.cur.Store(&snapshot{height: m.height, root: root, hash: m.appHash})
	s.resident.Store(survey0(root))
	s.sweep(root)
	return s, nil
}

func newStore(db dbm.DB, opts Options) *Store {
	s := &Store{db: db}
	s.budget = opts.MemoryBudget
	if s.budget <= 0 {
		s.budget = DefaultMemoryBudget
	}
	s.workers = opts.Workers
	if s.workers <= 0 {
		s.workers = runtime.GOMAXPROCS(0)
	}
	s.maxLeaves = opts.maxLeaves
	if s.maxLeaves <= 0 {
		s.maxLeaves = defaultMaxLeaves
	}
	return s
}

func readMeta(db dbm.DB) (m meta, found bool, err error) {
	if b, err := db.Get(importKey); err != nil {
		return m, false, fmt.Errorf("store: reading the import mark: %w", err)
	} else if b != nil {
		return m, false, errors.New("store: a bulk load into this database broke off; empty its folder and load again")
	}
	b, err := db.Get(metaKey)
	if err != nil {
		return m, false, fmt.Errorf("store: reading the meta record: %w", err)
	}
	if b != nil {
		m, err = decodeMeta(b)
		return m, err == nil, err
	}
	empty, err := isEmpty(db)
	if err != nil {
		return m, false, err
	}
	if !empty {
		return m, false, fmt.Errorf("%w: it holds records but no meta record", ErrForeign)
	}
	return m, false, nil
}

func isEmpty(db dbm.DB) (bool, error) {
	it, err := db.Iterator(nil, nil)
	if err != nil {
		return false, fmt.Errorf("store: reading the database: %w", err)
	}
	defer it.Close()
	return !it.Valid(), it.Error()
}

func rootHash(n *node) hash {
	if n == nil {
		return emptyRoot
	}
	return n.hash
}

func survey0(root *node) int64 {
	if root == nil {
		return 0
	}
	return survey(root, map[uint32]int64{})
}

// Height returns the last committed height; 0 before the first commit.
func (s *Store) Height() int64 { return s.cur.Load().height }

// AppHash returns the root (32 bytes) of the last committed height; for the empty tree, SHA-256 of the empty string.
func (s *Store) AppHash() []byte {
	h := s.cur.Load().hash
	return h[:]
}

// Prepare enters the changes of a branch (made with Store.Branch) into the tree as block height and returns the root, 32 bytes.
// Nothing is durable and readers stay where they are until Commit. Height must be the last committed height plus one; the
// first one may be any from 1. A further Prepare before Commit replaces the one before. The branch is not altered.
func (s *Store) Prepare(height int64, b *Branch) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(); err != nil {
		return nil, err
	}
	if b.parent != nil || b.store != s {
		return nil, errors.New("store: Prepare needs a branch made by this store's Branch method")
	}
	cur := s.cur.Load()
	if height <= 0 || (cur.height > 0 && height != cur.height+1) {
		return nil, fmt.Errorf("store: cannot prepare height %d after height %d; the next one is %d", height, cur.height, cur.height+1)
	}
	s.pending = nil
	p, err := s.prepare(cur, height, b.changes())
	if err != nil {
		return nil, err
	}
	s.pending = p
	h := p.snap.hash
	return h[:], nil
}

// prepare computes the tree after some changes to a snapshot.
func (s *Store) prepare(cur *snapshot, height int64, changes []change) (*pending, error) {
	if err := s.inspect(cur.root, changes, flat{s.db}); err != nil {
		return nil, err
	}
	kept := changes[:0]
	for i := range changes {
		if !changes[i].same {
			kept = append(kept, changes[i])
		}
	}
	root, grow, err := s.apply(cur.root, kept)
	if err != nil {
		return nil, err
	}
	snap := &snapshot{height: height, root: root, hash: rootHash(root)}
	return &pending{snap: snap, changes: kept, grow: grow}, nil
}

func (s *Store) usable() error {
	if s.closed {
		return errors.New("store: the store is closed")
	}
	if s.broken != nil {
		return fmt.Errorf("%w (%w)", ErrBroken, s.broken)
	}
	return nil
}

// Commit makes the prepared block durable in one atomic, synced batch, and then shows it to readers. If it fails, the block may or
// may not be there: the store refuses all further writing, and opening it again shows which.
func (s *Store) Commit() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(); err != nil {
		return err
	}
	p := s.pending
	if p == nil {
		return errors.New("store: nothing is prepared; call Prepare before Commit")
	}
	s.pending = nil
	cur := s.cur.Load()
	m := s.meta.after(p)
	u := undo{seq: m.seq, height: cur.height, root: cur.hash, old: olds(p.changes)}
	return s.write(p, m, u.encode())
}

func olds(changes []change) [][]byte {
	out := make([][]byte, len(changes))
	for i := range changes {
		out[i] = changes[i].old
	}
	return out
}

// after is the meta record once a pending block is written.
func (m meta) after(p *pending) meta {
	m.height, m.appHash = p.snap.height, p.snap.hash
	m.seq++
	if m.journalFrom == 0 {
		m.journalFrom = m.seq
	}
	m.journalKeys += uint64(len(p.changes))
	return m
}

// write puts a block into the database and shows it to readers. A nil undo record deletes the one that is there.
func (s *Store) write(p *pending, m meta, undoRecord []byte) error {
	batch := s.db.NewBatchWithSize(batchSize(p.changes, undoRecord))
	defer batch.Close()
	err := fill(batch, p.changes, m.seq, undoRecord)
	if err == nil && s.checkpointDue(m, p.snap.root) {
		err = s.addCheckpoint(batch, &m, p.snap.root)
	}
	if err == nil {
		err = batch.Set(metaKey, m.encode())
	}
	if err != nil {
		return fmt.Errorf("store: filling the batch of height %d: %w", m.height, err)
	}
	// From here on readers of the earlier height find the replaced values, whether or not the write has happened.
	cur := s.cur.Load()
	cur.next.Store(&delta{changes: p.changes, to: p.snap})
	if err := batch.WriteSync(); err != nil {
		s.broken = err
		return fmt.Errorf("store: writing height %d: %w; whether it was written shows when the store is opened again", m.height, err)
	}
	s.meta = m
	s.clock.Add(1)
	s.resident.Add(p.grow)
	s.cur.Store(p.snap)
	s.sweep(p.snap.root)
	return nil
}

func batchSize(changes []change, undoRecord []byte) int {
	n := 1024 + len(undoRecord)
	for i := range changes {
		n += 2*len(changes[i].key) + len(changes[i].value) + 16
	}
	return n
}

func fill(batch dbm.Batch, changes []change, seq uint64, undoRecord []byte) error {
	size := 0
	for i := range changes {
		size += 1 + len(changes[i].key)
	}
	keys := make([]byte, 0, size) // some engines keep the slices they are given
	for i := range changes {
		c := &changes[i]
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
	if err := batch.Set(journalKey(seq), encodeJournal(changes)); err != nil {
		return err
	}
	if undoRecord == nil {
		return batch.Delete(undoKey)
	}
	return batch.Set(undoKey, undoRecord)
}

// Rollback takes the last committed block back, with its undo record: values, height and app hash are those before it. It
// works once after a commit. A prepared block is dropped. Views opened before keep their height.
func (s *Store) Rollback() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(); err != nil {
		return err
	}
	u, keys, err := s.readUndo()
	if err != nil {
		return err
	}
	s.pending = nil
	changes := make([]change, len(keys))
	for i, key := range keys {
		changes[i] = change{key: key, value: u.old[i]}
	}
	p, err := s.prepare(s.cur.Load(), u.height, changes)
	if err != nil {
		return err
	}
	if p.snap.hash != u.root {
		return fmt.Errorf("%w: taking back height %d gives the root %x, and height %d had %x", ErrCorrupt, s.meta.height, p.snap.hash, u.height, u.root)
	}
	return s.write(p, s.meta.after(p), nil)
}

func (s *Store) readUndo() (undo, [][]byte, error) {
	b, err := s.db.Get(undoKey)
	if err != nil {
		return undo{}, nil, fmt.Errorf("store: reading the undo record: %w", err)
	}
	if b == nil {
		return undo{}, nil, ErrNoUndo
	}
	u, err := decodeUndo(b)
	if err != nil {
		return undo{}, nil, err
	}
	if b, err = s.db.Get(journalKey(u.seq)); err != nil {
		return undo{}, nil, fmt.Errorf("store: reading journal record %d: %w", u.seq, err)
	}
	keys, err := decodeJournal(b)
	if err == nil && (u.seq != s.meta.seq || len(keys) != len(u.old)) {
		err = fmt.Errorf("%w: the undo record does not belong to the last commit", ErrCorrupt)
	}
	return u, keys, err
}

// Close writes a checkpoint, so that the next Open is quick, and lets the store go; nothing may read it any more. A prepared block is
// dropped. The database stays open: it belongs to the caller. Closing twice does nothing.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed, s.pending = true, nil
	if s.broken != nil || s.meta.seq == s.meta.ckptSeq {
		return nil
	}
	return s.writeCheckpoint()
}

// Stats says how the resident tree is doing.
type Stats struct {
	Keys      int64  // in the last committed height
	Resident  int64  // bytes of tree in memory, as the budget counts them
	Loads     uint64 // bottom subtrees read back from the flat table since Open
	Evictions uint64 // bottom subtrees let go since Open
}

// Stats may be called at any time.
func (s *Store) Stats() Stats {
	st := Stats{Resident: s.resident.Load(), Loads: s.loads.Load(), Evictions: s.evictions.Load()}
	if root := s.cur.Load().root; root != nil {
		st.Keys = int64(root.count)
	}
	return st
}
