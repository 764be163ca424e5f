package rules

import (
	"errors"

	"google.golang.org/protobuf/proto"

	rulesv1 "github.com/filiera-chain/filiera/api/rules/v1"
	"github.com/filiera-chain/filiera/module"
)

// Module lists what can be done here, what can be asked, and what must hold.
func (r *Rules) Module() *module.Module {
	return &module.Module{
		Name:   name,
		Schema: r.schema,
		Acts: []module.Act{
			module.OnResult(checkDeploy, r.deploy),
			module.On(checkApprove, r.approve),
			module.On(checkActivate, r.activate),
			module.On(checkWithdraw, r.withdraw),
			module.On(checkSetParameter, r.setParameter),
			module.On(checkDeclareFacts, r.declareFacts),
			module.On(checkGiveNotice, r.giveNotice),
			module.On(checkJudge, r.judge),
			module.On(checkEndConsequence, r.endConsequence),
		},
		Queries: []module.Query{
			module.Ask("Contract", r.queryContract),
			module.Ask("Document", r.queryDocument),
			module.Ask("OfBatch", r.queryOfBatch),
		},
		Invariants: r.invariants(),
		Errors:     refusals(),
		Records:    r.records,
	}
}

// records announces every record, for a read model that begins at genesis.
func (r *Rules) records(rd *module.Reader, announce func(proto.Message)) error {
	return errors.Join(
		module.Each(rd, r.versions, func(x *rulesv1.Version) { announce(&rulesv1.VersionChanged{Version: x}) }),
		module.Each(rd, r.rulings, func(x *rulesv1.Ruling) { announce(&rulesv1.RulingMade{Ruling: x}) }),
		module.Each(rd, r.consequences, func(x *rulesv1.Consequence) { announce(&rulesv1.ConsequenceChanged{Consequence: x}) }),
		module.Each(rd, r.declarations, func(x *rulesv1.Declaration) { announce(&rulesv1.FactsDeclared{Declaration: x}) }),
		module.Each(rd, r.notices, func(x *rulesv1.Notice) { announce(&rulesv1.NoticeGiven{Notice: x}) }),
		module.Each(rd, r.points, func(x *rulesv1.Points) { announce(&rulesv1.PointsChanged{Points: x}) }),
	)
}
