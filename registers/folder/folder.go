package folder

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/filiera-chain/filiera/registers"
)

// Format names the form of a folder.
const Format = "filiera-register-folder/1"

const entryLen, placeLen = 2 * registers.HashLen, registers.HashLen + 8

// Append is an append that the ledger has.
type Append struct {
	Number     uint64 `json:"number"`
	From       uint64 `json:"from"`
	Size       uint64 `json:"size"`
	File       string `json:"file"`
	FileSHA256 string `json:"file_sha256"`
}

type content struct {
	Format    string   `json:"format"`
	Register  string   `json:"register"`
	Columns   []string `json:"columns"`
	KeyColumn string   `json:"key_column,omitempty"`
	Size      uint64   `json:"size"`
	Appends   []Append `json:"appends"`
}

// Folder is an open folder.
type Folder struct {
	dir    string
	c      content
	secret []byte
}

// Create makes a folder for a register without rows; it must not exist.
func Create(dir, register string, columns []string, keyColumn string) (*Folder, error) {
	if keyColumn != "" && !slices.Contains(columns, keyColumn) {
		return nil, fmt.Errorf("the key %q is none of the columns %s", keyColumn, strings.Join(columns, ", "))
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	f := &Folder{dir: dir, c: content{Format: Format, Register: register, Columns: columns, KeyColumn: keyColumn, Appends: []Append{}}, secret: make([]byte, registers.SecretLen)}
	if _, err := rand.Read(f.secret); err != nil {
		return nil, err
	}
	if err := os.WriteFile(f.path("secret"), []byte(hex.EncodeToString(f.secret)+"\n"), 0o600); err != nil {
		return nil, err
	}
	return f, f.save()
}

// Open opens a folder.
func Open(dir string) (*Folder, error) {
	f := &Folder{dir: dir}
	data, err := os.ReadFile(f.path("register.json"))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &f.c); err != nil {
		return nil, fmt.Errorf("%s: %w", f.path("register.json"), err)
	}
	if f.c.Format != Format || len(f.c.Columns) == 0 || len(f.c.Columns) > registers.MaxColumns || f.c.Size > registers.MaxSize {
		return nil, fmt.Errorf("%s is no folder of a register of the form %s", dir, Format)
	}
	data, err = os.ReadFile(f.path("secret"))
	if err != nil {
		return nil, err
	}
	if f.secret, err = hex.DecodeString(strings.TrimSpace(string(data))); err != nil || len(f.secret) != registers.SecretLen {
		return nil, fmt.Errorf("%s is not 64 hex digits", f.path("secret"))
	}
	return f, nil
}

func (f *Folder) path(name string) string { return filepath.Join(f.dir, name) }

func (f *Folder) keysPath(size uint64) string { return f.path(fmt.Sprintf("keys-%d.bin", size)) }

// save writes register.json whole or not at all.
func (f *Folder) save() error {
	data, err := json.MarshalIndent(f.c, "", "  ")
	if err != nil {
		return err
	}
	return writeWhole(f.path("register.json"), append(data, '\n'))
}

func writeWhole(path string, data []byte) (err error) {
	out, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(out.Name()))
		}
	}()
	if _, err = out.Write(data); err != nil {
		return errors.Join(err, out.Close())
	}
	if err = errors.Join(out.Sync(), out.Chmod(0o644), out.Close()); err != nil {
		return err
	}
	return os.Rename(out.Name(), path)
}

// Register is the register's id.
func (f *Folder) Register() string { return f.c.Register }

// Columns are the columns in the order in which rows are hashed.
func (f *Folder) Columns() []string { return f.c.Columns }

// KeyColumn is the column of the keys; "" for a register that is not sorted.
func (f *Folder) KeyColumn() string { return f.c.KeyColumn }

// Size is the number of rows that the ledger has, as far as the folder knows.
func (f *Folder) Size() uint64 { return f.c.Size }

// Appends are those that the ledger has, the oldest first.
func (f *Folder) Appends() []Append { return f.c.Appends }

// Number is the number of the last append; 0 for none.
func (f *Folder) Number() uint64 {
	if n := len(f.c.Appends); n > 0 {
		return f.c.Appends[n-1].Number
	}
	return 0
}

// AppendOf is the append that row i came with.
func (f *Folder) AppendOf(i uint64) (Append, bool) {
	for _, a := range f.c.Appends {
		if i >= a.From && i < a.Size {
			return a, true
		}
	}
	return Append{}, false
}

// keyIndex is the place of the key among the cells; -1 for none.
func (f *Folder) keyIndex() int { return slices.Index(f.c.Columns, f.c.KeyColumn) }
