package tree

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/units"
)

// The files of a run's folder. The tree file, which may be published, is named
// after GTIN and root.
const (
	manifestFile = "run.json"
	// ListFile holds serial numbers with their codes: for the printer only.
	ListFile = "serials.csv"
	// ManifestFormat names the form of run.json.
	ManifestFormat = "filiera-units-run/1"
	maxManifest    = 64 << 10
)

// The kinds of serial numbers.
const (
	Derived = "derived"
	Brought = "brought"
)

// Manifest says what stands in a run's folder. It holds no secret.
type Manifest struct {
	Format string `json:"format"`
	GTIN   string `json:"gtin"`
	Lot    string `json:"lot"`
	Count  uint32 `json:"count"`
	Root   string `json:"root"` // hex
	// Serials is derived or brought.
	Serials string `json:"serials"`
	// Tag is that of derived serial numbers.
	Tag uint64 `json:"tag,omitempty"`
	// Key is the name of the key that codes, and derived serial numbers, come of.
	Key  string `json:"key"`
	Tree string `json:"tree"`
	// List is empty where none was kept.
	List   string `json:"list,omitempty"`
	MadeAt string `json:"made_at"`
	// Run is the number that the ledger gave; 0 before.
	Run uint32 `json:"run,omitempty"`
}

// RootHash is Root as bytes.
func (m *Manifest) RootHash() (h units.Hash, err error) {
	b, err := hex.DecodeString(m.Root)
	if err != nil || len(b) != len(h) {
		return h, fmt.Errorf("its root is %q; it has 64 hex digits", m.Root)
	}
	return units.Hash(b), nil
}

// MakeFolder makes a run in a folder that is not there yet, and fills in what m
// lacks. The folder appears once all of it is written; what an interrupted attempt
// left beside it is removed.
func MakeFolder(ctx context.Context, dir string, o Order, m *Manifest, withList bool) (err error) {
	if _, err := os.Lstat(dir); err == nil {
		return fmt.Errorf("%s is there already; name a new folder", dir)
	}
	partial := filepath.Clean(dir) + ".partial"
	if err := os.RemoveAll(partial); err != nil {
		return err
	}
	if err := os.MkdirAll(partial, 0o700); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(partial)
		}
	}()
	h, err := fill(ctx, partial, o, withList)
	if err != nil {
		return err
	}
	m.Format, m.GTIN, m.Lot, m.Count, m.Root = ManifestFormat, o.GTIN, o.Lot, h.Count, h.Root.String()
	m.Tree = o.GTIN + "-" + m.Root[:16] + Ext
	if withList {
		m.List = ListFile
	}
	if err := os.Rename(filepath.Join(partial, "tree"), filepath.Join(partial, m.Tree)); err != nil {
		return err
	}
	if err := WriteManifest(partial, m); err != nil {
		return err
	}
	return os.Rename(partial, dir)
}

func fill(ctx context.Context, dir string, o Order, withList bool) (*Header, error) {
	var list *bufio.Writer
	closeList := func() error { return nil }
	if withList {
		f, err := os.OpenFile(filepath.Join(dir, ListFile), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, err
		}
		list = bufio.NewWriterSize(f, 1<<18)
		o.List = list
		closeList = func() error { return errors.Join(list.Flush(), f.Sync(), f.Close()) }
	}
	w := NewWriter(filepath.Join(dir, "tree"), o.GTIN, o.Lot)
	if err := errors.Join(Make(ctx, o, w), closeList()); err != nil {
		w.Abort()
		return nil, err
	}
	return w.Finish()
}

// WriteManifest writes run.json whole or not at all.
func WriteManifest(dir string, m *Manifest) error {
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(dir, manifestFile)
	if err := os.WriteFile(path+".partial", append(b, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".partial", path)
}

// ReadManifest reads the run.json of a folder.
func ReadManifest(dir string) (*Manifest, error) {
	path := filepath.Join(dir, manifestFile)
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s is no folder of a run: %w", dir, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxManifest))
	if err != nil {
		return nil, err
	}
	m := new(Manifest)
	if err := json.Unmarshal(b, m); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

func (m *Manifest) check() error {
	if m.Format != ManifestFormat {
		return fmt.Errorf("its format is %q; this program reads %s", m.Format, ManifestFormat)
	}
	if g, err := gs1.ParseGTIN(m.GTIN); err != nil || g != m.GTIN {
		return fmt.Errorf("its gtin is %q; it has 14 digits", m.GTIN)
	}
	if _, err := gs1.ParseLot(m.Lot); err != nil {
		return err
	}
	if m.Count == 0 || m.Count > units.MaxUnits || m.Serials != Derived && m.Serials != Brought {
		return fmt.Errorf("it is of %d serial numbers of the kind %q", m.Count, m.Serials)
	}
	if filepath.Base(m.Tree) != m.Tree || m.List != "" && m.List != ListFile {
		return errors.New("it names files elsewhere")
	}
	_, err := m.RootHash()
	return err
}

// OpenFolder opens the tree file of a folder, and sees that it is the manifest's.
func OpenFolder(dir string) (*Manifest, *File, error) {
	m, err := ReadManifest(dir)
	if err != nil {
		return nil, nil, err
	}
	f, err := Open(filepath.Join(dir, m.Tree))
	if err != nil {
		return nil, nil, err
	}
	if f.Root.String() != m.Root || f.Count != m.Count || f.GTIN != m.GTIN || f.Lot != m.Lot {
		_ = f.Close()
		return nil, nil, fmt.Errorf("%s: %s is of another run than run.json says", dir, m.Tree)
	}
	return m, f, nil
}

// EachLine gives the lines first to last of a folder's list, from 1 (last 0 for all
// of them), one by one: number, serial number, code, address.
func EachLine(dir string, first, last uint32, fn func(row []string) error) error {
	f, err := os.Open(filepath.Join(dir, ListFile))
	if err != nil {
		return fmt.Errorf("the list of the run is needed: %w", err)
	}
	defer f.Close()
	r := csv.NewReader(bufio.NewReaderSize(f, 1<<18))
	r.ReuseRecord, r.FieldsPerRecord = true, 4
	if _, err := r.Read(); err != nil {
		return fmt.Errorf("%s: %w", ListFile, err)
	}
	for n := uint32(1); last == 0 || n <= last; n++ {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			if last == 0 {
				return nil
			}
			return fmt.Errorf("the run has %d units; numbers %d to %d are asked for", n-1, first, last)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", ListFile, err)
		}
		if row[0] != strconv.FormatUint(uint64(n), 10) {
			return fmt.Errorf("%s: line %d has the number %s", ListFile, n+1, row[0])
		}
		if n < first {
			continue
		}
		if err := fn(row); err != nil {
			return err
		}
	}
	return nil
}

// SerialsAt gives the serial numbers on lines first to last of a folder's list,
// from 1.
func SerialsAt(dir string, first, last uint32) ([]string, error) {
	var out []string
	err := EachLine(dir, first, last, func(row []string) error {
		out = append(out, row[1])
		return nil
	})
	return out, err
}
