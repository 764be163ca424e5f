package product

import (
	"errors"

	"google.golang.org/protobuf/proto"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
)

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
			module.On(checkReleaseBatch, p.releaseBatch),
			module.OnResult(checkDescribeProduct, p.describeProduct),
			module.On(checkWithdrawDescription, p.withdrawDescription),
			module.On(checkCompleteProduct, p.completeProduct),
		},
		Queries: []module.Query{
			module.Ask("Specification", p.querySpecification),
			module.Ask("Product", p.queryProduct),
			module.Ask("Batch", p.queryBatch),
			module.Ask("Descriptions", p.queryDescriptions),
		},
		Invariants: p.invariants(),
		Errors:     refusals(),
		Records:    p.records,
	}
}

// records announces every record, for a read model that begins at genesis.
func (p *Product) records(rd *module.Reader, announce func(proto.Message)) error {
	return errors.Join(
		module.Each(rd, p.specifications, func(s *productv1.Specification) { announce(&productv1.SpecificationChanged{Specification: s}) }),
		module.Each(rd, p.versions, func(v *productv1.SpecificationVersion) { announce(&productv1.VersionPublished{Version: v}) }),
		module.Each(rd, p.products, func(x *productv1.Product) { announce(&productv1.ProductChanged{Product: x}) }),
		module.Each(rd, p.batches, func(b *productv1.Batch) { announce(&productv1.BatchChanged{Batch: b}) }),
		module.Each(rd, p.descriptions, func(d *productv1.Description) { announce(&productv1.DescriptionChanged{Description: d}) }),
	)
}
