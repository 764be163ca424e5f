package recall

import (
	"errors"

	"google.golang.org/protobuf/proto"

	recallv1 "github.com/filiera-chain/filiera/api/recall/v1"
	"github.com/filiera-chain/filiera/module"
)

// Module lists what can be done here, what can be asked, and what must hold.
func (r *Recall) Module() *module.Module {
	return &module.Module{
		Name:   name,
		Schema: r.schema,
		Acts: []module.Act{
			module.OnResult(checkOpen, r.open),
			module.On(checkAcknowledge, r.acknowledge),
			module.On(checkLift, r.lift),
			module.On(checkClose, r.close),
			module.OnResult(checkPublishNotice, r.publishNotice),
			module.On(checkWithdrawNotice, r.withdrawNotice),
		},
		Queries:    []module.Query{module.Ask("Recall", r.queryRecall)},
		Invariants: r.invariants(),
		Errors:     refusals(),
		Records:    r.records,
	}
}

// records announces every record, for a read model that begins at genesis.
func (r *Recall) records(rd *module.Reader, announce func(proto.Message)) error {
	return errors.Join(
		module.Each(rd, r.recalls, func(x *recallv1.Recall) { announce(&recallv1.RecallChanged{Recall: x}) }),
		module.Each(rd, r.acknowledgements, func(x *recallv1.Acknowledgement) {
			announce(&recallv1.AcknowledgementChanged{Acknowledgement: x})
		}),
		module.Each(rd, r.notices, func(x *recallv1.Notice) { announce(&recallv1.NoticeChanged{Notice: x}) }),
		module.Each(rd, r.lifts, func(x *recallv1.LiftRecord) { announce(&recallv1.LiftRecorded{Lift: x}) }),
	)
}
