package evidence

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	// tempPrefix begins the names of files that are on their way in.
	tempPrefix = ".in-"
	// tempAge is how old such a file is when nobody writes it any more.
	tempAge = time.Hour
)

// Local is a store in a folder: ab/cd/abcd…, readable by its owner only. Several
// processes may use one folder; each counts the quota from when it began.
type Local struct {
	dir    string
	limits Limits
	quota  quota
}

// OpenLocal opens the folder, making it where there is none, and removes what a
// crash left half-written.
func OpenLocal(dir string, l Limits) (*Local, error) {
	if err := l.check(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of documents: %w", err)
	}
	s := &Local{dir: dir, limits: l, quota: quota{most: l.Quota}}
	if err := s.sweep(); err != nil {
		return nil, err
	}
	return s, s.List(context.Background(), func(i Info) error { s.quota.used += i.Size; return nil })
}

func (s *Local) sweep() error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), tempPrefix) {
			continue
		}
		if st, err := e.Info(); err == nil && time.Since(st.ModTime()) > tempAge {
			_ = os.Remove(filepath.Join(s.dir, e.Name()))
		}
	}
	return nil
}

func (s *Local) path(sum Sum) string {
	name := sum.String()
	return filepath.Join(s.dir, name[:2], name[2:4], name)
}

// Put implements Store.
func (s *Local) Put(_ context.Context, r io.Reader, want *Sum) (info Info, fresh bool, err error) {
	in, err := spool(s.dir, r, s.limits, want)
	if err != nil {
		return info, false, err
	}
	defer in.drop()
	if err := s.quota.take(in.Size); err != nil {
		if _, there := os.Stat(s.path(in.Sum)); there != nil {
			return info, false, err
		}
		return in.Info, false, nil
	}
	fresh, err = s.publish(in)
	if !fresh {
		s.quota.give(in.Size)
	}
	return in.Info, fresh, err
}

// publish makes a document appear under its address, whole. A hard link is what
// cannot replace a document that is there.
func (s *Local) publish(in *spooled) (fresh bool, err error) {
	path := s.path(in.Sum)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return false, err
	}
	err = os.Link(in.file.Name(), path)
	if errors.Is(err, os.ErrExist) {
		return false, s.repair(in, path)
	}
	if err != nil {
		return false, fmt.Errorf("keep document %s: %w", in.Sum, err)
	}
	return true, errors.Join(syncDir(filepath.Dir(path)), syncDir(filepath.Dir(filepath.Dir(path))), syncDir(s.dir))
}

// repair puts a document in the place of a damaged copy of itself.
func (s *Local) repair(in *spooled, path string) error {
	d, err := s.Open(context.Background(), in.Sum)
	if err == nil {
		return d.Close()
	}
	if !errors.Is(err, ErrCorrupt) {
		return err
	}
	if err := os.Rename(in.file.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// Open implements Store. The file that was checked is the one that is read.
func (s *Local) Open(_ context.Context, sum Sum) (*Document, error) {
	f, err := os.Open(s.path(sum))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, sum)
	}
	if err != nil {
		return nil, err
	}
	return checked(f, sum)
}

// checked reads a file whole, wants it to be the document, and rewinds it.
func checked(f *os.File, sum Sum) (d *Document, err error) {
	defer func() {
		if err != nil {
			_ = f.Close()
		}
	}()
	h, head := sha256.New(), &header{}
	size, err := io.Copy(io.MultiWriter(h, head), f)
	if err != nil {
		return nil, fmt.Errorf("read document %s: %w", sum, err)
	}
	if got := Sum(h.Sum(nil)); got != sum {
		return nil, fmt.Errorf("%w: %s has %s", ErrCorrupt, sum, got)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return &Document{Info{sum, size, mediaOf(head.bytes)}, f}, nil
}

// Stat implements Store.
func (s *Local) Stat(_ context.Context, sum Sum) (Info, error) {
	f, err := os.Open(s.path(sum))
	if errors.Is(err, os.ErrNotExist) {
		return Info{}, fmt.Errorf("%w: %s", ErrNotFound, sum)
	}
	if err != nil {
		return Info{}, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return Info{}, err
	}
	head, err := io.ReadAll(io.LimitReader(f, sniffLen))
	return Info{sum, st.Size(), mediaOf(head)}, err
}

// Remove implements Store.
func (s *Local) Remove(ctx context.Context, sum Sum) error {
	i, err := s.Stat(ctx, sum)
	if err != nil {
		return err
	}
	err = os.Remove(s.path(sum))
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w: %s", ErrNotFound, sum)
	}
	if err != nil {
		return err
	}
	s.quota.give(i.Size)
	return syncDir(filepath.Dir(s.path(sum)))
}

// List implements Store.
func (s *Local) List(ctx context.Context, fn func(Info) error) error {
	return filepath.WalkDir(s.dir, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		sum, err := ParseSum(e.Name())
		if e.IsDir() || err != nil || path != s.path(sum) {
			return nil // not one of ours
		}
		st, err := e.Info()
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return fn(Info{Sum: sum, Size: st.Size()})
	})
}
