package gateway

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
)

// book tells of the batch of the story: its opening, a sale, and the sale taken back.
// It gives the heights of the blocks.
func (w *world) book() (heights []int64) {
	id := &basev1.BatchID{Gtin: testGTIN, Lot: testLot}
	stock := &matterv1.Stock{Batch: id, Unit: "GRM", Entered: 1_500_000}
	line := func(account matterv1.Account, grams int64) *matterv1.Posting {
		return &matterv1.Posting{Account: account, Batch: id, Amount: grams, Unit: "GRM", MassMg: grams * 1000}
	}
	totals := map[matterv1.Account]int64{}
	for i, e := range []*matterv1.Entry{
		{Kind: matterv1.EntryKind_ENTRY_KIND_OPENING, Postings: []*matterv1.Posting{line(1, 1_500_000), line(4, -1_500_000)}, Day: "2026-11-01"},
		{Kind: matterv1.EntryKind_ENTRY_KIND_SALE, Postings: []*matterv1.Posting{line(1, -400_000), line(7, 400_000)}, Day: "2026-11-20", ReversedBy: 3},
		{Kind: matterv1.EntryKind_ENTRY_KIND_REVERSAL, Postings: []*matterv1.Posting{line(1, 400_000), line(7, -400_000)}, Reverses: 2, Reason: "the wrong lot"},
	} {
		height := int64(len(w.roots))
		e.Number, e.Actor, e.RecordedAt, e.RecordedHeight = uint64(i+1), "pastificio", firstTime, height
		stock.Entries++
		stock.Left = []int64{1_500_000, 1_100_000, 1_500_000}[i]
		stock.Sold = []int64{0, 400_000, 0}[i]
		state := map[string]proto.Message{string(statekey.Entry(e.Number)): e, string(statekey.Stock(testGTIN, testLot)): proto.Clone(stock)}
		for _, p := range e.Postings {
			totals[p.Account] += p.MassMg
			state[string(statekey.Total(uint32(p.Account)))] = &matterv1.Total{Account: p.Account, MassMg: totals[p.Account]}
		}
		w.commit(action{acts: []proto.Message{&matterv1.MsgSell{}}, state: state, say: []proto.Message{index.AnnounceRecord(e), index.AnnounceRecord(proto.Clone(stock))}})
		heights = append(heights, height)
	}
	return heights
}

func TestABalanceIsAnsweredAtEveryHeight(t *testing.T) {
	w := newWorld(t)
	w.story()
	path := "/v1/batches/" + testGTIN + "/" + testLot
	type answer struct {
		Entered, Left, Sold, Entries, Height json.Number
		Proof                                map[string]any
	}
	ask := func(query string) (a answer) {
		t.Helper()
		r := w.get(path + "/balance" + query)
		if r.status != 200 {
			t.Fatalf("%s: %d %s", query, r.status, r.body)
		}
		must(t, json.Unmarshal(r.body, &a))
		return a
	}
	if a := ask(""); a.Left != "1500000" || a.Entries != "" {
		t.Errorf("before the book heard of it: %+v", a)
	}
	before := int64(len(w.roots)) - 1
	heights := w.book()
	w.commit()
	for height, want := range map[int64]string{before: "1500000", heights[0]: "1500000", heights[1]: "1100000", heights[2]: "1500000", heights[2] + 1: "1500000"} {
		if a := ask(fmt.Sprintf("?height=%d", height)); string(a.Left) != want {
			t.Errorf("at height %d: %+v, want %s", height, a, want)
		}
	}
	if a := ask("?proof=true"); a.Proof["format"] != "filiera-record/1" || a.Left != "1500000" {
		t.Errorf("with proof: %+v", a)
	}
	if r := w.get(path + "/balance?proof=true&height=2"); r.status != 400 {
		t.Errorf("a proof of the past: %d", r.status)
	}
	if r := w.get("/v1/batches/" + testGTIN + "/NONE/balance"); r.status != 404 || !strings.Contains(string(r.body), "batch.not_found") {
		t.Errorf("no batch: %d %s", r.status, r.body)
	}
	for query, want := range map[string]int{path + "/entries": 3, "/v1/matter/entries": 3, "/v1/matter/entries?kind=sale": 1, "/v1/matter/entries?actor=nobody": 0, "/v1/matter/entries?limit=2": 2} {
		var l struct{ Items []map[string]any }
		must(t, json.Unmarshal(w.get(query).body, &l))
		if len(l.Items) != want {
			t.Errorf("%s: %d entries, want %d", query, len(l.Items), want)
		}
	}
	var b struct {
		Accounts []struct {
			Account string
			MassMg  json.Number `json:"mass_mg"`
		}
	}
	must(t, json.Unmarshal(w.get("/v1/matter").body, &b))
	sum := int64(0)
	for _, a := range b.Accounts {
		n, err := a.MassMg.Int64()
		if err == nil {
			sum += n
		}
	}
	if len(b.Accounts) != 3 || sum != 0 {
		t.Errorf("the book: %+v", b)
	}
}

// The book of the story: opened at heights[0], sold at heights[1], the sale of 20
// November taken back at heights[2].
func TestTheBookAsItWasKnownAndAsItWas(t *testing.T) {
	w := newWorld(t)
	w.story()
	heights := w.book()
	w.commit()
	path := "/v1/batches/" + testGTIN + "/" + testLot
	for query, want := range map[string]string{
		"":                                    "1500000",
		"?true_for=2026-11-20":                "1500000", // the sale did not happen
		"?known_at=" + fmt.Sprint(heights[1]): "1100000",
		"?known_at=" + fmt.Sprint(heights[1]) + "&true_for=2026-11-20": "1100000",
		"?known_at=" + fmt.Sprint(heights[1]) + "&true_for=2026-11-19": "1500000",
		"?known_at=" + fmt.Sprint(heights[2]) + "&true_for=2098-01-01": "1500000",
		"?known_at=2098-01-01":           "1500000",
		"?known_at=2098-01-01T00:00:00Z": "1500000",
	} {
		var a struct{ Left json.Number }
		r := w.get(path + "/balance" + query)
		must(t, json.Unmarshal(r.body, &a))
		if string(a.Left) != want {
			t.Errorf("%s: %s left, want %s: %d %s", query, a.Left, want, r.status, r.body)
		}
	}
	for query, want := range map[string]int{
		"": 3, "?true_for=2026-11-20": 1, "?known_at=" + fmt.Sprint(heights[1]) + "&true_for=2026-11-20": 2, "?known_at=" + fmt.Sprint(heights[0]): 1,
	} {
		var l struct{ Items []map[string]any }
		must(t, json.Unmarshal(w.get(path+"/entries"+query).body, &l))
		if len(l.Items) != want {
			t.Errorf("entries%s: %d, want %d", query, len(l.Items), want)
		}
	}
	for query, status := range map[string]int{
		"?known_at=soon": 400, "?true_for=20-11-2026": 400, "?known_at=3&height=3": 400, "?known_at=3&proof=true": 400, "?true_for=1999-01-01": 404,
	} {
		if r := w.get(path + "/balance" + query); r.status != status {
			t.Errorf("%s: %d %s", query, r.status, r.body)
		}
	}
}
