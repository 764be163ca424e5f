package store

import (
	"bytes"
	"errors"
	"fmt"

	dbm "github.com/cosmos/cosmos-db"
)

// Importer loads a whole state from sorted pairs into an empty database. The root is the same as that of a state built by history. While it
// runs, and when it breaks off, the database carries a mark, and Open refuses it.
type Importer struct {
	db     dbm.DB
	height int64
	load   loader
	batch  dbm.Batch
	size   int
	err    error // the first failure sticks
}

// importBatch is about how many bytes the importer writes at a time.
const importBatch = 8 << 20

// NewImporter starts a bulk load into an empty database, as of the given height (at least 1).
func NewImporter(db dbm.DB, height int64) (*Importer, error) {
	if height <= 0 {
		return nil, fmt.Errorf("store: cannot load height %d: heights start at 1", height)
	}
	empty, err := isEmpty(db)
	if err != nil {
		return nil, err
	}
	if !empty {
		return nil, errors.New("store: a bulk load needs an empty database; empty its folder first")
	}
	if err := db.SetSync(importKey, []byte{1}); err != nil {
		return nil, fmt.Errorf("store: writing the import mark: %w", err)
	}
	s := newStore(db, Options{})
	return &Importer{db: db, height: height, load: loader{at: at{s: s}, b: builder{maxLeaves: s.maxLeaves}}, batch: db.NewBatchWithSize(importBatch)}, nil
}

// Add takes the next pair; keys come in ascending order. Both slices are copied.
func (im *Importer) Add(key, value []byte) error {
	if im.err != nil {
		return im.err
	}
	if im.err = checkPair(key, value); im.err != nil {
		return im.err
	}
	if last := im.load.b.last; last != nil && bytes.Compare(last, key) >= 0 {
		im.err = fmt.Errorf("store: key %x comes after key %x; keys must ascend", key, last)
		return im.err
	}
	k := flatKey(key)
	v := append(make([]byte, 0, len(value)), value...)
	var h hash
	h, im.load.buf = leafHash(im.load.buf, key, v)
	im.load.b.addLeaf(k[1:], h)
	if im.err = im.batch.Set(k, v); im.err != nil {
		return im.err
	}
	if im.size += len(k) + len(v); im.size >= importBatch {
		im.err = im.flush()
	}
	return im.err
}

func (im *Importer) flush() error {
	err := im.batch.Write()
	im.batch.Close()
	im.batch, im.size = im.db.NewBatchWithSize(importBatch), 0
	if err != nil {
		return fmt.Errorf("store: writing loaded pairs: %w", err)
	}
	return nil
}

// Finish makes the load durable and returns its root. If want is not nil and differs from the root, nothing is made of the load: the
// database stays marked.
func (im *Importer) Finish(want []byte) ([]byte, error) {
	defer im.batch.Close()
	if im.err != nil {
		return nil, im.err
	}
	root := im.load.b.finish()
	h := rootHash(root)
	if want != nil && !bytes.Equal(want, h[:]) {
		return nil, fmt.Errorf("store: the loaded pairs give the root %x, expected %x", h, want)
	}
	if im.err = im.flush(); im.err != nil {
		return nil, im.err
	}
	im.err = errors.New("store: the load is finished")
	m := meta{height: im.height, appHash: h, seq: 1, journalFrom: 1}
	if err := wholeCheckpoint(im.batch, &m, root); err != nil {
		return nil, err
	}
	if err := errors.Join(im.batch.Set(metaKey, m.encode()), im.batch.Delete(importKey)); err != nil {
		return nil, err
	}
	if err := im.batch.WriteSync(); err != nil {
		return nil, fmt.Errorf("store: finishing the load: %w", err)
	}
	return h[:], nil
}

// Export calls fn with every pair of the last committed height, in ascending order. fn may keep both slices but not modify them.
func (s *Store) Export(fn func(key, value []byte) error) error {
	return s.View(func(v *View) error { return v.scan(nil, nil, fn) })
}

// Verify reads the whole flat table of the last committed height and compares its root with the app hash. It reads for a
// while (about a second per million keys) and holds up nobody.
func (s *Store) Verify() error {
	return s.View(func(v *View) error {
		b := builder{maxLeaves: s.maxLeaves}
		var buf []byte
		err := v.scan(nil, nil, func(key, value []byte) error {
			var h hash
			h, buf = leafHash(buf, key, value)
			b.addLeaf(key, h)
			return nil
		})
		if err != nil {
			return err
		}
		if h := rootHash(b.finish()); h != v.snap.hash {
			return fmt.Errorf("%w: its keys give the root %x, and height %d was committed with app hash %x", ErrCorrupt, h, v.Height(), v.snap.hash)
		}
		return nil
	})
}
