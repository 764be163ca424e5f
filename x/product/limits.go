package product

import (
	"fmt"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/quantity"
)

// checkLimits refuses limits of a requirement that no measurement could be
// judged against.
func checkLimits(r *productv1.Requirement) error {
	for _, l := range [...]struct{ name, value string }{{"minimum", r.GetMinimum()}, {"maximum", r.GetMaximum()}} {
		if l.value == "" {
			continue
		}
		if err := quantity.CheckMeasured(l.value); err != nil {
			return fmt.Errorf("requirement %s: %w", l.name, err)
		}
	}
	if r.GetMinimum() != "" && r.GetMaximum() != "" {
		if n, err := quantity.CompareMeasured(r.GetMinimum(), r.GetMaximum()); err != nil || n > 0 {
			return fmt.Errorf("requirement minimum is %s, above its maximum %s", r.GetMinimum(), r.GetMaximum())
		}
	}
	if r.GetUnit() != "" && r.GetMinimum() == "" && r.GetMaximum() == "" {
		return fmt.Errorf("requirement unit is %q, but there is neither minimum nor maximum", r.GetUnit())
	}
	return module.CheckText("requirement unit", r.GetUnit(), 0, 40)
}
