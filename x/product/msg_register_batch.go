package product

import (
	"slices"

	"cosmossdk.io/collections"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/quantity"
)

const daySeconds = 24 * 3600

func checkRegisterBatch(m *productv1.MsgRegisterBatch) error {
	if _, err := parseGTIN(m.GetGtin()); err != nil {
		return err
	}
	if err := checkLot(m.GetLot()); err != nil {
		return err
	}
	if err := checkQuantity("quantity", m.GetQuantity()); err != nil {
		return err
	}
	if err := checkDate("production_date", m.GetProductionDate(), firstProductionDay); err != nil {
		return err
	}
	if m.GetExpiryDate() != "" {
		if err := checkDate("expiry_date", m.GetExpiryDate(), firstProductionDay); err != nil {
			return err
		}
		if m.GetExpiryDate() < m.GetProductionDate() {
			return ErrDate.With("expiry_date is %s, before production_date %s", m.GetExpiryDate(), m.GetProductionDate())
		}
	}
	return shape(module.CheckMunicipality("place", m.GetPlace()))
}

// registerBatch records a lot of a product of the signer and binds it to the
// version of the specification in force on its production date. This is the act
// that ledgers do most: it reads the product, the signer's grants, the
// specification, one version, and whether the lot is there, and writes once.
func (p *Product) registerBatch(ctx *module.Context, m *productv1.MsgRegisterBatch) error {
	gtin, err := parseGTIN(m.GetGtin())
	if err != nil {
		return err
	}
	product, err := p.ownProduct(ctx, gtin)
	if err != nil {
		return err
	}
	if err := p.refuseDuplicate(ctx, product.GetGtin(), m.GetLot()); err != nil {
		return err
	}
	b, version, err := p.newBatch(ctx, product, m, makers)
	if err != nil {
		return err
	}
	if b.LateDays, err = lateDays(version.GetLateness(), product.GetSpecification(), m.GetProductionDate(), "", ctx.Time); err != nil {
		return err
	}
	if err := refuseFromNothing(product, version, m.GetQuantity()); err != nil {
		return err
	}
	return p.putBatch(ctx, b)
}

// Make registers a batch that comes of something: its matter is accounted for by
// who calls. A derived one, which is part of a batch that the signer holds, may be
// of another's product, and is never late. told is a day of which
// something was told in time, so that telling it right is not too late; or "". The
// lot of a batch of the same owner that never was is used again. The message has
// passed CheckNewBatch.
func (p *Product) Make(ctx *module.Context, m *productv1.MsgRegisterBatch, derived bool, told string) (*productv1.Batch, error) {
	gtin, err := parseGTIN(m.GetGtin())
	if err != nil {
		return nil, err
	}
	find, roles := p.ownProduct, makers
	if derived {
		find, roles = p.mustProduct, movers
	}
	product, err := find(ctx, gtin)
	if err != nil {
		return nil, err
	}
	b, version, err := p.newBatch(ctx, product, m, roles)
	if err != nil {
		return nil, err
	}
	b.Owner, b.Custodian = ctx.Signer.Participant, ctx.Signer.Participant
	if err := p.refuseStanding(ctx, b); err != nil {
		return nil, err
	}
	if !derived {
		b.LateDays, err = lateDays(version.GetLateness(), product.GetSpecification(), m.GetProductionDate(), told, ctx.Time)
		if err != nil {
			return nil, err
		}
	}
	return b, p.putBatch(ctx, b)
}

// CheckNewBatch is what a new batch must be, whatever the state.
func (*Product) CheckNewBatch(m *productv1.MsgRegisterBatch) error { return checkRegisterBatch(m) }

// newBatch makes the record of a batch that may be registered, with the version that
// it is bound to, nil for none.
func (p *Product) newBatch(ctx *module.Context, product *productv1.Product, m *productv1.MsgRegisterBatch, roles []registryv1.Role) (*productv1.Batch, *productv1.SpecificationVersion, error) {
	if err := p.registry.Allowed(ctx, ctx.Time, ctx.Signer.Participant, product.GetSpecification(), m.GetPlace(), roles...); err != nil {
		return nil, nil, err
	}
	if err := checkBaseUnit(product, m.GetQuantity()); err != nil {
		return nil, nil, err
	}
	// One day ahead, because a plant's clock and calendar may be ahead of UTC.
	if latest := module.Day(ctx.Time + daySeconds); m.GetProductionDate() > latest {
		return nil, nil, ErrDate.With("production_date is %s, but today is %s; register a batch once it is made", m.GetProductionDate(), module.Day(ctx.Time))
	}
	version, err := p.bind(ctx, product, m)
	if err != nil {
		return nil, nil, err
	}
	return &productv1.Batch{
		Gtin: product.GetGtin(), Lot: m.GetLot(), Specification: product.GetSpecification(), SpecificationVersion: version.GetVersion(),
		Quantity: m.GetQuantity(), ProductionDate: m.GetProductionDate(), ExpiryDate: m.GetExpiryDate(), Place: m.GetPlace(),
		Owner: product.GetOwner(), Custodian: product.GetOwner(), Status: active, StatusReason: "registered", StatusSince: ctx.Time,
		StatusBy: ctx.Signer.Participant, RegisteredAt: ctx.Time, RegisteredHeight: ctx.Height,
	}, version, nil
}

