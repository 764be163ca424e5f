package trace

import (
	"fmt"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/module"
)

// maxPairs bounds what one event joins, inputs times outputs.
const maxPairs = 1000

// made is one lot made of, or holding, another.
type made struct{ out, in *basev1.BatchID }

// joins lists what an event that nobody declared wrong says was made of what: the
// registered outputs of a transformation of each input, and a registered parent,
// such as a gift box with a lot of its own, of what was put into it. What was
// taken out again may have left its trace, so nothing undoes that.
func joins(e *tracev1.Event) []made {
	if len(e.GetDeclarations()) > 0 {
		return nil
	}
	whole, piece := tracev1.Part_PART_OUTPUT, tracev1.Part_PART_INPUT
	if e.GetAction() == "ADD" {
		whole, piece = tracev1.Part_PART_PARENT, tracev1.Part_PART_CHILD
	}
	var list []made
	seen := map[[4]string]bool{}
	for _, out := range e.GetBatches() {
		if out.GetPart() != whole || !out.GetRegistered() {
			continue
		}
		for _, in := range e.GetBatches() {
			k := [4]string{out.GetBatch().GetGtin(), out.GetBatch().GetLot(), in.GetBatch().GetGtin(), in.GetBatch().GetLot()}
			if in.GetPart() != piece || k[0] == k[2] && k[1] == k[3] || seen[k] {
				continue
			}
			seen[k] = true
			list = append(list, made{out.GetBatch(), in.GetBatch()})
		}
	}
	return list
}

func checkJoins(e *tracev1.Event) error {
	if n := len(joins(e)); n > maxPairs {
		return ErrLimit.With("the event joins %d pairs of what was made and what it was made of; at most %d are taken in one event, so tell it in steps", n, maxPairs)
	}
	return nil
}

// join and part keep the lineage in step with an event.
func (t *Trace) join(ctx *module.Context, e *tracev1.Event) error {
	for _, m := range joins(e) {
		if err := t.lineage.Join(ctx, m.out, m.in, false); err != nil {
			return err
		}
	}
	return nil
}

func (t *Trace) part(ctx *module.Context, e *tracev1.Event) error {
	for _, m := range joins(e) {
		if err := t.lineage.Part(ctx, m.out, m.in, false); err != nil {
			return err
		}
	}
	return nil
}

// lineageHolds counts who tells of each edge.
func (t *Trace) lineageHolds(rd *module.Reader) error {
	told := map[[4]string]uint32{}
	err := t.events.Walk(rd, nil, func(_ []byte, e *tracev1.Event) (bool, error) {
		for _, m := range joins(e) {
			told[[4]string{m.out.GetGtin(), m.out.GetLot(), m.in.GetGtin(), m.in.GetLot()}]++
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	kept := 0
	err = t.lineage.Edges(rd, func(out, in *basev1.BatchID, e *lineagev1.Edge) error {
		if e.GetEvents() == 0 {
			return nil
		}
		kept++
		if n := told[[4]string{out.GetGtin(), out.GetLot(), in.GetGtin(), in.GetLot()}]; n != e.GetEvents() {
			return fmt.Errorf("%d events tell that %v was made of %v, and %d are counted", n, out, in, e.GetEvents())
		}
		return nil
	})
	if err == nil && kept != len(told) {
		err = fmt.Errorf("events tell %d edges, and %d are kept", len(told), kept)
	}
	return err
}
