package place

import (
	"google.golang.org/protobuf/proto"

	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	"github.com/filiera-chain/filiera/module"
)

// Module lists what can be done here, what can be asked, and what must hold.
func (p *Place) Module() *module.Module {
	return &module.Module{
		Name:   name,
		Schema: p.schema,
		Acts: []module.Act{
			module.On(checkRegisterLocation, p.registerLocation),
			module.On(checkAmendLocation, p.amendLocation),
			module.On(checkCloseLocation, p.closeLocation),
			module.On(checkSuspendLocation, p.suspendLocation),
			module.On(checkReinstateLocation, p.reinstateLocation),
		},
		Queries:    []module.Query{module.Ask("Location", p.queryLocation)},
		Invariants: p.invariants(),
		Errors:     refusals(),
		Records:    p.records,
	}
}

// records announces every record, for a read model that begins at genesis.
func (p *Place) records(rd *module.Reader, announce func(proto.Message)) error {
	return module.Each(rd, p.locations, func(l *placev1.Location) { announce(&placev1.LocationChanged{Location: l}) })
}
