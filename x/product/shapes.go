package product

import (
	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/quantity"
)

// Bounds of what one record may hold.
const (
	maxReason         = 500
	maxMunicipalities = 1000
	maxRequirements   = 100
	maxVersions       = 200

	// MaxAmount is the largest amount of a quantity: beyond 2^53-1 readers of
	// JSON lose digits (RFC 8259 §6).
	MaxAmount = 1<<53 - 1

	// First days that a text and a batch may carry; earlier ones are slips.
	firstVersionDay    = "1900-01-01"
	firstProductionDay = "1990-01-01"
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

func checkDate(field, day, earliest string) error {
	if err := module.CheckDate(field, day); err != nil {
		return ErrDate.With("%v", err)
	}
	if day < earliest {
		return ErrDate.With("%s is %s; it must not be before %s", field, day, earliest)
	}
	return nil
}

func checkSpecificationID(field, id string) error { return shape(module.CheckSlug(field, id, 3, 64)) }

func checkReason(s string) error { return shape(module.CheckText("reason", s, 3, maxReason)) }

func parseGTIN(s string) (string, error) {
	gtin, err := gs1.ParseGTIN(s)
	if err != nil {
		return "", ErrGTIN.With("gtin: %v", err)
	}
	return gtin, nil
}

func checkLot(s string) error {
	if _, err := gs1.ParseLot(s); err != nil {
		return ErrLot.With("lot: %v", err)
	}
	return nil
}

func checkUnit(field, code string) error {
	if _, known := quantity.LookupUnit(code); !known {
		return ErrUnknownUnit.With("%s is %q, which is not a UN/ECE code known here; write one such as KGM, GRM, LTR, MLT or H87", field, clip(code))
	}
	return nil
}

func checkQuantity(field string, q *basev1.Quantity) error {
	if q == nil {
		return ErrQuantity.With("%s is missing", field)
	}
	if err := checkUnit(field+".unit", q.GetUnit()); err != nil {
		return err
	}
	if q.GetAmount() < 1 || q.GetAmount() > MaxAmount {
		return ErrQuantity.With("%s.amount is %d; it takes 1 to %d", field, q.GetAmount(), int64(MaxAmount))
	}
	return nil
}

func checkNewVersion(v *productv1.NewVersion) error {
	if v == nil {
		return ErrShape.With("version is missing")
	}
	err := shape(first(
		module.CheckText("version.legal_basis", v.GetLegalBasis(), 3, 500),
		module.CheckHash("version.document_sha256", v.GetDocumentSha256()),
	))
	if err != nil {
		return err
	}
	if err := checkDate("version.in_force_from", v.GetInForceFrom(), firstVersionDay); err != nil {
		return err
	}
	if v.GetInForceTo() != "" {
		if err := checkDate("version.in_force_to", v.GetInForceTo(), firstVersionDay); err != nil {
			return err
		}
		if v.GetInForceTo() < v.GetInForceFrom() {
			return ErrDate.With("version.in_force_to is %s, before in_force_from %s", v.GetInForceTo(), v.GetInForceFrom())
		}
	}
	if err := checkMunicipalities(v.GetMunicipalities()); err != nil {
		return err
	}
	if err := checkRequirements(v.GetRequirements()); err != nil {
		return err
	}
	if err := checkLateness(v.GetLateness()); err != nil {
		return err
	}
	return checkStages(v.GetStages())
}

func checkMunicipalities(list []string) error {
	if len(list) > maxMunicipalities {
		return ErrShape.With("version.municipalities has %d entries; a zone names at most %d", len(list), maxMunicipalities)
	}
	for i, code := range list {
		if err := shape(module.CheckMunicipality("version.municipalities", code)); err != nil {
			return err
		}
		if i > 0 && code <= list[i-1] {
			return ErrShape.With("version.municipalities has %s after %s; write each code once, in ascending order", code, list[i-1])
		}
	}
	return nil
}

func checkRequirements(list []*productv1.Requirement) error {
	if len(list) > maxRequirements {
		return ErrShape.With("version.requirements has %d entries; a version holds at most %d", len(list), maxRequirements)
	}
	seen := make(map[string]bool, len(list))
	for i, r := range list {
		if r == nil {
			return ErrShape.With("version.requirements has an empty entry at position %d", i+1)
		}
		err := first(
			module.CheckSlug("requirement id", r.GetId(), 1, 40),
			module.CheckText("requirement clause", r.GetClause(), 1, 100),
			module.CheckText("requirement text_it", r.GetTextIt(), 1, 500),
			module.CheckText("requirement text_en", r.GetTextEn(), 1, 500),
			checkLimits(r),
		)
		if err != nil {
			return ErrShape.With("requirement %d (%q): %v", i+1, clip(r.GetId()), err)
		}
		if seen[r.GetId()] {
			return ErrShape.With("requirement id %q appears twice; give each its own", r.GetId())
		}
		seen[r.GetId()] = true
	}
	return nil
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
