package privacy

import (
	"context"
	"slices"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
)

// Bounds of a walk along the chain. A wider one is refused: half a list would
// let in some and keep out others.
const (
	maxLots   = 1000
	maxEvents = 10_000
	page      = 500
)

// Neighbours lists who owns or holds now a registered batch that the record's
// batch was made from or went into, through any number of transformations, or
// that batch itself; ascending, without who committed. Events that were declared
// wrong do not count.
func (p *Privacy) Neighbours(ctx context.Context, c *privacyv1.Commitment) ([]string, error) {
	lots, err := p.lotsOf(ctx, c.GetSubject())
	if err != nil {
		return nil, err
	}
	if len(lots) == 0 {
		return nil, ErrNoChain.With("commitment %x is about no batch", c.GetId())
	}
	w := &walk{p: p, ctx: ctx}
	// Up and down apart: what else was made from the same flour is no neighbour.
	w.from(lots, tracev1.Part_PART_OUTPUT, tracev1.Part_PART_INPUT)
	w.from(lots, tracev1.Part_PART_INPUT, tracev1.Part_PART_OUTPUT)
	if w.err != nil {
		return nil, w.err
	}
	slices.Sort(w.found)
	list := slices.Compact(w.found)
	return slices.DeleteFunc(list, func(id string) bool { return id == "" || id == c.GetParticipant() }), nil
}

func (p *Privacy) lotsOf(ctx context.Context, s *privacyv1.Subject) ([]*basev1.BatchID, error) {
	switch s.GetOf().(type) {
	case *privacyv1.Subject_Batch:
		return []*basev1.BatchID{s.GetBatch()}, nil
	case *privacyv1.Subject_Event:
		e, err := p.traces.Event(ctx, s.GetEvent())
		return lotsOfEvent(e), err
	case *privacyv1.Subject_Attestation:
		a, err := p.certs.Attestation(ctx, s.GetAttestation())
		return lotsOfAttestation(a), err
	}
	return nil, nil
}

func lotsOfEvent(e *tracev1.Event) (list []*basev1.BatchID) {
	for _, b := range e.GetBatches() {
		list = append(list, b.GetBatch())
	}
	return list
}

func lotsOfAttestation(a *certv1.Attestation) (list []*basev1.BatchID) {
	for _, b := range a.GetBatches() {
		list = append(list, b.GetBatch())
	}
	return list
}

type lot struct{ gtin, lot string }

// walk follows transformations in one direction at a time, until the first
// failure, which it keeps.
type walk struct {
	p      *Privacy
	ctx    context.Context //nolint:containedctx // one walk, one state
	found  []string
	events int
	err    error
}

// from goes from lots that stand in events as one part to those that stand
// there as the other, step by step.
func (w *walk) from(lots []*basev1.BatchID, as, other tracev1.Part) {
	seen := map[lot]bool{}
	var queue []lot
	for _, id := range lots {
		if k := (lot{id.GetGtin(), id.GetLot()}); !seen[k] {
			seen[k] = true
			queue = append(queue, k)
		}
	}
	for len(queue) > 0 && w.err == nil {
		at := queue[0]
		queue = queue[1:]
		w.holders(at)
		for _, next := range w.next(at, as, other) {
			if seen[next] {
				continue
			}
			seen[next] = true
			if len(seen) > maxLots {
				w.err = ErrTooWide.With("more than %d batches are up or down the chain; share with participants by name", maxLots)
				return
			}
			queue = append(queue, next)
		}
	}
}

func (w *walk) holders(at lot) {
	b, err := w.p.products.Batch(w.ctx, at.gtin, at.lot)
	if err != nil {
		w.err = err
		return
	}
	if b != nil {
		w.found = append(w.found, b.GetOwner(), b.GetCustodian())
	}
	list, err := w.p.book.Holdings(w.ctx, at.gtin, at.lot)
	if err != nil {
		w.err = err
		return
	}
	for _, h := range list {
		w.found = append(w.found, h.GetHolder())
	}
}

// next lists the lots of one part in the events in which a lot has the other.
func (w *walk) next(at lot, as, other tracev1.Part) []lot {
	var out []lot
	var after *tracev1.Event
	for w.err == nil {
		list, more, err := w.p.traces.Journey(w.ctx, at.gtin, at.lot, after, page)
		if err != nil {
			w.err = err
			return nil
		}
		if w.events += len(list); w.events > maxEvents {
			w.err = ErrTooWide.With("more than %d events are up and down the chain; share with participants by name", maxEvents)
			return nil
		}
		for _, e := range list {
			if len(e.GetDeclarations()) == 0 && stands(e, at, as) {
				out = append(out, partners(e, other)...)
			}
		}
		if !more {
			return out
		}
		after = list[len(list)-1]
	}
	return nil
}

func stands(e *tracev1.Event, at lot, as tracev1.Part) bool {
	return slices.Contains(partners(e, as), at)
}

func partners(e *tracev1.Event, part tracev1.Part) (out []lot) {
	for _, b := range e.GetBatches() {
		if b.GetPart() == part {
			out = append(out, lot{b.GetBatch().GetGtin(), b.GetBatch().GetLot()})
		}
	}
	return out
}
