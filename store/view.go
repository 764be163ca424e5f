package store

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	corestore "cosmossdk.io/collections/corecompat"
	ics23 "github.com/cosmos/ics23/go"

	"github.com/filiera-chain/filiera/store/proof"
)

// View reads one committed height. It implements KV, so that collections can read through it, but refuses to write. Several goroutines may
// use it at once. It holds up nobody: blocks may be prepared and committed meanwhile, and it keeps showing
// its own height.
type View struct {
	at
	done atomic.Bool
}

var _ KV = (*View)(nil)

var (
	errReadOnly = errors.New("store: a view is read-only")
	errViewDone = errors.New("store: the view was used after its function returned")
)

// View calls fn with a view of the last committed height, which is of no use after fn returns. A view that
// outlives two commits makes the later ones read, and keep in memory for it, what they replace.
func (s *Store) View(fn func(v *View) error) error {
	v := &View{at: at{s, s.enter()}}
	defer func() {
		v.done.Store(true)
		s.leave(v.snap)
	}()
	return fn(v)
}

// enter notes that a view of the current snapshot begins, in one step with reading which one that is.
func (s *Store) enter() *snapshot {
	s.viewMu.Lock()
	defer s.viewMu.Unlock()
	snap := s.cur.Load()
	s.views[snap]++
	return snap
}

func (s *Store) leave(snap *snapshot) {
	s.viewMu.Lock()
	defer s.viewMu.Unlock()
	if s.views[snap]--; s.views[snap] == 0 {
		delete(s.views, snap)
	}
}

// Height returns the height the view shows.
func (v *View) Height() int64 { return v.snap.height }

// AppHash returns the root at that height, 32 bytes.
func (v *View) AppHash() []byte {
	h := v.snap.hash
	return h[:]
}

// Get returns the value of key, nil if absent. The slice is shared: do not modify it.
func (v *View) Get(key []byte) ([]byte, error) {
	if v.done.Load() {
		return nil, errViewDone
	}
	if len(key) == 0 {
		return nil, errEmptyKey
	}
	return v.get(key)
}

// Has says whether key has a value.
func (v *View) Has(key []byte) (bool, error) {
	value, err := v.Get(key)
	return value != nil, err
}

// Set is refused.
func (v *View) Set(_, _ []byte) error { return errReadOnly }

// Delete is refused.
func (v *View) Delete(_ []byte) error { return errReadOnly }

// Iterator goes through [start, end) in ascending order; nil ends are open. The caller closes it before the view ends.
func (v *View) Iterator(start, end []byte) (corestore.Iterator, error) {
	return v.iterate(start, end, false)
}

// ReverseIterator goes through [start, end) in descending order.
func (v *View) ReverseIterator(start, end []byte) (corestore.Iterator, error) {
	return v.iterate(start, end, true)
}

func (v *View) iterate(start, end []byte, reverse bool) (corestore.Iterator, error) {
	if v.done.Load() {
		return nil, errViewDone
	}
	if err := checkRange(start, end); err != nil {
		return nil, err
	}
	return v.open(bytes.Clone(start), bytes.Clone(end), reverse)
}

// Prove returns the proof that key has its value, or that it has none. The proof verifies against AppHash with
// proof.VerifyMembership or proof.VerifyAbsence, and with any ICS23 library under the TendermintSpec (whose depth
// limit of 128 honest trees stay far below). Where a value is empty the proof shows proof.EmptyValue. For the empty tree,
// which ICS23 has no proof for, the proof of absence has neither neighbour.
func (v *View) Prove(key []byte) (*ics23.CommitmentProof, error) {
	value, err := v.Get(key)
	if err != nil {
		return nil, err
	}
	if value != nil {
		ep, err := v.exist(key, value)
		if err != nil {
			return nil, err
		}
		return &ics23.CommitmentProof{Proof: &ics23.CommitmentProof_Exist{Exist: ep}}, nil
	}
	np := &ics23.NonExistenceProof{Key: bytes.Clone(key)}
	if np.Left, err = v.neighbour(nil, key, true); err != nil {
		return nil, err
	}
	if np.Right, err = v.neighbour(key, nil, false); err != nil {
		return nil, err
	}
	return &ics23.CommitmentProof{Proof: &ics23.CommitmentProof_Nonexist{Nonexist: np}}, nil
}

