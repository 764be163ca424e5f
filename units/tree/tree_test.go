package tree_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/filiera-chain/filiera/units"
	"github.com/filiera-chain/filiera/units/tree"
)

const gtin = "08012345678907"

func testKey() (k units.Key) {
	for i := range k {
		k[i] = byte(i)
	}
	return k
}

// made makes a run of n items in a folder of the test's own.
func made(t testing.TB, n uint32) (*tree.File, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "run.units")
	var list strings.Builder
	w := tree.NewWriter(path, gtin, "L1")
	o := tree.Order{Key: testKey(), GTIN: gtin, Lot: "L1", Count: n, Tag: 1, Stem: "https://id.example.it", List: &list}
	if err := tree.Make(t.Context(), o, w); err != nil {
		t.Fatal(err)
	}
	h, err := w.Finish()
	if err != nil {
		t.Fatal(err)
	}
	f, err := tree.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	if f.Header != *h || h.Count != n {
		t.Fatalf("written as %+v, read as %+v", h, f.Header)
	}
	return f, list.String()
}

func TestARunAndItsList(t *testing.T) {
	for _, n := range []uint32{1, 2, 255, 256, 257, 8191, 8192, 8193, 20000} {
		f, list := made(t, n)
		rows, err := csv.NewReader(strings.NewReader(list)).ReadAll()
		if err != nil || len(rows) != int(n)+1 || strings.Join(rows[0], ",")+"\n" != tree.ListHeader {
			t.Fatalf("%d items: the list has %d lines: %v", n, len(rows), err)
		}
		var leaves []units.Leaf
		for i, row := range rows[1:] {
			code, err := units.ParseCode(row[2])
			if err != nil || row[0] != fmt.Sprint(i+1) || row[3] != "https://id.example.it/01/"+gtin+"/10/L1/21/"+row[1] {
				t.Fatalf("%d items, line %d is %q: %v", n, i, row, err)
			}
			leaves = append(leaves, units.LeafOf(gtin, "L1", row[1], code, uint32(i)+1))
		}
		slices.SortFunc(leaves, func(a, b units.Leaf) int { return bytes.Compare(a.ID[:], b.ID[:]) })
		var b units.Builder
		for _, l := range leaves {
			b.Add(l.Hash())
		}
		if b.Root() != f.Root {
			t.Fatalf("%d items: the list makes the root %s and the file has %s", n, b.Root(), f.Root)
		}
		if err := f.Check(); err != nil {
			t.Errorf("%d items: %v", n, err)
		}
		for _, i := range []int{0, int(n) / 2, int(n) - 1} {
			here, absent, err := f.Prove(leaves[i].ID, 3)
			if err != nil || absent != nil || here == nil {
				t.Fatalf("item %d of %d: %v %v", i, n, absent, err)
			}
			if err := here.Check(leaves[i].ID, f.Root, n); err != nil || here.Index != uint32(i) || here.Tip != leaves[i].Tip || here.Number != leaves[i].Number {
				t.Errorf("item %d of %d at %d: %v", i, n, here.Index, err)
			}
		}
	}
}

func TestWhatIsNotInTheRun(t *testing.T) {
	f, _ := made(t, 1000)
	rapid.Check(t, func(t *rapid.T) {
		id := units.ID(rapid.SliceOfN(rapid.Byte(), units.IDSize, units.IDSize).Draw(t, "id"))
		here, absent, err := f.Prove(id, 1)
		if err != nil || here != nil {
			t.Fatalf("%x: %v %v", id, here, err)
		}
		if err := absent.Check(id, f.Root, f.Count); err != nil {
			t.Fatal(err)
		}
	})
	for _, edge := range []byte{0, 255} {
		id := units.ID(bytes.Repeat([]byte{edge}, units.IDSize))
		_, absent, err := f.Prove(id, 1)
		if err != nil || absent == nil || (absent.Left == nil) != (edge == 0) || (absent.Right == nil) != (edge == 255) {
			t.Errorf("at the edge %d: %+v %v", edge, absent, err)
		}
	}
}

