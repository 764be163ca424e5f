package verify

import (
	"errors"

	"github.com/filiera-chain/filiera/gs1"
)

// Target is what somebody asks about: see gs1.ParseTarget, whose LotCandidates say which lots to look up and in what order.
type Target = gs1.Target

// ParseTarget reads a Digital Link, a scanned code, or "GTIN LOT [SERIAL]", and refuses what names no batch.
func ParseTarget(s string) (Target, error) {
	t, err := gs1.ParseTarget(s)
	switch {
	case err != nil:
		return Target{}, err
	case t.GTIN == "":
		return Target{}, errors.New("the code names a logistic unit (SSCC); scan the code on the product, which names its GTIN and lot")
	case t.Lot == "":
		return Target{}, errors.New("the code names a product and no lot; write the GTIN and the lot printed on the label")
	}
	return t, nil
}
