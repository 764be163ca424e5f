package product

import (
	"cosmossdk.io/collections"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
)

func (p *Product) querySpecification(rd *module.Reader, q *productv1.SpecificationRequest) (*productv1.SpecificationResponse, error) {
	if err := checkSpecificationID("id", q.GetId()); err != nil {
		return nil, err
	}
	spec, err := p.Specification(rd, q.GetId())
	if err != nil {
		return nil, err
	}
	if spec == nil {
		return nil, ErrSpecification.With("specification %q is not registered", q.GetId())
	}
	a := &productv1.SpecificationResponse{Specification: spec}
	for n := uint32(1); n <= spec.GetLatestVersion(); n++ {
		v, err := p.version(rd, spec.GetId(), n)
		if err != nil {
			return nil, err
		}
		a.Versions = append(a.Versions, v)
	}
	return a, nil
}

func (p *Product) queryProduct(rd *module.Reader, q *productv1.ProductRequest) (*productv1.Product, error) {
	gtin, err := parseGTIN(q.GetGtin())
	if err != nil {
		return nil, err
	}
	product, err := p.Product(rd, gtin)
	if err == nil && product == nil {
		return nil, ErrProduct.With("GTIN %s is not registered", gtin)
	}
	return product, err
}

func (p *Product) queryBatch(rd *module.Reader, q *productv1.BatchRequest) (*productv1.Batch, error) {
	if err := checkLot(q.GetLot()); err != nil {
		return nil, err
	}
	return p.mustBatch(rd, q.GetGtin(), q.GetLot())
}

func (p *Product) queryDescriptions(rd *module.Reader, q *productv1.DescriptionsRequest) (*productv1.DescriptionsResponse, error) {
	if err := checkAboutDescription(q); err != nil {
		return nil, err
	}
	gtin, err := parseGTIN(q.GetGtin())
	if err != nil {
		return nil, err
	}
	a := new(productv1.DescriptionsResponse)
	rng := collections.NewSuperPrefixedTripleRange[string, string, uint32](gtin, q.GetLot())
	err = p.descriptions.Walk(rd, rng, func(_ collections.Triple[string, string, uint32], d *productv1.Description) (bool, error) {
		a.Descriptions = append(a.Descriptions, d)
		return false, nil
	})
	return a, err
}
