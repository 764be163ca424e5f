package index

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// EPCISQuery asks for events. All conditions must hold.
type EPCISQuery struct {
	Where []EPCISCondition
	// FromEventTime and FromRecordTime are included, the others not; unix
	// milliseconds.
	FromEventTime, ToEventTime   *int64
	FromRecordTime, ToRecordTime *int64
	// AfterSeq leaves out what was recorded up to there, and BeforeSeq, unless
	// 0, what was recorded from there on.
	AfterSeq, BeforeSeq int64
	// ByEventTime orders by the time of the event, else by the order of
	// recording; Descending puts the latest first.
	ByEventTime, Descending bool
}

// EPCISCondition holds where one of its tests does.
type EPCISCondition []EPCISTest

// EPCISTest is a question about the terms of an event.
type EPCISTest struct {
	Field string
	Op    EPCISOp
	// Values are the term's canonical values: any of them for EPCISEqual, none
	// for EPCISExists, one for the others.
	Values []string
}

// EPCISOp compares a term.
type EPCISOp string

// The comparisons. EPCISLike takes _ for one character and a final % for any.
const (
	EPCISEqual   EPCISOp = "="
	EPCISGreater EPCISOp = ">"
	EPCISAtLeast EPCISOp = ">="
	EPCISLess    EPCISOp = "<"
	EPCISAtMost  EPCISOp = "<="
	EPCISLike    EPCISOp = "LIKE"
	EPCISExists  EPCISOp = "EXISTS"
)

// EPCISEvent is an event that answers a query.
type EPCISEvent struct {
	// Seq numbers the events of the chain in the order of recording.
	Seq int64
	// ID is SHA-256 of the CBV 2.0 pre-hash text: 32 bytes.
	ID []byte
	// EventTime and RecordTime, the time of the block, in unix milliseconds.
	EventTime, RecordTime int64
	// Document is the event object as captured, Context the JSON-LD context of
	// its document; nil when it has none.
	Document, Context json.RawMessage
}

// commonFields are those with few values, each on a great part of all events: an
// event is looked up among theirs, they are not gathered.
var commonFields = map[string]bool{
	"type": true, "action": true, "bizStep": true, "disposition": true, "persistentDisposition_set": true, "persistentDisposition_unset": true,
	"type.sensor": true,
}

// sql gives the condition on epcis_events e.
func (t EPCISTest) sql() (string, []any) {
	args := []any{TermValue(t.Field)}
	match := "field = ?"
	switch t.Op {
	case EPCISExists:
	case EPCISEqual:
		match += " AND value IN " + placeholders(1, len(t.Values))
		for _, v := range t.Values {
			args = append(args, v)
		}
	default:
		match += " AND value " + string(t.Op) + " ?"
		args = append(args, t.Values[0])
	}
	if t.Op == EPCISEqual && commonFields[t.Field] {
		return "EXISTS (SELECT 1 FROM epcis_terms t WHERE " + match + " AND t.seq = e.seq)", args
	}
	return "e.seq IN (SELECT seq FROM epcis_terms WHERE " + match + ")", args
}

func (c EPCISCondition) sql() (string, []any, error) {
	var parts []string
	var args []any
	for _, t := range c {
		if t.Op != EPCISExists && len(t.Values) == 0 {
			return "", nil, fmt.Errorf("read model: the test of %s has no value", t.Field)
		}
		s, a := t.sql()
		parts, args = append(parts, s), append(args, a...)
	}
	if len(parts) == 0 {
		return "", nil, errors.New("read model: a condition without a test")
	}
	return "(" + strings.Join(parts, " OR ") + ")", args, nil
}

const epcisColumns = "e.event_time, e.seq, e.record_time, v.id, CASE e.document WHEN '' THEN v.document ELSE e.document END, " +
	"CASE e.document WHEN '' THEN v.context ELSE e.context END"

