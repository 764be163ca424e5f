package product

import "github.com/filiera-chain/filiera/module"

// Module lists what can be done here, what can be asked, and what must hold.
func (p *Product) Module() *module.Module {
	return &module.Module{
		Name:   name,
		Schema: p.schema,
		Acts: []module.Act{
			module.On(checkRegisterSpecification, p.registerSpecification),
			module.On(checkPublishVersion, p.publishVersion),
			module.On(checkRegisterProduct, p.registerProduct),
			module.On(checkRegisterBatch, p.registerBatch),
			module.On(checkWithdrawBatch, p.withdrawBatch),
			module.On(checkRecallBatch, p.recallBatch),
			module.On(checkReleaseBatch, p.releaseBatch),
		},
		Queries: []module.Query{
			module.Ask("Specification", p.querySpecification),
			module.Ask("Product", p.queryProduct),
			module.Ask("Batch", p.queryBatch),
		},
		Invariants: p.invariants(),
		Errors:     refusals(),
	}
}
