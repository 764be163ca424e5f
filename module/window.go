package module

import (
	"cosmossdk.io/collections/corecompat"
)

// window is the part of the state whose keys begin with prefix.
type window struct {
	kv     KV
	prefix []byte
}

func (w window) key(k []byte) []byte {
	full := make([]byte, 0, len(w.prefix)+len(k))
	full = append(full, w.prefix...)
	return append(full, k...)
}

func (w window) Get(k []byte) ([]byte, error) { return w.kv.Get(w.key(k)) }
func (w window) Has(k []byte) (bool, error)   { return w.kv.Has(w.key(k)) }
func (w window) Set(k, v []byte) error        { return w.kv.Set(w.key(k), v) }
func (w window) Delete(k []byte) error        { return w.kv.Delete(w.key(k)) }

func (w window) Iterator(start, end []byte) (corecompat.Iterator, error) {
	s, e := w.bounds(start, end)
	it, err := w.kv.Iterator(s, e)
	return stripped{it, len(w.prefix)}, err
}

func (w window) ReverseIterator(start, end []byte) (corecompat.Iterator, error) {
	s, e := w.bounds(start, end)
	it, err := w.kv.ReverseIterator(s, e)
	return stripped{it, len(w.prefix)}, err
}

func (w window) bounds(start, end []byte) ([]byte, []byte) {
	if end == nil {
		return w.key(start), after(w.prefix)
	}
	return w.key(start), w.key(end)
}

// after is the first key that does not begin with prefix. A prefix ends with
// '/', so its last byte can always be raised.
func after(prefix []byte) []byte {
	end := append([]byte(nil), prefix...)
	end[len(end)-1]++
	return end
}

type stripped struct {
	corecompat.Iterator
	n int
}

func (s stripped) Key() []byte { return s.Iterator.Key()[s.n:] }

func (s stripped) Domain() ([]byte, []byte) {
	start, end := s.Iterator.Domain()
	return cut(start, s.n), cut(end, s.n)
}

func cut(b []byte, n int) []byte {
	if len(b) < n {
		return b
	}
	return b[n:]
}
