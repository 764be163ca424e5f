package store

import (
	"bytes"

	corestore "cosmossdk.io/collections/corecompat"
)

// Prefix returns the window of kv on the keys that start with prefix; within it they go without the prefix. Prefix is
// not empty.
func Prefix(kv KV, prefix []byte) KV {
	if p, ok := kv.(*window); ok {
		return &window{p.kv, append(bytes.Clone(p.prefix), prefix...)}
	}
	return &window{kv, bytes.Clone(prefix)}
}

type window struct {
	kv     KV
	prefix []byte
}

func (w *window) key(key []byte) []byte {
	return append(append(make([]byte, 0, len(w.prefix)+len(key)), w.prefix...), key...)
}

func (w *window) Get(key []byte) ([]byte, error) {
	if len(key) == 0 {
		return nil, errEmptyKey
	}
	return w.kv.Get(w.key(key))
}

func (w *window) Has(key []byte) (bool, error) {
	if len(key) == 0 {
		return false, errEmptyKey
	}
	return w.kv.Has(w.key(key))
}

func (w *window) Set(key, value []byte) error {
	if len(key) == 0 {
		return errEmptyKey
	}
	return w.kv.Set(w.key(key), value)
}

func (w *window) Delete(key []byte) error {
	if len(key) == 0 {
		return errEmptyKey
	}
	return w.kv.Delete(w.key(key))
}

func (w *window) Iterator(start, end []byte) (corestore.Iterator, error) {
	return w.iterate(start, end, w.kv.Iterator)
}

func (w *window) ReverseIterator(start, end []byte) (corestore.Iterator, error) {
	return w.iterate(start, end, w.kv.ReverseIterator)
}

func (w *window) iterate(start, end []byte, open func(start, end []byte) (corestore.Iterator, error)) (corestore.Iterator, error) {
	if err := checkRange(start, end); err != nil {
		return nil, err
	}
	to := successor(w.prefix)
	if end != nil {
		to = w.key(end)
	}
	from := w.key(start)
	if start == nil {
		from = w.key([]byte{0}) // the first key inside: the bare prefix is none
	}
	it, err := open(from, to)
	if err != nil {
		return nil, err
	}
	return &windowIterator{it, w, bytes.Clone(start), bytes.Clone(end)}, nil
}

type windowIterator struct {
	corestore.Iterator
	w          *window
	start, end []byte
}

func (it *windowIterator) Domain() (start, end []byte) { return it.start, it.end }
func (it *windowIterator) Key() []byte                 { return it.Iterator.Key()[len(it.w.prefix):] }
