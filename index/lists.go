package index

import (
	"context"

	"google.golang.org/protobuf/proto"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
)

// message ties a record's Go type to the pointer that is its proto.Message.
type message[T any] interface {
	*T
	proto.Message
}

// byText reads rows of (text key columns…, record).
func byText[T any, P message[T]](columns int) func(scanner) (P, []any, error) {
	return func(s scanner) (P, []any, error) {
		texts := make([]string, columns)
		var record []byte
		dest := make([]any, 0, columns+1)
		for i := range texts {
			dest = append(dest, &texts[i])
		}
		if err := s.Scan(append(dest, &record)...); err != nil {
			return nil, nil, err
		}
		key := make([]any, columns)
		for i := range texts {
			key[i] = texts[i]
		}
		m := P(new(T))
		return m, key, proto.Unmarshal(record, m)
	}
}

func textKey(names ...string) []keyColumn {
	out := make([]keyColumn, len(names))
	for i, n := range names {
		out[i] = keyColumn{n, 't'}
	}
	return out
}

// Participants implements Model; in order of id.
func (db *DB) Participants(ctx context.Context, f ParticipantFilter, p Page) (List[*registryv1.Participant], error) {
	l := &listing{name: "participants", selects: "id, record", from: "participants", key: textKey("id")}
	l.filter(f.Role != 0, "id IN (SELECT participant FROM grants WHERE role = ? AND revoked = 0)", int64(f.Role))
	l.filter(f.Status != 0, "status = ?", int64(f.Status))
	return list(ctx, db, l, p, byText[registryv1.Participant](1))
}

// Proposals implements Model; the newest first.
func (db *DB) Proposals(ctx context.Context, f ProposalFilter, p Page) (List[*registryv1.Proposal], error) {
	l := &listing{name: "proposals", selects: "id, record", from: "proposals", key: []keyColumn{{"id", 'i'}}, desc: true}
	l.filter(f.Status != 0, "status = ?", int64(f.Status))
	return list(ctx, db, l, p, func(s scanner) (*registryv1.Proposal, []any, error) {
		var id int64
		var record []byte
		if err := s.Scan(&id, &record); err != nil {
			return nil, nil, err
		}
		m := new(registryv1.Proposal)
		return m, []any{id}, proto.Unmarshal(record, m)
	})
}

// Specifications implements Model; in order of id.
func (db *DB) Specifications(ctx context.Context, f SpecificationFilter, p Page) (List[*productv1.Specification], error) {
	l := &listing{name: "specs", selects: "id, record", from: "specifications", key: textKey("id")}
	l.filter(f.Scheme != 0, "scheme = ?", int64(f.Scheme))
	return list(ctx, db, l, p, byText[productv1.Specification](1))
}

// Products implements Model; in order of GTIN.
func (db *DB) Products(ctx context.Context, f ProductFilter, p Page) (List[*productv1.Product], error) {
	l := &listing{name: "products", selects: "gtin, record", from: "products", key: textKey("gtin")}
	l.filter(f.Owner != "", "owner = ?", f.Owner)
	l.filter(f.Specification != "", "specification = ?", f.Specification)
	return list(ctx, db, l, p, byText[productv1.Product](1))
}

// Batches implements Model; in order of GTIN and lot.
func (db *DB) Batches(ctx context.Context, f BatchFilter, p Page) (List[*productv1.Batch], error) {
	l := &listing{name: "batches", selects: "gtin, lot, record", from: "batches", key: textKey("gtin", "lot")}
	l.filter(f.GTIN != "", "gtin = ?", f.GTIN)
	l.filter(f.Lot != "", "lot = ?", f.Lot)
	l.filter(f.Owner != "", "owner = ?", f.Owner)
	l.filter(f.Custodian != "", "(custodian = ? OR (gtin, lot) IN (SELECT gtin, lot FROM held WHERE holder = ? AND has = 1))", f.Custodian, f.Custodian)
	l.filter(f.Specification != "", "specification = ?", f.Specification)
	l.filter(f.Recalled, recalledNow)
	if f.Status > productv1.BatchStatus_BATCH_STATUS_ACTIVE {
		l.filter(true, "status <> 1") // lets the planner use the partial index
	}
	l.filter(f.Status != 0, "status = ?", int64(f.Status))
	l.filter(f.Late, "late > 0")
	l.filter(f.From != "", "production_date >= ?", f.From)
	l.filter(f.To != "", "production_date <= ?", f.To)
	return list(ctx, db, l, p, byText[productv1.Batch](2))
}

// Attestations implements Model; in order of id.
func (db *DB) Attestations(ctx context.Context, f AttestationFilter, p Page) (List[*certv1.Attestation], error) {
	l := &listing{name: "attestations", selects: "id, record", from: "attestations", key: textKey("id")}
	l.filter(f.Certifier != "", "certifier = ?", f.Certifier)
	l.filter(f.Specification != "", "specification = ?", f.Specification)
	l.filter(f.Status != "", "status = ?", f.Status)
	l.filter(f.GTIN != "" && f.Lot != "", "id IN (SELECT attestation FROM attestation_batches WHERE gtin = ? AND lot = ?)", f.GTIN, f.Lot)
	l.filter(f.GTIN != "" && f.Lot == "", "id IN (SELECT attestation FROM attestation_batches WHERE gtin = ?)", f.GTIN)
	return list(ctx, db, l, p, byText[certv1.Attestation](1))
}

// eventColumns gives the newest record: declarations of error are added to it.
const eventColumns = "event_time, id, tx, coalesce((SELECT d.record FROM declared_events d WHERE d.id = events.id), record), document, context"

// Events implements Model; in order of event time and id.
func (db *DB) Events(ctx context.Context, f EventFilter, p Page) (List[*Event], error) {
	l := &listing{name: "events", selects: eventColumns, from: "events", key: []keyColumn{{"event_time", 'i'}, {"id", 'b'}}}
	l.filter(f.Type != "", "type = ?", f.Type)
	l.filter(f.Action != "", "action = ?", f.Action)
	l.filter(f.BizStep != "", "biz_step = ?", f.BizStep)
	l.filter(f.Disposition != "", "disposition = ?", f.Disposition)
	l.filter(f.Reporter != "", "reporter = ?", f.Reporter)
	l.filter(f.Late, "late > 0")
	l.filter(f.GTIN != "" && f.Lot != "" && f.InJourney, "id IN (SELECT event FROM event_batches WHERE gtin = ? AND lot = ? AND registered = 1)", f.GTIN, f.Lot)
	l.filter(f.GTIN != "" && f.Lot != "" && !f.InJourney, "id IN (SELECT event FROM event_batches WHERE gtin = ? AND lot = ?)", f.GTIN, f.Lot)
	l.filter(f.GTIN != "" && f.Lot == "", "id IN (SELECT event FROM event_batches WHERE gtin = ?)", f.GTIN)
	if f.From != nil {
		l.filter(true, "event_time >= ?", *f.From)
	}
	if f.To != nil {
		l.filter(true, "event_time < ?", *f.To)
	}
	return list(ctx, db, l, p, readEvent)
}

func readEvent(s scanner) (*Event, []any, error) {
	var at int64
	var id, record []byte
	var document, jsonldContext string
	e := &Event{}
	if err := s.Scan(&at, &id, &e.TxHash, &record, &document, &jsonldContext); err != nil {
		return nil, nil, err
	}
	e.Record = newEvent()
	if document != "" {
		e.Document = []byte(document)
	}
	if jsonldContext != "" {
		e.Context = []byte(jsonldContext)
	}
	return e, []any{at, id}, proto.Unmarshal(record, e.Record)
}
