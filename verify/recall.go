package verify

import (
	"encoding/binary"
	"fmt"
	"strings"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	recallv1 "github.com/filiera-chain/filiera/api/recall/v1"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/store/proof"
)

// Bounds on what an answer reads about recalls.
const (
	// MaxRecalls bounds the marks on one batch, and the recalls that spread.
	MaxRecalls = 1_000
	// maxShown is how many recalls that hold a batch are read; no more is needed to know.
	maxShown = 20
	// MaxAncestry bounds the steps back that are taken while a recall spreads.
	MaxAncestry = 400
)

// RecallOf is a recall that has to do with the batch.
type RecallOf struct {
	Recall *recallv1.Recall
	Spread *lineagev1.Spread
	// Notice that stands; nil for none.
	Notice *recallv1.Notice
	// Mark is nil while the recall has yet to arrive.
	Mark *lineagev1.Mark
	// Lift that let the batch out; nil for none.
	Lift *recallv1.LiftRecord
	// Path leads, while the recall has yet to arrive, from what the batch was made
	// of to the batch that passes the recall on.
	Path []*basev1.BatchID
}

// counts says whether the recall is in force: no drill, and not unfounded.
func (o *RecallOf) counts() bool { return !o.Spread.GetDrill() && !o.Spread.GetOver() }

// holds says whether the batch is recalled by it.
func (o *RecallOf) holds() bool {
	return o.counts() && (o.Mark == nil || o.Mark.GetReached() && o.Mark.GetLift() == lineagev1.Lift_LIFT_UNSPECIFIED)
}

// units gives the single items that the recall is about, when it names items of
// the batch and neither the batch as a whole nor anything that it was made of.
func (o *RecallOf) units() []*recallv1.Target {
	if !o.Mark.GetTarget() {
		return nil
	}
	var list []*recallv1.Target
	for _, t := range o.Recall.GetTargets() {
		same := t.GetBatch().GetGtin() == o.Mark.GetBatch().GetGtin() && t.GetBatch().GetLot() == o.Mark.GetBatch().GetLot()
		switch {
		case t.GetKind() == recallv1.TargetKind_TARGET_KIND_UNITS && same:
			list = append(list, t)
		case same, t.GetKind() == recallv1.TargetKind_TARGET_KIND_CERTIFICATE, t.GetKind() == recallv1.TargetKind_TARGET_KIND_INPUT:
			return nil
		}
	}
	return list
}

// spares says whether the recall is known to leave the unit at that position alone.
func (o *RecallOf) spares(unit *uint64) bool {
	list := o.units()
	if unit == nil || len(list) == 0 {
		return false
	}
	for _, t := range list {
		if *unit >= t.GetFirstUnit() && *unit <= t.GetLastUnit() {
			return false
		}
	}
	return true
}

// recalls reads the marks on the batch, and, where none holds it, whether a recall
// that spreads is on its way to it.
func (g *gatherer) recalls() {
	start, end := statekey.RecallMarksOn(g.r.GTIN, g.r.Lot)
	let, held := map[uint64]bool{}, 0
	for _, pair := range g.list(start, end, MaxRecalls) {
		if held == maxShown {
			break
		}
		m := new(lineagev1.Mark)
		if err := decode(pair.Value, m); err != nil {
			g.fail(fmt.Errorf("verify: the record of key %x: %w", pair.Key, err))
			return
		}
		if b := m.GetBatch(); b.GetGtin() != g.r.GTIN || b.GetLot() != g.r.Lot || string(statekey.RecallMark(b.GetGtin(), b.GetLot(), m.GetRecall())) != string(pair.Key) {
			g.fail(fmt.Errorf("verify: the mark of key %x says that it is of recall %d on %s %s", pair.Key, m.GetRecall(), b.GetGtin(), b.GetLot()))
			return
		}
		o := g.recall(m.GetRecall())
		if g.err != nil {
			return
		}
		o.Mark = m
		if n := m.GetLiftNumber(); n != 0 {
			o.Lift = new(recallv1.LiftRecord)
			if !g.find(statekey.RecallLift(m.GetRecall(), n), o.Lift) {
				g.fail(fmt.Errorf("verify: lift %d of recall %d has no record", n, m.GetRecall()))
				return
			}
			g.participant(o.Lift.GetLiftedBy())
		}
		let[m.GetRecall()] = m.GetLift() != lineagev1.Lift_LIFT_UNSPECIFIED
		if o.holds() {
			held++
		}
		g.r.Recalls = append(g.r.Recalls, o)
	}
	if held == 0 {
		g.coming(let)
	}
}

