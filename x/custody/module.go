package custody

import (
	"google.golang.org/protobuf/proto"

	custodyv1 "github.com/filiera-chain/filiera/api/custody/v1"
	"github.com/filiera-chain/filiera/module"
)

// Module lists what can be done here, what can be asked, and what must hold.
func (c *Custody) Module() *module.Module {
	return &module.Module{
		Name:   name,
		Schema: c.schema,
		Acts: []module.Act{
			module.OnResult(checkOffer, c.offer),
			module.OnResult(checkAccept, c.accept),
			module.On(checkRefuse, c.refuse),
			module.On(checkDispute, c.dispute),
			module.OnResult(checkAgree, c.agree),
			module.On(checkCancel, c.cancel),
			module.On(checkTie, c.tie),
			module.On(checkPack, c.pack),
			module.On(checkUnpack, c.unpack),
		},
		EndBlock:   c.endBlock,
		Queries:    []module.Query{module.Ask("Offer", c.queryOffer), module.Ask("Unit", c.queryUnit)},
		Invariants: c.invariants(),
		Errors:     refusals(),
		Records:    c.records,
	}
}

// records announces every record, for a read model that begins at genesis.
func (c *Custody) records(rd *module.Reader, announce func(proto.Message)) error {
	if err := module.Each(rd, c.offers, func(o *custodyv1.Offer) { announce(&custodyv1.OfferChanged{Offer: o}) }); err != nil {
		return err
	}
	return module.Each(rd, c.units, func(u *custodyv1.LogisticUnit) { announce(&custodyv1.UnitChanged{Unit: u}) })
}
