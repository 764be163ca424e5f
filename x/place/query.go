package place

import (
	"cosmossdk.io/collections"

	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	"github.com/filiera-chain/filiera/module"
)

func (p *Place) queryLocation(rd *module.Reader, q *placev1.LocationRequest) (*placev1.LocationResponse, error) {
	l, err := p.LocationOf(rd, q.GetId())
	if err != nil {
		return nil, err
	}
	if l == nil {
		return nil, ErrLocation.With("%q names no location that is registered", clip(q.GetId()))
	}
	a := &placev1.LocationResponse{Location: l}
	for n := uint32(1); n < l.GetRevision(); n++ {
		r, err := p.revisions.Get(rd, collections.Join(l.GetId(), n))
		if err != nil {
			return nil, err
		}
		a.Revisions = append(a.Revisions, r)
	}
	return a, nil
}
