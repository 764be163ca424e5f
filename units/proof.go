package units

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// Bounds of what is read.
const (
	// maxPath is the depth of the largest tree.
	maxPath = 24
	// MaxRuns is the most runs of a batch, and so of absences in one text.
	MaxRuns = 100
	// maxRaw is the most bytes of one proof: an absence with both neighbours.
	maxRaw = 1 + 5 + 1 + 2*(5+5+IDSize+TokenSize+1+maxPath*HashSize)
	// MaxText is the longest text that Parse reads.
	MaxText = MaxRuns * (maxRaw*4/3 + 4)
)

// The first byte of a proof says what it is, and of which version.
const (
	presenceKind = 0x11
	absenceKind  = 0x12
)

// ErrProof is wrapped by every proof that does not lead to the root.
var ErrProof = errors.New("the proof does not lead to the root")

// Place is a leaf's position with the way from it to the root.
type Place struct {
	Index uint32
	// Path has the lowest hash first.
	Path []Hash
}

// leads checks that a leaf hash at the place leads to the root of a tree of count
// leaves. Source: RFC 9162 section 2.1.3.2.
func (p *Place) leads(leaf, root Hash, count uint32) error {
	if p.Index >= count {
		return fmt.Errorf("%w: it is of item %d of a run of %d", ErrProof, p.Index, count)
	}
	at, last, h := p.Index, count-1, leaf
	for _, other := range p.Path {
		if last == 0 {
			return fmt.Errorf("%w: it has too many hashes", ErrProof)
		}
		if at&1 == 1 || at == last {
			h = Node(other, h)
			for at&1 == 0 && at != 0 {
				at, last = at>>1, last>>1
			}
		} else {
			h = Node(h, other)
		}
		at, last = at>>1, last>>1
	}
	if last != 0 {
		return fmt.Errorf("%w: it has too few hashes", ErrProof)
	}
	if h != root {
		return fmt.Errorf("%w: it leads to %s and the run was committed with %s", ErrProof, h, root)
	}
	return nil
}

// Presence proves that an item is in a run.
type Presence struct {
	// Run is the number of the run in its batch, from 1.
	Run uint32
	Place
	Tip Token
	// Number is the item's place among the labels of the run, from 1, as who
	// committed the run has it.
	Number uint32
}

// Check verifies that the item is in the run with that root and count.
func (p *Presence) Check(id ID, root Hash, count uint32) error {
	return p.leads(Leaf{id, p.Tip, p.Number}.Hash(), root, count)
}

// Neighbour is a leaf beside the place where an item would stand.
type Neighbour struct {
	Leaf
	Place
}

// Absence proves that an item is not in a run whose leaves stand in order. Left is
// nil where the item would be the first, Right where it would be the last.
type Absence struct {
	Run         uint32
	Left, Right *Neighbour
}

// Check verifies that the item is not in the run with that root and count.
func (a *Absence) Check(id ID, root Hash, count uint32) error {
	switch l, r := a.Left, a.Right; {
	case l == nil && r == nil:
		return fmt.Errorf("%w: it has no neighbour", ErrProof)
	case l == nil && r.Index != 0:
		return fmt.Errorf("%w: item %d is not the first", ErrProof, r.Index)
	case r == nil && l.Index != count-1:
		return fmt.Errorf("%w: item %d is not the last", ErrProof, l.Index)
	case l != nil && r != nil && (l.Index == r.Index || l.Index != r.Index-1):
		return fmt.Errorf("%w: items %d and %d do not stand side by side", ErrProof, l.Index, r.Index)
	case l != nil && bytes.Compare(l.ID[:], id[:]) >= 0, r != nil && bytes.Compare(id[:], r.ID[:]) >= 0:
		return fmt.Errorf("%w: the item would not stand between its neighbours", ErrProof)
	}
	for _, n := range [...]*Neighbour{a.Left, a.Right} {
		if n == nil {
			continue
		}
		if err := n.leads(n.Hash(), root, count); err != nil {
			return err
		}
	}
	return nil
}

// Evidence is what is shown of an item: that it is in a run, or that it is in none
// of several.
type Evidence struct {
	Presence *Presence
	// Absences are in ascending order of run.
	Absences []*Absence
}

// Text gives the one form of the evidence: base64url, absences parted by dots.
func (e *Evidence) Text() string {
	if e.Presence != nil {
		return base64.RawURLEncoding.EncodeToString(e.Presence.Bytes())
	}
	parts := make([]string, len(e.Absences))
	for i, a := range e.Absences {
		parts[i] = base64.RawURLEncoding.EncodeToString(a.bytes())
	}
	return strings.Join(parts, ".")
}

