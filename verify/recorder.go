package verify

import (
	"bytes"
	"maps"
	"slices"

	"github.com/filiera-chain/filiera/store/proof"
)

// iterator is what a state's iterator must do.
type iterator interface {
	Valid() bool
	Next()
	Key() []byte
	Value() []byte
	Error() error
	Close() error
}

// State is a committed state that can be read in order; *store.View is one.
type State[I iterator] interface {
	Get(key []byte) ([]byte, error)
	Iterator(start, end []byte) (I, error)
}

// Live makes a Source of a committed state. It may be used as the state itself may.
func Live[I iterator](s State[I]) Source { return live[I]{s} }

type live[I iterator] struct{ State[I] }

func (l live[I]) Range(start, end []byte) ([]proof.Pair, error) {
	it, err := l.Iterator(start, end)
	if err != nil {
		return nil, err
	}
	defer it.Close()
	var out []proof.Pair
	for ; it.Valid(); it.Next() {
		out = append(out, proof.Pair{Key: bytes.Clone(it.Key()), Value: bytes.Clone(it.Value())})
	}
	return out, it.Error()
}

// Recorder is a Source that notes what is asked of another, so that a proof covers exactly what an answer rests on.
type Recorder struct {
	src    Source
	keys   map[string][]byte // value read; nil for absent
	ranges map[string][]byte // start to end
}

// NewRecorder records what is read of src.
func NewRecorder(src Source) *Recorder {
	return &Recorder{src: src, keys: map[string][]byte{}, ranges: map[string][]byte{}}
}

// Get reads and notes a key.
func (r *Recorder) Get(key []byte) ([]byte, error) {
	v, err := r.src.Get(key)
	if err == nil {
		r.keys[string(key)] = bytes.Clone(v)
	}
	return v, err
}

// Range reads and notes a range.
func (r *Recorder) Range(start, end []byte) ([]proof.Pair, error) {
	pairs, err := r.src.Range(start, end)
	if err == nil {
		r.ranges[string(start)] = bytes.Clone(end)
	}
	return pairs, err
}

// sortedKeys lists the keys of a map in order of bytes.
func sortedKeys(m map[string][]byte) []string { return slices.Sorted(maps.Keys(m)) }
