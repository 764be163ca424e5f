package store

import "fmt"

// Warm reads bottom subtrees that are not in memory back from the flat table, in one sequential pass (about a second per million keys), until
// the memory budget is full. A node calls it after Open so that its first blocks need not; it may run beside everything else.
func (s *Store) Warm() error {
	return s.View(func(v *View) error {
		if v.snap.root == nil {
			return nil
		}
		it, err := v.open(nil, nil, false)
		if err != nil {
			return err
		}
		defer it.Close()
		w := warmer{s: s, v: v}
		w.next = func() ([]byte, []byte, bool) {
			if !it.Valid() {
				return nil, nil, false
			}
			key, value := it.Key(), it.Value()
			it.Next()
			return key, value, true
		}
		if err := w.walk(v.snap.root); err != nil {
			return err
		}
		return it.Error()
	})
}

// warmer walks the tree and the flat table side by side.
type warmer struct {
	s    *Store
	v    *View
	next func() (key, value []byte, ok bool)
	ls   []leaf
	buf  []byte
}

func (w *warmer) walk(n *node) error {
	if w.s.resident.Load() >= w.s.budget {
		return nil
	}
	if n.bucket == nil {
		if err := w.walk(n.left); err != nil {
			return err
		}
		return w.walk(n.right)
	}
	loaded := n.bucket.data.Load() != nil
	w.ls = w.ls[:0]
	for range n.count {
		key, value, ok := w.next()
		if !ok {
			return fmt.Errorf("%w: the flat table ends before the tree does", ErrCorrupt)
		}
		if !loaded {
			var h hash
			h, w.buf = leafHash(w.buf, key, value)
			w.ls = append(w.ls, leaf{key, h})
		}
	}
	if loaded {
		return nil
	}
	_, err := w.s.settle(n, w.ls)
	return err
}
