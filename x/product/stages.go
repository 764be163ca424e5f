package product

import (
	"context"
	"fmt"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/quantity"
)

// Bounds of the stages of one version.
const (
	maxStages = 20
	maxYields = 10
	// maxTolerance is how much more a good year may be let give: half as much.
	maxTolerance = 500
)

func checkStages(list []*productv1.Stage) error {
	if len(list) > maxStages {
		return ErrShape.With("version.stages has %d entries; a version holds at most %d", len(list), maxStages)
	}
	seen := make(map[string]bool, len(list))
	for i, s := range list {
		if err := checkStage(s, seen); err != nil {
			return ErrShape.With("stage %d (%q): %v", i+1, clip(s.GetId()), err)
		}
	}
	return nil
}

// checkStage lets a stage be made from earlier ones only, so that no batch can
// be made of itself.
func checkStage(s *productv1.Stage, earlier map[string]bool) error {
	err := first(
		module.CheckSlug("id", s.GetId(), 1, 40),
		module.CheckText("name_it", s.GetNameIt(), 1, 100),
		module.CheckText("name_en", s.GetNameEn(), 1, 100),
	)
	switch {
	case err != nil:
		return err
	case earlier[s.GetId()]:
		return fmt.Errorf("it appears twice; give each its own id")
	case (s.GetOrigin() == nil) == (len(s.GetYields()) == 0):
		return fmt.Errorf("it has an origin or yields, and not both")
	case len(s.GetYields()) > maxYields:
		return fmt.Errorf("it has %d yields; at most %d are held", len(s.GetYields()), maxYields)
	}
	if s.GetOrigin() != nil {
		if err := checkOrigin(s.GetOrigin()); err != nil {
			return err
		}
	}
	from := map[string]bool{}
	for i, y := range s.GetYields() {
		if err := checkYield(y, earlier); err != nil {
			return fmt.Errorf("yield %d: %w", i+1, err)
		}
		if from[y.GetFrom()] {
			return fmt.Errorf("yield %d: %s stands in another yield too", i+1, y.GetFrom())
		}
		from[y.GetFrom()] = true
	}
	earlier[s.GetId()] = true
	return nil
}

func checkOrigin(o *productv1.Origin) error {
	if o.GetPerHectare() == nil && o.GetPerHead() == nil {
		return fmt.Errorf("origin bounds nothing; state per_hectare or per_head")
	}
	if o.GetTolerancePermille() > maxTolerance {
		return fmt.Errorf("origin.tolerance_permille is %d; at most %d is taken", o.GetTolerancePermille(), maxTolerance)
	}
	if o.GetPerHectare() != nil {
		if err := checkQuantity("origin.per_hectare", o.GetPerHectare()); err != nil {
			return err
		}
	}
	if o.GetPerHead() != nil {
		return checkQuantity("origin.per_head", o.GetPerHead())
	}
	return nil
}

func checkYield(y *productv1.Yield, earlier map[string]bool) error {
	if err := module.CheckSlug("from", y.GetFrom(), 1, 40); err != nil {
		return err
	}
	if !earlier[y.GetFrom()] && !y.GetOutside() {
		return fmt.Errorf("from is %s, which is no earlier stage; say outside where it comes from who is not registered", y.GetFrom())
	}
	if err := checkQuantity("output", y.GetOutput()); err != nil {
		return err
	}
	return checkQuantity("input", y.GetInput())
}

// Stage gives the stage of a version that a product belongs to, nil where the
// version (0 for none) has no stages. A version that has some has one for each of
// its products, or their batches cannot be.
func (p *Product) Stage(ctx context.Context, product *productv1.Product, version uint32) (*productv1.Stage, error) {
	if version == 0 {
		return nil, nil
	}
	v, err := p.version(ctx, product.GetSpecification(), version)
	if err != nil {
		return nil, err
	}
	return stageIn(v, product)
}

func stageIn(v *productv1.SpecificationVersion, product *productv1.Product) (*productv1.Stage, error) {
	for _, s := range v.GetStages() {
		if s.GetId() == product.GetStage() {
			return s, nil
		}
	}
	switch {
	case len(v.GetStages()) == 0:
		return nil, nil
	case product.GetStage() == "":
		return nil, ErrStage.With("GTIN %s names no stage, and version %d of %s has %s; state it with MsgCompleteProduct", product.GetGtin(), v.GetVersion(), v.GetSpecification(), stageNames(v))
	}
	return nil, ErrStage.With("GTIN %s is of the stage %s, and version %d of %s has %s", product.GetGtin(), product.GetStage(), v.GetVersion(), v.GetSpecification(), stageNames(v))
}

func stageNames(v *productv1.SpecificationVersion) string {
	text := ""
	for i, s := range v.GetStages() {
		if i > 0 {
			text += ", "
		}
		text += s.GetId()
	}
	return text
}

// refuseFromNothing refuses a batch of a product whose version has stages: it
// comes of land, animals or other batches, and of how much the message says.
func refuseFromNothing(product *productv1.Product, v *productv1.SpecificationVersion, q *basev1.Quantity) error {
	stage, err := stageIn(v, product)
	if err != nil || stage == nil {
		return err
	}
	text := fmt.Sprintf("%s of %s (stage %s of %s, version %d) come of nothing here", shown(q), product.GetName(), stage.GetId(), v.GetSpecification(), v.GetVersion())
	return ErrFromNothing.With("%s: %s. Register the batch by a harvest or by what it is made from", text, neededFor(v, stage, q))
}

func amountOf(q *basev1.Quantity) quantity.Quantity {
	return quantity.Quantity{Amount: q.GetAmount(), Unit: q.GetUnit()}
}

func shown(q *basev1.Quantity) string { return amountOf(q).Display("en") }

// neededFor says what so much of a stage takes, down to the land.
func neededFor(v *productv1.SpecificationVersion, stage *productv1.Stage, q *basev1.Quantity) string {
	if o := stage.GetOrigin(); o != nil {
		return "they take at least " + landFor(o, amountOf(q))
	}
	y := stage.GetYields()[0]
	n, ok := quantity.Ratio{Output: amountOf(y.GetOutput()), Input: amountOf(y.GetInput())}.Needed(amountOf(q))
	if !ok {
		return fmt.Sprintf("they take %s, of which the amount cannot be reckoned in %s", y.GetFrom(), q.GetUnit())
	}
	text := fmt.Sprintf("they take at least %s of %s, at %s from %s", n.Display("en"), y.GetFrom(), shown(y.GetOutput()), shown(y.GetInput()))
	for _, s := range v.GetStages() {
		if s.GetId() == y.GetFrom() && s.GetOrigin() != nil {
			text += ", which take " + landFor(s.GetOrigin(), n)
		}
	}
	return text
}

func landFor(o *productv1.Origin, q quantity.Quantity) string {
	land := quantity.Ratio{Output: amountOf(o.GetPerHectare()), Input: quantity.Quantity{Amount: 10_000, Unit: "MTK"}}
	if m2, ok := land.Needed(q); ok {
		return fmt.Sprintf("%s ha of land at %s each", hectares(m2.Amount), shown(o.GetPerHectare()))
	}
	herd := quantity.Ratio{Output: amountOf(o.GetPerHead()), Input: quantity.Quantity{Amount: 1, Unit: "H87"}}
	if heads, ok := herd.Needed(q); ok {
		return fmt.Sprintf("%d animals at %s each", heads.Amount, shown(o.GetPerHead()))
	}
	return "land or animals"
}

// hectares writes square metres as hectares, rounded up to two decimals.
func hectares(m2 int64) string {
	hundredths := (m2 + 99) / 100
	return fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100)
}
