package recall_test

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	recallv1 "github.com/filiera-chain/filiera/api/recall/v1"
	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/x/lineage"
	"github.com/filiera-chain/filiera/x/recall"
	"github.com/filiera-chain/filiera/x/registry"
)

// A batch in grams has items once it has labels: as many as were committed, those
// that are void included, since their numbers were used.
func TestItemsAreCountedByTheirLabels(t *testing.T) {
	w := newWorld(t)
	commit := func(n uint32, root byte) {
		w.Do(by("mill"), &unitv1.MsgCommitUnits{Batch: id(flour, "F1"), Root: bytes.Repeat([]byte{root}, 32), Count: n, Content: 250, Serials: unitv1.SerialKind_SERIAL_KIND_DERIVED})
	}
	commit(2, 1)
	w.Refuses(recall.ErrUnits, by("mill"), opening(items(flour, "F1", 0, 2)))
	w.Do(by("mill"), &unitv1.MsgVoidUnits{Batch: id(flour, "F1"), Run: 1, Rest: true, Reason: "torn"})
	commit(4, 2)
	w.Refuses(recall.ErrUnits, by("mill"), opening(items(flour, "F1", 0, 6)))
	w.open("mill", opening(items(flour, "F1", 2, 5)))
}

func TestWhoMayRecallWhatAndWhatItReaches(t *testing.T) {
	for name, c := range map[string]struct {
		who     string
		targets []*recallv1.Target
		refusal *module.Error
		reached string
	}{
		"the owner its lot, and what was made of it":   {"mill", []*recallv1.Target{whole(flour, "F1")}, nil, "F1 P1"},
		"the authority any lot":                        {"region", []*recallv1.Target{whole(flour, "F2"), whole(flour, "F2")}, nil, "F2"},
		"the body what it certified":                   {"body", []*recallv1.Target{whole(pasta, "P1")}, nil, "P1"},
		"the body by its certificate":                  {"body", []*recallv1.Target{certificate("urn:uuid:1")}, nil, "P1"},
		"the authority by a certificate":               {"region", []*recallv1.Target{certificate("urn:uuid:1")}, nil, "P1"},
		"the authority a lot from outside":             {"region", []*recallv1.Target{ofInput(foreign, "X")}, nil, "P1 X"},
		"the maker what it made of a lot from outside": {"maker", []*recallv1.Target{ofInput(foreign, "X")}, nil, "P1"},
		"the maker what it made of another's flour":    {"maker", []*recallv1.Target{ofInput(flour, "F1")}, nil, "P1"},
		"the mill its flour as an input":               {"mill", []*recallv1.Target{ofInput(flour, "F1")}, nil, "F1 P1"},
		"items":                                        {"maker", []*recallv1.Target{items(pasta, "P1", 0, 9)}, nil, "P1"},

		"not another's lot":               {"mill", []*recallv1.Target{whole(pasta, "P1")}, recall.ErrNotAllowed, ""},
		"not what another body certified": {"maker", []*recallv1.Target{certificate("urn:uuid:1")}, recall.ErrNotAllowed, ""},
		"not what it has no part in":      {"shop", []*recallv1.Target{ofInput(flour, "F1")}, recall.ErrNotAllowed, ""},
		"no lot that is not here":         {"mill", []*recallv1.Target{whole(flour, "F9")}, recall.ErrBatch, ""},
		"no input that nothing is of":     {"region", []*recallv1.Target{ofInput(foreign, "Y")}, recall.ErrNothing, ""},
		"no certificate that is not here": {"region", []*recallv1.Target{certificate("urn:uuid:2")}, recall.ErrNothing, ""},
		"no items beyond the batch":       {"maker", []*recallv1.Target{items(pasta, "P1", 0, 10)}, recall.ErrUnits, ""},
		"no items backwards":              {"maker", []*recallv1.Target{items(pasta, "P1", 5, 4)}, recall.ErrUnits, ""},
		"no items of flour":               {"mill", []*recallv1.Target{items(flour, "F1", 0, 1)}, recall.ErrUnits, ""},
		"not nothing":                     {"mill", nil, recall.ErrShape, ""},
		"not a kind that is none":         {"mill", []*recallv1.Target{target(9, id(flour, "F1"))}, recall.ErrShape, ""},
		"no lot with items":               {"mill", []*recallv1.Target{{Kind: 1, Batch: id(flour, "F1"), LastUnit: 1}}, recall.ErrShape, ""},
		"no certificate with a lot":       {"body", []*recallv1.Target{{Kind: 4, Batch: id(flour, "F1"), Certificate: "urn:uuid:1"}}, recall.ErrShape, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if c.refusal != nil {
				w.Refuses(c.refusal, by(c.who), opening(c.targets...))
				return
			}
			n := w.open(c.who, opening(c.targets...))
			w.EndBlock(5)
			if got := w.reached(n); got != c.reached {
				t.Errorf("it reaches %q, want %q", got, c.reached)
			}
		})
	}
}

