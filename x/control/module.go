package control

import (
	"errors"

	"google.golang.org/protobuf/proto"

	controlv1 "github.com/filiera-chain/filiera/api/control/v1"
	"github.com/filiera-chain/filiera/module"
)

// Module lists what can be done here, what can be asked, and what must hold.
func (c *Control) Module() *module.Module {
	return &module.Module{
		Name:   name,
		Schema: c.schema,
		Acts: []module.Act{
			module.OnResult(checkRequestControl, c.requestControl),
			module.On(checkScheduleControl, c.scheduleControl),
			module.On(checkDeclineControl, c.declineControl),
			module.OnResult(checkRecordFinding, c.recordFinding),
			module.On(checkCloseFinding, c.closeFinding),
			module.On(checkRecordLabResults, c.recordLabResults),
			module.On(checkRefuseControl, c.refuseControl),
			module.On(checkWithdrawControl, c.withdrawControl),
		},
		Queries: []module.Query{
			module.Ask("Request", c.queryRequest),
			module.Ask("OpenMajors", c.queryOpenMajors),
		},
		Invariants: c.invariants(),
		Errors:     refusals(),
		Records:    c.records,
	}
}

// records announces every record, for a read model that begins at genesis.
func (c *Control) records(rd *module.Reader, announce func(proto.Message)) error {
	return errors.Join(
		module.Each(rd, c.requests, func(r *controlv1.ControlRequest) { announce(&controlv1.RequestChanged{Request: r}) }),
		module.Each(rd, c.findings, func(f *controlv1.NonConformity) { announce(&controlv1.FindingChanged{Finding: f}) }),
		module.Each(rd, c.results, func(r *controlv1.LabResult) { announce(&controlv1.LabResultRecorded{Result: r}) }),
	)
}
