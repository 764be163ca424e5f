package gateway

import (
	"context"
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"

	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	recallv1 "github.com/filiera-chain/filiera/api/recall/v1"
	"github.com/filiera-chain/filiera/index"
	"github.com/filiera-chain/filiera/module/statekey"
)

// RecallSummary is a recall with how far it has come.
type RecallSummary struct {
	Recall Record[*recallv1.Recall]  `json:"recall"`
	Spread Record[*lineagev1.Spread] `json:"spread"`
}

// RecallDetail is a recall with all that was said in it.
type RecallDetail struct {
	Height  int64                          `json:"height" doc:"The height of which it is true"`
	Recall  Record[*recallv1.Recall]       `json:"recall"`
	Spread  Record[*lineagev1.Spread]      `json:"spread"`
	Notice  *Record[*recallv1.Notice]      `json:"notice,omitempty" doc:"What the public is told; absent for nothing"`
	Notices []Record[*recallv1.Notice]     `json:"notices" doc:"All there were, also those corrected or taken back"`
	Lifts   []Record[*recallv1.LiftRecord] `json:"lifts" doc:"The first 100"`
	Proof   json.RawMessage                `json:"proof,omitempty" doc:"Asked for: a proof of the form filiera-record/1 of the recall, how far it has come, and the notice"`
}

// RecallBatch is a batch that a recall marked.
type RecallBatch struct {
	index.Lot
	Mark     Record[*lineagev1.Mark] `json:"mark"`
	Recalled bool                    `json:"recalled" doc:"It is recalled; false once it was let out, or nothing leads the recall to it any more"`
	// The rest is absent for a lot that is not registered here.
	Owner string `json:"owner,omitempty"`
	Unit  string `json:"unit,omitempty" doc:"Base unit of the product, UN/ECE"`
	Left  int64  `json:"left" doc:"What remains of it, wherever it is"`
	Sold  int64  `json:"sold" doc:"What is on the market"`
	// Holders are who has some of it, and who said what became of it.
	Holders        []RecallHolder `json:"holders"`
	LogisticUnits  []string       `json:"logistic_units" doc:"SSCC of the first units in which some of it is packed"`
	ProductionDate string         `json:"production_date,omitempty"`
}

// RecallHolder has, or had, some of a recalled batch.
type RecallHolder struct {
	Participant     string                             `json:"participant"`
	Left            int64                              `json:"left"`
	Acknowledged    bool                               `json:"acknowledged"`
	DueAt           string                             `json:"due_at" doc:"Until when it is to say what became of it"`
	Overdue         bool                               `json:"overdue" doc:"It has not said so, and the time is over"`
	Acknowledgement *Record[*recallv1.Acknowledgement] `json:"acknowledgement,omitempty"`
}

// RecallReport is what a recall took, and what came of it.
type RecallReport struct {
	Recall         uint64 `json:"recall"`
	Drill          bool   `json:"drill"`
	OpenedAt       string `json:"opened_at" format:"date-time"`
	OpenedHeight   int64  `json:"opened_height"`
	Settled        bool   `json:"settled" doc:"It has reached everything"`
	SettledAt      string `json:"settled_at,omitempty" doc:"When it had reached everything for the first time"`
	SettledHeight  int64  `json:"settled_height,omitempty"`
	SecondsToReach int64  `json:"seconds_to_reach,omitempty" doc:"From its opening until it had reached everything, by the blocks' times"`
	BlocksToReach  int64  `json:"blocks_to_reach,omitempty"`
	Steps          uint64 `json:"steps" doc:"From batch to batch that it took, over all blocks"`
	Waiting        uint64 `json:"waiting" doc:"Batches whose descendants are still to be looked at"`
	Recalled       int64  `json:"recalled" doc:"Batches"`
	LetOut         int64  `json:"let_out" doc:"Batches that were let out, or are not reached any more"`
	// Answers is how many pairs of batch and holder there are.
	Holdings     int64           `json:"holdings" doc:"Pairs of a recalled batch and who has some of it"`
	Acknowledged int64           `json:"acknowledged" doc:"Of them, those where the holder said what became of it"`
	Late         int64           `json:"late" doc:"Of them, those said after their time"`
	Products     []RecallProduct `json:"products" doc:"At most 1,000, in order of GTIN"`
	Holders      []RecallTally   `json:"holders" doc:"At most 1,000, in order of id"`
}

// RecallProduct is what is recalled of one product, in its base unit.
type RecallProduct struct {
	GTIN        string `json:"gtin"`
	Unit        string `json:"unit,omitempty" doc:"Absent for lots that are not registered"`
	Batches     int64  `json:"batches"`
	Left        int64  `json:"left"`
	Sold        int64  `json:"sold"`
	Found       int64  `json:"found"`
	Quarantined int64  `json:"quarantined"`
	Destroyed   int64  `json:"destroyed"`
	SoldOn      int64  `json:"sold_on"`
	Answers     int64  `json:"answers" doc:"Acknowledgements"`
}

