package place

import (
	"fmt"

	"cosmossdk.io/collections"

	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
)

// invariants are the truths that no act may break.
func (p *Place) invariants() []module.Invariant {
	return []module.Invariant{
		{Name: "every location stands under its own id, with details that hold and one owner per GLN", Check: p.locationsHold},
		{Name: "every location lies where it says, at the depth it says, with no circle", Check: p.parentsHold},
		{Name: "every amendment left what was said before", Check: p.revisionsHold},
		{Name: "every GLN that is bound names a place of its owner", Check: p.glnsHold},
	}
}

func (p *Place) locationsHold(rd *module.Reader) error {
	return p.locations.Walk(rd, nil, func(id string, l *placev1.Location) (bool, error) {
		err := p.locationHolds(rd, id, l)
		if err != nil {
			err = fmt.Errorf("location %s: %w", id, err)
		}
		return err != nil, err
	})
}

func (p *Place) locationHolds(rd *module.Reader, id string, l *placev1.Location) error {
	parsed, err := gs1.ParseLocationID(id)
	switch {
	case err != nil:
		return err
	case l.GetId() != id || parsed.String() != id:
		return fmt.Errorf("it says it is %s", l.GetId())
	case l.GetOwner() == "" || parsed.Owner != "" && parsed.Owner != l.GetOwner():
		return fmt.Errorf("its owner is %q", l.GetOwner())
	case l.GetStatus() != open && l.GetStatus() != suspended && l.GetStatus() != closed:
		return fmt.Errorf("its status is %d", l.GetStatus())
	case l.GetStatus() == closed && l.GetDetails().GetActiveTo() == "":
		return fmt.Errorf("it is closed and has no last day")
	case l.GetRevision() < 1:
		return fmt.Errorf("its revision is %d", l.GetRevision())
	}
	if err := checkDetails(l.GetDetails()); err != nil || parsed.GLN == "" {
		return err
	}
	holder, err := p.glnOwner(rd, parsed.GLN)
	if err == nil && holder != l.GetOwner() {
		err = fmt.Errorf("its GLN is bound to %q and its owner is %s", holder, l.GetOwner())
	}
	return err
}

func (p *Place) parentsHold(rd *module.Reader) error {
	lying := 0
	err := p.locations.Walk(rd, nil, func(id string, l *placev1.Location) (bool, error) {
		parent := l.GetDetails().GetParent()
		if parent == "" {
			if l.GetDepth() != 0 {
				return true, fmt.Errorf("location %s lies in nothing, %d deep", id, l.GetDepth())
			}
			return false, nil
		}
		lying++
		up, err := p.Location(rd, parent)
		if err != nil {
			return true, err
		}
		// A child is one deeper than its parent, so that no circle can close.
		if up == nil || up.GetOwner() != l.GetOwner() || l.GetDepth() != up.GetDepth()+1 || l.GetDepth() > MaxDepth {
			return true, fmt.Errorf("location %s of %s, %d deep, lies in %s of %s, %d deep", id, l.GetOwner(), l.GetDepth(), parent, up.GetOwner(), up.GetDepth())
		}
		if up.GetStatus() == closed && l.GetStatus() != closed {
			return true, fmt.Errorf("location %s is %s and lies in %s, which is closed", id, StatusWord(l.GetStatus()), parent)
		}
		has, err := p.children.Has(rd, collections.Join(parent, id))
		if err == nil && !has {
			err = fmt.Errorf("location %s is not listed in %s", id, parent)
		}
		return err != nil, err
	})
	if err != nil {
		return err
	}
	listed := 0
	err = p.children.Walk(rd, nil, func(collections.Pair[string, string]) (bool, error) { listed++; return false, nil })
	if err == nil && listed != lying {
		err = fmt.Errorf("%d places are listed in others and %d lie there", listed, lying)
	}
	return err
}

func (p *Place) revisionsHold(rd *module.Reader) error {
	kept, counted := 0, 0
	err := p.revisions.Walk(rd, nil, func(k collections.Pair[string, uint32], r *placev1.Revision) (bool, error) {
		kept++
		if r.GetLocation() != k.K1() || r.GetRevision() != k.K2() || r.GetUntilAt() < r.GetSinceAt() {
			return true, fmt.Errorf("revision %d of %s says it is %d of %s", k.K2(), k.K1(), r.GetRevision(), r.GetLocation())
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	err = p.locations.Walk(rd, nil, func(id string, l *placev1.Location) (bool, error) {
		for n := uint32(1); n < l.GetRevision(); n++ {
			if _, err := p.revisions.Get(rd, collections.Join(id, n)); err != nil {
				return true, fmt.Errorf("revision %d of %s: %w", n, id, err)
			}
			counted++
		}
		return false, nil
	})
	if err == nil && kept != counted {
		err = fmt.Errorf("%d revisions are kept and %d are counted", kept, counted)
	}
	return err
}

func (p *Place) glnsHold(rd *module.Reader) error {
	return p.glns.Walk(rd, nil, func(gln, owner string) (bool, error) {
		found := false
		// '.' and the end of the key sort before the next GLN.
		err := p.locations.Walk(rd, new(collections.Range[string]).StartInclusive(gln).EndExclusive(gln+"/"), func(id string, _ *placev1.Location) (bool, error) {
			parsed, err := gs1.ParseLocationID(id)
			found = err == nil && parsed.GLN == gln
			return found, nil
		})
		if err == nil && !found {
			err = fmt.Errorf("GLN %s is bound to %s and names no place", gln, owner)
		}
		return err != nil, err
	})
}
