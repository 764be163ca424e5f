package trace

import (
	"google.golang.org/protobuf/proto"

	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	"github.com/filiera-chain/filiera/module"
)

// Module lists what can be done here, what can be asked, and what must hold.
func (t *Trace) Module() *module.Module {
	return &module.Module{
		Name:   name,
		Schema: t.schema,
		Acts: []module.Act{
			module.OnResult(checkCapture, t.capture),
		},
		Queries: []module.Query{
			module.Ask("Event", t.queryEvent),
			module.Ask("Journey", t.queryJourney),
		},
		Invariants: t.invariants(),
		Errors:     refusals(),
		Records:    t.records,
	}
}

// records announces every event, for a read model that begins at genesis; the
// documents stay with the ledger that captured them.
func (t *Trace) records(rd *module.Reader, announce func(proto.Message)) error {
	return module.Each(rd, t.events, func(e *tracev1.Event) { announce(&tracev1.EventCaptured{Event: e}) })
}
