package product

import (
	"fmt"

	"cosmossdk.io/collections"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
)

// invariants are the truths that no act may break.
func (p *Product) invariants() []module.Invariant {
	return []module.Invariant{
		{Name: "versions are numbered without gaps and begin one after the other", Check: p.versionsAscend},
		{Name: "every product has a canonical GTIN, a known unit and a registered specification", Check: p.productsHold},
		{Name: "every batch is of its product and bound to a version in force on its production date", Check: p.batchesHold},
		{Name: "every link is of a product, or of a batch, that is there, and holds", Check: p.descriptionsHold},
	}
}

func (p *Product) versionsAscend(rd *module.Reader) error {
	counted := uint32(0)
	err := p.specifications.Walk(rd, nil, func(id string, s *productv1.Specification) (bool, error) {
		if s.GetId() != id || s.GetLatestVersion() == 0 {
			return true, fmt.Errorf("specification %s is kept under %s with %d versions", s.GetId(), id, s.GetLatestVersion())
		}
		begun := ""
		for n := uint32(1); n <= s.GetLatestVersion(); n++ {
			v, err := p.version(rd, id, n)
			if err != nil {
				return true, err
			}
			if v.GetSpecification() != id || v.GetVersion() != n || v.GetInForceFrom() <= begun {
				return true, fmt.Errorf("version %d of %s says it is version %d of %s from %s, after %s", n, id, v.GetVersion(), v.GetSpecification(), v.GetInForceFrom(), begun)
			}
			begun = v.GetInForceFrom()
		}
		counted += s.GetLatestVersion()
		return false, nil
	})
	if err != nil {
		return err
	}
	held := uint32(0)
	err = p.versions.Walk(rd, nil, func(collections.Pair[string, uint32], *productv1.SpecificationVersion) (bool, error) {
		held++
		return false, nil
	})
	if err == nil && held != counted {
		return fmt.Errorf("%d versions are held and %d are counted", held, counted)
	}
	return err
}

func (p *Product) productsHold(rd *module.Reader) error {
	return p.products.Walk(rd, nil, func(gtin string, it *productv1.Product) (bool, error) {
		canonical, err := parseGTIN(gtin)
		if err != nil || canonical != gtin || it.GetGtin() != gtin {
			return true, fmt.Errorf("product %s is kept under %s (%v)", it.GetGtin(), gtin, err)
		}
		if err := checkUnit("base_unit", it.GetBaseUnit()); err != nil {
			return true, fmt.Errorf("product %s: %w", gtin, err)
		}
		if it.GetSpecification() == "" {
			return false, nil
		}
		has, err := p.specifications.Has(rd, it.GetSpecification())
		if err == nil && !has {
			err = fmt.Errorf("product %s is made to the unknown specification %s", gtin, it.GetSpecification())
		}
		return err != nil, err
	})
}

func (p *Product) batchesHold(rd *module.Reader) error {
	return p.batches.Walk(rd, nil, func(k collections.Pair[string, string], b *productv1.Batch) (bool, error) {
		err := p.batchHolds(rd, k, b)
		if err != nil {
			err = fmt.Errorf("batch %s lot %q: %w", k.K1(), k.K2(), err)
		}
		return err != nil, err
	})
}

func (p *Product) batchHolds(rd *module.Reader, k collections.Pair[string, string], b *productv1.Batch) error {
	it, err := p.Product(rd, k.K1())
	switch {
	case err != nil:
		return err
	case it == nil:
		return fmt.Errorf("its product is unknown")
	case b.GetGtin() != k.K1() || b.GetLot() != k.K2():
		return fmt.Errorf("it says it is %s lot %q", b.GetGtin(), b.GetLot())
	case b.GetSpecification() != it.GetSpecification():
		return fmt.Errorf("it is made to %q and its product to %q", b.GetSpecification(), it.GetSpecification())
	case b.GetQuantity().GetUnit() != it.GetBaseUnit() || b.GetQuantity().GetAmount() < 1 || b.GetQuantity().GetAmount() > MaxAmount:
		return fmt.Errorf("it counts %d %s", b.GetQuantity().GetAmount(), b.GetQuantity().GetUnit())
	case b.GetOwner() == "" || b.GetCustodian() == "":
		return fmt.Errorf("it has no owner or custodian")
	case b.GetStatus() != active && b.GetStatus() != withdrawn:
		return fmt.Errorf("its status is %d", b.GetStatus())
	case b.GetSpecification() == "" && b.GetSpecificationVersion() != 0:
		return fmt.Errorf("it is bound to version %d of nothing", b.GetSpecificationVersion())
	case b.GetSpecification() == "":
		return nil
	}
	return p.bindingHolds(rd, b)
}

// bindingHolds checks the bound version, and that each later one which covers
// the date was published after the batch was registered.
func (p *Product) bindingHolds(rd *module.Reader, b *productv1.Batch) error {
	spec, err := p.Specification(rd, b.GetSpecification())
	if err != nil {
		return err
	}
	if spec == nil {
		return fmt.Errorf("its specification %s is unknown", b.GetSpecification())
	}
	bound, err := p.version(rd, spec.GetId(), b.GetSpecificationVersion())
	if err != nil {
		return err
	}
	day := b.GetProductionDate()
	if bound.GetInForceFrom() > day || !covers(bound, day) || !inZone(bound, b.GetPlace()) {
		return fmt.Errorf("version %d was not in force on %s in %s", bound.GetVersion(), day, b.GetPlace())
	}
	for n := b.GetSpecificationVersion() + 1; n <= spec.GetLatestVersion(); n++ {
		later, err := p.version(rd, spec.GetId(), n)
		if err != nil {
			return err
		}
		if later.GetInForceFrom() <= day && later.GetPublishedAt() < b.GetRegisteredAt() {
			return fmt.Errorf("it is bound to version %d, but version %d was in force and published", bound.GetVersion(), n)
		}
	}
	return nil
}

func (p *Product) descriptionsHold(rd *module.Reader) error {
	return p.descriptions.Walk(rd, nil, func(k collections.Triple[string, string, uint32], d *productv1.Description) (bool, error) {
		err := p.descriptionHolds(rd, k, d)
		if err != nil {
			err = fmt.Errorf("link %d of %s: %w", k.K3(), describedName(k.K1(), k.K2()), err)
		}
		return err != nil, err
	})
}

func (p *Product) descriptionHolds(rd *module.Reader, k collections.Triple[string, string, uint32], d *productv1.Description) error {
	if d.GetGtin() != k.K1() || d.GetLot() != k.K2() || d.GetNumber() != k.K3() || d.GetNumber() == 0 || d.GetNumber() > maxNumber {
		return fmt.Errorf("it says it is %d of %s", d.GetNumber(), describedName(d.GetGtin(), d.GetLot()))
	}
	it, err := p.Product(rd, k.K1())
	if err != nil {
		return err
	}
	if it == nil || it.GetOwner() != d.GetDescribedBy() {
		return fmt.Errorf("it was given by %s and the product belongs to %q", d.GetDescribedBy(), it.GetOwner())
	}
	if k.K2() != "" {
		if has, err := p.batches.Has(rd, collections.Join(k.K1(), k.K2())); err != nil || !has {
			return fmt.Errorf("there is no such batch (%v)", err)
		}
	}
	return checkLink(d.GetLink())
}
