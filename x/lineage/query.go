package lineage

import (
	"errors"

	"cosmossdk.io/collections"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
)

const (
	usualPage = 100
	mostPage  = 500
)

func (l *Lineage) queryMarks(rd *module.Reader, q *lineagev1.MarksRequest) (*lineagev1.MarksResponse, error) {
	limit := int(q.GetLimit())
	if limit == 0 {
		limit = usualPage
	}
	list, more, err := l.Marks(rd, q.GetRecall(), q.GetAfter(), min(limit, mostPage))
	if err != nil {
		return nil, err
	}
	s, err := l.Spread(rd, q.GetRecall())
	return &lineagev1.MarksResponse{Spread: s, Marks: list, More: more}, err
}

// Marks gives up to limit marks of a recall in order of GTIN and lot, after a
// batch (nil begins at the first), and whether there are more.
func (l *Lineage) Marks(rd *module.Reader, recall uint64, after *basev1.BatchID, limit int) (list []*lineagev1.Mark, more bool, err error) {
	of := new(collections.Range[ofKey]).Prefix(collections.TriplePrefix[uint64, string, string](recall))
	if after != nil {
		of = of.StartExclusive(collections.Join3(recall, after.GetGtin(), after.GetLot()))
	}
	err = l.ofRecall.Walk(rd, of, func(k ofKey) (bool, error) {
		if more = len(list) == limit; more {
			return true, nil
		}
		m, err := l.marks.Get(rd, collections.Join3(k.K2(), k.K3(), recall))
		list = append(list, m)
		return err != nil, err
	})
	return list, more, err
}

func (l *Lineage) queryFree(rd *module.Reader, q *lineagev1.FreeRequest) (*lineagev1.FreeResponse, error) {
	gtin, err := gs1.ParseGTIN(q.GetBatch().GetGtin())
	if err != nil {
		return nil, ErrShape.With("batch.gtin: %v", err)
	}
	if _, err := gs1.ParseLot(q.GetBatch().GetLot()); err != nil {
		return nil, ErrShape.With("batch.lot: %v", err)
	}
	err = l.Free(rd, idOf(gtin, q.GetBatch().GetLot()))
	var refusal *module.Error
	if errors.As(err, &refusal) {
		return &lineagev1.FreeResponse{Refusal: refusal.ID(), Message: refusal.Error()}, nil
	}
	return &lineagev1.FreeResponse{}, err
}
