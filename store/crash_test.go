package store

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	dbm "github.com/cosmos/cosmos-db"

	"github.com/filiera-chain/filiera/store/storetest"
)

// crashPlan is a life of a store with every kind of write in it: blocks that set, replace and delete, an empty block, a rollback, closing with a
// checkpoint, and a block afterwards. It stops at the first error, and returns the states that may be found on reopening: as
// of the last step that succeeded, and as of the step that failed.
func crashPlan(t *testing.T, db dbm.DB) (before, after storetest.Model, heights [2]int64, err error) {
	t.Helper()
	var s *Store
	m, prev := storetest.Model{}, storetest.Model{}
	height := int64(0)
	block := func(sets, deletes int) func() error {
		return func() error {
			b := s.Branch()
			next := m.Clone()
			for i := range sets {
				k, v := fmt.Sprintf("key/%02d", (i*7+int(height)*3)%40), fmt.Sprintf("value %d at %d", i, height)
				must(t, b.Set([]byte(k), []byte(v)))
				next[k] = v
			}
			for i := range deletes {
				k := fmt.Sprintf("key/%02d", (i*5+int(height))%40)
				must(t, b.Delete([]byte(k)))
				delete(next, k)
			}
			after, heights[1] = next, height+1
			if _, err := s.Prepare(height+1, b); err != nil {
				return err
			}
			if err := s.Commit(); err != nil {
				return err
			}
			prev, m = m, next
			height++
			return nil
		}
	}
	steps := []func() error{
		func() (err error) {
			s, err = Open(db, Options{maxLeaves: 3, MemoryBudget: 2000, piece: 100, journal: 25})
			return err
		},
		block(20, 0), block(10, 5), block(0, 0), block(15, 30), block(30, 2),
		func() error {
			after, heights[1] = prev, height-1
			if err := s.Rollback(); err != nil {
				return err
			}
			m, height = prev, height-1
			return nil
		},
		block(12, 4),
		func() error { return s.Close() },
		func() (err error) { s, err = Open(db, Options{maxLeaves: 3}); return err },
		block(9, 9),
		func() error { return s.Close() },
	}
	for _, step := range steps {
		after, heights[1] = m, height
		before, heights[0] = m, height
		if err := step(); err != nil {
			return before, after, heights, err
		}
	}
	return m, m, heights, nil
}

func TestACrashAtAnyWriteLeavesTheBlockBeforeOrAfter(t *testing.T) {
	probe := storetest.NewFaultDB(dbm.NewMemDB())
	if _, _, _, err := crashPlan(t, probe); err != nil {
		t.Fatalf("the plan fails without a fault: %v", err)
	}
	if probe.Writes < 10 {
		t.Fatalf("the plan makes only %d writes", probe.Writes)
	}
	for at := range probe.Writes {
		for _, written := range []bool{false, true} {
			t.Run(fmt.Sprintf("write %d, carried out %v", at, written), func(t *testing.T) {
				disk := dbm.NewMemDB()
				db := storetest.NewFaultDB(disk)
				db.Fail, db.Written = at, written
				before, after, heights, err := crashPlan(t, db)
				if !errors.Is(err, storetest.ErrFault) {
					t.Fatalf("the plan ended with %v, expected the fault", err)
				}
				s := mustOpen(t, disk, Options{maxLeaves: 3})
				want, height := before, heights[0]
				if written {
					want, height = after, heights[1]
				}
				if s.Height() != height {
					t.Fatalf("reopened at height %d, expected %d", s.Height(), height)
				}
				checkAll(t, s, want)
				want = want.Clone()
				want["after the crash"] = "works"
				commit(t, s, map[string][]byte{"after the crash": []byte("works")})
				checkAll(t, s, want)
			})
		}
	}
}

func TestAFailedCommitStopsTheStoreUntilItIsOpenedAgain(t *testing.T) {
	db := storetest.NewFaultDB(dbm.NewMemDB())
	s := mustOpen(t, db, Options{})
	commit(t, s, map[string][]byte{"a": []byte("1")})
	before := s.AppHash()
	b := s.Branch()
	must(t, b.Set([]byte("a"), []byte("2")))
	_, err := s.Prepare(2, b)
	must(t, err)
	db.Fail, db.Written = db.Writes, true
	if err := s.Commit(); !errors.Is(err, storetest.ErrFault) {
		t.Fatalf("commit gave %v", err)
	}
	if _, err := s.Prepare(2, b); !errors.Is(err, ErrBroken) {
		t.Fatalf("prepare after a failed commit gave %v", err)
	}
	if err := s.Rollback(); !errors.Is(err, ErrBroken) {
		t.Fatalf("rollback after a failed commit gave %v", err)
	}
	if !bytes.Equal(s.AppHash(), before) {
		t.Fatalf("readers moved although the commit failed")
	}
	must(t, s.View(func(v *View) error {
		if got, err := v.Get([]byte("a")); err != nil || string(got) != "1" {
			t.Fatalf("readers see %q, %v", got, err)
		}
		return nil
	}))
	checkAll(t, mustOpen(t, db, Options{}), storetest.Model{"a": "2"})
}

func TestAnImportThatBreaksOffIsRefused(t *testing.T) {
	load := func(db dbm.DB) error {
		im, err := NewImporter(db, 7)
		if err != nil {
			return err
		}
		for i := range 100 {
			if err := im.Add(fmt.Appendf(nil, "key %03d", i), make([]byte, 1000)); err != nil {
				return err
			}
		}
		_, err = im.Finish(nil)
		return err
	}
	probe := storetest.NewFaultDB(dbm.NewMemDB())
	must(t, load(probe))
	for at := range probe.Writes {
		for _, written := range []bool{false, true} {
			disk := dbm.NewMemDB()
			db := storetest.NewFaultDB(disk)
			db.Fail, db.Written = at, written
			if err := load(db); !errors.Is(err, storetest.ErrFault) {
				t.Fatalf("write %d: the load ended with %v", at, err)
			}
			s, err := Open(disk, Options{})
			switch {
			case at == 0 && !written:
				if err != nil || s.Height() != 0 {
					t.Fatalf("an untouched database gave %v", err)
				}
			case at == probe.Writes-1 && written:
				if err != nil || s.Height() != 7 || s.Stats().Keys != 100 {
					t.Fatalf("a finished load gave %v", err)
				}
			case err == nil:
				t.Fatalf("write %d, carried out %v: half a load was opened", at, written)
			}
		}
	}
}
