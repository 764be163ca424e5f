package ledger

import (
	"cosmossdk.io/collections"

	"github.com/filiera-chain/filiera/module"
)

// Ledger is the module's state and what it answers to other modules. Its methods
// take a *module.Context or *module.Reader as their context.
type Ledger struct {
	registry Registry
	schema   collections.Schema

	actTables
	budgetTables
	registerTables
}

// New builds the module's tables. Acts have the numbers 1 to 19, registers 20 to
// 39, the budget 40 and above.
func New(registry Registry) *Ledger {
	b := module.NewSchemaBuilder(name)
	l := &Ledger{registry: registry, actTables: newActTables(b), budgetTables: newBudgetTables(b), registerTables: newRegisterTables(b)}
	schema, err := b.Build()
	if err != nil {
		panic(err) // two tables on one number: a mistake of ours, caught at every start
	}
	l.schema = schema
	return l
}
