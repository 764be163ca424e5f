package verify

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	recallv1 "github.com/filiera-chain/filiera/api/recall/v1"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/store"
)

// called is a recall with what it did.
type called struct {
	recall  *recallv1.Recall
	spread  *lineagev1.Spread
	notices []*recallv1.Notice
	lifts   []*recallv1.LiftRecord
	marks   []*lineagev1.Mark
	// coming: it has not settled.
	coming bool
}

func pork() *basev1.BatchID     { return &basev1.BatchID{Gtin: porkGTIN, Lot: porkLot} }
func theBatch() *basev1.BatchID { return &basev1.BatchID{Gtin: gtin, Lot: lot} }

// glass is recall n of the given lots, by the authority.
func glass(n uint64, targets ...*basev1.BatchID) *called {
	c := &called{
		recall: &recallv1.Recall{
			Number: n, Hazard: recallv1.Hazard_HAZARD_FOREIGN_BODY, Reason: "schegge di vetro", LegalBasis: "Reg. (CE) 178/2002 art. 19", OpenedBy: "regione-marche",
			OpenedAt: now - day, OpenedHeight: 40, DeadlineAt: now + day, State: recallv1.State_STATE_OPEN, Notice: 1, Notices: 1,
		},
		spread:  &lineagev1.Spread{Recall: n, Marked: uint64(len(targets)), Reached: uint64(len(targets)), BegunAt: now - day},
		notices: []*recallv1.Notice{{Recall: n, Number: 1, TextIt: "Riportare in negozio.", TextEn: "Take it back.", PublishedBy: "regione-marche", PublishedAt: now - day}},
	}
	for _, id := range targets {
		c.recall.Targets = append(c.recall.Targets, &recallv1.Target{Kind: recallv1.TargetKind_TARGET_KIND_LOT, Batch: id})
		c.marks = append(c.marks, &lineagev1.Mark{Recall: n, Batch: id, Target: true, Reached: true, At: now - day, Height: 40})
	}
	return c
}

// reached adds a mark that came by another batch.
func (c *called) reached(id, via *basev1.BatchID) *called {
	c.marks = append(c.marks, &lineagev1.Mark{Recall: c.recall.GetNumber(), Batch: id, Reached: true, Via: via, At: now - day, Height: 41})
	return c
}

// let lifts the last mark.
func (c *called) let(how lineagev1.Lift) *called {
	m := c.marks[len(c.marks)-1]
	m.Lift, m.LiftNumber = how, 1
	c.lifts = append(c.lifts, &recallv1.LiftRecord{Recall: c.recall.GetNumber(), Number: 1, Batch: m.GetBatch(), Reason: "analisi pulita", EvidenceSha256: make([]byte, 32), LiftedBy: "regione-marche", LiftedAt: now - day/2})
	return c
}

func (c *called) spreading() *called { c.coming = true; return c }

func recalledBy(list ...*called) func(*world) {
	return func(w *world) { w.recalls = append(w.recalls, list...) }
}

// joined notes that the batch was made of others, each of the one after it.
func joined(chain ...*basev1.BatchID) func(*world) {
	return func(w *world) {
		for i := 1; i < len(chain); i++ {
			w.edges = append(w.edges, [2]*basev1.BatchID{chain[i-1], chain[i]})
		}
	}
}

// wide makes the batch of more batches than are looked at.
func wide(w *world) {
	for i := range MaxAncestry + 1 {
		joined(theBatch(), &basev1.BatchID{Gtin: porkGTIN, Lot: fmt.Sprintf("W%03d", i)})(w)
	}
}

// lay writes what recalls keep.
func (w *world) layRecalls(put func(key []byte, m proto.Message), set func(key []byte)) {
	for _, c := range w.recalls {
		n := c.recall.GetNumber()
		put(statekey.Recall(n), c.recall)
		put(statekey.RecallSpread(n), c.spread)
		for _, x := range c.notices {
			put(statekey.RecallNotice(n, x.GetNumber()), x)
		}
		for _, x := range c.lifts {
			put(statekey.RecallLift(n, x.GetNumber()), x)
		}
		for _, m := range c.marks {
			put(statekey.RecallMark(m.GetBatch().GetGtin(), m.GetBatch().GetLot(), n), m)
		}
		if start, _ := statekey.RecallsSpreading(); c.coming {
			set(append(start, statekey.RecallSpread(n)[len(statekey.RecallSpread(n))-8:]...))
		}
	}
	for _, e := range w.edges {
		start, _ := statekey.MadeOf(e[0].GetGtin(), e[0].GetLot())
		put(append(append(start, e[1].GetGtin()...), "\x00"+e[1].GetLot()...), &lineagev1.Edge{Book: true})
	}
}