// RecallTally is what one participant has of what is recalled.
type RecallTally struct {
	Participant  string `json:"participant"`
	Batches      int64  `json:"batches"`
	Acknowledged int64  `json:"acknowledged"`
	Late         int64  `json:"late"`
}

func (g *Gateway) recallRoutes() {
	const tag = "Recalls"
	huma.Register(g.api, op("listRecalls", "/v1/recalls", tag, "Recalls and drills", "The newest first, each with how far it has come."), g.listRecalls)
	huma.Register(g.api, op("getRecall", "/v1/recalls/{id}", tag, "One recall", "With its notices and lifts. Unknown: recall.not_found."), g.getRecall)
	huma.Register(g.api, op("listRecallBatches", "/v1/recalls/{id}/batches", tag, "What a recall reached",
		"In order of GTIN and lot: what is left of each batch, who has it, what they said. Unknown: recall.not_found."), g.listRecallBatches)
	huma.Register(g.api, op("getRecallReport", "/v1/recalls/{id}/report", tag, "How long a recall took, and what came of it",
		"By product and by holder. Of a drill too. Unknown: recall.not_found."), g.getRecallReport)
}

type recallsIn struct {
	Paging
	State    string `query:"state" doc:"open, completed or unfounded"`
	OpenedBy string `query:"opened_by" doc:"Participant"`
	Kind     string `query:"kind" enum:"recall,drill" doc:"Only recalls that count, or only drills"`
	GTIN     string `query:"gtin" doc:"Together with lot: a batch that it marked"`
	Lot      string `query:"lot"`
}

func (g *Gateway) listRecalls(ctx context.Context, in *recallsIn) (*body[List[RecallSummary]], error) {
	state, err := filterWord[recallv1.State]("state", in.State, recallv1.State(0).Descriptor())
	if err != nil {
		return nil, err
	}
	id, err := batchFilter(in.GTIN, in.Lot)
	if err != nil {
		return nil, err
	}
	l, err := g.c.Index.Recalls(ctx, index.RecallFilter{State: state, OpenedBy: in.OpenedBy, Drills: in.Kind == "drill", Real: in.Kind == "recall", GTIN: id, Lot: in.Lot}, in.page())
	out := List[RecallSummary]{Items: make([]RecallSummary, len(l.Items)), NextPageToken: l.Next}
	for i, r := range l.Items {
		out.Items[i] = RecallSummary{record(r.Recall), record(r.Spread)}
	}
	return respond(g, out, err)
}

// RecallPath names a recall in a path.
type RecallPath struct {
	ID uint64 `path:"id" minimum:"1" doc:"Number of the recall"`
}

type recallIn struct {
	RecallPath
	Proof bool `query:"proof" doc:"Add the proof"`
}

// recallAt reads a recall, or refuses.
func recallAt(v View, number uint64) (*recallv1.Recall, *lineagev1.Spread, error) {
	r, err := lookUp[recallv1.Recall](v, statekey.Recall(number))
	if err != nil {
		return nil, nil, err
	}
	if r == nil {
		return nil, nil, notFound("recall", "there is no recall %d", number)
	}
	s, err := lookUp[lineagev1.Spread](v, statekey.RecallSpread(number))
	return r, s, err
}

func (g *Gateway) getRecall(ctx context.Context, in *recallIn) (*body[RecallDetail], error) {
	d := RecallDetail{}
	err := g.c.Ledger.View(func(v View) error {
		r, s, err := recallAt(v, in.ID)
		if err != nil {
			return err
		}
		d.Height, d.Recall, d.Spread = v.Height(), record(r), record(s)
		keys := [][]byte{statekey.Recall(in.ID), statekey.RecallSpread(in.ID)}
		if n := r.GetNotice(); n != 0 {
			notice, err := lookUp[recallv1.Notice](v, statekey.RecallNotice(in.ID, n))
			if err != nil {
				return err
			}
			shown := record(notice)
			d.Notice = &shown
			keys = append(keys, statekey.RecallNotice(in.ID, n))
		}
		if in.Proof {
			d.Proof, err = g.proveIn(ctx, v, keys...)
		}
		return err
	})
	if err != nil {
		return nil, g.fail(err)
	}
	notices, err := g.c.Index.RecallNotices(ctx, in.ID)
	if err != nil {
		return nil, g.fail(err)
	}
	lifts, err := g.c.Index.RecallLifts(ctx, in.ID, index.Page{Limit: 100})
	d.Notices, d.Lifts = records(notices), records(lifts.Items)
	return respond(g, d, err)
}

type recallBatchesIn struct {
	RecallPath
	Paging
	Holder  string `query:"holder" doc:"Participant that has some of it"`
	Waiting bool   `query:"waiting" doc:"Only where a holder has not said yet what became of it"`
	State   string `query:"state" enum:"recalled,let_out" doc:"Only what is recalled, or only what is not any more"`
}

