package lineage

import (
	"errors"

	"google.golang.org/protobuf/proto"

	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	"github.com/filiera-chain/filiera/module"
)

// Module lists what can be asked here, what a block does, and what must hold.
// There are no acts: other modules write here.
func (l *Lineage) Module() *module.Module {
	return &module.Module{
		Name:       name,
		Schema:     l.schema,
		EndBlock:   l.endBlock,
		Queries:    []module.Query{module.Ask("Marks", l.queryMarks), module.Ask("Free", l.queryFree)},
		Invariants: l.invariants(),
		Errors:     refusals(),
		Records:    l.records,
	}
}

// records announces every record, for a read model that begins at genesis.
func (l *Lineage) records(rd *module.Reader, announce func(proto.Message)) error {
	return errors.Join(
		module.Each(rd, l.spreads, func(s *lineagev1.Spread) { announce(&lineagev1.SpreadChanged{Spread: s}) }),
		module.Each(rd, l.marks, func(m *lineagev1.Mark) { announce(&lineagev1.MarkChanged{Mark: m}) }),
	)
}
