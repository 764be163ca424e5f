package index

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	recallv1 "github.com/filiera-chain/filiera/api/recall/v1"
)

// MaxRecallGroups bounds the products, and the holders, of a recall's totals.
const MaxRecallGroups = 1_000

// RecallFilter chooses recalls; the zero value of a field does not filter.
type RecallFilter struct {
	State    recallv1.State
	OpenedBy string
	// Drills, Real: only drills, only what is none.
	Drills, Real bool
	// GTIN and Lot together name a batch that it marked.
	GTIN, Lot string
}

// Recall is a recall with how far it has come.
type Recall struct {
	Recall *recallv1.Recall
	Spread *lineagev1.Spread
}

// RecallBatchFilter chooses batches that a recall marked.
type RecallBatchFilter struct {
	Recall uint64
	// Holder has some of it.
	Holder string
	// Waiting: somebody who has some of it has not said what became of it.
	Waiting bool
	// Live, Lifted: only what is recalled, only what is not any more.
	Live, Lifted bool
}

// RecallBatch is a batch that a recall marked.
type RecallBatch struct {
	Mark *lineagev1.Mark
	// Batch is nil for a lot that is not registered here.
	Batch *productv1.Batch
	// Left and Sold are what remains of it, wherever it is, and what is on the
	// market, in base units of the product.
	Left, Sold int64
	Unit       string
	Holders    []RecallHolder
	// Units are the first logistic units that some of it is packed in.
	Units []string
}

// RecallHolder has some of a batch, or said what became of it.
type RecallHolder struct {
	Participant     string
	Left            int64
	Acknowledgement *recallv1.Acknowledgement
}

// RecallTotals sums what a recall reached. Of goods whose unit differs, nothing
// is added up.
type RecallTotals struct {
	// Live batches are recalled; Lifted ones were let out, or are not reached any
	// more.
	Live, Lifted int64
	Products     []RecallProduct
	Holders      []RecallByHolder
}

// RecallProduct is what is recalled of one product, and what was said of it.
type RecallProduct struct {
	GTIN                                           string
	Unit                                           string
	Batches, Left, Sold                            int64
	Found, Quarantined, Destroyed, SoldOn, Answers int64
}

// RecallByHolder is what one participant has of what is recalled.
type RecallByHolder struct {
	Participant                 string
	Batches, Acknowledged, Late int64
}

// recalledNow is the condition that a batch is recalled.
const recalledNow = "EXISTS (SELECT 1 FROM recall_marks m JOIN recalls r ON r.number = m.recall WHERE m.gtin = batches.gtin AND m.lot = batches.lot AND m.live = 1 AND r.drill = 0 AND r.state <> 3)"

// recall writes what modules lineage and recall announce.
func (p *projection) recall(a proto.Message) error {
	switch a := a.(type) {
	case *recallv1.RecallChanged:
		r := a.GetRecall()
		return p.record(tRecalls, r, int64(r.GetNumber()), flag(r.GetDrill()), int64(r.GetState()), r.GetOpenedBy())
	case *lineagev1.SpreadChanged:
		return p.record(tRecallSpreads, a.GetSpread(), int64(a.GetSpread().GetRecall()))
	case *lineagev1.MarkChanged:
		m := a.GetMark()
		live := m.GetReached() && m.GetLift() == lineagev1.Lift_LIFT_UNSPECIFIED
		return p.record(tRecallMarks, m, int64(m.GetRecall()), m.GetBatch().GetGtin(), m.GetBatch().GetLot(), flag(live))
	case *recallv1.AcknowledgementChanged:
		k := a.GetAcknowledgement()
		return p.record(tRecallAcks, k, int64(k.GetRecall()), k.GetBatch().GetGtin(), k.GetBatch().GetLot(), k.GetParticipant(), flag(k.GetLate()),
			k.GetFound(), k.GetQuarantined(), k.GetDestroyed(), k.GetSoldOn())
	case *recallv1.NoticeChanged:
		return p.record(tRecallNotices, a.GetNotice(), int64(a.GetNotice().GetRecall()), int64(a.GetNotice().GetNumber()))
	case *recallv1.LiftRecorded:
		return p.record(tRecallLifts, a.GetLift(), int64(a.GetLift().GetRecall()), int64(a.GetLift().GetNumber()))
	}
	return fmt.Errorf("%T is no announcement of a recall", a)
}

