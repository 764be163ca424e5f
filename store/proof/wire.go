package proof

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	ics23 "github.com/cosmos/ics23/go"
)

// The wire form of a range proof:
//
//	version  1 byte: 1
//	flags    1 byte: 1 left neighbour present, 2 right neighbour present, 4 stops early
//	n        uvarint: proofs that follow, neighbours included
//	n times
//	  key    uvarint bytes shared with the key before, uvarint length of the rest, the rest
//	  value  uvarint length, bytes
//	  path   uvarint steps shared with the path before (counted from the root), uvarint steps below them, these from
//	         the root down: 1 byte (0 left child, 1 right child), 32 bytes hash of the other child
//
// Uvarints are as short as can be, and what can be shared is shared, so that a proof has one form only. Next is not written: it
// is the last key and a zero byte.
const wireVersion = 1

const (
	flagLeft = 1 << iota
	flagRight
	flagNext
)

// maxSteps bounds the inner steps of all proofs together: shared ones cost no bytes on the wire but memory here.
const maxSteps = 2_000_000

var errWire = errors.New("proof: these bytes are not a range proof")

// MarshalBinary returns the wire form. It fails on a proof that ProveRange would not have made.
func (p *RangeProof) MarshalBinary() ([]byte, error) {
	var flags byte
	if p.Left != nil {
		flags |= flagLeft
	}
	if p.Right != nil {
		flags |= flagRight
	}
	if p.Next != nil {
		flags |= flagNext
	}
	if err := p.checkNext(); err != nil {
		return nil, err
	}
	chain := p.chain()
	b := binary.AppendUvarint([]byte{wireVersion, flags}, uint64(len(chain)))
	before := &ics23.ExistenceProof{}
	for _, ep := range chain {
		if err := checkShape(ep); err != nil {
			return nil, fmt.Errorf("proof: %w", err)
		}
		b = appendProof(b, before, ep)
		before = ep
	}
	return b, nil
}

func (p *RangeProof) checkNext() error {
	if len(p.Pairs) > MaxPairs {
		return fmt.Errorf("proof: %d pairs; at most %d are allowed", len(p.Pairs), MaxPairs)
	}
	if p.Next == nil {
		return nil
	}
	if len(p.Pairs) == 0 || p.Right != nil || !bytes.Equal(p.Next, append(bytes.Clone(p.Pairs[len(p.Pairs)-1].GetKey()), 0)) {
		return errors.New("proof: it does not go on right after its last pair")
	}
	return nil
}

func appendProof(b []byte, before, ep *ics23.ExistenceProof) []byte {
	n := sharedKey(before.Key, ep.Key)
	b = binary.AppendUvarint(b, uint64(n))
	b = binary.AppendUvarint(b, uint64(len(ep.Key)-n))
	b = append(b, ep.Key[n:]...)
	b = binary.AppendUvarint(b, uint64(len(ep.Value)))
	b = append(b, ep.Value...)
	n = sharedSteps(before.Path, ep.Path)
	b = binary.AppendUvarint(b, uint64(n))
	b = binary.AppendUvarint(b, uint64(len(ep.Path)-n))
	for i := len(ep.Path) - 1 - n; i >= 0; i-- {
		right, sibling, _ := side(ep.Path[i]) // the shape was checked
		if right {
			b = append(b, 1)
		} else {
			b = append(b, 0)
		}
		b = append(b, sibling...)
	}
	return b
}

func sharedKey(a, b []byte) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// sharedSteps counts the equal steps of two paths from the root; paths run from the leaf up.
func sharedSteps(a, b []*ics23.InnerOp) int {
	n := 0
	for n < len(a) && n < len(b) {
		x, y := a[len(a)-1-n], b[len(b)-1-n]
		if x != y && (!bytes.Equal(x.Prefix, y.Prefix) || !bytes.Equal(x.Suffix, y.Suffix)) {
			break
		}
		n++
	}
	return n
}

// UnmarshalBinary reads the wire form, and refuses every encoding but the one MarshalBinary gives. What it reads is not
// verified: that is VerifyRange's work.
func (p *RangeProof) UnmarshalBinary(data []byte) error {
	d := &decoder{b: data}
	out, err := d.proof()
	if err != nil {
		return err
	}
	again, err := out.MarshalBinary()
	if err != nil {
		return err
	}
	if !bytes.Equal(again, data) {
		return fmt.Errorf("%w: not in canonical form", errWire)
	}
	*p = *out
	return nil
}

