package store

import (
	"encoding/binary"
	"errors"
	"fmt"

	dbm "github.com/cosmos/cosmos-db"
)

// The database belongs to the store alone. First byte of a key, and what it holds:
const (
	tagCheckpoint = 'c' // c ‖ checkpoint number (4 bytes) ‖ chunk number (4 bytes): roots of the buckets
	tagHead       = 'h' // h: the last block. It and the flat table are the truth; the tree can be made again from them
	tagImport     = 'i' // i: a bulk load is under way, or broke off
	tagJournal    = 'j' // j ‖ sequence number (8 bytes): the keys that one commit changed
	tagMeta       = 'm' // m: meta
	tagFlat       = 'v' // v ‖ key: value, as of the block before the last
)

// metaFormat opens the meta record: the name of the format and its version.
const metaFormat = "filiera-store/1"

// Errors that callers may tell apart with errors.Is.
var (
	// ErrCorrupt: what the database holds does not match the app hash it committed.
	ErrCorrupt = errors.New("store: the database is corrupt")
	// ErrForeign: the database holds something else, or another version of this format.
	ErrForeign = errors.New("store: the database was not written by this version of the store")
	// ErrBroken: a write failed and its outcome is unknown; close the store and open it again.
	ErrBroken = errors.New("store: an earlier write failed; open the store again")
	// ErrNoUndo: there is no commit to take back.
	ErrNoUndo = errors.New("store: nothing to take back: only the last commit can be taken back, and only once")
)

var (
	metaKey   = []byte{tagMeta}
	headKey   = []byte{tagHead}
	importKey = []byte{tagImport}
)

// meta is the record that says which block the database stands at.
type meta struct {
	height      int64
	appHash     hash
	seq         uint64 // commits and rollbacks so far: numbers the journal
	ckptSeq     uint64 // the sequence number that the checkpoint shows
	ckptGen     uint32 // the number of the checkpoint
	ckptChunks  uint32 // 0: no checkpoint
	journalFrom uint64 // oldest journal record still kept
	journalKeys uint64 // keys in the journal since the checkpoint
}

func (m meta) encode() []byte {
	b := append([]byte{byte(len(metaFormat))}, metaFormat...)
	b = binary.BigEndian.AppendUint64(b, uint64(m.height))
	b = append(b, m.appHash[:]...)
	b = binary.BigEndian.AppendUint64(b, m.seq)
	b = binary.BigEndian.AppendUint64(b, m.ckptSeq)
	b = binary.BigEndian.AppendUint32(b, m.ckptGen)
	b = binary.BigEndian.AppendUint32(b, m.ckptChunks)
	b = binary.BigEndian.AppendUint64(b, m.journalFrom)
	return binary.BigEndian.AppendUint64(b, m.journalKeys)
}

func decodeMeta(b []byte) (meta, error) {
	head := 1 + len(metaFormat)
	if len(b) < head || int(b[0]) != len(metaFormat) || string(b[1:head]) != metaFormat {
		return meta{}, fmt.Errorf("%w: its format record reads %q, expected %q", ErrForeign, clip(b), metaFormat)
	}
	b = b[head:]
	if len(b) != 8+hashLen+8+8+4+4+8+8 {
		return meta{}, fmt.Errorf("%w: its meta record has %d bytes after the format", ErrCorrupt, len(b))
	}
	var m meta
	m.height = int64(binary.BigEndian.Uint64(b))
	m.appHash = hash(b[8 : 8+hashLen])
	b = b[8+hashLen:]
	m.seq = binary.BigEndian.Uint64(b)
	m.ckptSeq = binary.BigEndian.Uint64(b[8:])
	m.ckptGen = binary.BigEndian.Uint32(b[16:])
	m.ckptChunks = binary.BigEndian.Uint32(b[20:])
	m.journalFrom = binary.BigEndian.Uint64(b[24:])
	m.journalKeys = binary.BigEndian.Uint64(b[32:])
	if m.height < 0 {
		return meta{}, fmt.Errorf("%w: its meta record has the negative height %d", ErrCorrupt, m.height)
	}
	return m, nil
}

func clip(b []byte) []byte { return b[:min(len(b), 32)] }

func journalKey(seq uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{tagJournal}, seq)
}

func checkpointKey(gen, chunk uint32) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte{tagCheckpoint}, gen), chunk)
}

// flat is the flat table in the database.
type flat struct{ db dbm.DB }

func flatKey(key []byte) []byte {
	out := make([]byte, 1+len(key))
	out[0] = tagFlat
	copy(out[1:], key)
	return out
}

func (f flat) get(key []byte) ([]byte, error) {
	var small [80]byte
	return f.db.Get(append(append(small[:0], tagFlat), key...))
}

// bounds turns a range of keys (nil: unbounded) into a range of the database.
func (f flat) bounds(start, end []byte) (from, to []byte) {
	from = flatKey(start)
	if end == nil {
		return from, []byte{tagFlat + 1}
	}
	return from, flatKey(end)
}

// appendShared appends a key as the number of bytes it shares with the key before, and the rest.
func appendShared(b, last, key []byte) []byte {
	n := 0
	for n < len(last) && n < len(key) && last[n] == key[n] {
		n++
	}
	b = binary.AppendUvarint(b, uint64(n))
	b = binary.AppendUvarint(b, uint64(len(key)-n))
	return append(b, key[n:]...)
}

// reader reads the records of this package; the first mistake sticks.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) bytes(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) shared(last []byte) []byte {
	n, rest := r.uvarint(), r.uvarint()
	tail := r.bytes(rest)
	if r.bad || n > uint64(len(last)) {
		r.bad = true
		return nil
	}
	return append(append(make([]byte, 0, int(n)+len(tail)), last[:n]...), tail...)
}

// encodeJournal writes the keys of a commit.
func encodeJournal(changes []change) []byte {
	b := binary.AppendUvarint(nil, uint64(len(changes)))
	var last []byte
	for i := range changes {
		b = appendShared(b, last, changes[i].key)
		last = changes[i].key
	}
	return b
}

func decodeJournal(b []byte) ([][]byte, error) {
	r := &reader{b: b}
	var keys [][]byte
	var last []byte
	for n := r.uvarint(); n > 0 && !r.bad; n-- {
		last = r.shared(last)
		keys = append(keys, last)
	}
	if r.bad || len(r.b) != 0 {
		return nil, fmt.Errorf("%w: a journal record cannot be read", ErrCorrupt)
	}
	return keys, nil
}
