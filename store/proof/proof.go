// Package proof checks what the store proves, with nothing but ICS23 and the standard library: an offline verifier, also in
// a browser, imports it without the store.
//
// The functions here are stricter than ICS23's own. ICS23 lets the leaf prefix of a proof be longer than the specification's, which would
// let a forger pass the tail of a longer key off as a key of its own; here the leaf must be exactly the one the store makes.
package proof

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"

	ics23 "github.com/cosmos/ics23/go"
)

// MaxKeyLen is the longest key a store holds, in bytes.
const MaxKeyLen = 1024

// maxDepth is how many inner nodes can stand above a leaf: one for each bit of the longest key, presence bits included.
const maxDepth = 9*MaxKeyLen + 1

// emptyValue is what the tree commits to for an empty value.
const emptyValue = "\x00filiera: empty value\x00"

// EmptyValue returns the bytes that stand for an empty value in leaves and proofs (ICS23 verifiers refuse a proof of an
// empty value). No key can have these bytes as its real value.
func EmptyValue() []byte { return []byte(emptyValue) }

// Spec is ICS23's TendermintSpec with a depth limit that fits the longest key (by itself it stops at 128, which keys chosen
// to be close to one another can exceed).
func Spec() *ics23.ProofSpec {
	return &ics23.ProofSpec{
		LeafSpec:  ics23.TendermintSpec.LeafSpec,
		InnerSpec: ics23.TendermintSpec.InnerSpec,
		MaxDepth:  maxDepth,
	}
}

// Existence assembles the proof that key has value, given the inner nodes from the leaf up.
func Existence(key, value []byte, path []*ics23.InnerOp) *ics23.ExistenceProof {
	return &ics23.ExistenceProof{
		Key:   bytes.Clone(key),
		Value: bytes.Clone(value),
		Leaf: &ics23.LeafOp{
			Hash:         ics23.HashOp_SHA256,
			PrehashKey:   ics23.HashOp_NO_HASH,
			PrehashValue: ics23.HashOp_SHA256,
			Length:       ics23.LengthOp_VAR_PROTO,
			Prefix:       []byte{0},
		},
		Path: path,
	}
}

// Inner assembles the step from a child to its parent. right says that the child is the right one.
func Inner(right bool, sibling [sha256.Size]byte) *ics23.InnerOp {
	if right {
		return &ics23.InnerOp{Hash: ics23.HashOp_SHA256, Prefix: append([]byte{1}, sibling[:]...)}
	}
	return &ics23.InnerOp{Hash: ics23.HashOp_SHA256, Prefix: []byte{1}, Suffix: bytes.Clone(sibling[:])}
}

var errShape = errors.New("the proof does not have the shape the store gives its proofs")

// side tells which child an inner step starts from, and its sibling's hash. It refuses every other shape.
func side(op *ics23.InnerOp) (right bool, sibling []byte, err error) {
	if op == nil || op.Hash != ics23.HashOp_SHA256 || len(op.Prefix) == 0 || op.Prefix[0] != 1 {
		return false, nil, errShape
	}
	switch {
	case len(op.Prefix) == 1 && len(op.Suffix) == sha256.Size:
		return false, op.Suffix, nil
	case len(op.Prefix) == 1+sha256.Size && len(op.Suffix) == 0:
		return true, op.Prefix[1:], nil
	}
	return false, nil, errShape
}

// checkShape refuses an existence proof that the store would not have made.
func checkShape(p *ics23.ExistenceProof) error {
	if p == nil || p.Leaf == nil || len(p.Key) == 0 || len(p.Key) > MaxKeyLen || len(p.Path) > maxDepth {
		return errShape
	}
	l := p.Leaf
	if !bytes.Equal(l.Prefix, []byte{0}) || l.Hash != ics23.HashOp_SHA256 || l.PrehashKey != ics23.HashOp_NO_HASH ||
		l.PrehashValue != ics23.HashOp_SHA256 || l.Length != ics23.LengthOp_VAR_PROTO {
		return errShape
	}
	for _, op := range p.Path {
		if _, _, err := side(op); err != nil {
			return err
		}
	}
	return nil
}

// checkExists verifies one existence proof against the root, by its own key and value.
func checkExists(root []byte, p *ics23.ExistenceProof) error {
	if err := checkShape(p); err != nil {
		return err
	}
	return p.Verify(Spec(), root, p.Key, p.Value)
}

// committed is the value the tree commits to.
func committed(value []byte) []byte {
	if len(value) == 0 {
		return EmptyValue()
	}
	return value
}

// real is the value that a committed one stands for.
func real(value []byte) []byte {
	if string(value) == emptyValue {
		return []byte{}
	}
	return value
}

func checkRoot(root []byte) error {
	if len(root) != sha256.Size {
		return fmt.Errorf("proof: the root has %d bytes, expected %d", len(root), sha256.Size)
	}
	return nil
}

// VerifyMembership checks that under root (32 bytes, an app hash) key has value. It works on single proofs, not on ICS23's batches.
func VerifyMembership(root []byte, p *ics23.CommitmentProof, key, value []byte) error {
	if err := checkRoot(root); err != nil {
		return err
	}
	ep := p.GetExist()
	if ep == nil {
		return errors.New("proof: not a proof of membership")
	}
	if string(value) == emptyValue {
		return errors.New("proof: no key can have the value reserved for empty values")
	}
	if !bytes.Equal(ep.Key, key) {
		return fmt.Errorf("proof: the proof is about key %x, not %x", ep.Key, key)
	}
	if !bytes.Equal(ep.Value, committed(value)) {
		return fmt.Errorf("proof: the proof gives key %x another value", key)
	}
	if err := checkExists(root, ep); err != nil {
		return fmt.Errorf("proof: membership of key %x: %w", key, err)
	}
	return nil
}

// VerifyAbsence checks that under root key has no value.
func VerifyAbsence(root []byte, p *ics23.CommitmentProof, key []byte) error {
	if err := checkRoot(root); err != nil {
		return err
	}
	np := p.GetNonexist()
	if np == nil {
		return errors.New("proof: not a proof of absence")
	}
	if len(key) == 0 || len(key) > MaxKeyLen {
		return fmt.Errorf("proof: a key has 1 to %d bytes, this one %d", MaxKeyLen, len(key))
	}
	if !bytes.Equal(np.Key, key) {
		return fmt.Errorf("proof: the proof is about key %x, not %x", np.Key, key)
	}
	if np.Left == nil && np.Right == nil {
		return checkEmpty(root)
	}
	for _, ep := range []*ics23.ExistenceProof{np.Left, np.Right} {
		if ep == nil {
			continue
		}
		if err := checkShape(ep); err != nil {
			return fmt.Errorf("proof: absence of key %x: %w", key, err)
		}
	}
	if err := np.Verify(Spec(), root, key); err != nil {
		return fmt.Errorf("proof: absence of key %x: %w", key, err)
	}
	return nil
}

// checkEmpty accepts only the root of the tree without keys.
func checkEmpty(root []byte) error {
	if empty := sha256.Sum256(nil); !bytes.Equal(root, empty[:]) {
		return errors.New("proof: it names no neighbour, but the tree is not empty")
	}
	return nil
}
