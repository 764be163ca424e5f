package folder

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/filiera-chain/filiera/registers"
)

// Staged is what an append would add.
type Staged struct {
	From, Entries uint64
	Subtrees      []registers.Hash
	// Root and SortedRoot after it.
	Root, SortedRoot registers.Hash
	FileSHA256       registers.Hash

	file string
}

// Size is the number of rows after it.
func (s *Staged) Size() uint64 { return s.From + s.Entries }

// mostStaged bounds the rows of one append.
const mostStaged = 16_000_000

// Stage reads the rows of a file, after those that are there already, and writes what
// they come to beside them. tell, when there is one, hears how many rows are read.
func (f *Folder) Stage(ctx context.Context, in io.Reader, name string, tell func(rows uint64)) (*Staged, error) {
	s := &Staged{From: f.c.Size, file: name}
	sum := sha256.New()
	rows, err := NewRows(io.TeeReader(in, sum), f.c.Columns)
	if err != nil {
		return nil, err
	}
	var places []registers.Place
	if f.c.KeyColumn != "" {
		if places, err = f.places(); err != nil {
			return nil, err
		}
	}
	if places, err = f.writeEntries(ctx, rows, s, places, tell); err != nil {
		return nil, err
	}
	if _, err := io.Copy(sum, in); err != nil { // what a reader left behind the last row
		return nil, err
	}
	s.FileSHA256 = registers.Hash(sum.Sum(nil))
	if s.Entries == 0 {
		return nil, errors.New("the file has no rows")
	}
	e, err := f.entries(s.Size())
	if err != nil {
		return nil, err
	}
	defer e.Close()
	if s.Subtrees, err = registers.Subtrees(e, s.From, s.Size()); err != nil {
		return nil, err
	}
	if s.Root, err = registers.Range(e, 0, s.Size()); err != nil {
		return nil, err
	}
	if f.c.KeyColumn == "" {
		return s, nil
	}
	return s, f.writePlaces(s, places)
}

// writeEntries writes the entries of rows behind those that are committed.
func (f *Folder) writeEntries(ctx context.Context, rows *Rows, s *Staged, places []registers.Place, tell func(uint64)) (_ []registers.Place, err error) {
	out, err := os.OpenFile(f.path("entries.bin"), os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if err := out.Truncate(int64(s.From) * entryLen); err != nil {
		return nil, err
	}
	if _, err := out.Seek(0, io.SeekEnd); err != nil {
		return nil, err
	}
	w := bufio.NewWriterSize(out, 1<<18)
	keyAt, keySalt := f.keyIndex(), registers.KeySalt(f.secret, f.c.Register)
	for {
		cells, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return places, errors.Join(w.Flush(), out.Sync())
		}
		if err != nil {
			return nil, err
		}
		if s.Entries >= mostStaged {
			return nil, fmt.Errorf("the file has more than %d rows; split it", mostStaged)
		}
		e, err := f.entry(s.Size(), cells, keyAt, keySalt)
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", s.Entries+1, err)
		}
		if keyAt >= 0 {
			places = append(places, registers.Place{Key: e.Key, Index: s.Size()})
		}
		if _, err := w.Write(append(e.Key[:], e.Row[:]...)); err != nil {
			return nil, err
		}
		if s.Entries++; s.Entries%4096 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if tell != nil {
				tell(s.Entries)
			}
		}
	}
}

// entry is that of a row at a place.
func (f *Folder) entry(i uint64, cells []string, keyAt int, keySalt registers.Hash) (registers.Entry, error) {
	words, err := registers.Words(cells)
	if err != nil {
		return registers.Entry{}, err
	}
	e := registers.Entry{Row: registers.RowHash(registers.RowSalt(f.secret, f.c.Register, i), words)}
	if keyAt >= 0 {
		if cells[keyAt] == "" {
			return e, fmt.Errorf("the key, column %s, is empty", f.c.KeyColumn)
		}
		e.Key = registers.KeyHash(keySalt, cells[keyAt])
	}
	return e, nil
}

// writePlaces sorts all keys and writes them; a key that stands twice is refused.
func (f *Folder) writePlaces(s *Staged, places []registers.Place) (err error) {
	slices.SortFunc(places, registers.ComparePlaces)
	for i := 1; i < len(places); i++ {
		if places[i].Key == places[i-1].Key {
			a, b := places[i-1].Index, places[i].Index
			return fmt.Errorf("rows %d and %d of the register have the same key, column %s; each stands once", min(a, b)+1, max(a, b)+1, f.c.KeyColumn)
		}
	}
	if s.SortedRoot, err = registers.Range(placeList(places), 0, uint64(len(places))); err != nil {
		return err
	}
	out, err := os.Create(f.keysPath(s.Size()))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	w := bufio.NewWriterSize(out, 1<<18)
	for i := range places {
		if _, err := w.Write(binary.BigEndian.AppendUint64(places[i].Key[:], places[i].Index)); err != nil {
			return err
		}
	}
	return errors.Join(w.Flush(), out.Sync())
}

type placeList []registers.Place

func (l placeList) Leaf(i uint64) (registers.Hash, error) { return l[i].Leaf(), nil }

// Commit notes that the ledger has what was staged, as an append of this number.
func (f *Folder) Commit(s *Staged, number uint64) error {
	if s.From != f.c.Size {
		return fmt.Errorf("the folder has %d rows and what was staged begins at %d", f.c.Size, s.From)
	}
	before := f.c.Size
	f.c.Appends = append(f.c.Appends, Append{number, s.From, s.Size(), s.file, hex.EncodeToString(s.FileSHA256[:])})
	f.c.Size = s.Size()
	if err := f.save(); err != nil {
		return err
	}
	if f.c.KeyColumn == "" || before == 0 {
		return nil
	}
	if err := os.Remove(f.keysPath(before)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