// neighbour proves the first key of [start, end), from the end if reverse; nil if the range is empty.
func (v *View) neighbour(start, end []byte, reverse bool) (*ics23.ExistenceProof, error) {
	it, err := v.open(start, end, reverse)
	if err != nil {
		return nil, err
	}
	defer it.Close()
	if !it.Valid() {
		return nil, it.Error()
	}
	return v.exist(it.Key(), it.Value())
}

// exist proves a key that is there.
func (v *View) exist(key, value []byte) (*ics23.ExistenceProof, error) {
	path, err := v.s.path(v.snap.root, key, v)
	if err != nil {
		return nil, err
	}
	if len(value) == 0 {
		value = proof.EmptyValue()
	}
	return proof.Existence(key, value, path), nil
}

// ProveRange proves every pair of [start, end) (nil ends are open), by the chain of neighbours from the key before the
// range to the key after it. With a limit above 0 it stops after that many pairs; the proof then shows that nothing is missing up to the last one,
// and Next names where the next proof has to start. Verify with VerifyRange.
func (v *View) ProveRange(start, end []byte, limit int) (*proof.RangeProof, error) {
	if v.done.Load() {
		return nil, errViewDone
	}
	if err := checkRange(start, end); err != nil {
		return nil, err
	}
	if start != nil && end != nil && bytes.Compare(start, end) >= 0 {
		return nil, fmt.Errorf("store: the range from %x to %x is empty or backwards", start, end)
	}
	p := &proof.RangeProof{}
	var err error
	if start != nil {
		if p.Left, err = v.neighbour(nil, start, true); err != nil {
			return nil, err
		}
	}
	it, err := v.open(start, nil, false)
	if err != nil {
		return nil, err
	}
	defer it.Close()
	for ; it.Valid(); it.Next() {
		key := it.Key()
		inRange := below(key, end)
		if inRange && ((limit > 0 && len(p.Pairs) == limit) || len(p.Pairs) == proof.MaxPairs) {
			p.Next = append(bytes.Clone(p.Pairs[len(p.Pairs)-1].Key), 0)
			return p, nil
		}
		ep, err := v.exist(key, it.Value())
		if err != nil {
			return nil, err
		}
		if !inRange {
			p.Right = ep
			return p, nil
		}
		p.Pairs = append(p.Pairs, ep)
	}
	return p, it.Error()
}

// RangeProof, Pair and VerifyRange are those of package proof, which verifiers without a store import alone.
type (
	RangeProof = proof.RangeProof
	Pair       = proof.Pair
)

// VerifyRange is proof.VerifyRange.
func VerifyRange(root []byte, p *RangeProof, start, end []byte) ([]Pair, error) {
	return proof.VerifyRange(root, p, start, end)
}

// path returns the inner nodes above a key that is in the tree, from the leaf to the root.
func (t *tree) path(n *node, key []byte, src source) ([]*ics23.InnerOp, error) {
	var ops []*ics23.InnerOp
	for n != nil && n.bucket == nil {
		bit := bitAt(key, n.bit)
		ops = append(ops, proof.Inner(bit == 1, n.child(1-bit).hash))
		n = n.child(bit)
	}
	missing := fmt.Errorf("%w: key %x is in the flat table and not in the tree; restore this node from a snapshot", ErrCorrupt, key)
	if n == nil || critBit(key, n.bucket.prefix, 0) < n.bit {
		return nil, missing
	}
	p, err := t.packedOf(n, src)
	if err != nil {
		return nil, err
	}
	i, found := p.find(key[n.sharedBytes():], int(n.count))
	if !found {
		return nil, missing
	}
	ls := p.leaves(int(n.count))
	for len(ls) > 1 {
		at, _ := splitLeaves(ls, 0)
		if i < at {
			ops = append(ops, proof.Inner(false, hashLeaves(ls[at:], 0)))
			ls = ls[:at]
		} else {
			ops = append(ops, proof.Inner(true, hashLeaves(ls[:at], 0)))
			ls, i = ls[at:], i-at
		}
	}
	slices.Reverse(ops)
	return ops, nil
}

// leaves returns the leaves with the suffixes for keys: enough to tell how they branch.
func (p *packed) leaves(n int) []leaf {
	ls := make([]leaf, n)
	for i := range ls {
		ls[i] = leaf{p.suffix(i, n), hash(p.hashAt(i))}
	}
	return ls
}
