package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
)

// What stores refuse. Sentences around them say which document and what to do.
var (
	ErrNotFound = errors.New("there is no document of this hash")
	ErrTooLarge = errors.New("the document is larger than this store takes")
	ErrQuota    = errors.New("the store of documents is full")
	ErrType     = errors.New("the document is of a type that this store does not take")
	ErrHash     = errors.New("the document is not the one that was announced")
	// ErrCorrupt says that what is stored is not what its address says.
	ErrCorrupt = errors.New("the stored document is damaged: its bytes are not those of its hash")
)

// Sum is a document's address: SHA-256 of its bytes.
type Sum [sha256.Size]byte

// String is the address in small hex digits.
func (s Sum) String() string { return hex.EncodeToString(s[:]) }

// ParseSum reads 64 hex digits.
func ParseSum(text string) (Sum, error) {
	var s Sum
	b, err := hex.DecodeString(strings.ToLower(text))
	if err != nil || len(b) != len(s) {
		if len(text) > 80 {
			text = text[:80] + "…"
		}
		return s, fmt.Errorf("the document's hash is %q; write 64 hex digits", text)
	}
	copy(s[:], b)
	return s, nil
}

// Info is what is known of a document without reading all of it.
type Info struct {
	Sum  Sum
	Size int64
	// Type is its media type, found from its first bytes.
	Type string
}

// Document is a stored document, checked against its address. Its reader is at
// the beginning, and must be closed.
type Document struct {
	Info
	io.ReadSeekCloser
}

// Limits bound what a store takes.
type Limits struct {
	// MaxBytes of one document, and of all together; both are needed.
	MaxBytes, Quota int64
	// Types are short names, of those in Types(); none means DefaultTypes().
	Types []string
}

// DefaultLimits are good for a small office: 32 MiB each, 10 GiB in all.
func DefaultLimits() Limits { return Limits{MaxBytes: 32 << 20, Quota: 10 << 30} }

// Store keeps documents. It is safe for concurrent use.
type Store interface {
	// Put takes a document and says whether it is new; one that is there already
	// is taken once. want, unless nil, is what it must be: else ErrHash, and
	// nothing is kept. Nothing is kept of what is refused.
	Put(ctx context.Context, r io.Reader, want *Sum) (info Info, fresh bool, err error)
	// Open reads a document whole and checks it before it gives it out:
	// ErrNotFound, or ErrCorrupt.
	Open(ctx context.Context, sum Sum) (*Document, error)
	// Stat is Open without the content and without the check.
	Stat(ctx context.Context, sum Sum) (Info, error)
	// Remove forgets a document: ErrNotFound where there is none.
	Remove(ctx context.Context, sum Sum) error
	// List calls fn for every document in order of hash; Type is left out.
	List(ctx context.Context, fn func(Info) error) error
}

// spooled is a document on its way in, in a file that nobody else sees.
type spooled struct {
	Info
	file *os.File
}

// spool copies r into a new file in dir while it hashes, bounds and looks at it.
func spool(dir string, r io.Reader, l Limits, want *Sum) (s *spooled, err error) {
	f, err := os.CreateTemp(dir, tempPrefix+"*") // mode 0600
	if err != nil {
		return nil, err
	}
	s = &spooled{file: f}
	defer func() {
		if err != nil {
			s.drop()
			s = nil
		}
	}()
	h := sha256.New()
	head := &header{}
	if s.Size, err = io.Copy(io.MultiWriter(f, h, head), io.LimitReader(r, l.MaxBytes+1)); err != nil {
		return s, fmt.Errorf("take in the document: %w", err)
	}
	if s.Size > l.MaxBytes {
		return s, fmt.Errorf("%w: it has more than %d bytes", ErrTooLarge, l.MaxBytes)
	}
	s.Sum = Sum(h.Sum(nil))
	if want != nil && *want != s.Sum {
		return s, fmt.Errorf("%w: its SHA-256 is %s and %s was announced", ErrHash, s.Sum, *want)
	}
	if s.Type, err = l.sniff(head.bytes); err != nil {
		return s, err
	}
	return s, f.Sync()
}

// drop removes the file, wherever it is by now.
func (s *spooled) drop() {
	_ = s.file.Close()
	_ = os.Remove(s.file.Name())
}

// header keeps the first bytes of what is written.
type header struct{ bytes []byte }

func (h *header) Write(p []byte) (int, error) {
	if room := sniffLen - len(h.bytes); room > 0 {
		h.bytes = append(h.bytes, p[:min(room, len(p))]...)
	}
	return len(p), nil
}

// quota counts the bytes of a store in this process.
type quota struct {
	mu   sync.Mutex
	used int64
	most int64
}

// take makes room for n bytes, or refuses.
func (q *quota) take(n int64) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.used+n > q.most {
		return fmt.Errorf("%w: %d of %d bytes are used and the document has %d; remove some or raise the quota", ErrQuota, q.used, q.most, n)
	}
	q.used += n
	return nil
}

func (q *quota) give(n int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.used -= n
}

// Check reads every document and reports each that is damaged; it gives how many
// there are and how many bytes they have.
func Check(ctx context.Context, s Store, report func(Info, error)) (count int, bytes int64, err error) {
	err = s.List(ctx, func(i Info) error {
		count, bytes = count+1, bytes+i.Size
		d, err := s.Open(ctx, i.Sum)
		if errors.Is(err, ErrCorrupt) || errors.Is(err, ErrNotFound) {
			report(i, err)
			return nil
		}
		if err != nil {
			return err
		}
		return d.Close()
	})
	return count, bytes, err
}
