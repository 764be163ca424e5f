package index

import (
	"context"
	"strings"

	"google.golang.org/protobuf/proto"

	ledgerv1 "github.com/filiera-chain/filiera/api/ledger/v1"
)

// ActFilter chooses notarised acts; the zero value of a field does not filter. Days
// are YYYY-MM-DD.
type ActFilter struct {
	Kind              ledgerv1.ActKind
	Body, DepositedBy string
	CUP               string
	// From and To bound the acts' dates, both ends included.
	From, To string
	// InForceOn leaves out what is not in force on a day.
	InForceOn string
}

// Acts implements Model; the latest first.
func (db *DB) Acts(ctx context.Context, f ActFilter, p Page) (List[*ledgerv1.Act], error) {
	l := &listing{name: "acts", selects: "act_date, id, record", from: "acts", key: textKey("act_date", "id"), desc: true}
	l.filter(f.Kind != 0, "kind = ?", int64(f.Kind))
	l.filter(f.Body != "", "body = ?", f.Body)
	l.filter(f.DepositedBy != "", "deposited_by = ?", f.DepositedBy)
	l.filter(f.CUP != "", "id IN (SELECT act FROM act_cups WHERE cup = ?)", f.CUP)
	l.filter(f.From != "", "act_date >= ?", f.From)
	l.filter(f.To != "", "act_date <= ?", f.To)
	l.filter(f.InForceOn != "", "in_force_from <= ? AND (in_force_to = '' OR in_force_to >= ?) AND (ended_from = '' OR ended_from > ?)", f.InForceOn, f.InForceOn, f.InForceOn)
	return list(ctx, db, l, p, byText[ledgerv1.Act](2))
}

// RelationFilter chooses relations between acts; the zero value of a field does not
// filter.
type RelationFilter struct {
	From, To string
	Kind     ledgerv1.ActRelation
	// Withdrawn has those too that were taken back as mistakes.
	Withdrawn bool
}

// ActRelations implements Model; in order of source, kind and target.
func (db *DB) ActRelations(ctx context.Context, f RelationFilter, p Page) (List[*ledgerv1.Relation], error) {
	l := &listing{name: "act_relations", selects: "from_act, kind, to_act, record", from: "act_relations", key: []keyColumn{{"from_act", 't'}, {"kind", 'i'}, {"to_act", 't'}}}
	l.filter(f.From != "", "from_act = ?", f.From)
	l.filter(f.To != "", "to_act = ?", f.To)
	l.filter(f.Kind != 0, "kind = ?", int64(f.Kind))
	l.filter(!f.Withdrawn, "live = 1")
	return list(ctx, db, l, p, func(s scanner) (*ledgerv1.Relation, []any, error) {
		var from, to string
		var kind int64
		var b []byte
		if err := s.Scan(&from, &kind, &to, &b); err != nil {
			return nil, nil, err
		}
		r := new(ledgerv1.Relation)
		return r, []any{from, kind, to}, proto.Unmarshal(b, r)
	})
}

// act writes an act; it is found by its number, by its body and by its subject.
func (p *projection) act(a *ledgerv1.Act) error {
	for _, cup := range a.GetCups() {
		p.put(tActCUPs, cup, a.GetId())
	}
	ended := ""
	for _, c := range a.GetChanges() {
		ends := c.GetKind() == ledgerv1.ActRelation_ACT_RELATION_REVOKES || c.GetKind() == ledgerv1.ActRelation_ACT_RELATION_REPEALS
		if ends && c.GetWithdrawnAt() == 0 && (ended == "" || c.GetEffectiveFrom() < ended) {
			ended = c.GetEffectiveFrom()
		}
	}
	p.findable("act", a.GetId(), a.GetSubject(), strings.ReplaceAll(a.GetId(), ":", " "), a.GetBodyName(), strings.Join(a.GetCups(), " "))
	return p.record(tActs, a, a.GetId(), int64(a.GetKind()), a.GetBody(), a.GetDate(), a.GetInForceFrom(), a.GetInForceTo(), ended, a.GetDepositedBy())
}
