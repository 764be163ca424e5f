package ledger

import (
	"errors"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/filiera-chain/filiera/module"
)

// Module lists what can be done here, what can be asked, and what must hold.
func (l *Ledger) Module() *module.Module {
	return &module.Module{
		Name:       name,
		Schema:     l.schema,
		Acts:       slices.Concat(l.actActs(), l.registerActs(), l.budgetActs()),
		Queries:    slices.Concat(l.actQueries(), l.registerQueries(), l.budgetQueries()),
		Invariants: slices.Concat(l.actInvariants(), l.registerInvariants(), l.budgetInvariants()),
		Errors:     refusals(),
		Records:    l.records,
		EndBlock:   l.endBlock,
	}
}

// records announces every record, for a read model that begins at genesis.
func (l *Ledger) records(rd *module.Reader, announce func(proto.Message)) error {
	return errors.Join(l.actRecords(rd, announce), l.registerRecords(rd, announce), l.budgetRecords(rd, announce))
}
