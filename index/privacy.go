package index

import (
	"context"

	"google.golang.org/protobuf/proto"

	privacyv1 "github.com/filiera-chain/filiera/api/privacy/v1"
	"github.com/filiera-chain/filiera/commitment"
)

// CommitmentFilter chooses records of private fields.
type CommitmentFilter struct {
	Participant string
	Subject     commitment.Subject
}

// HoldingFilter chooses what was handed to somebody.
type HoldingFilter struct {
	Participant string
	// Kept leaves out what its holder acknowledged as erased.
	Kept bool
}

func subjectText(s *privacyv1.Subject) string {
	switch s.GetOf().(type) {
	case *privacyv1.Subject_Batch:
		return string(commitment.Batch(s.GetBatch().GetGtin(), s.GetBatch().GetLot()))
	case *privacyv1.Subject_Event:
		return string(commitment.Event(s.GetEvent()))
	case *privacyv1.Subject_Attestation:
		return string(commitment.Attestation(s.GetAttestation()))
	}
	return string(commitment.Product(s.GetProduct()))
}

// Commitments implements Model; in order of id.
func (db *DB) Commitments(ctx context.Context, f CommitmentFilter, p Page) (List[*privacyv1.Commitment], error) {
	l := &listing{name: "commitments", selects: "id, record", from: "commitments", key: []keyColumn{{"id", 'b'}}}
	l.filter(f.Participant != "", "participant = ?", f.Participant)
	l.filter(f.Subject != "", "subject = ?", string(f.Subject))
	return list(ctx, db, l, p, func(s scanner) (*privacyv1.Commitment, []any, error) {
		var id, record []byte
		if err := s.Scan(&id, &record); err != nil {
			return nil, nil, err
		}
		m := new(privacyv1.Commitment)
		return m, []any{id}, proto.Unmarshal(record, m)
	})
}

// Holdings implements Model; in order of participant, commitment and field.
func (db *DB) Holdings(ctx context.Context, f HoldingFilter, p Page) (List[*privacyv1.Holding], error) {
	l := &listing{
		name: "holdings", selects: "participant, commitment, field, record", from: "holdings",
		key: []keyColumn{{"participant", 't'}, {"commitment", 'b'}, {"field", 't'}},
	}
	l.filter(f.Participant != "", "participant = ?", f.Participant)
	l.filter(f.Kept, "erased = ?", int64(0))
	return list(ctx, db, l, p, func(s scanner) (*privacyv1.Holding, []any, error) {
		var who, field string
		var id, record []byte
		if err := s.Scan(&who, &id, &field, &record); err != nil {
			return nil, nil, err
		}
		m := new(privacyv1.Holding)
		return m, []any{who, id, field}, proto.Unmarshal(record, m)
	})
}