// recall reads one recall, which must be there.
func (g *gatherer) recall(number uint64) *RecallOf {
	o := &RecallOf{Recall: new(recallv1.Recall), Spread: new(lineagev1.Spread)}
	found := g.find(statekey.Recall(number), o.Recall) && g.find(statekey.RecallSpread(number), o.Spread)
	if !found || o.Recall.GetNumber() != number || o.Spread.GetRecall() != number {
		g.fail(fmt.Errorf("verify: recall %d has no record", number))
		return o
	}
	g.participant(o.Recall.GetOpenedBy())
	if n := o.Recall.GetNotice(); n != 0 {
		o.Notice = new(recallv1.Notice)
		if !g.find(statekey.RecallNotice(number, n), o.Notice) {
			g.fail(fmt.Errorf("verify: notice %d of recall %d has no record", n, number))
		}
	}
	return o
}

// coming looks, for each recall that spreads and did not let the batch out, for a
// batch that it was made of and that passes the recall on.
func (g *gatherer) coming(let map[uint64]bool) {
	start, end := statekey.RecallsSpreading()
	budget := MaxAncestry
	for _, pair := range g.list(start, end, MaxRecalls) {
		if len(pair.Key) != len(start)+8 {
			g.fail(fmt.Errorf("verify: key %x is not of a recall that spreads", pair.Key))
			return
		}
		number := binary.BigEndian.Uint64(pair.Key[len(start):])
		if let[number] {
			continue
		}
		path := g.lookBack(number, &budget)
		if g.err != nil {
			return
		}
		if path != nil {
			o := g.recall(number)
			o.Path = path
			g.r.Recalls = append(g.r.Recalls, o)
			return
		}
		if budget < 0 {
			g.r.Unchecked = number
			return
		}
	}
}

// lookBack walks up from the batch, breadth first, as the ledger does, until one
// that passes the recall on, and gives the way there.
func (g *gatherer) lookBack(recall uint64, budget *int) []*basev1.BatchID {
	type step struct {
		id  *basev1.BatchID
		way []*basev1.BatchID
	}
	first := &basev1.BatchID{Gtin: g.r.GTIN, Lot: g.r.Lot}
	seen := map[[2]string]bool{{g.r.GTIN, g.r.Lot}: true}
	for queue := []step{{first, nil}}; len(queue) > 0; queue = queue[1:] {
		for _, p := range g.madeOf(queue[0].id, budget) {
			if seen[[2]string{p.GetGtin(), p.GetLot()}] {
				continue
			}
			seen[[2]string{p.GetGtin(), p.GetLot()}] = true
			way := append(queue[0].way[:len(queue[0].way):len(queue[0].way)], p)
			m := new(lineagev1.Mark)
			if !g.find(statekey.RecallMark(p.GetGtin(), p.GetLot(), recall), m) {
				m = nil
			}
			closed := m.GetLift() == lineagev1.Lift_LIFT_WITH_MADE
			if m.GetReached() && !closed {
				return way
			}
			if !closed {
				queue = append(queue, step{p, way})
			}
		}
		if g.err != nil || *budget < 0 {
			return nil
		}
	}
	return nil
}

// madeOf reads what a batch was made of, and takes it from the budget, which ends
// below zero when there is more.
func (g *gatherer) madeOf(id *basev1.BatchID, budget *int) []*basev1.BatchID {
	start, end := statekey.MadeOf(id.GetGtin(), id.GetLot())
	pairs := g.list(start, end, proof.MaxPairs)
	if *budget -= len(pairs); *budget < 0 {
		return nil
	}
	list := make([]*basev1.BatchID, 0, len(pairs))
	for _, pair := range pairs {
		gtin, lot, ok := strings.Cut(string(pair.Key[len(start):]), "\x00")
		if !ok {
			g.fail(fmt.Errorf("verify: key %x is not of what a batch was made of", pair.Key))
			return nil
		}
		list = append(list, &basev1.BatchID{Gtin: gtin, Lot: lot})
	}
	return list
}
