package lineage

import (
	"context"
	"fmt"

	"cosmossdk.io/collections"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	"github.com/filiera-chain/filiera/module"
)

// Join notes that out was made of in, as the book tells or, else, an event. A
// recall that passes on from in marks out at once.
func (l *Lineage) Join(ctx *module.Context, out, in *basev1.BatchID, book bool) error {
	e, err := module.Find(ctx, l.madeOf, edgeOf(out, in))
	if err != nil {
		return err
	}
	fresh := e == nil
	if fresh {
		e = &lineagev1.Edge{}
	}
	if book {
		e.Book = true
	} else {
		e.Events++
	}
	if err := l.madeOf.Set(ctx, edgeOf(out, in), e); err != nil || !fresh {
		return err
	}
	if err := l.wentInto.Set(ctx, edgeOf(in, out)); err != nil {
		return err
	}
	return l.each(ctx, in, func(s *lineagev1.Spread, m *lineagev1.Mark) (bool, error) {
		if !passes(m) {
			return false, nil
		}
		return true, l.reach(ctx, s, out, in)
	})
}

// Part takes back what Join noted, once. What only that edge led a recall to is
// free again.
func (l *Lineage) Part(ctx *module.Context, out, in *basev1.BatchID, book bool) error {
	e, err := module.Find(ctx, l.madeOf, edgeOf(out, in))
	if err != nil {
		return err
	}
	if e == nil || book && !e.GetBook() || !book && e.GetEvents() == 0 {
		return fmt.Errorf("lineage: nobody tells that %s lot %s was made of %s lot %s", out.GetGtin(), out.GetLot(), in.GetGtin(), in.GetLot())
	}
	if book {
		e.Book = false
	} else {
		e.Events--
	}
	if e.GetBook() || e.GetEvents() > 0 {
		return l.madeOf.Set(ctx, edgeOf(out, in), e)
	}
	if err := l.madeOf.Remove(ctx, edgeOf(out, in)); err != nil {
		return err
	}
	if err := l.wentInto.Remove(ctx, edgeOf(in, out)); err != nil {
		return err
	}
	return l.each(ctx, out, func(s *lineagev1.Spread, _ *lineagev1.Mark) (bool, error) {
		_, err := l.recheck(ctx, s, out)
		return true, err
	})
}

// each goes through the recalls that marked a batch and are not over, and keeps
// what fn did to how far they have come.
func (l *Lineage) each(ctx *module.Context, id *basev1.BatchID, fn func(*lineagev1.Spread, *lineagev1.Mark) (changed bool, err error)) error {
	marks, err := l.MarksOn(ctx, id)
	if err != nil {
		return err
	}
	for _, m := range marks {
		s, err := l.spreads.Get(ctx, m.GetRecall())
		if err != nil {
			return err
		}
		if s.GetOver() {
			continue
		}
		changed, err := fn(s, m)
		if err != nil {
			return err
		}
		if changed {
			if err := l.putSpread(ctx, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// Edge says who tells that out was made of in, or gives nil.
func (l *Lineage) Edge(ctx context.Context, out, in *basev1.BatchID) (*lineagev1.Edge, error) {
	return module.Find(ctx, l.madeOf, edgeOf(out, in))
}

// Edges gives every edge, in order; for checking that all is told.
func (l *Lineage) Edges(ctx context.Context, fn func(out, in *basev1.BatchID, e *lineagev1.Edge) error) error {
	return l.madeOf.Walk(ctx, nil, func(k edge, e *lineagev1.Edge) (bool, error) {
		err := fn(idOf(k.K1(), k.K2()), idOf(k.K3(), k.K4()), e)
		return err != nil, err
	})
}

// MadeOf gives up to limit batches that a batch was made of, in order, after the
// one given (nil begins at the first), and whether there are more.
func (l *Lineage) MadeOf(ctx context.Context, id, after *basev1.BatchID, limit int) (list []*basev1.BatchID, more bool, err error) {
	err = l.madeOf.Walk(ctx, beside(id, after), func(k edge, _ *lineagev1.Edge) (bool, error) {
		if more = len(list) == limit; more {
			return true, nil
		}
		list = append(list, idOf(k.K3(), k.K4()))
		return false, nil
	})
	return list, more, err
}

// WentInto gives up to limit batches that were made of a batch; as MadeOf.
func (l *Lineage) WentInto(ctx context.Context, id, after *basev1.BatchID, limit int) (list []*basev1.BatchID, more bool, err error) {
	err = l.wentInto.Walk(ctx, beside(id, after), func(k edge) (bool, error) {
		if more = len(list) == limit; more {
			return true, nil
		}
		list = append(list, idOf(k.K3(), k.K4()))
		return false, nil
	})
	return list, more, err
}

func beside(id, after *basev1.BatchID) *collections.Range[edge] {
	of := new(collections.Range[edge]).Prefix(collections.QuadSuperPrefix[string, string, string, string](id.GetGtin(), id.GetLot()))
	if after != nil {
		of = of.StartExclusive(edgeOf(id, after))
	}
	return of
}
