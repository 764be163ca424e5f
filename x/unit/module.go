package unit

import (
	"errors"

	"google.golang.org/protobuf/proto"

	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
	"github.com/filiera-chain/filiera/module"
)

// Module lists what can be done here, what can be asked, and what must hold.
func (u *Unit) Module() *module.Module {
	return &module.Module{
		Name:   name,
		Schema: u.schema,
		Acts: []module.Act{
			module.OnResult(checkCommit, u.commit),
			module.OnResult(checkVoid, u.voidUnits),
			module.OnResult(checkAcquit, u.acquit),
		},
		Queries:    []module.Query{module.Ask("Runs", u.queryRuns), module.Ask("Unit", u.queryUnit)},
		Invariants: u.invariants(),
		Errors:     refusals(),
		Records:    u.records,
	}
}

// records announces every record, for a read model that begins at genesis.
func (u *Unit) records(rd *module.Reader, announce func(proto.Message)) error {
	return errors.Join(
		module.Each(rd, u.runs, func(r *unitv1.Run) { announce(&unitv1.RunChanged{Run: r}) }),
		module.Each(rd, u.units, func(x *unitv1.Unit) { announce(&unitv1.UnitChanged{Unit: x}) }),
		module.Each(rd, u.voidings, func(v *unitv1.Voiding) { announce(&unitv1.UnitsVoided{Voiding: v}) }),
		module.Each(rd, u.tallies, func(t *unitv1.Tally) { announce(&unitv1.TallyChanged{Tally: t}) }),
	)
}