func (p *Product) mustProduct(ctx *module.Context, gtin string) (*productv1.Product, error) {
	product, err := p.Product(ctx, gtin)
	if err == nil && product == nil {
		return nil, ErrProduct.With("GTIN %s is not registered; register the product first", gtin)
	}
	return product, err
}

func (p *Product) ownProduct(ctx *module.Context, gtin string) (*productv1.Product, error) {
	product, err := p.mustProduct(ctx, gtin)
	switch {
	case err != nil:
		return nil, err
	case product.GetOwner() != ctx.Signer.Participant:
		return nil, ErrNotOwner.With("GTIN %s belongs to %s; only it registers batches of it", gtin, product.GetOwner())
	}
	return product, nil
}

// checkBaseUnit refuses a quantity in another unit than the product's and says
// how to write it.
func checkBaseUnit(product *productv1.Product, q *basev1.Quantity) error {
	if q.GetUnit() == product.GetBaseUnit() {
		return nil
	}
	given := quantity.Quantity{Amount: q.GetAmount(), Unit: q.GetUnit()}
	how, err := given.To(product.GetBaseUnit())
	if err != nil {
		return ErrWrongUnit.With("quantity is %s, but batches of %s are counted in %s: %v", given, product.GetGtin(), product.GetBaseUnit(), err)
	}
	return ErrWrongUnit.With("quantity is %s, but batches of %s are counted in %s; write %s", given, product.GetGtin(), product.GetBaseUnit(), how)
}

// bind gives the version that the batch is made to, nil for a product without
// specification, and refuses a place outside its zone.
func (p *Product) bind(ctx *module.Context, product *productv1.Product, m *productv1.MsgRegisterBatch) (*productv1.SpecificationVersion, error) {
	if product.GetSpecification() == "" {
		return nil, nil
	}
	spec, err := p.mustSpecification(ctx, product.GetSpecification())
	if err != nil {
		return nil, err
	}
	v, err := p.inForce(ctx, spec, m.GetProductionDate())
	if err != nil {
		return nil, err
	}
	if !inZone(v, m.GetPlace()) {
		return nil, ErrZone.With("place %s is outside the zone of version %d of %s, which has %d municipalities; look at the specification", m.GetPlace(), v.GetVersion(), spec.GetId(), len(v.GetMunicipalities()))
	}
	return v, nil
}

// inZone says whether place lies in v's zone; a version without one has no limit.
func inZone(v *productv1.SpecificationVersion, place string) bool {
	zone := v.GetMunicipalities()
	if len(zone) == 0 {
		return true
	}
	_, found := slices.BinarySearch(zone, place)
	return found
}

func (p *Product) refuseDuplicate(ctx *module.Context, gtin, lot string) error {
	there, err := p.batches.Has(ctx, collections.Join(gtin, lot))
	if err != nil || !there {
		return err
	}
	old, err := p.Batch(ctx, gtin, lot)
	if err != nil {
		return err
	}
	return ErrBatchTaken.With("batch %s lot %q was registered by %s on %s at height %d", gtin, lot, old.GetOwner(), module.Day(old.GetRegisteredAt()), old.GetRegisteredHeight())
}

// refuseStanding is refuseDuplicate that lets the owner of a batch that never was
// use its lot again.
func (p *Product) refuseStanding(ctx *module.Context, b *productv1.Batch) error {
	old, err := p.Batch(ctx, b.GetGtin(), b.GetLot())
	if err != nil || old.GetVoided() && old.GetOwner() == b.GetOwner() {
		return err
	}
	return p.refuseDuplicate(ctx, b.GetGtin(), b.GetLot())
}

func (p *Product) putBatch(ctx *module.Context, b *productv1.Batch) error {
	ctx.Emit(&productv1.BatchChanged{Batch: b})
	return p.batches.Set(ctx, collections.Join(b.GetGtin(), b.GetLot()), b)
}
