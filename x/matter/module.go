package matter

import (
	"google.golang.org/protobuf/proto"

	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	"github.com/filiera-chain/filiera/module"
)

// Module lists what can be done here, what can be asked, and what must hold.
func (m *Matter) Module() *module.Module {
	return &module.Module{
		Name:   name,
		Schema: m.schema,
		Acts: []module.Act{
			module.OnResult(m.checkHarvest, first(m.harvest)),
			module.OnResult(m.checkTransform, first(m.transform)),
			module.OnResult(checkSplit, first(m.split)),
			module.OnResult(checkMerge, first(m.merge)),
			module.OnResult(checkWriteOff, first(m.writeOff)),
			module.OnResult(checkSell, first(m.sell)),
			module.OnResult(checkReturn, first(m.takeBack)),
			module.OnResult(m.checkReverse, m.reverse),
		},
		Queries:    []module.Query{module.Ask("Balance", m.queryBalance), module.Ask("Book", m.queryBook)},
		Invariants: m.invariants(),
		Errors:     refusals(),
		Records:    m.records,
	}
}

// records announces every record, for a read model that begins at genesis.
func (m *Matter) records(rd *module.Reader, announce func(proto.Message)) error {
	if err := module.Each(rd, m.entries, func(e *matterv1.Entry) { announce(&matterv1.EntryPosted{Entry: e}) }); err != nil {
		return err
	}
	if err := module.Each(rd, m.stocks, func(s *matterv1.Stock) { announce(&matterv1.StockChanged{Stock: s}) }); err != nil {
		return err
	}
	return module.Each(rd, m.holdings, func(h *matterv1.Holding) { announce(&matterv1.HoldingChanged{Holding: h}) })
}