func TestADrillChangesNoVerdict(t *testing.T) {
	drill, over := glass(1, theBatch()), glass(2, theBatch())
	drill.recall.Drill, drill.spread.Drill = true, true
	over.recall.State, over.spread.Over = recallv1.State_STATE_UNFOUNDED, true
	w := story()
	recalledBy(drill, over)(w)
	a := Judge(w.gather(t), ledger(), "en")
	if a.Verdict != Authentic || len(a.Recalls) != 0 {
		t.Errorf("%s %+v", a.Verdict, a.Recalls)
	}
}

func TestARecallOfItemsSparesTheOthers(t *testing.T) {
	c := glass(1)
	c.marks = append(c.marks, &lineagev1.Mark{Recall: 1, Batch: theBatch(), Target: true, Reached: true, At: now - day, Height: 40})
	c.recall.Targets = []*recallv1.Target{
		{Kind: recallv1.TargetKind_TARGET_KIND_UNITS, Batch: theBatch(), FirstUnit: 10, LastUnit: 19},
		{Kind: recallv1.TargetKind_TARGET_KIND_UNITS, Batch: theBatch(), FirstUnit: 40, LastUnit: 40},
	}
	w := story()
	recalledBy(c)(w)
	r := w.gather(t)
	for unit, want := range map[int]Verdict{-1: Recalled, 9: Authentic, 10: Recalled, 19: Recalled, 20: Authentic, 40: Recalled, 41: Authentic} {
		r.UnitPosition = nil
		if unit >= 0 {
			n := uint64(unit)
			r.UnitPosition = &n
		}
		a := Judge(r, ledger(), "it")
		if a.Verdict != want || len(a.Recalls) != 1 || a.Recalls[0].InForce != (want == Recalled) || len(a.Recalls[0].Units) != 2 {
			t.Errorf("unit %d: %s %+v", unit, a.Verdict, a.Recalls)
		}
		if unit < 0 && !strings.Contains(a.Reasons[0].Sentence, "10–19, 40–40") {
			t.Errorf("%s", a.Reasons[0].Sentence)
		}
	}
	c.recall.Targets = append(c.recall.Targets, &recallv1.Target{Kind: recallv1.TargetKind_TARGET_KIND_LOT, Batch: theBatch()})
	n := uint64(9)
	r = w.gather(t)
	if r.UnitPosition = &n; Judge(r, ledger(), "it").Verdict != Recalled {
		t.Error("the whole batch is recalled too, and an item got away")
	}
}

// TestABundleProvesARecallOnItsWay proves the way back to the batch that passes the
// recall on, with no mark on the batch itself; and that a record left out is missed.
func TestABundleProvesARecallOnItsWay(t *testing.T) {
	w := story()
	mid := &basev1.BatchID{Gtin: porkGTIN, Lot: "MID"}
	recalledBy(glass(1, pork()).spreading())(w)
	joined(theBatch(), mid, pork())(w)
	must(t, w.lay(t).View(func(v *store.View) error {
		rec := NewRecorder(Live(v))
		r, err := Gather(rec, gtin, lot)
		must(t, err)
		a := Judge(r, ledger(), "en")
		if a.Verdict != Recalled || len(a.Recalls) != 1 || len(a.Recalls[0].Path) != 2 || a.Recalls[0].Path[1].Lot != porkLot || a.Recalls[0].Target {
			t.Errorf("%s %+v", a.Verdict, a.Recalls)
		}
		if a.Recalls[0].Notice != "Take it back." {
			t.Errorf("notice %q", a.Recalls[0].Notice)
		}
		spreading, _ := statekey.RecallsSpreading()
		made, _ := statekey.MadeOf(porkGTIN, "MID")
		if rec.ranges[string(spreading)] == nil || rec.ranges[string(made)] == nil {
			t.Error("the way back is not among what is proven")
		}
		if _, read := rec.keys[string(statekey.RecallMark(porkGTIN, "MID", 1))]; !read {
			t.Error("that the batch between has no mark is not among what is proven")
		}
		return nil
	}))
}

