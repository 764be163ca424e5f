package folder

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/filiera-chain/filiera/registers"
)

// entryFile reads entries, a block at a time.
type entryFile struct {
	*os.File
	size  uint64
	block []byte
	from  uint64
}

const entriesOfBlock = 4096

// entries opens the entries of the first size rows.
func (f *Folder) entries(size uint64) (*entryFile, error) {
	in, err := os.Open(f.path("entries.bin"))
	if err != nil {
		return nil, err
	}
	st, err := in.Stat()
	if err == nil && uint64(st.Size()) < size*entryLen {
		err = fmt.Errorf("%s has %d bytes; %d rows take %d", in.Name(), st.Size(), size, size*entryLen)
	}
	if err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return &entryFile{File: in, size: size}, nil
}

// Entry gives the entry of row i.
func (e *entryFile) Entry(i uint64) (registers.Entry, error) {
	if i >= e.size {
		return registers.Entry{}, fmt.Errorf("there is no row %d among %d", i+1, e.size)
	}
	if at := i - e.from; len(e.block) == 0 || i < e.from || at*entryLen >= uint64(len(e.block)) {
		e.from = i / entriesOfBlock * entriesOfBlock
		n := min(entriesOfBlock, e.size-e.from) * entryLen
		if e.block == nil {
			e.block = make([]byte, entriesOfBlock*entryLen)
		}
		e.block = e.block[:n]
		if _, err := e.ReadAt(e.block, int64(e.from)*entryLen); err != nil {
			return registers.Entry{}, err
		}
	}
	b := e.block[(i-e.from)*entryLen:]
	return registers.Entry{Key: registers.Hash(b[:registers.HashLen]), Row: registers.Hash(b[registers.HashLen:entryLen])}, nil
}

// Leaf implements registers.Reader.
func (e *entryFile) Leaf(i uint64) (registers.Hash, error) {
	entry, err := e.Entry(i)
	return entry.Leaf(), err
}

// places reads the keys of a sorted register, in order.
func (f *Folder) places() ([]registers.Place, error) {
	if f.c.Size == 0 {
		return nil, nil
	}
	in, err := os.Open(f.keysPath(f.c.Size))
	if err != nil {
		return nil, err
	}
	defer in.Close()
	r := bufio.NewReaderSize(in, 1<<18)
	out := make([]registers.Place, 0, f.c.Size)
	var b [placeLen]byte
	for {
		if _, err := io.ReadFull(r, b[:]); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		out = append(out, registers.Place{Key: registers.Hash(b[:registers.HashLen]), Index: binary.BigEndian.Uint64(b[registers.HashLen:])})
	}
	if uint64(len(out)) != f.c.Size {
		return nil, fmt.Errorf("%s has %d keys, and the register %d rows", in.Name(), len(out), f.c.Size)
	}
	return out, nil
}

func (f *Folder) document(kind string) *registers.Document {
	return &registers.Document{Format: registers.Format, Kind: kind, Register: f.c.Register, Append: f.Number()}
}

// ProveRow shows a row, whose cells are given, to be at place i. It refuses cells that
// are not those of the row.
func (f *Folder) ProveRow(i uint64, cells []string) (*registers.Document, error) {
	e, err := f.entries(f.c.Size)
	if err != nil {
		return nil, err
	}
	defer e.Close()
	there, err := e.Entry(i)
	if err != nil {
		return nil, err
	}
	mine, err := f.entry(i, cells, f.keyIndex(), registers.KeySalt(f.secret, f.c.Register))
	if err != nil {
		return nil, err
	}
	if mine != there {
		return nil, fmt.Errorf("row %d of the register is another one, or was changed in the file since it was added", i+1)
	}
	path, err := registers.Inclusion(e, i, f.c.Size)
	if err != nil {
		return nil, err
	}
	d := f.document(registers.KindInclusion)
	d.Inclusion = &registers.InclusionPart{
		Index: i, Cells: cells, Salt: registers.Hex(registers.RowSalt(f.secret, f.c.Register, i)), Key: registers.Hex(there.Key), Path: registers.HexPath(path),
	}
	return d, nil
}

// ProveConsistency shows the register after an earlier append to be the beginning of
// what it is now.
func (f *Folder) ProveConsistency(number uint64) (*registers.Document, error) {
	at := slices.IndexFunc(f.c.Appends, func(a Append) bool { return a.Number == number })
	if at < 0 || number >= f.Number() {
		return nil, fmt.Errorf("append %d is none before the last one, %d", number, f.Number())
	}
	e, err := f.entries(f.c.Size)
	if err != nil {
		return nil, err
	}
	defer e.Close()
	path, err := registers.Consistency(e, f.c.Appends[at].Size, f.c.Size)
	if err != nil {
		return nil, err
	}
	d := f.document(registers.KindConsistency)
	d.Consistency = &registers.EarlierPart{Append: number, Path: registers.HexPath(path)}
	return d, nil
}

// ErrNotSorted says that a register has no keys.
var ErrNotSorted = errors.New("the register has no key column: what it does not have cannot be shown")

// Find gives the place of the row with a key.
func (f *Folder) Find(key string) (i uint64, found bool, err error) {
	places, at, found, err := f.search(key)
	if !found || err != nil {
		return 0, false, err
	}
	return places[at].Index, true, nil
}

func (f *Folder) search(key string) ([]registers.Place, int, bool, error) {
	if f.c.KeyColumn == "" {
		return nil, 0, false, ErrNotSorted
	}
	places, err := f.places()
	if err != nil {
		return nil, 0, false, err
	}
	at, found := slices.BinarySearchFunc(places, registers.Place{Key: registers.KeyHash(registers.KeySalt(f.secret, f.c.Register), key)}, registers.ComparePlaces)
	return places, at, found, nil
}

// ProveAbsence shows that no row has a key. It refuses a key that is there.
func (f *Folder) ProveAbsence(key string) (*registers.Document, error) {
	places, at, found, err := f.search(key)
	if err != nil {
		return nil, err
	}
	if found {
		return nil, fmt.Errorf("row %d of the register has this key", places[at].Index+1)
	}
	salt := registers.KeySalt(f.secret, f.c.Register)
	d := f.document(registers.KindAbsence)
	d.Absence = &registers.AbsencePart{Key: key, Salt: registers.Hex(salt), Hash: registers.Hex(registers.KeyHash(salt, key))}
	if len(places) == 0 {
		return d, nil
	}
	e, err := f.entries(f.c.Size)
	if err != nil {
		return nil, err
	}
	defer e.Close()
	if at > 0 {
		if d.Absence.Left, err = neighbour(e, places, at-1); err != nil {
			return nil, err
		}
	}
	if at < len(places) {
		d.Absence.Right, err = neighbour(e, places, at)
	}
	return d, err
}

func neighbour(e *entryFile, places []registers.Place, at int) (*registers.NeighbourPart, error) {
	p, n := places[at], uint64(len(places))
	entry, err := e.Entry(p.Index)
	if err != nil {
		return nil, err
	}
	sorted, err := registers.Inclusion(placeList(places), uint64(at), n)
	if err != nil {
		return nil, err
	}
	log, err := registers.Inclusion(e, p.Index, n)
	return &registers.NeighbourPart{
		Position: uint64(at), Key: registers.Hex(p.Key), Index: p.Index, Row: registers.Hex(entry.Row), Sorted: registers.HexPath(sorted), Log: registers.HexPath(log),
	}, err
}