func TestARecallIsRefusedWhen(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		change func(m *recallv1.MsgOpenRecall)
		want   *module.Error
	}{
		"it has no hazard":            {func(m *recallv1.MsgOpenRecall) { m.Hazard = 0 }, recall.ErrShape},
		"its hazard is none":          {func(m *recallv1.MsgOpenRecall) { m.Hazard = 77 }, recall.ErrShape},
		"it has no reason":            {func(m *recallv1.MsgOpenRecall) { m.Reason = "" }, recall.ErrShape},
		"its deadline is over":        {func(m *recallv1.MsgOpenRecall) { m.DeadlineAt = start }, recall.ErrDeadline},
		"its deadline is far off":     {func(m *recallv1.MsgOpenRecall) { m.DeadlineAt = start + 367*24*hour }, recall.ErrDeadline},
		"a drill tells the public":    {func(m *recallv1.MsgOpenRecall) { m.Drill, m.NoticeIt = true, "Prova" }, recall.ErrNotice},
		"the notice is English alone": {func(m *recallv1.MsgOpenRecall) { m.NoticeEn = "Take it back" }, recall.ErrShape},
	} {
		m := opening(whole(flour, "F1"))
		c.change(m)
		t.Run(name, func(t *testing.T) { w.Refuses(c.want, by("mill"), m) })
	}
}

func selling() *matterv1.MsgSell {
	return &matterv1.MsgSell{What: &matterv1.Use{Batch: id(pasta, "P1"), Quantity: &basev1.Quantity{Amount: 1, Unit: "H87"}}, Day: "2026-11-22"}
}

// A recall holds in the block that opens it, before its marks have spread; a drill
// never does; one that was unfounded does no more.
func TestARecallHoldsAtOnce(t *testing.T) {
	w := newWorld(t)
	drill := opening(whole(flour, "F1"))
	drill.Drill = true
	d := w.open("mill", drill)
	w.Do(by("maker"), selling())
	n := w.open("mill", opening(whole(flour, "F1")))
	w.says(lineage.ErrRecalled, "maker", selling(), "made of lot F1", "recall 2")
	w.EndBlock(5)
	w.says(lineage.ErrRecalled, "maker", selling(), "under recall 2")
	if w.reached(d) != "F1 P1" {
		t.Errorf("the drill reaches %s", w.reached(d))
	}
	w.says(registry.ErrNotAllowed, "mill", &recallv1.MsgCloseRecall{Recall: n, Unfounded: true, Outcome: "false alarm"})
	w.Do(by("region"), &recallv1.MsgCloseRecall{Recall: n, Unfounded: true, Outcome: "false alarm"})
	w.Do(by("maker"), selling())
	w.says(recall.ErrState, "region", &recallv1.MsgCloseRecall{Recall: n, Outcome: "again"}, "unfounded")
	w.says(recall.ErrState, "maker", acknowledging(n, finding(pasta, "P1", 1, "H87")), "unfounded")
	w.says(recall.ErrState, "region", &recallv1.MsgLiftRecall{Recall: n, Batch: id(pasta, "P1"), Reason: "clean", EvidenceSha256: evidence}, "unfounded")
	w.Do(by("mill"), &recallv1.MsgCloseRecall{Recall: d, Unfounded: true, Outcome: "well done"}) // of a drill the opener may
}

