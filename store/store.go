package store

import (
	"cmp"
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
// costs some 150 bytes beside its leaves: 16 keeps both small.
const defaultMaxLeaves = 16

// Options tune a store; the zero value is good. No option influences a root.
type Options struct {
	// MemoryBudget is how many bytes of tree stay resident; 0 means DefaultMemoryBudget. It is checked after each commit. Beyond
	// it, bottom subtrees not used for longest are kept as root hashes only. About 55 bytes and the varying part of
	// the key are needed per key for all to stay resident, and about 20 when none does. Go's collector adds its share on top.
	MemoryBudget int64
	// Workers is how many goroutines hash and read a big batch; 0 means all CPUs.
	Workers int

	// Tests make these small.
	maxLeaves, piece, journal int
}

// Store is an ordered Merkle tree over a flat table. See the package comment for what may run at the same time.
type Store struct {
	tree
	db             dbm.DB
	piece, journal int // see defaultPiece and defaultJournal

	cur atomic.Pointer[snapshot]

	viewMu sync.Mutex // held for an instant, where views begin and end
	views  map[*snapshot]int

	mu      sync.Mutex // held by the writer: Prepare, Commit, Rollback, Close
	meta    meta
	prev    *snapshot   // the one before cur, if cur has a head
	ckpt    *checkpoint // being written; nil: none
	pending *pending
	broken  error
	closed  bool
}

// snapshot is one committed height: the flat table as it was before the block, with the block's changes on top.
type snapshot struct {
	height int64
	root   *node
	hash   hash
	head   *head // nil: the flat table is at this height itself (before the first block, after a bulk load or a rollback)
	next   atomic.Pointer[delta]
}

// head is the last committed block. Its values enter the flat table with the block after it; until then they are in one record, and
// in memory. So a block can be taken back by dropping its record, and committing needs no look at the values it replaces.
type head struct {
	changes  []change // sorted
	height   int64    // before the block
	rootThen hash     // before the block
}

// delta leads readers from a snapshot to the one after it: it holds what the changes of the later one replaced when they
// entered the flat table.
type delta struct {
	changes []change // sorted; old holds the earlier value
	to      *snapshot
}

// pending is a prepared block.
type pending struct {
	snap *snapshot
	grow int64
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
	if !found {
		m.appHash = emptyRoot
	}
	snap := &snapshot{height: m.height, hash: m.appHash}
	if found {
		if snap.head, err = s.readHead(m); err != nil {
			return nil, err
		}
		if snap.root, err = s.loadTree(m, snap); err != nil {
			return nil, err
		}
	}
	s.meta = m
	s.cur.Store(snap)
	s.resident.Store(survey0(snap.root))
	s.sweep(snap.root)
	return s, nil
}

func newStore(db dbm.DB, opts Options) *Store {
	s := &Store{db: db, views: map[*snapshot]int{}}
	s.budget = opts.MemoryBudget
	if s.budget <= 0 {
		s.budget = DefaultMemoryBudget
	}
	s.workers = opts.Workers
	if s.workers <= 0 {
		s.workers = runtime.GOMAXPROCS(0)
	}
	s.maxLeaves = cmp.Or(opts.maxLeaves, defaultMaxLeaves)
	s.piece = cmp.Or(opts.piece, defaultPiece)
	s.journal = cmp.Or(opts.journal, defaultJournal)
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
	if b.parent != nil || b.view != nil || b.store != s {
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
	if err := s.inspect(cur.root, changes, at{s, cur}); err != nil {
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
	snap.head = &head{changes: kept, height: cur.height, rootThen: cur.hash}
	return &pending{snap: snap, grow: grow}, nil
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
	batch := s.db.NewBatchWithSize(batchSize(cur.head) + batchSize(p.snap.head))
	defer batch.Close()
	if err := errors.Join(flush(batch, cur.head, s.meta.seq), batch.Set(headKey, p.snap.head.encode(m.seq))); err != nil {
		return fmt.Errorf("store: filling the batch of height %d: %w", m.height, err)
	}
	if err := s.keepForViews(cur); err != nil {
		return err
	}
	if err := s.write(batch, p, m); err != nil {
		return err
	}
	s.prev = cur
	return nil
}

// after is the meta record once a pending block is written.
func (m meta) after(p *pending) meta {
	m.height, m.appHash = p.snap.height, p.snap.hash
	m.seq++
	if m.journalFrom == 0 {
		m.journalFrom = m.seq
	}
	m.journalKeys += uint64(len(p.snap.head.changes))
	return m
}

// keepForViews reads what the head is about to replace in the flat table, if there are views of earlier heights, and
// attaches it where they find it. Most blocks have no such views. From then on those views are right whether or not the
// write happens.
func (s *Store) keepForViews(cur *snapshot) error {
	if cur.head == nil || s.prev == nil || !s.viewsBefore(cur) {
		return nil
	}
	olds := make([]change, len(cur.head.changes))
	for i, c := range cur.head.changes {
		old, err := flat{s.db}.get(c.key)
		if err != nil {
			return fmt.Errorf("store: reading the old value of key %x for an open view: %w", c.key, err)
		}
		olds[i] = change{key: c.key, old: old}
	}
	s.prev.next.Store(&delta{changes: olds, to: cur})
	return nil
}

func (s *Store) viewsBefore(cur *snapshot) bool {
	s.viewMu.Lock()
	defer s.viewMu.Unlock()
	n := len(s.views)
	if s.views[cur] > 0 {
		n--
	}
	return n > 0
}

// write completes a batch, writes it, and shows the new snapshot to readers.
func (s *Store) write(batch dbm.Batch, p *pending, m meta) error {
	err := s.checkpointPiece(batch, &m, p.snap.root)
	if err = errors.Join(err, batch.Set(metaKey, m.encode())); err != nil {
		s.ckpt = nil
		return fmt.Errorf("store: filling the batch of height %d: %w", m.height, err)
	}
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