// Bytes gives the proof's one binary form.
func (p *Presence) Bytes() []byte {
	b := binary.AppendUvarint([]byte{presenceKind}, uint64(p.Run))
	b = binary.AppendUvarint(b, uint64(p.Index))
	b = binary.AppendUvarint(b, uint64(p.Number))
	b = append(b, p.Tip[:]...)
	return appendPath(b, p.Path)
}

func (a *Absence) bytes() []byte {
	b := binary.AppendUvarint([]byte{absenceKind}, uint64(a.Run))
	sides := byte(0)
	if a.Left != nil {
		sides |= 1
	}
	if a.Right != nil {
		sides |= 2
	}
	b = append(b, sides)
	for _, n := range [...]*Neighbour{a.Left, a.Right} {
		if n == nil {
			continue
		}
		b = binary.AppendUvarint(b, uint64(n.Index))
		b = binary.AppendUvarint(b, uint64(n.Number))
		b = append(append(b, n.ID[:]...), n.Tip[:]...)
		b = appendPath(append(b, byte(len(n.Path))), n.Path)
	}
	return b
}

func appendPath(b []byte, path []Hash) []byte {
	for _, h := range path {
		b = append(b, h[:]...)
	}
	return b
}

// Parse reads evidence in its text form, and no other form of it.
func Parse(text string) (*Evidence, error) {
	if len(text) > MaxText {
		return nil, fmt.Errorf("the proof has %d characters; at most %d are read", len(text), MaxText)
	}
	e := &Evidence{}
	parts := strings.Split(text, ".")
	for i, part := range parts {
		raw, err := base64.RawURLEncoding.Strict().DecodeString(part)
		if err != nil || strings.ContainsAny(part, "\r\n") {
			return nil, errors.New("the proof is not base64url; copy all of it, and nothing else")
		}
		if len(raw) == 0 {
			return nil, errors.New("the proof is empty")
		}
		switch raw[0] {
		case presenceKind:
			if len(parts) > 1 {
				return nil, errors.New("the proof says that the item is in a run, and says more; one proof is enough")
			}
			if e.Presence, err = ParsePresence(raw); err != nil {
				return nil, err
			}
		case absenceKind:
			a, err := parseAbsence(raw)
			if err != nil {
				return nil, err
			}
			if i > 0 && e.Absences[i-1].Run >= a.Run {
				return nil, errors.New("the proofs of absence are not in order of run")
			}
			e.Absences = append(e.Absences, a)
		default:
			return nil, fmt.Errorf("the proof begins with %#02x, which this program does not know", raw[0])
		}
	}
	return e, nil
}

// ParsePresence reads the binary form of a presence.
func ParsePresence(raw []byte) (*Presence, error) {
	r := &reader{rest: raw}
	if r.byte() != presenceKind {
		return nil, errors.New("the proof is not one that an item is in a run")
	}
	p := &Presence{Run: r.number()}
	p.Index = r.number()
	p.Number = r.number()
	copy(p.Tip[:], r.take(TokenSize))
	if len(r.rest)%HashSize != 0 || len(r.rest) > maxPath*HashSize {
		return nil, errMangled
	}
	p.Path = r.path(len(r.rest) / HashSize)
	return p, r.end()
}

func parseAbsence(raw []byte) (*Absence, error) {
	r := &reader{rest: raw}
	r.byte()
	a := &Absence{Run: r.number()}
	sides := r.byte()
	if sides == 0 || sides > 3 {
		return nil, errMangled
	}
	if sides&1 != 0 {
		a.Left = r.neighbour()
	}
	if sides&2 != 0 {
		a.Right = r.neighbour()
	}
	return a, r.end()
}

var errMangled = errors.New("the proof is mangled: bytes are missing, or too many; copy all of it")

// reader reads until the first failure, which it keeps.
type reader struct {
	rest   []byte
	failed bool
}

func (r *reader) take(n int) []byte {
	if len(r.rest) < n {
		r.failed, r.rest = true, nil
		return make([]byte, n)
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) byte() byte { return r.take(1)[0] }

// number reads a uvarint in its shortest form, at most MaxUnits.
func (r *reader) number() uint32 {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 || n > MaxUnits || len(binary.AppendUvarint(nil, n)) != size {
		r.failed, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[size:]
	return uint32(n)
}

func (r *reader) path(n int) []Hash {
	if n > maxPath || len(r.rest) < n*HashSize {
		r.failed = true
		return nil
	}
	var out []Hash
	for range n {
		out = append(out, Hash(r.take(HashSize)))
	}
	return out
}

func (r *reader) neighbour() *Neighbour {
	n := &Neighbour{}
	n.Index = r.number()
	n.Number = r.number()
	copy(n.ID[:], r.take(IDSize))
	copy(n.Tip[:], r.take(TokenSize))
	n.Path = r.path(int(r.byte()))
	return n
}

func (r *reader) end() error {
	if r.failed || len(r.rest) > 0 {
		return errMangled
	}
	return nil
}