func TestACompletedRecallStaysInForce(t *testing.T) {
	w := newWorld(t)
	n := w.open("mill", opening(whole(flour, "F1")))
	w.says(recall.ErrState, "mill", &recallv1.MsgCloseRecall{Recall: n, Outcome: "done"}, "still spreading")
	w.EndBlock(5)
	w.says(recall.ErrNotAllowed, "maker", &recallv1.MsgCloseRecall{Recall: n, Outcome: "done"}, "opened by mill")
	w.Do(by("mill"), &recallv1.MsgCloseRecall{Recall: n, Outcome: "all came back"})
	w.says(lineage.ErrRecalled, "maker", selling())
	w.Do(by("maker"), acknowledging(n, finding(pasta, "P1", 1, "H87"))) // goods may still turn up
	w.Do(by("region"), &recallv1.MsgCloseRecall{Recall: n, Unfounded: true, Outcome: "false alarm after all"})
	w.Do(by("maker"), selling())
}

func TestHoldersSayWhatBecameOfGoods(t *testing.T) {
	w := newWorld(t)
	n := w.open("mill", opening(whole(flour, "F1")))
	w.EndBlock(hour)
	w.says(recall.ErrRecall, "mill", acknowledging(9, finding(flour, "F1", 1, "GRM")))
	w.says(recall.ErrNotHeld, "shop", acknowledging(n, finding(flour, "F1", 1, "GRM")))
	w.says(recall.ErrBatch, "mill", acknowledging(n, finding(flour, "F2", 1, "GRM")), "does not reach")
	w.says(recall.ErrBatch, "mill", acknowledging(n, finding(flour, "F9", 1, "GRM")))
	w.says(recall.ErrUnit, "mill", acknowledging(n, finding(flour, "F1", 1, "LTR")))
	w.says(recall.ErrUnit, "mill", acknowledging(n, finding(flour, "F1", 1, "XXX")))
	w.says(recall.ErrShape, "mill", acknowledging(n, finding(flour, "F1", 1, "GRM"), finding(flour, "F1", 2, "GRM")), "twice")
	w.says(recall.ErrShape, "mill", acknowledging(n))
	f := finding(flour, "F1", 1, "KGM")
	f.Quarantined, f.Destroyed = &basev1.Quantity{Amount: 600, Unit: "GRM"}, &basev1.Quantity{Amount: 401, Unit: "GRM"}
	w.says(recall.ErrQuantity, "mill", acknowledging(n, f), "1 too much")
	f.Destroyed.Amount, f.Note = 400, "cell 3"
	w.Do(by("mill"), acknowledging(n, f))
	w.Block.Time = start + 50*hour
	w.Do(by("mill"), acknowledging(n, finding(flour, "F1", 7, "GRM"))) // said in time, and again
	w.Do(by("maker"), acknowledging(n, finding(pasta, "P1", 3, "H87")))
	x, err := w.recall.Recall(w.Reader(), n)
	w.must(err)
	if x.GetAcknowledgements() != 2 || x.GetLateAcknowledgements() != 1 {
		t.Errorf("%v", x)
	}
	a := &recallv1.Acknowledgement{}
	w.find(statekey.RecallAcknowledgement(n, flour, "F1", "mill"), a)
	if a.GetFound() != 7 || a.GetRevision() != 2 || a.GetLate() || a.GetFirstAt() != start+hour || a.GetAt() != start+50*hour {
		t.Errorf("%v", a)
	}
	w.find(statekey.RecallAcknowledgement(n, pasta, "P1", "maker"), a)
	if !a.GetLate() || a.GetDueAt() != start+48*hour {
		t.Errorf("%v", a)
	}
}

