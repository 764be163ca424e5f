package custody

import (
	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
)

// Bounds.
const (
	maxLines   = 100    // of one offer
	maxPending = 1_000  // offers of one sender that wait
	maxWait    = 366    // days until an offer ends
	maxNote    = 500    // bytes
	maxContent = 100    // lines of one unit
	maxSerials = 1_000  // items named in one unit
	maxItems   = 10_000 // items named in a unit and all that are in it
	maxUnits   = 1_000  // units in one unit, at any depth, itself too
	maxDepth   = 6      // units in units
	maxEvents  = 16     // that one unit keeps: the last
	daySeconds = 86_400 // seconds
)

func shape(err error) error {
	if err != nil {
		return ErrShape.With("%v", err)
	}
	return nil
}

func checkBatch(field string, id *basev1.BatchID) error {
	gtin, err := gs1.ParseGTIN(id.GetGtin())
	if err != nil {
		return ErrShape.With("%s.gtin: %v", field, err)
	}
	if gtin != id.GetGtin() {
		return ErrShape.With("%s.gtin is %s; write its 14 digits, %s", field, id.GetGtin(), gtin)
	}
	if _, err := gs1.ParseLot(id.GetLot()); err != nil {
		return ErrShape.With("%s.lot: %v", field, err)
	}
	return nil
}

func checkEvent(field string, id []byte) error {
	if len(id) == 0 {
		return nil
	}
	return shape(module.CheckHash(field, id))
}

func checkReason(s string) error { return shape(module.CheckText("reason", s, 3, maxNote)) }

func checkNumber(n uint64) error {
	if n == 0 {
		return ErrShape.With("offer is 0; write the number of the offer")
	}
	return nil
}

func checkSSCC(field, s string) error {
	sscc, err := gs1.ParseSSCC(s)
	if err != nil {
		return ErrShape.With("%s: %v", field, err)
	}
	if sscc != s {
		return ErrShape.With("%s is %s; write its 18 digits, %s", field, clip(s), sscc)
	}
	return nil
}

type batchKey struct{ gtin, lot string }

func keyOf(id *basev1.BatchID) batchKey { return batchKey{id.GetGtin(), id.GetLot()} }
