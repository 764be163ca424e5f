package store

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	dbm "github.com/cosmos/cosmos-db"

	"github.com/filiera-chain/filiera/store/storetest"
)

// filled is a closed store of some blocks in memory, with its last state.
func filled(t *testing.T) (dbm.DB, storetest.Model) {
	t.Helper()
	db, m := dbm.NewMemDB(), storetest.Model{}
	s := mustOpen(t, db, Options{maxLeaves: 4})
	for h := range 5 {
		changes := map[string][]byte{}
		for i := range 60 {
			k, v := fmt.Sprintf("k%03d", (i*11+h*17)%200), fmt.Sprintf("v%d.%d", h, i)
			changes[k], m[k] = []byte(v), v
		}
		commit(t, s, changes)
	}
	must(t, s.Close())
	must(t, s.Close())
	return db, m
}

func TestOpenRefusesADatabaseThatDoesNotFitItsAppHash(t *testing.T) {
	alter := map[string]func(t *testing.T, db dbm.DB){
		"a value changed": func(t *testing.T, db dbm.DB) {
			must(t, db.Set([]byte("vk001"), []byte("forged")))
			must(t, db.Delete(checkpointKey(1, 0))) // else the change shows when the key is touched
		},
		"a key lost": func(t *testing.T, db dbm.DB) {
			must(t, db.Delete([]byte("vk002")))
			must(t, db.Delete(checkpointKey(1, 0)))
		},
		"the app hash changed": func(t *testing.T, db dbm.DB) {
			b, err := db.Get(metaKey)
			must(t, err)
			m, err := decodeMeta(b)
			must(t, err)
			m.appHash[5] ^= 1
			must(t, db.Set(metaKey, m.encode()))
		},
		"the meta record cut": func(t *testing.T, db dbm.DB) {
			b, err := db.Get(metaKey)
			must(t, err)
			must(t, db.Set(metaKey, b[:len(b)-1]))
		},
		"the last block cut": func(t *testing.T, db dbm.DB) {
			b, err := db.Get(headKey)
			must(t, err)
			must(t, db.Set(headKey, b[:len(b)-1]))
		},
		"the last block lost": func(t *testing.T, db dbm.DB) {
			must(t, db.Delete(headKey))
			must(t, db.Delete(checkpointKey(1, 0)))
		},
	}
	for name, change := range alter {
		t.Run(name, func(t *testing.T) {
			db, _ := filled(t)
			change(t, db)
			if _, err := Open(db, Options{}); !errors.Is(err, ErrCorrupt) {
				t.Fatalf("opening gave %v, expected ErrCorrupt", err)
			}
		})
	}
}

func TestOpenRefusesAForeignDatabase(t *testing.T) {
	var db dbm.DB = dbm.NewMemDB()
	must(t, db.Set([]byte("s/k:bank"), []byte("something else")))
	if _, err := Open(db, Options{}); !errors.Is(err, ErrForeign) {
		t.Fatalf("opening gave %v", err)
	}
	db, _ = filled(t)
	b, err := db.Get(metaKey)
	must(t, err)
	must(t, db.Set(metaKey, bytes.Replace(b, []byte("store/1"), []byte("store/2"), 1)))
	if _, err := Open(db, Options{}); !errors.Is(err, ErrForeign) {
		t.Fatalf("opening another version gave %v", err)
	}
}

func TestADamagedCheckpointIsMadeAgainFromTheFlatTable(t *testing.T) {
	db, m := filled(t)
	record, err := db.Get(checkpointKey(1, 0))
	must(t, err)
	for i := range record {
		damaged := bytes.Clone(record)
		damaged[i] ^= 0x41
		must(t, db.Set(checkpointKey(1, 0), damaged))
		s := mustOpen(t, db, Options{maxLeaves: 4})
		if !bytes.Equal(s.AppHash(), m.Root()) {
			t.Fatalf("byte %d: root %x", i, s.AppHash())
		}
	}
	must(t, db.Set(checkpointKey(1, 0), record[:len(record)/2]))
	checkAll(t, mustOpen(t, db, Options{}), m)
}

func TestADamagedValueShowsWhenItsNeighbourhoodIsTouched(t *testing.T) {
	db, _ := filled(t)
	s := mustOpen(t, db, Options{maxLeaves: 4})
	must(t, db.Set([]byte("vk001"), []byte("forged")))
	b := s.Branch()
	must(t, b.Set([]byte("k001"), []byte("new")))
	if _, err := s.Prepare(s.Height()+1, b); !errors.Is(err, ErrCorrupt) {
		t.Fatalf("preparing gave %v", err)
	}
	if err := s.Verify(); !errors.Is(err, ErrCorrupt) {
		t.Fatalf("verifying gave %v", err)
	}
	if err := s.Warm(); !errors.Is(err, ErrCorrupt) {
		t.Fatalf("warming gave %v", err)
	}
	must(t, s.View(func(v *View) error {
		if _, err := v.Prove([]byte("k001")); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("proving gave %v", err)
		}
		return nil
	}))
}

