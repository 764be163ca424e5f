package store

import (
	"bytes"
	"errors"

	corestore "cosmossdk.io/collections/corecompat"
	"github.com/tidwall/btree"
)

// overlay is a set of changes over something below; a nil value marks a deleted key.
type overlay = btree.Map[string, []byte]

// errTooMany stops a scan that has seen enough.
var errTooMany = errors.New("more keys than expected")

var errRange = errors.New("store: the start or the end of a range is empty; use nil for an open end")

func checkRange(start, end []byte) error {
	if (start != nil && len(start) == 0) || (end != nil && len(end) == 0) {
		return errRange
	}
	return nil
}

// iterate opens an iterator over the flat table as committed last.
func (f flat) iterate(start, end []byte, reverse bool) (corestore.Iterator, error) {
	from, to := f.bounds(start, end)
	open := f.db.Iterator
	if reverse {
		open = f.db.ReverseIterator
	}
	it, err := open(from, to)
	if err != nil {
		return nil, err
	}
	return &flatIterator{Iterator: it, start: start, end: end}, nil
}

// flatIterator takes the tag off the keys.
type flatIterator struct {
	corestore.Iterator
	start, end []byte
}

func (it *flatIterator) Domain() (start, end []byte) { return it.start, it.end }
func (it *flatIterator) Key() []byte                 { return it.Iterator.Key()[1:] }

// merged shows an overlay over an iterator.
type merged struct {
	base       corestore.Iterator
	over       btree.MapIter[string, []byte]
	overOK     bool
	reverse    bool
	start, end []byte
	baseKey    []byte // of base, if it is valid
	key, value []byte // the current pair; key nil: at the end
}

// merge lays changes over base. The overlay is copied (in constant time), so that later changes to it do not show. Where it has
// nothing in the range, base itself is returned.
func merge(base corestore.Iterator, over *overlay, start, end []byte, reverse bool) corestore.Iterator {
	if over.Len() == 0 {
		return base
	}
	m := &merged{base: base, reverse: reverse, start: start, end: end}
	m.over = over.Copy().Iter()
	if reverse {
		m.overOK = m.seekLast()
	} else if start == nil {
		m.overOK = m.over.First()
	} else {
		m.overOK = m.over.Seek(string(start))
	}
	m.checkOver()
	if !m.overOK {
		return base
	}
	m.readBase()
	m.settle()
	return m
}

// seekLast goes to the last change before end.
func (m *merged) seekLast() bool {
	if m.end == nil || !m.over.Seek(string(m.end)) {
		return m.over.Last()
	}
	return m.over.Prev()
}

func (m *merged) checkOver() {
	if !m.overOK {
		return
	}
	k := m.over.Key()
	m.overOK = (m.start == nil || k >= string(m.start)) && (m.end == nil || k < string(m.end))
}

func (m *merged) nextOver() {
	if m.reverse {
		m.overOK = m.over.Prev()
	} else {
		m.overOK = m.over.Next()
	}
	m.checkOver()
}

func (m *merged) readBase() {
	m.baseKey = nil
	if m.base.Valid() {
		m.baseKey = m.base.Key()
	}
}

func (m *merged) nextBase() {
	m.base.Next()
	m.readBase()
}

// settle finds the current pair: the nearer of the two sides, where the overlay hides an equal key below.
func (m *merged) settle() {
	for {
		if !m.overOK {
			m.key, m.value = m.baseKey, nil
			return
		}
		over := []byte(m.over.Key())
		order := -1
		if m.baseKey != nil {
			order = bytes.Compare(over, m.baseKey)
			if m.reverse {
				order = -order
			}
		}
		if order > 0 {
			m.key, m.value = m.baseKey, nil
			return
		}
		if order == 0 {
			m.nextBase()
		}
		if v := m.over.Value(); v != nil {
			m.key, m.value = over, v
			return
		}
		m.nextOver()
	}
}

func (m *merged) Domain() (start, end []byte) { return m.start, m.end }
func (m *merged) Valid() bool                 { return m.key != nil }

func (m *merged) mustBeValid() {
	if m.key == nil {
		panic("store: the iterator is at its end")
	}
}

func (m *merged) Next() {
	m.mustBeValid()
	if m.value == nil {
		m.nextBase()
	} else {
		m.nextOver()
	}
	m.settle()
}

func (m *merged) Key() []byte {
	m.mustBeValid()
	return m.key
}

func (m *merged) Value() []byte {
	m.mustBeValid()
	if m.value == nil {
		return m.base.Value()
	}
	return m.value
}

func (m *merged) Error() error { return m.base.Error() }
func (m *merged) Close() error { return m.base.Close() }