func TestAnAuthorityLetsOutWithADocument(t *testing.T) {
	w := newWorld(t)
	n := w.open("mill", opening(whole(flour, "F1")))
	w.EndBlock(5)
	lift := func(gtin, lot string, with bool) *recallv1.MsgLiftRecall {
		return &recallv1.MsgLiftRecall{Recall: n, Batch: id(gtin, lot), WithMade: with, Reason: "clean", EvidenceSha256: evidence}
	}
	w.says(registry.ErrNotAllowed, "mill", lift(flour, "F1", false))
	w.says(lineage.ErrNoMark, "region", lift(flour, "F2", false))
	bare := lift(flour, "F1", false)
	bare.EvidenceSha256 = nil
	w.says(recall.ErrShape, "region", bare)
	w.Do(by("region"), lift(flour, "F1", false))
	w.says(lineage.ErrRecalled, "maker", selling()) // alone: what was made of it stays
	w.says(lineage.ErrLifted, "region", lift(flour, "F1", false), "lift 1")
	w.Do(by("region"), lift(flour, "F1", true))
	w.EndBlock(5)
	w.Do(by("maker"), selling())
	l := &recallv1.LiftRecord{}
	w.find(statekey.RecallLift(n, 2), l)
	if !l.GetWithMade() || l.GetLiftedBy() != "region" || !bytes.Equal(l.GetEvidenceSha256(), evidence) {
		t.Errorf("%v", l)
	}
	// What turns up later as made of what was let out with all that was made of it is free too.
	w.must(w.lineage.Join(w.Context(module.Signer{}), id(flour, "F2"), id(flour, "F1"), false))
	w.must(w.lineage.Free(w.Reader(), id(flour, "F2")))
}

func TestANoticeIsCorrectedAndTakenBackButStays(t *testing.T) {
	w := newWorld(t)
	m := opening(whole(flour, "F1"))
	m.NoticeIt = "Riportare in negozio."
	n := w.open("mill", m)
	w.says(recall.ErrNotAllowed, "maker", &recallv1.MsgPublishNotice{Recall: n, TextIt: "Altro.", Reason: "x"})
	w.says(recall.ErrShape, "mill", &recallv1.MsgPublishNotice{Recall: n, TextIt: "Meglio."}, "why it is corrected")
	w.Do(by("mill"), &recallv1.MsgPublishNotice{Recall: n, TextIt: "Meglio.", TextEn: "Better.", Reason: "clearer"})
	w.Do(by("region"), &recallv1.MsgWithdrawNotice{Recall: n, Reason: "over"})
	w.says(recall.ErrNotice, "mill", &recallv1.MsgWithdrawNotice{Recall: n, Reason: "over"})
	first, second := &recallv1.Notice{}, &recallv1.Notice{}
	w.find(statekey.RecallNotice(n, 1), first)
	w.find(statekey.RecallNotice(n, 2), second)
	if first.GetTextIt() != m.NoticeIt || second.GetCorrects() != 1 || second.GetReason() != "clearer" || second.GetWithdrawnBy() != "region" {
		t.Errorf("%v, %v", first, second)
	}
	w.Do(by("mill"), &recallv1.MsgPublishNotice{Recall: n, TextIt: "Di nuovo."})
	drill := opening(whole(flour, "F2"))
	drill.Drill = true
	w.says(recall.ErrNotice, "mill", &recallv1.MsgPublishNotice{Recall: w.open("mill", drill), TextIt: "Prova."})
}

