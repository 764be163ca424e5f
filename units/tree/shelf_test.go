package tree_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/filiera-chain/filiera/units"
	"github.com/filiera-chain/filiera/units/tree"
)

// More files than stay open, asked for by many at once, some of them put there
// while others are read: every item is proven from the file that has it.
func TestAShelfOfManyRuns(t *testing.T) {
	dir := t.TempDir()
	shelf := tree.NewShelf(filepath.Join(dir, "shelf"))
	if e, err := shelf.Prove(units.ID{}, []units.Hash{{}}); e != nil || err != nil {
		t.Fatalf("a folder that is not there: %v %v", e, err)
	}
	if err := os.Mkdir(filepath.Join(dir, "shelf"), 0o700); err != nil {
		t.Fatal(err)
	}
	var roots []units.Hash
	for n := range 40 {
		w := tree.NewWriter(filepath.Join(dir, "shelf", fmt.Sprint(n, tree.Ext)), gtin, "L1")
		if err := tree.Make(t.Context(), tree.Order{Key: testKey(), GTIN: gtin, Lot: "L1", Count: 300, Tag: uint64(n)}, w); err != nil {
			t.Fatal(err)
		}
		h, err := w.Finish()
		if err != nil {
			t.Fatal(err)
		}
		roots = append(roots, h.Root)
	}
	if err := os.WriteFile(filepath.Join(dir, "shelf", "no tree"+tree.Ext), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for n := range 40 {
		wait.Go(func() {
			s, err := testKey().Sequence(gtin, uint64(n))
			if err != nil {
				t.Error(err)
				return
			}
			id := units.IDOf(gtin, "L1", s.At(17))
			e, err := shelf.Prove(id, roots)
			if err != nil || e == nil || e.Presence == nil || e.Presence.Run != uint32(n+1) {
				t.Errorf("run %d: %+v %v", n+1, e, err)
				return
			}
			if err := e.Presence.Check(id, roots[n], 300); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	other := units.IDOf(gtin, "L1", "OTHER")
	if e, err := shelf.Prove(other, roots); err != nil || len(e.Absences) != 40 {
		t.Errorf("absent: %v", err)
	}
	if e, err := shelf.Prove(other, append(roots, units.Hash{9})); e != nil || err != nil {
		t.Errorf("a file is missing, and absence is claimed: %v", err)
	}
}

func BenchmarkProve(b *testing.B) {
	f, _ := made(b, 200_000)
	s, err := testKey().Sequence(gtin, 1)
	if err != nil {
		b.Fatal(err)
	}
	id := units.IDOf(gtin, "L1", s.At(77_777))
	for b.Loop() {
		if here, _, err := f.Prove(id, 1); err != nil || here == nil {
			b.Fatal(err)
		}
	}
}