// Recalls implements Model; the newest first.
func (db *DB) Recalls(ctx context.Context, f RecallFilter, p Page) (List[*Recall], error) {
	l := &listing{name: "recalls", selects: "number, recalls.record, s.record", from: "recalls JOIN recall_spreads s ON s.recall = recalls.number", key: []keyColumn{{"number", 'i'}}, desc: true}
	l.filter(f.State != 0, "state = ?", int64(f.State))
	l.filter(f.OpenedBy != "", "opened_by = ?", f.OpenedBy)
	l.filter(f.Drills, "drill = 1")
	l.filter(f.Real, "drill = 0")
	l.filter(f.GTIN != "", "number IN (SELECT recall FROM recall_marks WHERE gtin = ? AND lot = ?)", f.GTIN, f.Lot)
	return list(ctx, db, l, p, func(s scanner) (*Recall, []any, error) {
		var number int64
		var record, spread []byte
		if err := s.Scan(&number, &record, &spread); err != nil {
			return nil, nil, err
		}
		r := &Recall{&recallv1.Recall{}, &lineagev1.Spread{}}
		if err := proto.Unmarshal(record, r.Recall); err != nil {
			return nil, nil, err
		}
		return r, []any{number}, proto.Unmarshal(spread, r.Spread)
	})
}

// having is every participant that has some of a batch that a recall marked: as
// the book of matter says, or, of a batch of which it has not heard or of which
// nothing is left, its custodian.
const having = `(SELECT m.recall AS recall, m.gtin AS gtin, m.lot AS lot, m.live AS live, h.holder AS holder, h.remains AS remains
 FROM recall_marks m JOIN held h ON h.gtin = m.gtin AND h.lot = m.lot AND h.has = 1
 UNION ALL SELECT m.recall, m.gtin, m.lot, m.live, b.custodian, COALESCE(s.remains, b.amount)
 FROM recall_marks m JOIN batches b ON b.gtin = m.gtin AND b.lot = m.lot LEFT JOIN stocks s ON s.gtin = m.gtin AND s.lot = m.lot
 WHERE NOT EXISTS (SELECT 1 FROM held h WHERE h.gtin = m.gtin AND h.lot = m.lot AND h.has = 1))`

// RecallBatches implements Model; in order of GTIN and lot.
func (db *DB) RecallBatches(ctx context.Context, f RecallBatchFilter, p Page) (List[*RecallBatch], error) {
	l := &listing{
		name: "recall batches", selects: "m.gtin, m.lot, m.record, b.record, b.unit, COALESCE(s.remains, b.amount), COALESCE(s.sold, 0)",
		from: "recall_marks m LEFT JOIN batches b ON b.gtin = m.gtin AND b.lot = m.lot LEFT JOIN stocks s ON s.gtin = m.gtin AND s.lot = m.lot",
		key:  textKey("m.gtin", "m.lot"),
	}
	l.filter(true, "m.recall = ?", int64(f.Recall))
	l.filter(f.Live, "m.live = 1")
	l.filter(f.Lifted, "m.live = 0")
	l.filter(f.Holder != "", "EXISTS (SELECT 1 FROM "+having+" AS x WHERE x.recall = m.recall AND x.gtin = m.gtin AND x.lot = m.lot AND x.holder = ?)", f.Holder)
	l.filter(f.Waiting, "EXISTS (SELECT 1 FROM "+having+" AS x WHERE x.recall = m.recall AND x.gtin = m.gtin AND x.lot = m.lot AND NOT EXISTS"+
		" (SELECT 1 FROM recall_acks a WHERE a.recall = x.recall AND a.gtin = x.gtin AND a.lot = x.lot AND a.participant = x.holder))")
	out, err := list(ctx, db, l, p, readRecallBatch)
	if err != nil {
		return out, err
	}
	for _, b := range out.Items {
		if err := db.recallHolders(ctx, f.Recall, b); err != nil {
			return out, err
		}
	}
	return out, nil
}

