package private

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// What a mailbox refuses.
var (
	ErrFull      = errors.New("the mailbox has no room for the package; its recipient must take what waits first")
	ErrNoPackage = errors.New("the mailbox holds no such package")
)

// MailboxLimits bound what a mailbox holds.
type MailboxLimits struct {
	// Packages waiting for one recipient, from one sender in all, and from one
	// sender for one recipient: nobody fills another's box alone.
	PerRecipient, PerSender, PerPair int
	// Bytes in all, and from one sender.
	Bytes, SenderBytes int64
	// Age after which a package that nobody took is removed.
	Age time.Duration
}

// DefaultMailboxLimits are good for a node of a few hundred participants.
func DefaultMailboxLimits() MailboxLimits {
	return MailboxLimits{PerRecipient: 200, PerSender: 1000, PerPair: 50, Bytes: 256 << 20, SenderBytes: 64 << 20, Age: 30 * 24 * time.Hour}
}

// Waiting is a package that waits.
type Waiting struct {
	Header
	// ID is SHA-256 of the package's bytes, in hex.
	ID   string
	Size int64
	At   time.Time
}

// Mailbox keeps packages in files, one each, until they are taken, too old, or
// their field is erased. It sees ciphertext only. Safe for concurrent use by
// one process.
type Mailbox struct {
	dir    string
	limits MailboxLimits
	now    func() time.Time

	mu      sync.Mutex
	waiting map[string]*Waiting // by recipient + "/" + id
	bytes   int64
}

// OpenMailbox opens the folder, making it where there is none, and removes what
// a crash left half-written.
func OpenMailbox(dir string, limits MailboxLimits, now func() time.Time) (*Mailbox, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the mailbox: %w", err)
	}
	m := &Mailbox{dir: dir, limits: limits, now: now, waiting: map[string]*Waiting{}}
	boxes, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, b := range boxes {
		if b.IsDir() {
			if err := m.load(b.Name()); err != nil {
				return nil, fmt.Errorf("mailbox of %s: %w", b.Name(), err)
			}
		}
	}
	return m, nil
}

func (m *Mailbox) load(recipient string) error {
	dir := filepath.Join(m.dir, recipient)
	if _, err := shredTemps(dir); err != nil {
		return err
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		raw, err := readBounded(filepath.Join(dir, f.Name()), MaxPackage)
		if err != nil {
			return err
		}
		p, err := DecodePackage(raw)
		id := packageID(raw)
		if err == nil && (p.To != recipient || f.Name() != id+".json") {
			err = errors.New("it is for another recipient, or was changed")
		}
		if err != nil {
			return fmt.Errorf("%s is not a package that waits here, remove it: %w", f.Name(), err)
		}
		st, err := f.Info()
		if err != nil {
			return err
		}
		m.note(&Waiting{p.Header, id, int64(len(raw)), st.ModTime()})
	}
	return nil
}

func packageID(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

func (m *Mailbox) note(w *Waiting) {
	m.waiting[w.To+"/"+w.ID] = w
	m.bytes += w.Size
}

func (m *Mailbox) path(w *Waiting) string { return filepath.Join(m.dir, w.To, w.ID+".json") }

// Put keeps a package for its recipient, and gives its id. The same package
// again is kept once.
func (m *Mailbox) Put(p *Package) (*Waiting, error) {
	if err := p.check(); err != nil { // the recipient's name becomes a folder's
		return nil, err
	}
	raw, err := p.Encode()
	if err != nil {
		return nil, err
	}
	w := &Waiting{p.Header, packageID(raw), int64(len(raw)), m.now()}
	m.mu.Lock()
	defer m.mu.Unlock()
	if old := m.waiting[w.To+"/"+w.ID]; old != nil {
		return old, nil
	}
	if len(raw) > MaxPackage || !m.room(w) {
		return nil, ErrFull
	}
	if err := os.MkdirAll(filepath.Join(m.dir, w.To), 0o700); err != nil {
		return nil, err
	}
	if err := writeWhole(m.path(w), raw); err != nil {
		return nil, err
	}
	m.note(w)
	return w, nil
}

// room says whether a package fits beside those that wait.
func (m *Mailbox) room(w *Waiting) bool {
	var to, from, pair int
	var sent int64
	for _, other := range m.waiting {
		if other.To == w.To {
			to++
		}
		if other.From != w.From {
			continue
		}
		from, sent = from+1, sent+other.Size
		if other.To == w.To {
			pair++
		}
	}
	l := m.limits
	return to < l.PerRecipient && from < l.PerSender && pair < l.PerPair && m.bytes+w.Size <= l.Bytes && sent+w.Size <= l.SenderBytes
}

// For lists what waits for a recipient, oldest first.
func (m *Mailbox) For(recipient string) []*Waiting {
	return m.find(func(w *Waiting) bool { return w.To == recipient })
}

func (m *Mailbox) find(want func(*Waiting) bool) (out []*Waiting) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, w := range m.waiting {
		if want(w) {
			out = append(out, w)
		}
	}
	slices.SortFunc(out, func(a, b *Waiting) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.ID, b.ID)) })
	return out
}

// Find gives a package that waits for a recipient, without its content, or
// ErrNoPackage.
func (m *Mailbox) Find(recipient, id string) (*Waiting, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if w := m.waiting[recipient+"/"+id]; w != nil {
		return w, nil
	}
	return nil, ErrNoPackage
}

// Read gives the bytes of a package that waits.
func (m *Mailbox) Read(w *Waiting) ([]byte, error) {
	raw, err := readBounded(m.path(w), MaxPackage)
	if errors.Is(err, os.ErrNotExist) {
		return nil, ErrNoPackage
	}
	return raw, err
}

// Remove overwrites and removes a package.
func (m *Mailbox) Remove(w *Waiting) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.waiting[w.To+"/"+w.ID] == nil {
		return ErrNoPackage
	}
	if err := shred(m.path(w)); err != nil {
		return err
	}
	delete(m.waiting, w.To+"/"+w.ID)
	m.bytes -= w.Size
	return nil
}

// Sweep removes what is too old and what gone says is of an erased field. It
// asks once per field, and gives how many packages went. What fails for one
// package keeps no other from going.
func (m *Mailbox) Sweep(gone func(commitment, field string) (bool, error)) (removed int, err error) {
	asked := map[[2]string]bool{}
	var errs []error
	for _, w := range m.find(func(*Waiting) bool { return true }) {
		field := [2]string{w.Commitment, w.Field}
		erased, known := asked[field]
		if !known {
			if erased, err = gone(w.Commitment, w.Field); err != nil {
				errs = append(errs, err)
			}
			asked[field] = erased
		}
		if !erased && m.now().Sub(w.At) < m.limits.Age {
			continue
		}
		if err := m.Remove(w); err == nil {
			removed++
		} else if !errors.Is(err, ErrNoPackage) {
			errs = append(errs, err)
		}
	}
	return removed, errors.Join(errs...)
}
