package private

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lockName is the file that who changes a store holds locked.
const lockName = ".lock"

// Lock keeps other processes and goroutines from Lock until unlock is called.
// Who keeps an opening and sends its commitment, or erases one and sends the
// receipt, does both under it. A process that ends, however, gives it up. What a
// process that was killed left half-written or half-erased is overwritten and
// removed first.
func (s *Store) Lock() (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(s.dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the store of private data: %w", err)
	}
	for {
		if err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != syscall.EINTR {
			break
		}
	}
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("lock the store of private data: %w", err)
	}
	if err := s.finish(); err != nil {
		_ = f.Close()
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}

func (s *Store) finish() error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		if _, err := shredTemps(filepath.Join(s.dir, e.Name())); err != nil {
			return fmt.Errorf("finish what was interrupted in the store of private data: %w", err)
		}
	}
	return nil
}
