package index

import (
	"context"

	"google.golang.org/protobuf/proto"

	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
)

// SerialFilter chooses records of units; the zero value of a field does not filter.
type SerialFilter struct {
	// GTIN and Lot together name a batch.
	GTIN, Lot string
	// Participant committed the run; of runs only.
	Participant string
	// RevealedAgain chooses units whose code was revealed more than once; of units
	// only.
	RevealedAgain bool
}

var lotColumns = []keyColumn{{"gtin", 't'}, {"lot", 't'}}

func (f SerialFilter) listing(name, from string, key ...keyColumn) *listing {
	l := &listing{name: name, from: from, key: append(lotColumns[:2:2], key...)}
	l.filter(f.GTIN != "" || f.Lot != "", "gtin = ? AND lot = ?", f.GTIN, f.Lot)
	return l
}

// UnitRuns implements Model; in order of batch and number.
func (db *DB) UnitRuns(ctx context.Context, f SerialFilter, p Page) (List[*unitv1.Run], error) {
	l := f.listing("unit_runs", "unit_runs", keyColumn{"number", 'i'})
	l.selects = "gtin, lot, number, record"
	l.filter(f.Participant != "", "committed_by = ?", f.Participant)
	return list(ctx, db, l, p, func(s scanner) (*unitv1.Run, []any, error) {
		r := new(unitv1.Run)
		key, err := scanNumbered(s, r)
		return r, key, err
	})
}

// UnitVoidings implements Model; in order of batch and number.
func (db *DB) UnitVoidings(ctx context.Context, f SerialFilter, p Page) (List[*unitv1.Voiding], error) {
	l := f.listing("unit_voidings", "unit_voidings", keyColumn{"number", 'i'})
	l.selects = "gtin, lot, number, record"
	return list(ctx, db, l, p, func(s scanner) (*unitv1.Voiding, []any, error) {
		v := new(unitv1.Voiding)
		key, err := scanNumbered(s, v)
		return v, key, err
	})
}

// UnitRecords implements Model; in order of batch, run and position.
func (db *DB) UnitRecords(ctx context.Context, f SerialFilter, p Page) (List[*unitv1.Unit], error) {
	l := f.listing("unit_records", "unit_records", keyColumn{"run", 'i'}, keyColumn{"position", 'i'})
	l.selects = "gtin, lot, run, position, record"
	l.filter(f.RevealedAgain, "reveals > 1")
	return list(ctx, db, l, p, func(s scanner) (*unitv1.Unit, []any, error) {
		var gtin, lot string
		var run, position int64
		var b []byte
		if err := s.Scan(&gtin, &lot, &run, &position, &b); err != nil {
			return nil, nil, err
		}
		u := new(unitv1.Unit)
		return u, []any{gtin, lot, run, position}, proto.Unmarshal(b, u)
	})
}

func scanNumbered(s scanner, into proto.Message) ([]any, error) {
	var gtin, lot string
	var number int64
	var b []byte
	if err := s.Scan(&gtin, &lot, &number, &b); err != nil {
		return nil, err
	}
	return []any{gtin, lot, number}, proto.Unmarshal(b, into)
}

// units writes what was announced of units. Tallies are read from the state.
func (p *projection) units(m proto.Message) error {
	switch a := m.(type) {
	case *unitv1.RunChanged:
		r := a.GetRun()
		return p.record(tUnitRuns, r, r.GetBatch().GetGtin(), r.GetBatch().GetLot(), int64(r.GetNumber()), r.GetCommittedBy())
	case *unitv1.UnitsVoided:
		v := a.GetVoiding()
		return p.record(tUnitVoidings, v, v.GetBatch().GetGtin(), v.GetBatch().GetLot(), int64(v.GetNumber()))
	case *unitv1.UnitChanged:
		u := a.GetUnit()
		return p.record(tUnitRecords, u, u.GetBatch().GetGtin(), u.GetBatch().GetLot(), int64(u.GetRun()), int64(u.GetIndex()), int64(u.GetReveals()))
	}
	return nil
}