func TestBlocksCarryCheckpointsWhenTheJournalIsLong(t *testing.T) {
	db, m := dbm.NewMemDB(), storetest.Model{}
	s := mustOpen(t, db, Options{MemoryBudget: 100_000})
	for h := range 4 {
		b := s.Branch()
		for i := range 30_000 {
			k, v := fmt.Sprintf("%05d", (i*3+h)%40_000), fmt.Sprint(h)
			must(t, b.Set([]byte(k), []byte(v)))
			m[k] = v
		}
		_, err := s.Prepare(s.Height()+1, b)
		must(t, err)
		must(t, s.Commit())
	}
	if s.meta.ckptChunks < 2 || s.meta.ckptSeq != 3 {
		t.Fatalf("checkpoint of %d records at block %d", s.meta.ckptChunks, s.meta.ckptSeq)
	}
	if st := s.Stats(); st.Evictions == 0 || st.Loads == 0 || st.Keys != int64(len(m)) {
		t.Fatalf("a small budget gave %+v", st)
	}
	again := mustOpen(t, db, Options{}) // not closed before: checkpoint, journal and last block together
	if !bytes.Equal(again.AppHash(), m.Root()) {
		t.Fatalf("root %x, the model %x", again.AppHash(), m.Root())
	}
	must(t, again.Verify())
	must(t, again.Close())
	again = mustOpen(t, db, Options{})
	cold := again.Stats()
	must(t, again.Warm())
	if st := again.Stats(); st.Loads == 0 || st.Resident <= cold.Resident {
		t.Fatalf("warming took the tree from %+v to %+v", cold, st)
	}
	commit(t, again, map[string][]byte{"00017": nil})
	delete(m, "00017")
	if !bytes.Equal(again.AppHash(), m.Root()) {
		t.Fatalf("root %x after warming, the model %x", again.AppHash(), m.Root())
	}
}

func TestImportGivesTheRootOfHistory(t *testing.T) {
	db, m := filled(t)
	s := mustOpen(t, db, Options{})
	for _, want := range [][]byte{nil, m.Root()} {
		copyDB := dbm.NewMemDB()
		im, err := NewImporter(copyDB, 42)
		must(t, err)
		must(t, s.Export(im.Add))
		root, err := im.Finish(want)
		must(t, err)
		if !bytes.Equal(root, m.Root()) {
			t.Fatalf("imported root %x, the model %x", root, m.Root())
		}
		loaded := mustOpen(t, copyDB, Options{maxLeaves: 5})
		if loaded.Height() != 42 {
			t.Fatalf("loaded height %d", loaded.Height())
		}
		checkAll(t, loaded, m)
		if err := loaded.Rollback(); !errors.Is(err, ErrNoUndo) {
			t.Fatalf("rolling back a load gave %v", err)
		}
		next := m.Clone()
		next["more"] = "1"
		commit(t, loaded, map[string][]byte{"more": []byte("1")})
		checkAll(t, loaded, next)
		must(t, loaded.Rollback())
		checkAll(t, loaded, m)
	}
}

func TestImportRefusesWhatIsOutOfOrderOrUnexpected(t *testing.T) {
	start := func() (*Importer, dbm.DB) {
		db := dbm.NewMemDB()
		im, err := NewImporter(db, 1)
		must(t, err)
		must(t, im.Add([]byte("b"), []byte("1")))
		return im, db
	}
	for _, k := range []string{"b", "a", ""} {
		im, _ := start()
		if im.Add([]byte(k), []byte("2")) == nil {
			t.Fatalf("key %q after \"b\" was accepted", k)
		}
		if _, err := im.Finish(nil); err == nil {
			t.Fatalf("a load with a refused key was finished")
		}
	}
	im, db := start()
	if _, err := im.Finish(make([]byte, 32)); err == nil {
		t.Fatalf("a load with another root than expected was finished")
	}
	if _, err := Open(db, Options{}); err == nil {
		t.Fatalf("an unfinished load was opened")
	}
	if _, err := NewImporter(db, 1); err == nil {
		t.Fatalf("a load into a used database was started")
	}
	if _, err := NewImporter(dbm.NewMemDB(), 0); err == nil {
		t.Fatalf("a load of height 0 was started")
	}
}
