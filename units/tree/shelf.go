package tree

import (
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/filiera-chain/filiera/units"
)

// Ext is how the name of a tree file ends.
const Ext = ".units"

// keptOpen is how many tree files stay open, with the hashes above their blocks:
// 2.5 MB each of the largest.
const keptOpen = 32

// Shelf is a folder of tree files, found by the root that was committed, not by
// name. It is safe for concurrent use.
type Shelf struct {
	dir string

	mu    sync.Mutex
	seen  time.Time // the folder's own time when it was read last
	paths map[units.Hash]string
	open  []*shelved // the one used last is the last
}

// shelved is an open file, with how many are reading it.
type shelved struct {
	file  *File
	users int
	off   bool // it was let go of; who reads it last closes it
}

// NewShelf gives a folder of tree files; it need not be there yet.
func NewShelf(dir string) *Shelf { return &Shelf{dir: dir} }

// Open gives the tree file with that root, or nil when the folder has none; done
// must be called after use. A file that is no tree file is passed over.
func (s *Shelf) Open(root units.Hash) (f *File, done func(), err error) {
	path, err := s.path(root)
	if err != nil || path == "" {
		return nil, func() {}, err
	}
	if x := s.use(root); x != nil {
		return x.file, func() { s.leave(x) }, nil
	}
	if f, err = Open(path); err != nil {
		return nil, func() {}, err
	}
	if f.Root != root { // it was put in another's place
		return nil, func() {}, f.Close()
	}
	x := s.keep(&shelved{file: f, users: 1})
	return x.file, func() { s.leave(x) }, nil
}

// use finds an open file.
func (s *Shelf) use(root units.Hash) *shelved {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, x := range s.open {
		if x.file.Root == root {
			s.open = append(append(s.open[:i:i], s.open[i+1:]...), x)
			x.users++
			return x
		}
	}
	return nil
}

// keep adds an open file, and lets go of the one that was not used for longest.
func (s *Shelf) keep(x *shelved) *shelved {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.open) >= keptOpen {
		old := s.open[0]
		s.open = s.open[1:]
		if old.off = true; old.users == 0 {
			_ = old.file.Close()
		}
	}
	s.open = append(s.open, x)
	return x
}

func (s *Shelf) leave(x *shelved) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x.users--; x.off && x.users == 0 {
		_ = x.file.Close()
	}
}

// path finds a file, and reads the folder again when that changed.
func (s *Shelf) path(root units.Hash) (string, error) {
	info, err := os.Stat(s.dir)
	if os.IsNotExist(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.paths == nil || !info.ModTime().Equal(s.seen) {
		if err := s.read(); err != nil {
			return "", err
		}
		// A folder that changed just now may change again within its clock's tick.
		if s.seen = info.ModTime(); time.Since(s.seen) < 2*time.Second {
			s.seen = time.Time{}
		}
	}
	return s.paths[root], nil
}

func (s *Shelf) read() error {
	names, err := filepath.Glob(filepath.Join(s.dir, "*"+Ext))
	if err != nil {
		return err
	}
	s.paths = make(map[units.Hash]string, len(names))
	for _, name := range names {
		if h, err := ReadHeader(name); err == nil {
			s.paths[h.Root] = name
		}
	}
	return nil
}

// Prove shows that an item is in one of the runs, whose roots are given in order of
// number, or that it is in none. It gives nil when the folder lacks a file that is
// needed.
func (s *Shelf) Prove(id units.ID, roots []units.Hash) (*units.Evidence, error) {
	e, whole := &units.Evidence{}, true
	for i, root := range roots {
		f, done, err := s.Open(root)
		if err != nil {
			return nil, err
		}
		if f == nil {
			whole = false
			continue
		}
		here, absent, err := f.Prove(id, uint32(i+1))
		done()
		if err != nil {
			return nil, err
		}
		if here != nil {
			return &units.Evidence{Presence: here}, nil
		}
		e.Absences = append(e.Absences, absent)
	}
	if !whole || len(roots) == 0 {
		return nil, nil
	}
	return e, nil
}
