package tree

import (
	"bufio"
	"bytes"
	"container/heap"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/filiera-chain/filiera/units"
)

// pieceLeaves is how many leaves are sorted at a time: 18 MB.
const pieceLeaves = 1 << 19

// TwiceError says that two items of a run have one identifier, which is to say
// one serial number.
type TwiceError struct{ ID units.ID }

func (e *TwiceError) Error() string {
	return fmt.Sprintf("a serial number stands twice (its identifier is %x)", e.ID[:])
}

// Writer takes leaves in any order and writes the tree file.
type Writer struct {
	path   string
	header Header
	piece  []units.Leaf
	// spilled holds the pieces that were sorted before, one after the other; nil
	// while everything fits into one.
	spilled *os.File
	pieces  []int64 // leaves of each piece on disk
	// sorting is the piece that is being sorted and written, if any.
	sorting chan error
	spare   []units.Leaf
}

// NewWriter begins the tree file of a run; what it needs meanwhile stands beside
// it.
func NewWriter(path, gtin, lot string) *Writer {
	return &Writer{path: path, header: Header{GTIN: gtin, Lot: lot}}
}

// Add takes leaves.
func (w *Writer) Add(leaves []units.Leaf) error {
	if int(w.header.Count)+len(leaves) > units.MaxUnits {
		return fmt.Errorf("the run has more than %d items; make several runs", units.MaxUnits)
	}
	w.header.Count += uint32(len(leaves))
	for len(leaves) > 0 {
		if len(w.piece) == pieceLeaves {
			if err := w.spill(); err != nil {
				return err
			}
		}
		n := min(len(leaves), pieceLeaves-len(w.piece))
		w.piece, leaves = append(w.piece, leaves[:n]...), leaves[n:]
	}
	return nil
}

// spill sorts and writes the piece while the next one fills.
func (w *Writer) spill() error {
	if err := w.settle(); err != nil {
		return err
	}
	if w.spilled == nil {
		f, err := os.CreateTemp(filepath.Dir(w.path), ".sort-*")
		if err != nil {
			return err
		}
		w.spilled = f
	}
	piece, done := w.piece, make(chan error, 1)
	w.piece, w.spare, w.sorting = w.spare[:0], piece, done
	w.pieces = append(w.pieces, int64(len(piece)))
	go func() {
		sortLeaves(piece)
		out := bufio.NewWriterSize(w.spilled, 1<<18)
		var room [leafSize]byte
		for _, l := range piece {
			_, _ = out.Write(appendLeaf(room[:0], l)) // Flush gives the first error
		}
		done <- out.Flush()
	}()
	return nil
}

// settle waits for the piece that is being sorted.
func (w *Writer) settle() error {
	if w.sorting == nil {
		return nil
	}
	err := <-w.sorting
	w.sorting = nil
	return err
}

func sortLeaves(list []units.Leaf) {
	slices.SortFunc(list, func(a, b units.Leaf) int { return bytes.Compare(a.ID[:], b.ID[:]) })
}

// Abort lets go of what was written on the way.
func (w *Writer) Abort() {
	_ = w.settle()
	if w.spilled != nil {
		_ = w.spilled.Close()
		_ = os.Remove(w.spilled.Name())
		w.spilled = nil
	}
	_ = os.Remove(w.partial())
}

func (w *Writer) partial() string { return w.path + ".partial" }

// Finish writes the file and gives its header. A *TwiceError says that an item
// stands twice; nothing stays then.
func (w *Writer) Finish() (h *Header, err error) {
	defer w.Abort()
	if w.header.Count == 0 {
		return nil, errors.New("the run has no items")
	}
	if err := w.settle(); err != nil {
		return nil, err
	}
	sortLeaves(w.piece)
	f, err := os.OpenFile(w.partial(), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(w.write(f), f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	if err := os.Rename(w.partial(), w.path); err != nil {
		return nil, err
	}
	done := w.header
	return &done, nil
}

func (w *Writer) write(f *os.File) error {
	out := bufio.NewWriterSize(f, 1<<18)
	_, _ = out.Write(make([]byte, headerSize)) // Flush gives the first error
	next := w.merged()
	var roots []units.Hash
	var block, whole units.Builder
	closeBlock := func() {
		roots = append(roots, block.Root())
		whole.Add(block.Root())
		block = units.Builder{}
	}
	var last units.ID
	var room [leafSize]byte
	for n := uint32(0); ; n++ {
		l, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if n > 0 && l.ID == last {
			return &TwiceError{l.ID}
		}
		last = l.ID
		_, _ = out.Write(appendLeaf(room[:0], l))
		if block.Add(l.Hash()); block.Count() == blockSize {
			closeBlock()
		}
	}
	if block.Count() > 0 {
		closeBlock()
	}
	for _, r := range roots {
		_, _ = out.Write(r[:])
	}
	if err := out.Flush(); err != nil {
		return err
	}
	w.header.Root = whole.Root()
	_, err := f.WriteAt(w.header.bytes(), 0)
	return err
}

// merged gives the leaves of all pieces in order, and then io.EOF.
func (w *Writer) merged() func() (units.Leaf, error) {
	var s streams
	from := int64(0)
	for _, n := range w.pieces {
		r := bufio.NewReaderSize(io.NewSectionReader(w.spilled, from, n*leafSize), 1<<16)
		from += n * leafSize
		s = append(s, &stream{next: func() (units.Leaf, error) {
			var b [leafSize]byte
			_, err := io.ReadFull(r, b[:])
			return leafAt(b[:], 0), err
		}})
	}
	rest := w.piece
	s = append(s, &stream{next: func() (l units.Leaf, err error) {
		if len(rest) == 0 {
			return l, io.EOF
		}
		l, rest = rest[0], rest[1:]
		return l, nil
	}})
	begun := false
	return func() (units.Leaf, error) {
		if !begun {
			begun = true
			if err := s.begin(); err != nil {
				return units.Leaf{}, err
			}
		}
		return s.take()
	}
}

type stream struct {
	head units.Leaf
	next func() (units.Leaf, error)
}

// streams is a heap by first leaf.
type streams []*stream

func (s streams) Len() int           { return len(s) }
func (s streams) Less(i, j int) bool { return bytes.Compare(s[i].head.ID[:], s[j].head.ID[:]) < 0 }
func (s streams) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *streams) Push(x any)        { *s = append(*s, x.(*stream)) }
func (s *streams) Pop() any {
	old := *s
	x := old[len(old)-1]
	*s = old[:len(old)-1]
	return x
}

// begin reads the first leaf of each.
func (s *streams) begin() error {
	all := *s
	*s = nil
	for _, x := range all {
		l, err := x.next()
		if errors.Is(err, io.EOF) {
			continue
		}
		if err != nil {
			return err
		}
		x.head = l
		*s = append(*s, x)
	}
	heap.Init(s)
	return nil
}

func (s *streams) take() (units.Leaf, error) {
	if len(*s) == 0 {
		return units.Leaf{}, io.EOF
	}
	first := (*s)[0]
	l := first.head
	var err error
	switch first.head, err = first.next(); {
	case errors.Is(err, io.EOF):
		heap.Pop(s)
	case err != nil:
		return l, err
	default:
		heap.Fix(s, 0)
	}
	return l, nil
}
