package unit

import (
	"cosmossdk.io/collections"

	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
	"github.com/filiera-chain/filiera/module"
)

// queryRuns answers which units a batch has, and how many more it may have.
func (u *Unit) queryRuns(rd *module.Reader, q *unitv1.RunsRequest) (*unitv1.RunsResponse, error) {
	if err := checkBatchID(q.GetBatch()); err != nil {
		return nil, err
	}
	b, err := u.batch(rd, q.GetBatch())
	if err != nil {
		return nil, err
	}
	a := &unitv1.RunsResponse{}
	if a.Tally, err = u.Tally(rd, b.GetGtin(), b.GetLot()); err != nil {
		return nil, err
	}
	if a.Runs, err = u.runsOf(rd, b.GetGtin(), b.GetLot()); err != nil {
		return nil, err
	}
	limit, err := u.boundOf(rd, rd.Time, b)
	if err != nil {
		return nil, err
	}
	a.Room, a.BoundBy = limit.room(a.Tally.GetContent())
	return a, nil
}

// queryUnit answers what happened to a unit.
func (u *Unit) queryUnit(rd *module.Reader, q *unitv1.UnitRequest) (*unitv1.UnitResponse, error) {
	if err := checkBatchID(q.GetBatch()); err != nil {
		return nil, err
	}
	r, err := u.run(rd, q.GetBatch(), q.GetRun())
	if err != nil {
		return nil, err
	}
	a := &unitv1.UnitResponse{}
	if a.Unit, err = module.Find(rd, u.units, unitKeyOf(q.GetBatch(), q.GetRun(), q.GetIndex())); err != nil {
		return nil, err
	}
	number := a.Unit.GetVoiding()
	if number == 0 && void(r, a.Unit) {
		number = r.GetRestVoiding()
	}
	if number != 0 {
		a.Voiding, err = module.Find(rd, u.voidings, collections.Join3(q.GetBatch().GetGtin(), q.GetBatch().GetLot(), number))
	}
	return a, err
}