// Marks do not pile up on the batches of others.
func TestDrillsAndRecallsOfOneBatchAreBounded(t *testing.T) {
	w := newWorld(t)
	drill := opening(whole(flour, "F1"))
	drill.Drill = true
	for range 5 {
		w.open("mill", drill)
	}
	w.says(recall.ErrLimit, "mill", drill, "5 drills")
	w.EndBlock(5)
	w.says(recall.ErrNotAllowed, "maker", &recallv1.MsgCloseRecall{Recall: 1, Outcome: "done"})
	w.Do(by("mill"), &recallv1.MsgCloseRecall{Recall: 1, Outcome: "done"})
	w.says(recall.ErrState, "mill", &recallv1.MsgCloseRecall{Recall: 1, Unfounded: true, Outcome: "done"})
	w.says(recall.ErrState, "mill", acknowledging(1, finding(flour, "F1", 1, "GRM")), "completed")
	w.says(recall.ErrState, "mill", &recallv1.MsgLiftRecall{Recall: 1, Batch: id(flour, "F1"), Reason: "clean", EvidenceSha256: evidence})
	w.EndBlock(5)
	if got := w.reached(1) + w.reached(2); got != "F1 P1" {
		t.Errorf("%q is marked by a drill that is done and one that is not", got)
	}
	s, err := w.lineage.Spread(w.Reader(), 1)
	w.must(err)
	if s.GetMarked() != 2 || s.GetCleared() != 2 || s.GetFirstSettledHeight() == 0 {
		t.Errorf("%v", s)
	}
	for range 96 {
		w.open("mill", opening(whole(flour, "F1")))
	}
	w.says(recall.ErrLimit, "mill", opening(whole(flour, "F1")), "100 recalls and drills")
	w.open("mill", opening(whole(flour, "F2")))
}

// find reads a record by the key that a verifier would ask for.
func (w *world) find(key []byte, into proto.Message) {
	w.T.Helper()
	b, err := w.Branch.Get(key)
	w.must(err)
	if b == nil {
		w.T.Fatalf("there is nothing under %x", key)
	}
	proto.Reset(into)
	w.must(proto.Unmarshal(b, into))
}

func TestStateKeysAreThoseOfTheTables(t *testing.T) {
	w := newWorld(t)
	n := w.open("mill", opening(whole(flour, "F1")))
	r, s, m := &recallv1.Recall{}, &lineagev1.Spread{}, &lineagev1.Mark{}
	w.find(statekey.Recall(n), r)
	w.find(statekey.RecallSpread(n), s)
	w.find(statekey.RecallMark(flour, "F1", n), m)
	if r.GetNumber() != n || s.GetRecall() != n || m.GetBatch().GetLot() != "F1" {
		t.Errorf("%v %v %v", r, s, m)
	}
	keys := func(start, end []byte) (list []string) {
		it, err := w.Branch.Iterator(start, end)
		w.must(err)
		defer it.Close()
		for ; it.Valid(); it.Next() {
			list = append(list, string(it.Key()[len(start):]))
		}
		return list
	}
	if l := keys(statekey.RecallsSpreading()); len(l) != 1 || l[0] != "\x00\x00\x00\x00\x00\x00\x00\x01" {
		t.Errorf("spreading: %q", l)
	}
	w.EndBlock(5)
	if l := keys(statekey.RecallsSpreading()); len(l) != 0 {
		t.Errorf("spreading: %q", l)
	}
	if l := keys(statekey.RecallBatches(n)); len(l) != 2 || l[0] != flour+"\x00F1" || l[1] != pasta+"\x00P1" {
		t.Errorf("batches: %q", l)
	}
	if l := keys(statekey.RecallMarksOn(pasta, "P1")); len(l) != 1 || l[0] != "\x00\x00\x00\x00\x00\x00\x00\x01" {
		t.Errorf("marks: %q", l)
	}
	if l := keys(statekey.MadeOf(pasta, "P1")); len(l) != 2 || l[1] != flour+"\x00F1" {
		t.Errorf("made of: %q", l)
	}
	if l := keys(statekey.WentInto(flour, "F1")); len(l) != 1 || l[0] != pasta+"\x00P1" {
		t.Errorf("went into: %q", l)
	}
}