func TestPiecesAreMerged(t *testing.T) {
	// More than three pieces, in an order that is no order.
	const n = 3*(1<<19) + 77
	path := filepath.Join(t.TempDir(), "run.units")
	w := tree.NewWriter(path, gtin, "L1")
	var want []units.Leaf
	portion := make([]units.Leaf, 0, 1000)
	for i := uint32(0); i < n; i++ {
		x := i * 2654435761 // every number once
		var l units.Leaf
		l.ID = units.ID{byte(x >> 24), byte(x >> 16), byte(x >> 8), byte(x)}
		if portion = append(portion, l); len(portion) == cap(portion) || i == n-1 {
			if err := w.Add(portion); err != nil {
				t.Fatal(err)
			}
			portion = portion[:0]
		}
		want = append(want, l)
	}
	h, err := w.Finish()
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(want, func(a, b units.Leaf) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	var b units.Builder
	for _, l := range want {
		b.Add(l.Hash())
	}
	if h.Root != b.Root() || h.Count != n {
		t.Errorf("the root is %s of %d; want %s of %d", h.Root, h.Count, b.Root(), n)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("%d files are left: %v", len(left), err)
	}
}

func TestSerialNumbersThatSomebodyBrings(t *testing.T) {
	for name, c := range map[string]struct {
		list string
		want []string
		says string
	}{
		"one per line":        {"AB001\nAB002\r\n\n AB003 \n", []string{"AB001", "AB002", "AB003"}, ""},
		"an Italian table":    {"\ufeffn;Matricola;nota\n1;AB001;x\n2;AB002;\"y;z\"\n", []string{"AB001", "AB002"}, ""},
		"quotes":              {"serial,n\n\"A,1\",2\n", []string{"A,1"}, ""},
		"an accent":           {"AB001\nàB\n", nil, "line 2"},
		"too long":            {strings.Repeat("A", 21), nil, "line 1"},
		"a line without end":  {strings.Repeat("A", 5000), nil, "more than 4096 bytes"},
		"a column is missing": {"n;serial\n1;A\n2\n", nil, "line 3"},
		"no text":             {"AB\xff\n", nil, "not UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			l := tree.NewList(strings.NewReader(c.list))
			var got []string
			for {
				s, err := l.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					if c.says == "" || !strings.Contains(err.Error(), c.says) {
						t.Errorf("refused with %v; want %q", err, c.says)
					}
					return
				}
				got = append(got, s)
			}
			if c.says != "" || !slices.Equal(got, c.want) {
				t.Errorf("got %q; want %q, or %q", got, c.want, c.says)
			}
		})
	}
}

func TestASerialNumberThatStandsTwice(t *testing.T) {
	text := "A1\nA2\nA3\nA2\n"
	path := filepath.Join(t.TempDir(), "run.units")
	w := tree.NewWriter(path, gtin, "L1")
	l := tree.NewList(strings.NewReader(text))
	if err := tree.Make(t.Context(), tree.Order{Key: testKey(), GTIN: gtin, Lot: "L1", Serials: l.Next}, w); err != nil {
		t.Fatal(err)
	}
	_, err := w.Finish()
	var twice *tree.TwiceError
	if !errors.As(err, &twice) {
		t.Fatalf("got %v", err)
	}
	if got := tree.Twice(tree.NewList(strings.NewReader(text)), gtin, "L1", twice.ID).Error(); got != "serial number A2 stands twice, on lines 2 and 4" {
		t.Errorf("got %q", got)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 0 {
		t.Errorf("%d files are left", len(left))
	}
}

func TestADamagedFileIsFound(t *testing.T) {
	f, _ := made(t, 3000)
	whole, err := os.ReadFile(filepath.Join(fileDir(t, f), "run.units"))
	if err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(t.TempDir(), "damaged.units")
	for name, change := range map[string]func([]byte) []byte{
		"a bit of a leaf":     func(b []byte) []byte { b[200] ^= 1; return b },
		"a bit of a block":    func(b []byte) []byte { b[len(b)-5] ^= 1; return b },
		"the root":            func(b []byte) []byte { b[70] ^= 1; return b },
		"a byte more":         func(b []byte) []byte { return append(b, 0) },
		"cut":                 func(b []byte) []byte { return b[:len(b)-32] },
		"the header's margin": func(b []byte) []byte { b[127] = 1; return b },
		"the magic":           func(b []byte) []byte { b[0] = 'F'; return b },
		"the count":           func(b []byte) []byte { b[19]++; return b },
		"nothing":             func([]byte) []byte { return nil },
	} {
		if err := os.WriteFile(at, change(bytes.Clone(whole)), 0o600); err != nil {
			t.Fatal(err)
		}
		d, err := tree.Open(at)
		if err == nil {
			err = d.Check()
			_ = d.Close()
		}
		if err == nil {
			t.Errorf("%s: the damage is not found", name)
		}
	}
}

// fileDir is where the file of a test stands.
func fileDir(t *testing.T, f *tree.File) string {
	t.Helper()
	return filepath.Dir(f.Path())
}

func FuzzOpen(f *testing.F) {
	file, _ := made(f, 3)
	raw, err := os.ReadFile(file.Path())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add(raw[:100])
	f.Add([]byte("filiera-units/1\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		x, err := tree.Open(path)
		if err != nil {
			return
		}
		defer x.Close()
		_ = x.Check()
		_, _, _ = x.Prove(units.ID{1}, 1)
	})
}

func FuzzList(f *testing.F) {
	f.Add("serial;n\nA1;2\n\"A\"\"2\";3")
	f.Add("A1\nA2")
	f.Fuzz(func(t *testing.T, text string) {
		l := tree.NewList(strings.NewReader(text))
		for {
			s, err := l.Next()
			if err != nil {
				return
			}
			if len(s) == 0 || len(s) > 20 {
				t.Fatalf("a serial number of %d characters", len(s))
			}
		}
	})
}
