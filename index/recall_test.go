package index

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	recallv1 "github.com/filiera-chain/filiera/api/recall/v1"
)

func lotID(lot string) *basev1.BatchID { return &basev1.BatchID{Gtin: gtin(1), Lot: lot} }

// theRecall is recall 1 of lots A to E: A is nowhere in the book, B is with two
// holders and on the market, C was let out, D went away whole, E is no batch here.
// Recall 2 is a drill of A, recall 3 of A was unfounded.
func theRecall() []proto.Message {
	var list []proto.Message
	for i, lot := range []string{"A", "B", "C", "D", "F"} {
		list = append(list, &productv1.BatchChanged{Batch: &productv1.Batch{
			Gtin: gtin(1), Lot: lot, Owner: "mill", Custodian: "mill", Status: 1, Quantity: &basev1.Quantity{Amount: 100 * int64(i+1), Unit: "GRM"},
		}})
	}
	mark := func(recall uint64, lot string, lift lineagev1.Lift, reached bool) proto.Message {
		return &lineagev1.MarkChanged{Mark: &lineagev1.Mark{Recall: recall, Batch: lotID(lot), Reached: reached, Lift: lift}}
	}
	held := func(lot, who string, left int64) proto.Message {
		return &matterv1.HoldingChanged{Holding: &matterv1.Holding{Batch: lotID(lot), Holder: who, Unit: "GRM", Left: left}}
	}
	ack := func(lot, who string, late bool) proto.Message {
		return &recallv1.AcknowledgementChanged{Acknowledgement: &recallv1.Acknowledgement{
			Recall: 1, Batch: lotID(lot), Participant: who, Unit: "GRM", Found: 40, Quarantined: 30, Destroyed: 10, SoldOn: 5, Late: late,
		}}
	}
	for n := uint64(1); n <= 3; n++ {
		list = append(list, &recallv1.RecallChanged{Recall: &recallv1.Recall{Number: n, Drill: n == 2, State: recallv1.State([]int{1, 1, 3}[n-1]), OpenedBy: "mill"}},
			&lineagev1.SpreadChanged{Spread: &lineagev1.Spread{Recall: n, Drill: n == 2, Over: n == 3}})
	}
	return append(
		list,
		mark(1, "A", 0, true), mark(1, "B", 0, true), mark(1, "C", lineagev1.Lift_LIFT_ALONE, true), mark(1, "D", 0, true), mark(1, "E", 0, true), mark(2, "F", 0, true), mark(3, "F", 0, true),
		&matterv1.StockChanged{Stock: &matterv1.Stock{Batch: lotID("B"), Unit: "GRM", Entered: 200, Left: 150, Sold: 50}},
		&matterv1.StockChanged{Stock: &matterv1.Stock{Batch: lotID("D"), Unit: "GRM", Entered: 400, Sold: 400}},
		held("B", "mill", 60), held("B", "shop", 90), held("D", "mill", 0),
		&custodyv1.UnitChanged{Unit: &custodyv1.LogisticUnit{Sscc: "080123456700000017", Contents: []*custodyv1.Content{{Batch: lotID("B")}}}},
		ack("B", "shop", true), ack("D", "carrier", false),
		&recallv1.NoticeChanged{Notice: &recallv1.Notice{Recall: 1, Number: 1, TextIt: "uno"}}, &recallv1.NoticeChanged{Notice: &recallv1.Notice{Recall: 1, Number: 2, TextIt: "due"}},
		&recallv1.LiftRecorded{Lift: &recallv1.LiftRecord{Recall: 1, Number: 1, Batch: lotID("C")}},
	)
}

func shown(list []*RecallBatch) string {
	var out []string
	for _, b := range list {
		s := fmt.Sprintf("%s %d+%d %s", b.Mark.GetBatch().GetLot(), b.Left, b.Sold, b.Unit)
		for _, h := range b.Holders {
			s += fmt.Sprintf(" %s:%d", h.Participant, h.Left)
			if h.Acknowledgement != nil {
				s += "!"
			}
		}
		out = append(out, strings.Join(append([]string{s}, b.Units...), " "))
	}
	return strings.Join(out, "; ")
}