func (q *EPCISQuery) listing() (*listing, error) {
	l := &listing{name: "epcis", selects: epcisColumns, from: "epcis_events e JOIN events v ON v.id = e.event", desc: q.Descending}
	l.key = []keyColumn{{"e.seq", 'i'}}
	if q.ByEventTime {
		l.name, l.key = "epcis by event time", []keyColumn{{"e.event_time", 'i'}, {"e.seq", 'i'}}
	}
	if q.Descending {
		l.name += ", latest first"
	}
	for _, c := range q.Where {
		s, args, err := c.sql()
		if err != nil {
			return nil, err
		}
		l.filter(true, s, args...)
	}
	for _, b := range [...]struct {
		at   *int64
		cond string
	}{
		{q.FromEventTime, "e.event_time >= ?"},
		{q.ToEventTime, "e.event_time < ?"},
		{q.FromRecordTime, "e.record_time >= ?"},
		{q.ToRecordTime, "e.record_time < ?"},
	} {
		if b.at != nil {
			l.filter(true, b.cond, *b.at)
		}
	}
	l.filter(true, "NOT EXISTS (SELECT 1 FROM adopted_events a WHERE a.id = e.event AND e.seq < a.seq)")
	l.filter(q.AfterSeq > 0, "e.seq > ?", q.AfterSeq)
	l.filter(q.BeforeSeq > 0, "e.seq < ?", q.BeforeSeq)
	return l, nil
}

// EPCISEvents implements Model.
func (db *DB) EPCISEvents(ctx context.Context, q EPCISQuery, p Page) (List[*EPCISEvent], error) {
	l, err := q.listing()
	if err != nil {
		return List[*EPCISEvent]{}, err
	}
	return list(ctx, db, l, p, func(s scanner) (*EPCISEvent, []any, error) {
		e := &EPCISEvent{}
		var document, jsonldContext string
		if err := s.Scan(&e.EventTime, &e.Seq, &e.RecordTime, &e.ID, &document, &jsonldContext); err != nil {
			return nil, nil, err
		}
		e.Document = []byte(document)
		if jsonldContext != "" {
			e.Context = []byte(jsonldContext)
		}
		if q.ByEventTime {
			return e, []any{e.EventTime, e.Seq}, nil
		}
		return e, []any{e.Seq}, nil
	})
}

// EPCISCount implements Model.
func (db *DB) EPCISCount(ctx context.Context, q EPCISQuery, most int) (int, error) {
	l, err := q.listing()
	if err != nil {
		return 0, err
	}
	stmt := "SELECT 1 FROM " + l.from
	if len(l.where) > 0 {
		stmt += " WHERE " + strings.Join(l.where, " AND ")
	}
	var n int
	err = db.queryRow(ctx, "SELECT count(*) FROM ("+stmt+" LIMIT ?) AS found", append(l.args, most)...).Scan(&n)
	return n, err
}

// EPCISValues implements Model. Each value is looked up after the one before:
// the events that have it are not read.
func (db *DB) EPCISValues(ctx context.Context, field string, p Page) (List[string], error) {
	l := &listing{name: "epcis values", key: textKey("value")}
	l.filter(true, "field = ?", field)
	out := List[string]{Items: []string{}}
	after := ""
	if p.Token != "" {
		key, err := l.decode(p.Token)
		if err != nil {
			return out, err
		}
		after = key[0].(string)
	}
	limit := min(max(p.Limit, 0), MaxLimit)
	if limit == 0 {
		limit = DefaultLimit
	}
	for {
		var next sql.NullString
		err := db.queryRow(ctx, `SELECT min(value) FROM epcis_terms WHERE field = ? AND value > ?`, field, after).Scan(&next)
		if err != nil {
			return out, fmt.Errorf("read model: values of %s: %w", field, err)
		}
		if !next.Valid {
			return out, nil
		}
		if len(out.Items) == limit {
			out.Next, err = l.encode([]any{after})
			return out, err
		}
		after = next.String
		out.Items = append(out.Items, after)
	}
}

// EPCISSeqBefore implements Model.
func (db *DB) EPCISSeqBefore(ctx context.Context, at time.Time) (int64, error) {
	var seq int64
	err := db.queryRow(ctx, `SELECT coalesce(max(seq), 0) FROM epcis_events WHERE record_time < ?`, at.UnixMilli()).Scan(&seq)
	return seq, err
}
