package recall

import (
	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/quantity"
)

// Bounds of one act and of what is kept.
const (
	maxTargets  = 100
	maxSeeds    = 1000 // batches that a recall begins with
	maxFindings = 100
	maxMarks    = 100 // recalls of one batch that another may begin with
	maxDrills   = 5   // drills of one participant at a time
	maxReason   = 500
	maxBasis    = 200
	maxText     = 4000
	maxNotices  = 100
	maxLifts    = 10_000
	maxAmount   = 1<<53 - 1
	// longest is how far ahead a deadline may lie, seconds.
	longest = 366 * 24 * 3600
)

func shape(err error) error {
	if err != nil {
		return ErrShape.With("%v", err)
	}
	return nil
}

// first gives the first error of a list, so that a refusal is one sentence.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func checkNumber(n uint64) error {
	if n == 0 {
		return ErrShape.With("recall is 0; write the number of the recall")
	}
	return nil
}

func checkReason(field, s string) error { return shape(module.CheckText(field, s, 3, maxReason)) }

func checkBatchID(field string, id *basev1.BatchID) error {
	gtin, err := gs1.ParseGTIN(id.GetGtin())
	if err != nil {
		return ErrShape.With("%s.gtin: %v", field, err)
	}
	if gtin != id.GetGtin() {
		return ErrShape.With("%s.gtin is %q; write all 14 digits, %s", field, id.GetGtin(), gtin)
	}
	if _, err := gs1.ParseLot(id.GetLot()); err != nil {
		return ErrShape.With("%s.lot: %v", field, err)
	}
	return nil
}

func checkQuantity(field string, q *basev1.Quantity) error {
	if q == nil {
		return nil
	}
	if _, known := quantity.LookupUnit(q.GetUnit()); !known {
		return ErrUnit.With("%s.unit is %q, which is not a UN/ECE code known here; write one such as KGM, GRM, LTR, MLT or H87", field, clip(q.GetUnit()))
	}
	if q.GetAmount() < 0 || q.GetAmount() > maxAmount {
		return ErrShape.With("%s.amount is %d; it takes 0 to %d", field, q.GetAmount(), int64(maxAmount))
	}
	return nil
}

// inUnit converts an amount; an absent one is 0.
func inUnit(field string, q *basev1.Quantity, unit string) (int64, error) {
	if q == nil {
		return 0, nil
	}
	given := quantity.Quantity{Amount: q.GetAmount(), Unit: q.GetUnit()}
	base, err := given.To(unit)
	if err != nil {
		return 0, ErrUnit.With("%s is %s, and the product is counted in %s: %v", field, given, unit, err)
	}
	return base.Amount, nil
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
