package tree

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"sort"

	"github.com/filiera-chain/filiera/units"
)

// File is a tree file that is open for proofs.
type File struct {
	Header
	f     *os.File
	path  string
	roots []units.Hash // of the blocks
	// levels are what is above them, level by level; a node without a neighbour
	// rises as it is.
	levels [][]units.Hash
}

// Open opens a tree file and checks its size and that the blocks' roots make the
// run's. A proof checks the block that it comes from; Check checks all.
func Open(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	t := &File{f: f, path: path}
	if err := t.begin(); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("%s is no tree file of units: %w", path, err)
	}
	return t, nil
}

func (t *File) begin() error {
	h, err := readHeader(t.f)
	if err != nil {
		return err
	}
	t.Header = *h
	info, err := t.f.Stat()
	if err != nil {
		return err
	}
	if info.Size() != h.size() {
		return fmt.Errorf("it has %d bytes, and with %d items it would have %d", info.Size(), h.Count, h.size())
	}
	raw := make([]byte, h.blocks()*units.HashSize)
	if _, err := t.f.ReadAt(raw, h.size()-int64(len(raw))); err != nil {
		return err
	}
	t.roots = make([]units.Hash, h.blocks())
	for i := range t.roots {
		t.roots[i] = units.Hash(raw[i*units.HashSize:])
	}
	t.rise()
	if got := t.levels[len(t.levels)-1][0]; got != h.Root {
		return fmt.Errorf("its blocks make the root %s and it says %s", got, h.Root)
	}
	return nil
}

// rise makes the levels up to the root.
func (t *File) rise() {
	t.levels = [][]units.Hash{t.roots}
	for {
		low := t.levels[len(t.levels)-1]
		if len(low) == 1 {
			return
		}
		high := make([]units.Hash, 0, (len(low)+1)/2)
		for i := 0; i+1 < len(low); i += 2 {
			high = append(high, units.Node(low[i], low[i+1]))
		}
		if len(low)%2 == 1 {
			high = append(high, low[len(low)-1])
		}
		t.levels = append(t.levels, high)
	}
}

// above gives the way from a block's root to the run's.
func (t *File) above(path []units.Hash, block int) []units.Hash {
	for _, level := range t.levels {
		if other := block ^ 1; other < len(level) {
			path = append(path, level[other])
		}
		block /= 2
	}
	return path
}

// Close closes the file.
func (t *File) Close() error { return t.f.Close() }

// ReadHeader gives the header of a tree file, and checks nothing else.
func ReadHeader(path string) (*Header, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readHeader(f)
}

// find gives the index of the first leaf that is not before id.
func (t *File) find(id units.ID) (uint32, error) {
	var failed error
	i := sort.Search(int(t.Count), func(i int) bool {
		var b [units.IDSize]byte
		if _, err := t.f.ReadAt(b[:], headerSize+int64(i)*leafSize); err != nil {
			failed = err
			return true
		}
		return bytes.Compare(b[:], id[:]) >= 0
	})
	return uint32(i), failed
}

// Find gives the position of an item in the run, or -1.
func (t *File) Find(id units.ID) (int64, error) {
	at, err := t.find(id)
	if err != nil || at == t.Count {
		return -1, err
	}
	var b [units.IDSize]byte
	if _, err := t.f.ReadAt(b[:], headerSize+int64(at)*leafSize); err != nil {
		return -1, err
	}
	if units.ID(b) != id {
		return -1, nil
	}
	return int64(at), nil
}

// neighbour gives a leaf with its way to the root.
func (t *File) neighbour(index uint32) (*units.Neighbour, error) {
	b := int(index / blockSize)
	first := uint32(b) * blockSize
	raw := make([]byte, min(blockSize, t.Count-first)*leafSize)
	if _, err := t.f.ReadAt(raw, headerSize+int64(first)*leafSize); err != nil {
		return nil, err
	}
	hashes := make([]units.Hash, len(raw)/leafSize)
	for i := range hashes {
		hashes[i] = leafAt(raw, i).Hash()
	}
	if units.RootOf(hashes) != t.roots[b] {
		return nil, fmt.Errorf("%s is damaged: block %d does not make its root; fetch or make the file again", t.path, b)
	}
	path := t.above(units.PathOf(hashes, int(index-first)), b)
	return &units.Neighbour{Leaf: leafAt(raw, int(index-first)), Place: units.Place{Index: index, Path: path}}, nil
}

// Prove shows that an item is in the run, or that it is not. The run has that
// number in its batch.
func (t *File) Prove(id units.ID, run uint32) (*units.Presence, *units.Absence, error) {
	at, err := t.find(id)
	if err != nil {
		return nil, nil, err
	}
	a := &units.Absence{Run: run}
	if at < t.Count {
		if a.Right, err = t.neighbour(at); err != nil {
			return nil, nil, err
		}
		if a.Right.ID == id {
			return &units.Presence{Run: run, Place: a.Right.Place, Tip: a.Right.Tip, Number: a.Right.Number}, nil, nil
		}
	}
	if at > 0 {
		if a.Left, err = t.neighbour(at - 1); err != nil {
			return nil, nil, err
		}
	}
	// A file that was changed may be out of order; what it proves must hold.
	return nil, a, a.Check(id, t.Root, t.Count)
}

// Check reads the whole file: every block makes its root, and the leaves stand in
// order, each once.
func (t *File) Check() error {
	in := bufio.NewReaderSize(io.NewSectionReader(t.f, headerSize, int64(t.Count)*leafSize), 1<<18)
	var block units.Builder
	var last units.ID
	var b [leafSize]byte
	for n := range t.Count {
		if _, err := io.ReadFull(in, b[:]); err != nil {
			return err
		}
		l := leafAt(b[:], 0)
		if n > 0 && bytes.Compare(last[:], l.ID[:]) >= 0 {
			return fmt.Errorf("%s is out of order at item %d: what it shows as absent may not be", t.path, n)
		}
		last = l.ID
		if block.Add(l.Hash()); block.Count() == blockSize || n == t.Count-1 {
			if block.Root() != t.roots[n/blockSize] {
				return fmt.Errorf("%s is damaged: block %d does not make its root", t.path, n/blockSize)
			}
			block = units.Builder{}
		}
	}
	return nil
}

// Path is where the file stands.
func (t *File) Path() string { return t.path }
