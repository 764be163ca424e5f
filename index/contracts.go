package index

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"

	agreementv1 "github.com/filiera-chain/filiera/api/agreement/v1"
	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
)

// ContractFilter chooses versions of contracts; the zero value of a field does not
// filter.
type ContractFilter struct {
	Status                  rulesv1.VersionStatus
	Specification, Contract string
}

// ConsequenceFilter chooses what followed from rules.
type ConsequenceFilter struct {
	Kind     rulesv1.ConsequenceKind
	Contract string
	// Live leaves out what has ended.
	Live bool
	// GTIN and Lot together name a batch.
	GTIN, Lot string
}

// AgreementFilter chooses agreements.
type AgreementFilter struct {
	State agreementv1.State
	Party string
}

// contract writes what module rules announces.
func (p *projection) contract(a proto.Message) error {
	switch a := a.(type) {
	case *rulesv1.VersionChanged:
		v := a.GetVersion()
		return p.record(tContracts, v, v.GetContract(), int64(v.GetVersion()), int64(v.GetStatus()), v.GetSpecification())
	case *rulesv1.ConsequenceChanged:
		c := a.GetConsequence()
		name := strings.Join([]string{c.GetContract(), c.GetRule(), c.GetKind().String()}, "/")
		return p.record(tConsequences, c, c.GetBatch().GetGtin(), c.GetBatch().GetLot(), name, int64(c.GetKind()), flag(c.GetEndedAt() == 0), c.GetContract())
	case *rulesv1.PointsChanged:
		x := a.GetPoints()
		return p.record(tPoints, x, x.GetParticipant(), x.GetContract(), x.GetPoints())
	}
	return fmt.Errorf("%T is no announcement of a contract", a)
}

func (p *projection) agreement(a *agreementv1.Agreement) error {
	for _, x := range a.GetParties() {
		p.put(tAgreementParties, x.GetParticipant(), int64(a.GetNumber()))
	}
	return p.record(tAgreements, a, int64(a.GetNumber()), int64(a.GetState()))
}

// Contracts implements Model; in order of contract and version.
func (db *DB) Contracts(ctx context.Context, f ContractFilter, p Page) (List[*rulesv1.Version], error) {
	l := &listing{name: "contracts", selects: "contract, version, record", from: "contracts", key: []keyColumn{{"contract", 't'}, {"version", 'i'}}}
	l.filter(f.Status != 0, "status = ?", int64(f.Status))
	l.filter(f.Specification != "", "specification = ?", f.Specification)
	l.filter(f.Contract != "", "contract = ?", f.Contract)
	return list(ctx, db, l, p, func(s scanner) (*rulesv1.Version, []any, error) {
		var contract string
		var version int64
		var b []byte
		if err := s.Scan(&contract, &version, &b); err != nil {
			return nil, nil, err
		}
		v := new(rulesv1.Version)
		return v, []any{contract, version}, proto.Unmarshal(b, v)
	})
}

// Consequences implements Model; in order of batch, contract, rule and kind.
func (db *DB) Consequences(ctx context.Context, f ConsequenceFilter, p Page) (List[*rulesv1.Consequence], error) {
	l := &listing{name: "consequences", selects: "gtin, lot, name, record", from: "consequences", key: textKey("gtin", "lot", "name")}
	l.filter(f.Kind != 0, "kind = ?", int64(f.Kind))
	l.filter(f.Contract != "", "contract = ?", f.Contract)
	l.filter(f.Live, "live = 1")
	l.filter(f.GTIN != "", "gtin = ? AND lot = ?", f.GTIN, f.Lot)
	return list(ctx, db, l, p, byText[rulesv1.Consequence](3))
}

// Points implements Model; in order of participant and contract.
func (db *DB) Points(ctx context.Context, participant string, p Page) (List[*rulesv1.Points], error) {
	l := &listing{name: "points", selects: "participant, contract, record", from: "points", key: textKey("participant", "contract")}
	l.filter(participant != "", "participant = ?", participant)
	return list(ctx, db, l, p, byText[rulesv1.Points](2))
}

// Agreements implements Model.
func (db *DB) Agreements(ctx context.Context, f AgreementFilter, p Page) (List[*agreementv1.Agreement], error) {
	l := &listing{name: "agreements", selects: "number, record", from: "agreements", key: []keyColumn{{"number", 'i'}}, desc: true}
	l.filter(f.State != 0, "state = ?", int64(f.State))
	l.filter(f.Party != "", "number IN (SELECT number FROM agreement_parties WHERE participant = ?)", f.Party)
	return list(ctx, db, l, p, func(s scanner) (*agreementv1.Agreement, []any, error) {
		var number int64
		var b []byte
		if err := s.Scan(&number, &b); err != nil {
			return nil, nil, err
		}
		a := new(agreementv1.Agreement)
		return a, []any{number}, proto.Unmarshal(b, a)
	})
}