func (g *Gateway) listRecallBatches(ctx context.Context, in *recallBatchesIn) (*body[List[RecallBatch]], error) {
	r, now, err := g.recallNow(ctx, in.ID)
	if err != nil {
		return nil, g.fail(err)
	}
	out := List[RecallBatch]{Items: []RecallBatch{}}
	err = g.walk(ctx, func() error {
		l, err := g.c.Index.RecallBatches(ctx, index.RecallBatchFilter{Recall: in.ID, Holder: in.Holder, Waiting: in.Waiting, Live: in.State == "recalled", Lifted: in.State == "let_out"}, in.page())
		out.NextPageToken = l.Next
		for _, b := range l.Items {
			out.Items = append(out.Items, recallBatch(r, b, now))
		}
		return err
	})
	return respond(g, out, err)
}

// recallNow reads a recall and the ledger's time.
func (g *Gateway) recallNow(ctx context.Context, number uint64) (*recallv1.Recall, int64, error) {
	var r *recallv1.Recall
	var height int64
	err := g.c.Ledger.View(func(v View) (err error) {
		height = v.Height()
		r, _, err = recallAt(v, number)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	at, err := g.blockTime(ctx, height)
	return r, at.Unix(), err
}

func recallBatch(r *recallv1.Recall, b *index.RecallBatch, now int64) RecallBatch {
	m := b.Mark
	out := RecallBatch{
		Lot: index.Lot{GTIN: m.GetBatch().GetGtin(), Lot: m.GetBatch().GetLot()}, Mark: record(m), Owner: b.Batch.GetOwner(), ProductionDate: b.Batch.GetProductionDate(),
		Unit: b.Unit, Left: b.Left, Sold: b.Sold, Holders: []RecallHolder{}, LogisticUnits: append([]string{}, b.Units...),
		Recalled: m.GetReached() && m.GetLift() == lineagev1.Lift_LIFT_UNSPECIFIED && r.GetState() != recallv1.State_STATE_UNFOUNDED,
	}
	due := m.GetAt() + r.GetDeadlineAt() - r.GetOpenedAt()
	for _, h := range b.Holders {
		x := RecallHolder{Participant: h.Participant, Left: h.Left, Acknowledged: h.Acknowledgement != nil, DueAt: moment(due), Overdue: out.Recalled && h.Acknowledgement == nil && now > due}
		if h.Acknowledgement != nil {
			a := record(h.Acknowledgement)
			x.Acknowledgement = &a
		}
		out.Holders = append(out.Holders, x)
	}
	return out
}

// moment writes a second; "" for 0.
func moment(unix int64) string {
	if unix == 0 {
		return ""
	}
	return time.Unix(unix, 0).UTC().Format(time.RFC3339)
}

func (g *Gateway) getRecallReport(ctx context.Context, in *RecallPath) (*body[RecallReport], error) {
	var r *recallv1.Recall
	var s *lineagev1.Spread
	err := g.c.Ledger.View(func(v View) (err error) {
		r, s, err = recallAt(v, in.ID)
		return err
	})
	if err != nil {
		return nil, g.fail(err)
	}
	out := RecallReport{
		Recall: in.ID, Drill: r.GetDrill(), OpenedAt: moment(r.GetOpenedAt()), OpenedHeight: r.GetOpenedHeight(), Settled: s.GetSettledHeight() != 0,
		Steps: s.GetSteps(), Waiting: s.GetTail() - s.GetHead(), Products: []RecallProduct{}, Holders: []RecallTally{},
	}
	if s.GetFirstSettledHeight() != 0 {
		out.SettledAt, out.SettledHeight = moment(s.GetFirstSettledAt()), s.GetFirstSettledHeight()
		out.SecondsToReach, out.BlocksToReach = s.GetFirstSettledAt()-s.GetBegunAt(), s.GetFirstSettledHeight()-s.GetBegunHeight()
	}
	err = g.walk(ctx, func() error {
		t, err := g.c.Index.RecallTotals(ctx, in.ID)
		if err != nil {
			return err
		}
		out.Recalled, out.LetOut = t.Live, t.Lifted
		for _, p := range t.Products {
			out.Products = append(out.Products, RecallProduct(p))
		}
		for _, h := range t.Holders {
			out.Holders = append(out.Holders, RecallTally(h))
			out.Holdings, out.Acknowledged, out.Late = out.Holdings+h.Batches, out.Acknowledged+h.Acknowledged, out.Late+h.Late
		}
		return nil
	})
	return respond(g, out, err)
}

// recallsOn lists the recalls that are in force and whose mark is on a batch.
func recallsOn(v View, gtin, lot string) ([]uint64, error) {
	list := []uint64{}
	start, end := statekey.RecallMarksOn(gtin, lot)
	err := eachRecord(v, start, end, func(_ []byte, m *lineagev1.Mark) error {
		s, err := lookUp[lineagev1.Spread](v, statekey.RecallSpread(m.GetRecall()))
		if err == nil && m.GetReached() && m.GetLift() == lineagev1.Lift_LIFT_UNSPECIFIED && !s.GetDrill() && !s.GetOver() {
			list = append(list, m.GetRecall())
		}
		return err
	})
	return list, err
}
