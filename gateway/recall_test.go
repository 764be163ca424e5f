package gateway

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	recallv1 "github.com/filiera-chain/filiera/api/recall/v1"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
)

// recalls commits recall 1 of the test's batch, and a drill of it.
func (w *world) recalls() {
	id := &basev1.BatchID{Gtin: testGTIN, Lot: testLot}
	for n := uint64(1); n <= 2; n++ {
		r := &recallv1.Recall{
			Number: n, Drill: n == 2, Hazard: recallv1.Hazard_HAZARD_ALLERGEN, Reason: "uova non dichiarate", LegalBasis: "Reg. (CE) 178/2002 art. 19",
			Targets: []*recallv1.Target{{Kind: recallv1.TargetKind_TARGET_KIND_LOT, Batch: id}}, OpenedBy: "pastificio", KeyLabel: "main", OpenedAt: firstTime, OpenedHeight: 1,
			DeadlineAt: firstTime + 1, State: recallv1.State_STATE_OPEN,
		}
		s := &lineagev1.Spread{Recall: n, Drill: n == 2, Reached: 1, Marked: 1, Steps: 1, Head: 1, Tail: 1, BegunAt: firstTime, BegunHeight: 1, SettledAt: firstTime + 7, SettledHeight: 3, FirstSettledAt: firstTime + 7, FirstSettledHeight: 3}
		m := &lineagev1.Mark{Recall: n, Batch: id, Target: true, Reached: true, At: firstTime, Height: 1, ChangedAt: firstTime, ChangedHeight: 1}
		state := map[string]proto.Message{
			string(statekey.Recall(n)): r, string(statekey.RecallSpread(n)): s, string(statekey.RecallMark(testGTIN, testLot, n)): m,
		}
		say := []proto.Message{index.AnnounceRecord(r), index.AnnounceRecord(s), index.AnnounceRecord(m)}
		if n == 1 {
			r.Notice, r.Notices = 1, 1
			notice := &recallv1.Notice{Recall: 1, Number: 1, TextIt: "Non consumare.", PublishedBy: "pastificio", PublishedAt: firstTime, PublishedHeight: 1}
			ack := &recallv1.Acknowledgement{Recall: 1, Batch: id, Participant: "corriere", Unit: "GRM", Found: 5, At: firstTime, FirstAt: firstTime, DueAt: firstTime + 1, Revision: 1}
			lift := &recallv1.LiftRecord{Recall: 1, Number: 1, Batch: &basev1.BatchID{Gtin: testGTIN, Lot: "OTHER"}, Reason: "pulito", EvidenceSha256: make([]byte, 32), LiftedBy: "regione-marche", LiftedAt: firstTime}
			state[string(statekey.RecallNotice(1, 1))], state[string(statekey.RecallLift(1, 1))] = notice, lift
			say = append(say, index.AnnounceRecord(notice), index.AnnounceRecord(ack), index.AnnounceRecord(lift))
		}
		w.commit(action{acts: []proto.Message{&recallv1.MsgOpenRecall{}}, state: state, say: say})
	}
}

func TestARecallIsAnswered(t *testing.T) {
	w := newWorld(t)
	w.story()
	w.recalls()
	w.commit()
	for ask, want := range map[string]string{
		"/v1/recalls":                                                          `items.0.recall.number=2 items.0.recall.drill=true items.1.recall.hazard=allergen items.1.spread.settled_height=3`,
		"/v1/recalls?kind=recall&state=open":                                   `items.0.recall.number=1`,
		"/v1/recalls?opened_by=nobody":                                         `items.0=<nil>`,
		"/v1/recalls/1?proof=true":                                             `recall.reason=uova non dichiarate notice.text_it=Non consumare. lifts.0.batch.lot=OTHER proof.format=filiera-record/1`,
		"/v1/recalls/1/batches":                                                `items.0.lot=` + testLot + ` items.0.recalled=true items.0.holders.0.acknowledged=false items.0.holders.0.overdue=true items.0.holders.1.participant=corriere items.0.holders.1.acknowledged=true`,
		"/v1/recalls/1/batches?holder=corriere":                                `items.0=<nil>`,
		"/v1/recalls/1/batches?waiting=true&state=recalled":                    `items.0.lot=` + testLot,
		"/v1/recalls/1/batches?state=let_out":                                  `items.0=<nil>`,
		"/v1/recalls/1/report":                                                 `settled=true seconds_to_reach=7 blocks_to_reach=2 recalled=1 let_out=0 holdings=1 acknowledged=0 products.0.answers=1 products.0.found=5 holders.0.participant=pastificio`,
		"/v1/recalls/2/report":                                                 `drill=true seconds_to_reach=7`,
		"/v1/batches?recalled=true":                                            `items.0.lot=` + testLot + ` items.1=<nil>`,
		"/v1/batches/" + testGTIN + "/" + testLot:                              `recalls.0=1 recalls.1=<nil> status=active`,
		"/v1/batches/" + testGTIN + "/" + testLot + "/graph":                   `nodes.0.status=recalled`,
		"/v1/verify/01/" + testGTIN + "/10/" + testLot + "?proof=true&lang=it": `verdict=recalled recalls.0.recall=1 recalls.0.hazard=allergen recalls.0.notice=Non consumare. recalls.1=<nil>`,
	} {
		r := w.get(ask)
		for _, pair := range strings.Split(strings.ReplaceAll(want, " items", "\nitems"), "\n") {
			for _, one := range fields(pair) {
				path, value, _ := strings.Cut(one, "=")
				if got := fmt.Sprint(r.at(path)); r.status != 200 || got != value {
					t.Errorf("%s: %d, %s is %s, want %s", ask, r.status, path, got, value)
				}
			}
		}
	}
	page := string(w.do("GET", "/01/"+testGTIN+"/10/"+testLot, nil, "Accept", browser).body)
	if !strings.Contains(page, "<strong>Non consumare.</strong>") || !strings.Contains(page, "richiamo 1, allergene non dichiarato") {
		t.Errorf("the page does not tell of the recall:\n%s", page)
	}
	for ask, status := range map[string]int{"/v1/recalls/9": 404, "/v1/recalls/9/batches": 404, "/v1/recalls/9/report": 404, "/v1/recalls/x": 400, "/v1/recalls?state=x": 400, "/v1/recalls?lot=A": 400} {
		if r := w.get(ask); r.status != status {
			t.Errorf("%s: %d, want %d: %s", ask, r.status, status, r.body)
		}
	}
}

// fields splits at the blanks that a path follows.
func fields(s string) []string {
	var out []string
	for _, word := range strings.Fields(s) {
		if strings.Contains(word, "=") {
			out = append(out, word)
		} else {
			out[len(out)-1] += " " + word
		}
	}
	return out
}
