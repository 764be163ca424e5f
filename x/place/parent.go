package place

import (
	"cosmossdk.io/collections"

	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	"github.com/filiera-chain/filiera/module"
)

// lieIn finds the depth of l inside its parent, and refuses a parent that is
// unknown, another's, closed, full, too deep, or that lies in l itself. A place
// that others lie in keeps its depth, so that theirs stay true at a bounded cost.
func (p *Place) lieIn(ctx *module.Context, l *placev1.Location, parent string) (uint32, error) {
	depth := uint32(0)
	if parent != "" {
		var err error
		if depth, err = p.under(ctx, l, parent); err != nil {
			return 0, err
		}
	}
	if depth == l.GetDepth() {
		return depth, nil
	}
	has, err := p.holdsAny(ctx, l.GetId())
	if err == nil && has {
		err = ErrParent.With("location %s holds places of its own and would lie %d deep, now %d; move those first", l.GetId(), depth, l.GetDepth())
	}
	return depth, err
}

// under gives the depth of a place right inside parent.
func (p *Place) under(ctx *module.Context, l *placev1.Location, parent string) (uint32, error) {
	up, err := p.Location(ctx, parent)
	switch {
	case err != nil:
		return 0, err
	case up == nil:
		return 0, ErrParent.With("parent is %s, which is not registered; register it first", parent)
	case up.GetOwner() != l.GetOwner():
		return 0, ErrParent.With("parent is %s, which belongs to %s; a place lies in places of the same owner", parent, up.GetOwner())
	case up.GetStatus() == closed:
		return 0, ErrParent.With("parent is %s, which was closed on %s", parent, up.GetDetails().GetActiveTo())
	case up.GetDepth() >= MaxDepth:
		return 0, ErrParent.With("parent is %s, which lies in %d places already; %d is the most", parent, up.GetDepth(), MaxDepth)
	}
	if err := p.refuseCircle(ctx, l.GetId(), up); err != nil {
		return 0, err
	}
	return up.GetDepth() + 1, p.roomIn(ctx, parent)
}

// refuseCircle walks up from a parent; the depth bounds the walk.
func (p *Place) refuseCircle(ctx *module.Context, id string, up *placev1.Location) error {
	for steps := 0; steps <= MaxDepth; steps++ {
		if up.GetId() == id {
			return ErrParent.With("location %s would lie in itself", id)
		}
		next := up.GetDetails().GetParent()
		if next == "" {
			return nil
		}
		var err error
		if up, err = p.locations.Get(ctx, next); err != nil {
			return err
		}
	}
	return ErrParent.With("the parents of %s do not end", id)
}

// holdsAny says whether any place, open or closed, lies in id.
func (p *Place) holdsAny(ctx *module.Context, id string) (has bool, err error) {
	err = p.children.Walk(ctx, collections.NewPrefixedPairRange[string, string](id), func(collections.Pair[string, string]) (bool, error) {
		has = true
		return true, nil
	})
	return has, err
}

func (p *Place) roomIn(ctx *module.Context, parent string) error {
	n := 0
	err := p.children.Walk(ctx, collections.NewPrefixedPairRange[string, string](parent), func(collections.Pair[string, string]) (bool, error) {
		n++
		return n >= maxChildren, nil
	})
	if err == nil && n >= maxChildren {
		return ErrLimit.With("%d places lie in %s already", n, parent)
	}
	return err
}

// openChild gives one open or suspended place that lies in id, or "".
func (p *Place) openChild(ctx *module.Context, id string) (child string, err error) {
	err = p.children.Walk(ctx, collections.NewPrefixedPairRange[string, string](id), func(k collections.Pair[string, string]) (bool, error) {
		l, err := p.locations.Get(ctx, k.K2())
		if err == nil && l.GetStatus() != closed {
			child = k.K2()
		}
		return child != "" || err != nil, err
	})
	return child, err
}

// moveChild keeps the index of children.
func (p *Place) moveChild(ctx *module.Context, id, from, to string) error {
	if from == to {
		return nil
	}
	if from != "" {
		if err := p.children.Remove(ctx, collections.Join(from, id)); err != nil {
			return err
		}
	}
	if to == "" {
		return nil
	}
	return p.children.Set(ctx, collections.Join(to, id))
}
