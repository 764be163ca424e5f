package proof

import (
	"bytes"
	"errors"
	"fmt"

	ics23 "github.com/cosmos/ics23/go"
)

// MaxPairs is the most pairs one range proof holds.
const MaxPairs = 10_000

// RangeProof proves the pairs of a range of keys with nothing left out: each is a neighbour of the next, the first follows Left and
// the last precedes Right.
type RangeProof struct {
	Left  *ics23.ExistenceProof   // the last key before the range; nil if there is none (or the range has no start)
	Pairs []*ics23.ExistenceProof // the keys in the range, ascending
	Right *ics23.ExistenceProof   // the first key after the range; nil if there is none, or Next is set
	Next  []byte                  // set if the proof stops early: where the next one has to start
}

// Pair is a key and its value.
type Pair struct {
	Key, Value []byte
}

// VerifyRange checks that the pairs it returns are all that root (32 bytes, an app hash) has from start to p.Next, or, when p.Next is nil, to
// end (exclusive; nil ends are open). A caller that needs the whole range asks on from p.Next, or uses VerifyPages.
func VerifyRange(root []byte, p *RangeProof, start, end []byte) ([]Pair, error) {
	if err := checkRoot(root); err != nil {
		return nil, err
	}
	if p == nil {
		return nil, errors.New("proof: no range proof")
	}
	if len(p.Pairs) > MaxPairs {
		return nil, fmt.Errorf("proof: %d pairs; at most %d are allowed", len(p.Pairs), MaxPairs)
	}
	if start != nil && end != nil && bytes.Compare(start, end) >= 0 {
		return nil, fmt.Errorf("proof: the range from %x to %x is empty or backwards", start, end)
	}
	if err := checkPlaces(p, start, end); err != nil {
		return nil, err
	}
	chain := p.chain()
	if len(chain) == 0 {
		return nil, checkEmpty(root)
	}
	if err := checkChain(root, p, chain); err != nil {
		return nil, err
	}
	out := make([]Pair, len(p.Pairs))
	for i, ep := range p.Pairs {
		out[i] = Pair{Key: ep.Key, Value: real(ep.Value)}
	}
	return out, nil
}

// chain lists the proofs from left to right.
func (p *RangeProof) chain() []*ics23.ExistenceProof {
	chain := make([]*ics23.ExistenceProof, 0, len(p.Pairs)+2)
	if p.Left != nil {
		chain = append(chain, p.Left)
	}
	chain = append(chain, p.Pairs...)
	if p.Right != nil {
		chain = append(chain, p.Right)
	}
	return chain
}

// checkPlaces checks that the neighbours lie outside the range, the pairs inside, and Next right after the last pair.
func checkPlaces(p *RangeProof, start, end []byte) error {
	if p.Left != nil && (start == nil || bytes.Compare(p.Left.Key, start) >= 0) {
		return errors.New("proof: the left neighbour is not before the range")
	}
	if p.Right != nil && (end == nil || bytes.Compare(p.Right.Key, end) < 0) {
		return errors.New("proof: the right neighbour is not after the range")
	}
	for _, ep := range p.Pairs {
		if ep == nil || bytes.Compare(ep.Key, start) < 0 || (end != nil && bytes.Compare(ep.Key, end) >= 0) {
			return errors.New("proof: a pair lies outside the range")
		}
	}
	if p.Next == nil {
		return nil
	}
	if len(p.Pairs) == 0 || p.Right != nil {
		return errors.New("proof: it stops early without a pair, or has a right neighbour although it stops early")
	}
	if last := p.Pairs[len(p.Pairs)-1].Key; len(p.Next) != len(last)+1 || p.Next[len(last)] != 0 || !bytes.HasPrefix(p.Next, last) {
		return errors.New("proof: it does not go on right after its last pair")
	}
	return nil
}

// checkChain verifies every link against the root and every two against each other.
func checkChain(root []byte, p *RangeProof, chain []*ics23.ExistenceProof) error {
	inner := ics23.TendermintSpec.InnerSpec
	for i, ep := range chain {
		if err := checkExists(root, ep); err != nil {
			return fmt.Errorf("proof: membership of key %x: %w", ep.Key, err)
		}
		if i == 0 {
			continue
		}
		left := chain[i-1]
		if bytes.Compare(left.Key, ep.Key) >= 0 || !ics23.IsLeftNeighbor(inner, left.Path, ep.Path) {
			return fmt.Errorf("proof: keys %x and %x are not neighbours", left.Key, ep.Key)
		}
	}
	if p.Left == nil && !ics23.IsLeftMost(inner, chain[0].Path) {
		return fmt.Errorf("proof: key %x is not the first, and its left neighbour is missing", chain[0].Key)
	}
	last := chain[len(chain)-1]
	if p.Right == nil && p.Next == nil && !ics23.IsRightMost(inner, last.Path) {
		return fmt.Errorf("proof: key %x is not the last, and its right neighbour is missing", last.Key)
	}
	return nil
}

// VerifyPages checks a run of range proofs, each starting at the Next of the one before and the last without a Next, and returns
// all pairs of [start, end).
func VerifyPages(root []byte, pages []*RangeProof, start, end []byte) ([]Pair, error) {
	var out []Pair
	for i, p := range pages {
		pairs, err := VerifyRange(root, p, start, end)
		if err != nil {
			return nil, fmt.Errorf("page %d: %w", i+1, err)
		}
		out = append(out, pairs...)
		if p.Next == nil {
			if i != len(pages)-1 {
				return nil, fmt.Errorf("proof: page %d ends the range, and %d more follow", i+1, len(pages)-1-i)
			}
			return out, nil
		}
		if start = p.Next; end != nil && bytes.Compare(start, end) >= 0 {
			return nil, fmt.Errorf("proof: page %d should have ended the range", i+1)
		}
	}
	return nil, errors.New("proof: the last page does not end the range")
}
