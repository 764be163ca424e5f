package folder_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/filiera-chain/filiera/registers"
	"github.com/filiera-chain/filiera/registers/folder"
)

func rowsOf(from, to int) string {
	var b strings.Builder
	b.WriteString("targa;classe\n")
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, "T%06d;Euro %d\n", i, i%7)
	}
	return b.String()
}

func grow(t *testing.T, f *folder.Folder, number uint64, text string) *folder.Staged {
	t.Helper()
	s, err := f.Stage(context.Background(), strings.NewReader(text), "righe.csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(s, number); err != nil {
		t.Fatal(err)
	}
	return s
}

func anchor(s *folder.Staged) registers.Anchor {
	return registers.Anchor{Size: s.Size(), Root: s.Root, SortedRoot: s.SortedRoot}
}

// What the folder proves holds against what an append recorded, after it was closed
// and opened again, and after one that was never committed.
func TestAFolderProvesItsRows(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "veicoli.register")
	f, err := folder.Create(dir, "veicoli", []string{"targa", "classe"}, "targa")
	if err != nil {
		t.Fatal(err)
	}
	first := grow(t, f, 1, rowsOf(0, 1000))
	if _, err := f.Stage(context.Background(), strings.NewReader(rowsOf(5000, 6000)), "mai.csv", nil); err != nil {
		t.Fatal(err)
	}
	if f, err = folder.Open(dir); err != nil {
		t.Fatal(err)
	}
	second := grow(t, f, 2, rowsOf(1000, 1717))
	frontier, err := registers.Frontier(nil).Append(0, 1000, first.Subtrees)
	if err != nil {
		t.Fatal(err)
	}
	if frontier, err = frontier.Append(1000, 717, second.Subtrees); err != nil || frontier.Root() != second.Root {
		t.Fatalf("the subtrees come to %x, %v; want %x", frontier.Root(), err, second.Root)
	}
	row, err := f.ProveRow(1234, []string{"T001234", "Euro 2"})
	if err != nil {
		t.Fatal(err)
	}
	later, err := f.ProveConsistency(1)
	if err != nil {
		t.Fatal(err)
	}
	none, err := f.ProveAbsence("T009999")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []*registers.Document{row, later, none} {
		if err := d.Check(anchor(second), anchor(first), 2, 0); err != nil {
			t.Errorf("%s: %v", d.Kind, err)
		}
		if err := d.Check(anchor(first), anchor(first), 2, 0); err == nil {
			t.Errorf("%s: holds of another append", d.Kind)
		}
	}
	if i, found, err := f.Find("T001234"); i != 1234 || !found || err != nil {
		t.Errorf("found at %d, %v, %v", i, found, err)
	}
	for _, err := range []error{fail(f.ProveRow(1234, []string{"T001234", "Euro 3"})), fail(f.ProveRow(1717, []string{"x", "y"})), fail(f.ProveAbsence("T001234")), fail(f.ProveConsistency(2))} {
		if err == nil {
			t.Error("something that is not so is proven")
		}
	}
	if st, err := os.Stat(filepath.Join(dir, "secret")); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("the secret: %v, %v", st.Mode(), err)
	}
}

func fail(_ *registers.Document, err error) error { return err }

// The same file comes to the same entries, so that an append that was cut off goes on.
func TestStagingAgainIsTheSame(t *testing.T) {
	f, err := folder.Create(filepath.Join(t.TempDir(), "f"), "veicoli", []string{"targa", "classe"}, "")
	if err != nil {
		t.Fatal(err)
	}
	var roots []registers.Hash
	for range 2 {
		s, err := f.Stage(context.Background(), strings.NewReader(rowsOf(0, 9)), "a.csv", nil)
		if err != nil {
			t.Fatal(err)
		}
		roots = append(roots, s.Root)
	}
	if roots[0] != roots[1] {
		t.Error("the same rows come to two roots")
	}
	if _, err := f.ProveAbsence("x"); !errors.Is(err, folder.ErrNotSorted) {
		t.Errorf("absence in a register without keys: %v", err)
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"": "is empty", "targa;classe\n": "has no rows", "targa\nA\n": "line 1, column classe: is missing", "targa;classe;altro\nA;B;C\n": "line 1: the file has 3 columns",
		"targa;classe\nA;B\nC\n": "wrong number of fields", "targa;classe\nA;\xff\n": "line 2, column classe: is not UTF-8", "targa;classe\n;B\n": "row 1: the key, column targa, is empty",
		"targa;classe\nA;B\nC;D\nA;E\n": "rows 1 and 3 of the register have the same key", "{\"targa\":\"A\",\"targa\":\"B\"}\n": "line 1, column targa: stands there twice",
		"{\"targa\":\"A\"}\n{\"targa\":[1]}\n": "line 2, column targa: holds a list", "{\"altro\":1}\n": "none of the register's columns", "{\"targa\":\"A\"} x\n": "follows the object", "{\"targa\"\n": "line 1",
	} {
		f, err := folder.Create(filepath.Join(t.TempDir(), "f"), "veicoli", []string{"targa", "classe"}, "targa")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Stage(context.Background(), strings.NewReader(text), "a", nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %q", text, err, want)
		}
	}
}

// CSV and JSON lines of the same rows are the same rows.
func TestFormsOfRows(t *testing.T) {
	var read [][]string
	for _, text := range []string{"\uFEFFb,a\n2,x\n,\"y\"\"\n\"\n", "{\"a\":\"x\",\"b\":2}\n\n{\"b\":null,\"a\":\"y\\\"\\n\"}\n"} {
		r, err := folder.NewRows(strings.NewReader(text), []string{"a", "b"})
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for {
			cells, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, cells...)
		}
		read = append(read, all)
	}
	if !slices.Equal(read[0], read[1]) || !slices.Equal(read[0], []string{"x", "2", "y\"\n", ""}) {
		t.Errorf("%q", read)
	}
}

func FuzzRows(f *testing.F) {
	f.Add("a;b\n1;2\n")
	f.Add("{\"a\":1,\"b\":null}\n")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := folder.NewRows(strings.NewReader(text), []string{"a", "b"})
		if err != nil {
			return
		}
		for {
			cells, err := r.Next()
			if err != nil {
				return
			}
			if len(cells) != 2 {
				t.Fatalf("a row has %d cells", len(cells))
			}
		}
	})
}
