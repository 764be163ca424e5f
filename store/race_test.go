package store

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/filiera-chain/filiera/store/proof"
	"github.com/filiera-chain/filiera/store/storetest"
)

// Every block writes its height under all keys, so that a reader who sees two different values, or a value that does not
// prove, has seen a mixed state.
func TestReadersSeeOneHeightWhileBlocksAreWritten(t *testing.T) {
	const keys, blocks, readers = 60, 120, 4
	db, err := OpenLevelDB("race", t.TempDir())
	must(t, err)
	defer db.Close()
	s := mustOpen(t, db, Options{maxLeaves: 4, MemoryBudget: 3000, Workers: 3})
	write := func(height int64) {
		changes := map[string][]byte{}
		for i := range keys {
			changes[fmt.Sprintf("key/%02d", i)] = fmt.Append(nil, height)
		}
		changes[fmt.Sprintf("only/%d", height)] = []byte("x")
		changes[fmt.Sprintf("only/%d", height-1)] = nil
		commit(t, s, changes)
	}
	write(1)
	var done atomic.Bool
	var wg sync.WaitGroup
	errs := make(chan error, readers+1)
	for r := range readers {
		wg.Go(func() {
			for !done.Load() {
				if err := readOneHeight(s, keys, r); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Go(func() { // what CheckTx does: a branch that outlives commits
		b := s.Branch()
		for !done.Load() {
			if _, err := b.Get([]byte("key/07")); err != nil {
				errs <- err
				return
			}
			if err := sameValues(b, keys, nil); err != nil {
				errs <- err
				return
			}
		}
	})
	for h := int64(2); h <= blocks; h++ {
		write(h)
		if h%10 == 0 {
			must(t, s.Rollback())
			write(h)
		}
	}
	done.Store(true)
	wg.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
	if len(s.views) != 0 {
		t.Errorf("%d snapshots are held after all views ended", len(s.views))
	}
	must(t, s.Close())
}

func readOneHeight(s *Store, keys, r int) error {
	return s.View(func(v *View) error {
		want := fmt.Append(nil, v.Height())
		for range r + 1 { // some views last longer than others, over several commits
			if err := sameValues(v, keys, want); err != nil {
				return fmt.Errorf("at height %d: %w", v.Height(), err)
			}
			p, err := v.Prove([]byte("key/33"))
			if err != nil {
				return err
			}
			if err := proof.VerifyMembership(v.AppHash(), p, []byte("key/33"), want); err != nil {
				return err
			}
			rp, err := v.ProveRange([]byte("only/"), nil, 0)
			if err != nil {
				return err
			}
			got, err := VerifyRange(v.AppHash(), rp, []byte("only/"), nil)
			if err != nil {
				return err
			}
			if len(got) != 1 || string(got[0].Key) != "only/"+string(want) {
				return fmt.Errorf("the range holds %q at height %s", got, want)
			}
		}
		return nil
	})
}

// sameValues goes through all keys and wants the same value under each; want, if it is not nil.
func sameValues(kv KV, keys int, want []byte) error {
	it, err := kv.Iterator([]byte("key/"), []byte("key0"))
	if err != nil {
		return err
	}
	defer it.Close()
	n := 0
	for ; it.Valid(); it.Next() {
		if want == nil {
			want = it.Value()
		}
		if !bytes.Equal(it.Value(), want) {
			return fmt.Errorf("key %q has %q beside %q", it.Key(), it.Value(), want)
		}
		n++
	}
	if n != keys {
		return fmt.Errorf("%d keys of %d", n, keys)
	}
	return it.Error()
}

func TestTheNumberOfWorkersDoesNotShow(t *testing.T) {
	m := storetest.Model{}
	var roots [][]byte
	for _, workers := range []int{1, 2, 7} {
		db, err := OpenLevelDB("workers", t.TempDir())
		must(t, err)
		s := mustOpen(t, db, Options{Workers: workers, MemoryBudget: 50_000})
		for h := range 4 {
			changes := map[string][]byte{}
			for i := range 3000 {
				k, v := fmt.Sprintf("%d/%d", i%7, (i*i+h*31)%5000), fmt.Sprint(h, i)
				changes[k], m[k] = []byte(v), v
			}
			commit(t, s, changes)
		}
		roots = append(roots, s.AppHash())
		must(t, errors.Join(s.Close(), db.Close()))
	}
	for _, r := range roots {
		if !bytes.Equal(r, m.Root()) {
			t.Fatalf("roots %x, the model %x", roots, m.Root())
		}
	}
}