// TestNothingOfTheWayBackCanBeLeftOut takes each record and each list out of a bundle in turn.
func TestNothingOfTheWayBackCanBeLeftOut(t *testing.T) {
	w := story()
	recalledBy(glass(1, pork()).spreading())(w)
	joined(theBatch(), &basev1.BatchID{Gtin: porkGTIN, Lot: "MID"}, pork())(w)
	b, trust := w.prove(t, gtin, lot, voted())
	report, err := Check(encode(t, b), trust)
	must(t, err)
	if a := report.Answer("it"); a.Verdict != Recalled || a.Recalls[0].Recall != 1 {
		t.Errorf("%+v", a)
	}
	for i := range b.Records {
		forged := *b
		forged.Records = slices.Delete(slices.Clone(b.Records), i, i+1)
		refused(t, encode(t, &forged), trust, CheckAnswer)
	}
	for i := range b.Ranges {
		forged := *b
		forged.Ranges = slices.Delete(slices.Clone(b.Ranges), i, i+1)
		refused(t, encode(t, &forged), trust, CheckAnswer)
	}
}

// TestTheLongestWayBackFitsABundle proves as many steps as are ever taken, in a chain and side by side.
func TestTheLongestWayBackFitsABundle(t *testing.T) {
	chain := []*basev1.BatchID{theBatch()}
	for i := range MaxAncestry {
		chain = append(chain, &basev1.BatchID{Gtin: porkGTIN, Lot: fmt.Sprintf("C%03d", i)})
	}
	for name, c := range map[string]struct {
		edges func(*world)
		want  Verdict
	}{
		"nothing is recalled on the way": {joined(chain...), Authentic},
		"the last is":                    {joined(append(chain[:MaxAncestry:MaxAncestry], pork())...), Recalled},
		"one beyond the last":            {joined(append(chain, pork())...), Suspicious},
		"too many side by side":          {wide, Suspicious},
	} {
		w := story()
		recalledBy(glass(1, pork()).spreading())(w)
		c.edges(w)
		b, trust := w.prove(t, gtin, lot, voted())
		raw := encode(t, b)
		report, err := Check(raw, trust)
		if err != nil || report.Answer("it").Verdict != c.want {
			t.Errorf("%s: %v, %v", name, err, report.Answer("it"))
		}
		if len(raw) > MaxBundleBytes/2 {
			t.Errorf("%s: %d bytes", name, len(raw))
		}
	}
}

func TestALiftedBatchOnTheWayStopsARecall(t *testing.T) {
	mid := &basev1.BatchID{Gtin: porkGTIN, Lot: "MID"}
	for how, want := range map[lineagev1.Lift]Verdict{lineagev1.Lift_LIFT_WITH_MADE: Authentic, lineagev1.Lift_LIFT_ALONE: Recalled} {
		w := story()
		recalledBy(glass(1, pork()).reached(mid, pork()).let(how).spreading())(w)
		joined(theBatch(), mid, pork())(w)
		if a := Judge(w.gather(t), ledger(), "it"); a.Verdict != want {
			t.Errorf("%s: %s", how, a.Verdict)
		}
	}
}

func TestACircleOfEventsEnds(t *testing.T) {
	w := story()
	mid := &basev1.BatchID{Gtin: porkGTIN, Lot: "MID"}
	recalledBy(glass(1, &basev1.BatchID{Gtin: porkGTIN, Lot: "ELSEWHERE"}).spreading())(w)
	joined(theBatch(), mid, pork(), theBatch())(w)
	a := Judge(w.gather(t), ledger(), "it")
	if a.Verdict != Authentic || slices.ContainsFunc(a.Reasons, func(r Reason) bool { return strings.HasPrefix(r.Code, "recall") }) {
		t.Errorf("%s %+v", a.Verdict, a.Reasons)
	}
}

func TestBrokenRecallsAreRefused(t *testing.T) {
	for name, change := range map[string]func(c *called){
		"no recall":      func(c *called) { c.recall.Number = 9 },
		"no notice":      func(c *called) { c.notices = nil },
		"no lift":        func(c *called) { c.let(lineagev1.Lift_LIFT_ALONE); c.lifts = nil },
		"another spread": func(c *called) { c.spread.Recall = 9 },
	} {
		w := story()
		c := glass(1, theBatch())
		change(c)
		recalledBy(c)(w)
		must(t, w.lay(t).View(func(v *store.View) error {
			if r, err := Gather(Live(v), gtin, lot); err == nil {
				t.Errorf("%s: gathered %+v", name, r.Recalls)
			}
			return nil
		}))
	}
}