func readRecallBatch(s scanner) (*RecallBatch, []any, error) {
	var gtin, lot string
	var mark, batch []byte
	var unit *string
	var left *int64
	b := &RecallBatch{Mark: &lineagev1.Mark{}}
	if err := s.Scan(&gtin, &lot, &mark, &batch, &unit, &left, &b.Sold); err != nil {
		return nil, nil, err
	}
	if err := proto.Unmarshal(mark, b.Mark); err != nil {
		return nil, nil, err
	}
	if unit == nil {
		return b, []any{gtin, lot}, nil
	}
	b.Unit, b.Left, b.Batch = *unit, *left, &productv1.Batch{}
	return b, []any{gtin, lot}, proto.Unmarshal(batch, b.Batch)
}

// most is how many holders, and how many logistic units, one batch is shown with.
const most = 100

// recallHolders adds who has some of a batch, who said something of it, and what
// it is packed in.
func (db *DB) recallHolders(ctx context.Context, recall uint64, b *RecallBatch) error {
	gtin, lot := b.Mark.GetBatch().GetGtin(), b.Mark.GetBatch().GetLot()
	at := map[string]int{}
	held, err := db.Holders(ctx, HolderFilter{GTIN: gtin, Lot: lot, Left: true}, Page{Limit: most})
	if err != nil {
		return err
	}
	for _, h := range held.Items {
		at[h.GetHolder()] = len(b.Holders)
		b.Holders = append(b.Holders, RecallHolder{Participant: h.GetHolder(), Left: h.GetLeft()})
	}
	if len(held.Items) == 0 && b.Batch != nil {
		at[b.Batch.GetCustodian()] = 0
		b.Holders = append(b.Holders, RecallHolder{Participant: b.Batch.GetCustodian(), Left: b.Left})
	}
	rows, err := db.query(ctx, "SELECT participant, record FROM recall_acks WHERE recall = ? AND gtin = ? AND lot = ? ORDER BY participant LIMIT ?", int64(recall), gtin, lot, most)
	if err != nil {
		return fmt.Errorf("read model: acknowledgements: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var who string
		var record []byte
		if err := rows.Scan(&who, &record); err != nil {
			return fmt.Errorf("read model: acknowledgements: %w", err)
		}
		a := &recallv1.Acknowledgement{}
		if err := proto.Unmarshal(record, a); err != nil {
			return fmt.Errorf("read model: acknowledgements: %w", err)
		}
		i, known := at[who]
		if !known {
			i = len(b.Holders)
			b.Holders = append(b.Holders, RecallHolder{Participant: who})
		}
		b.Holders[i].Acknowledgement = a
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read model: acknowledgements: %w", err)
	}
	units, err := db.LogisticUnits(ctx, UnitFilter{GTIN: gtin, Lot: lot, Packed: true}, Page{Limit: most})
	for _, u := range units.Items {
		b.Units = append(b.Units, u.GetSscc())
	}
	return err
}

// RecallNotices implements Model.
func (db *DB) RecallNotices(ctx context.Context, recall uint64) ([]*recallv1.Notice, error) {
	l := &listing{name: "recall notices", selects: "number, record", from: "recall_notices", key: []keyColumn{{"number", 'i'}}}
	l.filter(true, "recall = ?", int64(recall))
	out, err := list(ctx, db, l, Page{Limit: MaxLimit}, byNumber[recallv1.Notice])
	return out.Items, err
}

// RecallLifts implements Model; in order of number.
func (db *DB) RecallLifts(ctx context.Context, recall uint64, p Page) (List[*recallv1.LiftRecord], error) {
	l := &listing{name: "recall lifts", selects: "number, record", from: "recall_lifts", key: []keyColumn{{"number", 'i'}}}
	l.filter(true, "recall = ?", int64(recall))
	return list(ctx, db, l, p, byNumber[recallv1.LiftRecord])
}

// byNumber reads rows of (number, record).
func byNumber[T any, P message[T]](s scanner) (P, []any, error) {
	var number int64
	var record []byte
	if err := s.Scan(&number, &record); err != nil {
		return nil, nil, err
	}
	m := P(new(T))
	return m, []any{number}, proto.Unmarshal(record, m)
}

// RecallTotals implements Model.
func (db *DB) RecallTotals(ctx context.Context, recall uint64) (*RecallTotals, error) {
	t := &RecallTotals{}
	n := int64(recall)
	err := db.queryRow(ctx, "SELECT COUNT(*), COALESCE(SUM(live), 0) FROM recall_marks WHERE recall = ?", n).Scan(&t.Lifted, &t.Live)
	if err != nil {
		return nil, fmt.Errorf("read model: totals of recall %d: %w", recall, err)
	}
	t.Lifted -= t.Live
	if err := db.recallProducts(ctx, n, t); err != nil {
		return nil, fmt.Errorf("read model: totals of recall %d: %w", recall, err)
	}
	if err := db.recallByHolder(ctx, n, t); err != nil {
		return nil, fmt.Errorf("read model: totals of recall %d: %w", recall, err)
	}
	return t, nil
}

func (db *DB) recallProducts(ctx context.Context, recall int64, t *RecallTotals) error {
	rows, err := db.query(ctx, `SELECT m.gtin, COALESCE(b.unit, ''), COUNT(*), CAST(SUM(COALESCE(s.remains, b.amount, 0)) AS BIGINT), CAST(SUM(COALESCE(s.sold, 0)) AS BIGINT),
 CAST(SUM(COALESCE(a.found, 0)) AS BIGINT), CAST(SUM(COALESCE(a.quarantined, 0)) AS BIGINT), CAST(SUM(COALESCE(a.destroyed, 0)) AS BIGINT),
 CAST(SUM(COALESCE(a.sold_on, 0)) AS BIGINT), CAST(SUM(COALESCE(a.n, 0)) AS BIGINT)
 FROM recall_marks m LEFT JOIN batches b ON b.gtin = m.gtin AND b.lot = m.lot LEFT JOIN stocks s ON s.gtin = m.gtin AND s.lot = m.lot
 LEFT JOIN (SELECT gtin, lot, COUNT(*) AS n, SUM(found) AS found, SUM(quarantined) AS quarantined, SUM(destroyed) AS destroyed, SUM(sold_on) AS sold_on
  FROM recall_acks WHERE recall = ? GROUP BY gtin, lot) AS a ON a.gtin = m.gtin AND a.lot = m.lot
 WHERE m.recall = ? AND m.live = 1 GROUP BY m.gtin, COALESCE(b.unit, '') ORDER BY 1, 2 LIMIT ?`, recall, recall, MaxRecallGroups)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var p RecallProduct
		if err := rows.Scan(&p.GTIN, &p.Unit, &p.Batches, &p.Left, &p.Sold, &p.Found, &p.Quarantined, &p.Destroyed, &p.SoldOn, &p.Answers); err != nil {
			return err
		}
		t.Products = append(t.Products, p)
	}
	return rows.Err()
}

func (db *DB) recallByHolder(ctx context.Context, recall int64, t *RecallTotals) error {
	rows, err := db.query(ctx, `SELECT x.holder, COUNT(*), CAST(SUM(CASE WHEN a.participant IS NULL THEN 0 ELSE 1 END) AS BIGINT), CAST(SUM(COALESCE(a.late, 0)) AS BIGINT)
 FROM `+having+` AS x LEFT JOIN recall_acks a ON a.recall = x.recall AND a.gtin = x.gtin AND a.lot = x.lot AND a.participant = x.holder
 WHERE x.recall = ? AND x.live = 1 GROUP BY x.holder ORDER BY 1 LIMIT ?`, recall, MaxRecallGroups)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var h RecallByHolder
		if err := rows.Scan(&h.Participant, &h.Batches, &h.Acknowledged, &h.Late); err != nil {
			return err
		}
		t.Holders = append(t.Holders, h)
	}
	return rows.Err()
}
