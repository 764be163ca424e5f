package rules

import (
	"context"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
	"github.com/filiera-chain/filiera/module"
)

// maxAnswered bounds the rulings of one answer.
const maxAnswered = 200

// Declarations gives what participants declared of a batch, in order of
// participant.
func (r *Rules) Declarations(ctx context.Context, id *basev1.BatchID) ([]*rulesv1.Declaration, error) {
	var out []*rulesv1.Declaration
	err := r.declarations.Walk(ctx, ofBatch(id), func(_ rulingKey, d *rulesv1.Declaration) (bool, error) {
		out = append(out, d)
		return false, nil
	})
	return out, err
}

func (r *Rules) queryContract(rd *module.Reader, q *rulesv1.ContractRequest) (*rulesv1.ContractResponse, error) {
	list, err := r.versionsOf(rd, q.GetContract())
	if err == nil && len(list) == 0 {
		return nil, ErrContract.With("there is no contract %s", clip(q.GetContract()))
	}
	return &rulesv1.ContractResponse{Versions: list}, err
}

func (r *Rules) queryDocument(rd *module.Reader, q *rulesv1.DocumentRequest) (*rulesv1.Document, error) {
	hash := q.GetSha256()
	if len(hash) == 0 {
		v, err := r.mustVersion(rd, q.GetContract(), q.GetVersion())
		if err != nil {
			return nil, err
		}
		hash = v.GetSha256()
	}
	d, err := module.Find(rd, r.documents, hash)
	if err == nil && d == nil {
		return nil, ErrContract.With("no contract has the hash %x", hash)
	}
	return d, err
}

func (r *Rules) queryOfBatch(rd *module.Reader, q *rulesv1.OfBatchRequest) (*rulesv1.OfBatchResponse, error) {
	if err := checkBatch(q.GetBatch()); err != nil {
		return nil, err
	}
	out := &rulesv1.OfBatchResponse{}
	err := r.rulings.Walk(rd, ofBatch(q.GetBatch()), func(_ rulingKey, x *rulesv1.Ruling) (bool, error) {
		if len(out.GetRulings()) == maxAnswered {
			out.More = true
			return true, nil
		}
		out.Rulings = append(out.Rulings, x)
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	err = r.consequences.Walk(rd, ofBatch(q.GetBatch()), func(_ rulingKey, x *rulesv1.Consequence) (bool, error) {
		out.Consequences = append(out.Consequences, x)
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	out.Declarations, err = r.Declarations(rd, q.GetBatch())
	return out, err
}