func TestRecallsShowWhatIsLeftAndWithWhom(t *testing.T) {
	eachModel(t, func(t *testing.T, m Model) {
		c := newChain(t, 1, 0)
		c.seal(Block{EndEvents: said(t, theRecall()...)})
		apply(t, m, c.blocks)
		for name, want := range map[string]struct {
			f    RecallBatchFilter
			text string
		}{
			"all":     {RecallBatchFilter{Recall: 1}, "A 100+0 GRM mill:100; B 150+50 GRM mill:60 shop:90! 080123456700000017; C 300+0 GRM mill:300; D 0+400 GRM mill:0 carrier:0!; E 0+0 "},
			"live":    {RecallBatchFilter{Recall: 1, Live: true, Holder: "shop"}, "B 150+50 GRM mill:60 shop:90! 080123456700000017"},
			"lifted":  {RecallBatchFilter{Recall: 1, Lifted: true}, "C 300+0 GRM mill:300"},
			"waiting": {RecallBatchFilter{Recall: 1, Waiting: true, Live: true}, "A 100+0 GRM mill:100; B 150+50 GRM mill:60 shop:90! 080123456700000017; D 0+400 GRM mill:0 carrier:0!"},
			"none":    {RecallBatchFilter{Recall: 9}, ""},
		} {
			got := pages(t, 2, func(p Page) (List[*RecallBatch], error) { return m.RecallBatches(t.Context(), want.f, p) })
			if shown(got) != want.text {
				t.Errorf("%s: %s\nwant %s", name, shown(got), want.text)
			}
		}
		total, err := m.RecallTotals(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		if text := fmt.Sprintf("%+v", *total); text != "{Live:4 Lifted:1 Products:[{GTIN:"+gtin(1)+" Unit: Batches:1 Left:0 Sold:0 Found:0 Quarantined:0 Destroyed:0 SoldOn:0 Answers:0} {GTIN:"+gtin(1)+
			" Unit:GRM Batches:3 Left:250 Sold:450 Found:80 Quarantined:60 Destroyed:20 SoldOn:10 Answers:2}] Holders:[{Participant:mill Batches:3 Acknowledged:0 Late:0} {Participant:shop Batches:1 Acknowledged:1 Late:1}]}" {
			t.Errorf("%s", text)
		}
		notices, err := m.RecallNotices(t.Context(), 1)
		if err != nil || len(notices) != 2 || notices[1].GetTextIt() != "due" {
			t.Errorf("%v %v", notices, err)
		}
		lifts, err := m.RecallLifts(t.Context(), 1, Page{})
		if err != nil || len(lifts.Items) != 1 || lifts.Items[0].GetBatch().GetLot() != "C" {
			t.Errorf("%v %v", lifts, err)
		}
	})
}

func TestRecallsAndRecalledBatchesAreListed(t *testing.T) {
	eachModel(t, func(t *testing.T, m Model) {
		c := newChain(t, 1, 0)
		c.seal(Block{EndEvents: said(t, theRecall()...)})
		apply(t, m, c.blocks)
		for name, want := range map[string]struct {
			f    RecallFilter
			text string
		}{
			"all": {RecallFilter{}, "321"}, "drills": {RecallFilter{Drills: true}, "2"}, "real": {RecallFilter{Real: true}, "31"}, "open": {RecallFilter{State: 1}, "21"},
			"opener": {RecallFilter{OpenedBy: "nobody"}, ""}, "batch": {RecallFilter{GTIN: gtin(1), Lot: "F"}, "32"},
		} {
			text := ""
			for _, r := range pages(t, 1, func(p Page) (List[*Recall], error) { return m.Recalls(t.Context(), want.f, p) }) {
				text += fmt.Sprint(r.Recall.GetNumber())
				if r.Spread.GetRecall() != r.Recall.GetNumber() {
					t.Errorf("recall %d spreads as %d", r.Recall.GetNumber(), r.Spread.GetRecall())
				}
			}
			if text != want.text {
				t.Errorf("%s: %s, want %s", name, text, want.text)
			}
		}
		l, err := m.Batches(t.Context(), BatchFilter{Recalled: true}, Page{})
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, b := range l.Items {
			text += b.GetLot()
		}
		if text != "ABD" { // F is in a drill and in a recall that was unfounded, C was let out
			t.Errorf("recalled: %s", text)
		}
	})
}