type decoder struct {
	b     []byte
	steps int
}

func (d *decoder) bytes(n uint64) ([]byte, error) {
	if n > uint64(len(d.b)) {
		return nil, fmt.Errorf("%w: cut short", errWire)
	}
	out := d.b[:n]
	d.b = d.b[n:]
	return out, nil
}

func (d *decoder) uvarint(limit uint64) (int, error) {
	v, n := binary.Uvarint(d.b)
	if n <= 0 || v > limit {
		return 0, fmt.Errorf("%w: a number is missing or above %d", errWire, limit)
	}
	d.b = d.b[n:]
	return int(v), nil
}

func (d *decoder) proof() (*RangeProof, error) {
	head, err := d.bytes(2)
	if err != nil {
		return nil, err
	}
	flags := head[1]
	if head[0] != wireVersion || flags&^(flagLeft|flagRight|flagNext) != 0 {
		return nil, fmt.Errorf("%w: unknown version or flags", errWire)
	}
	n, err := d.uvarint(MaxPairs + 2)
	if err != nil {
		return nil, err
	}
	var chain []*ics23.ExistenceProof
	before := &ics23.ExistenceProof{}
	for range n {
		if before, err = d.existence(before); err != nil {
			return nil, err
		}
		chain = append(chain, before)
	}
	if len(d.b) != 0 {
		return nil, fmt.Errorf("%w: %d bytes too many", errWire, len(d.b))
	}
	return assemble(flags, chain)
}

// assemble tells neighbours from pairs.
func assemble(flags byte, chain []*ics23.ExistenceProof) (*RangeProof, error) {
	p := &RangeProof{}
	if flags&flagLeft != 0 {
		if len(chain) == 0 {
			return nil, fmt.Errorf("%w: no left neighbour", errWire)
		}
		p.Left, chain = chain[0], chain[1:]
	}
	if flags&flagRight != 0 {
		if len(chain) == 0 {
			return nil, fmt.Errorf("%w: no right neighbour", errWire)
		}
		p.Right, chain = chain[len(chain)-1], chain[:len(chain)-1]
	}
	if len(chain) > 0 {
		p.Pairs = chain
	}
	if flags&flagNext != 0 {
		if len(chain) == 0 {
			return nil, fmt.Errorf("%w: it stops early without a pair", errWire)
		}
		p.Next = append(bytes.Clone(chain[len(chain)-1].Key), 0)
	}
	return p, nil
}

func (d *decoder) existence(before *ics23.ExistenceProof) (*ics23.ExistenceProof, error) {
	key, err := d.key(before.Key)
	if err != nil {
		return nil, err
	}
	size, err := d.uvarint(uint64(len(d.b)))
	if err != nil {
		return nil, err
	}
	value, err := d.bytes(uint64(size))
	if err != nil {
		return nil, err
	}
	path, err := d.path(before.Path)
	if err != nil {
		return nil, err
	}
	return Existence(key, value, path), nil
}

func (d *decoder) key(before []byte) ([]byte, error) {
	shared, err := d.uvarint(uint64(len(before)))
	if err != nil {
		return nil, err
	}
	n, err := d.uvarint(uint64(MaxKeyLen - shared))
	if err != nil {
		return nil, err
	}
	rest, err := d.bytes(uint64(n))
	if err != nil {
		return nil, err
	}
	return append(bytes.Clone(before[:shared]), rest...), nil
}

func (d *decoder) path(before []*ics23.InnerOp) ([]*ics23.InnerOp, error) {
	shared, err := d.uvarint(uint64(len(before)))
	if err != nil {
		return nil, err
	}
	n, err := d.uvarint(uint64(min(maxDepth-shared, len(d.b)/(1+sha256.Size))))
	if err != nil {
		return nil, err
	}
	if d.steps += shared + n; d.steps > maxSteps {
		return nil, fmt.Errorf("%w: more than %d steps", errWire, maxSteps)
	}
	path := make([]*ics23.InnerOp, shared+n)
	copy(path[n:], before[len(before)-shared:])
	for i := n - 1; i >= 0; i-- {
		step, err := d.bytes(1 + sha256.Size)
		if err != nil {
			return nil, err
		}
		if step[0] > 1 {
			return nil, fmt.Errorf("%w: a step is neither left nor right", errWire)
		}
		path[i] = Inner(step[0] == 1, [sha256.Size]byte(step[1:]))
	}
	return path, nil
}
