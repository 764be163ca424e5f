package index

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTheProjectorFollowsStopsAndCatchesUp(t *testing.T) {
	eachModel(t, func(t *testing.T, m Model) {
		c := newChain(t, 5, 3)
		run := func(upTo int64) {
			p := NewProjector(m, c, testLog(t))
			ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
			done := make(chan struct{})
			var told []int64
			cancel := p.Subscribe(func(b Projected) {
				told = append(told, b.Height)
				if want, err := c.Block(b.Height); err != nil || len(b.TxHashes) != len(want.Txs) {
					t.Errorf("block %d: %d hashes", b.Height, len(b.TxHashes))
				}
			})
			defer cancel()
			began := height(t, m)
			go func() { p.Run(ctx); close(done) }()
			for last := int64(len(c.blocks)); last < upTo; last = int64(len(c.blocks)) {
				c.grow(1, 3)
				p.Notify()
				if err := p.WaitHeight(ctx, last+1); err != nil {
					t.Fatal(err)
				}
			}
			if err := p.WaitHeight(ctx, upTo); err != nil {
				t.Fatal(err)
			}
			if s := p.Status(); s.Height != upTo || s.Lag() != 0 || s.Failure != "" {
				t.Fatalf("%+v", s)
			}
			stop()
			<-done
			for i, h := range told {
				if h != began+int64(i)+1 {
					t.Fatalf("told %v from %d", told, began)
				}
			}
			if err := p.WaitHeight(ctx, upTo+1); !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
		}
		run(9)
		c.grow(150, 1) // while nobody follows
		run(165)
		path := filepath.Join(t.TempDir(), "rebuilt.db")
		if err := Rebuild(t.Context(), c, path, nil); err != nil {
			t.Fatal(err)
		}
		rebuilt, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer rebuilt.Close()
		if d := cmp.Diff(dump(t, m), dump(t, rebuilt)); d != "" {
			t.Fatal(d)
		}
	})
}

type stumbling struct {
	*chain
	left int
}

func (s *stumbling) Block(h int64) (Block, error) {
	if s.left > 0 {
		s.left--
		return Block{}, errors.New("the disk is busy")
	}
	return s.chain.Block(h)
}

func TestTheProjectorSurvivesAFailure(t *testing.T) {
	c := newChain(t, 3, 2)
	m := openTemp(t)
	p := NewProjector(m, &stumbling{c, 1}, testLog(t))
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	done := make(chan struct{})
	go func() { p.Run(ctx); close(done) }()
	if err := p.WaitHeight(ctx, 3); err != nil {
		t.Fatal(err)
	}
	stop()
	<-done
}

func TestRebuildReplacesTheOldFile(t *testing.T) {
	c := newChain(t, 70, 2)
	path := filepath.Join(t.TempDir(), "index.db")
	db, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	apply(t, db, c.all(10))
	if err := Rebuild(t.Context(), c, path, nil); err == nil {
		t.Fatal("it was rebuilt under an open file")
	}
	if height(t, db) != 10 {
		t.Fatal("the refused rebuild changed the file")
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	contents := map[string]func(){
		"the file of before": func() {},
		"no file":            func() { must(t, removeFiles(path)) },
		"garbage":            func() { must(t, os.WriteFile(path, bytes.Repeat([]byte("garbage "), 4096), 0o600)) },
		"garbage and a log":  func() { must(t, os.WriteFile(path+"-wal", []byte("garbage"), 0o600)) },
	}
	toy := openTemp(t)
	apply(t, toy, c.blocks)
	for name, prepare := range contents {
		prepare()
		var seen int64
		if err := Rebuild(t.Context(), c, path, func(h, last int64) { seen = h }); err != nil || seen != 70 {
			t.Fatalf("%s: %v at %d", name, err, seen)
		}
		again, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(dump(t, toy), dump(t, again)); d != "" {
			t.Fatalf("%s: %s", name, d)
		}
		must(t, again.Close())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Rebuild(ctx, c, path, nil); err == nil {
		t.Fatal("a cancelled rebuild says it is done")
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) > 0 {
		t.Fatalf("left behind: %v", left)
	}
}

func TestAFileOfAnotherVersionIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "index.db")
	db, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.write.Exec(`UPDATE meta SET value = '0'`); err != nil {
		t.Fatal(err)
	}
	must(t, db.Close())
	if _, err := Open(path); !errors.Is(err, ErrSchema) {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(path, "no", "such")); err == nil {
		t.Fatal("a path through a file was opened")
	}
}
