package recall

import (
	"time"

	"cosmossdk.io/collections"

	recallv1 "github.com/filiera-chain/filiera/api/recall/v1"
	"github.com/filiera-chain/filiera/module"
)

func (r *Recall) queryRecall(rd *module.Reader, q *recallv1.RecallRequest) (*recallv1.RecallResponse, error) {
	x, err := r.mustRecall(rd, q.GetNumber())
	if err != nil {
		return nil, err
	}
	n, err := module.Find(rd, r.notices, collections.Join(x.GetNumber(), x.GetNotice()))
	return &recallv1.RecallResponse{Recall: x, Notice: n}, err
}

// day writes a second for a sentence.
func day(unix int64) string { return time.Unix(unix, 0).UTC().Format(time.RFC3339) }
