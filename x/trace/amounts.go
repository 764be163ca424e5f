package trace

import (
	"strconv"
	"strings"

	"github.com/filiera-chain/filiera/epcis"
)

// lotInPart is a lot in one part of an event.
type lotInPart struct {
	role      epcis.Role
	gtin, lot string
}

// stated is what an event says of the amount of a lot in one part.
type stated struct {
	said        bool // by a quantity element, with or without an amount
	amount, uom string
	items       uint64 // named one by one
}

// checkAmounts refuses quantities that cannot be: none or less, the same lot
// stated twice in one part, and fewer pieces than are named one by one.
func checkAmounts(e *epcis.Event) error {
	for _, list := range [...][]epcis.Quantity{e.QuantityList, e.InputQuantities, e.OutputQuantities, e.ChildQuantities} {
		if err := checkClasses(e, list); err != nil {
			return err
		}
	}
	known := map[lotInPart]*stated{}
	for _, use := range e.Lots {
		key := lotInPart{use.Role, use.GTIN, use.Lot}
		s := known[key]
		if s == nil {
			s = new(stated)
			known[key] = s
		}
		if use.Serial != "" {
			s.items++
			continue
		}
		if s.said && (s.amount != use.Amount || s.uom != use.UOM || use.Amount != "") {
			return ErrQuantity.With("%s states lot %s of GTIN %s twice, as %s and as %s; state it once, with the sum", e.Path, use.Lot, use.GTIN, amountText(s.amount, s.uom), amountText(use.Amount, use.UOM))
		}
		s.said, s.amount, s.uom = true, use.Amount, use.UOM
	}
	for _, use := range e.Lots { // in document order
		if s := known[lotInPart{use.Role, use.GTIN, use.Lot}]; s.uom == "" && s.amount != "" && fewer(s.amount, s.items) {
			return ErrQuantity.With("%s states %s pieces of lot %s of GTIN %s and names %d of them one by one; correct the number", e.Path, s.amount, use.Lot, use.GTIN, s.items)
		}
	}
	return nil
}

// checkClasses refuses amounts of none or less, of goods from anywhere, and a
// class that one list states in several ways: two units, or two amounts.
func checkClasses(e *epcis.Event, list []epcis.Quantity) error {
	said := map[string]epcis.Quantity{}
	for _, q := range list {
		if q.Amount != "" && (strings.HasPrefix(q.Amount, "-") || strings.Trim(q.Amount, "0.") == "") {
			return ErrQuantity.With("%s states %s of %s; a quantity is above zero, and is left out when it is not known", e.Path, q.Amount, clip(q.EPCClass, 120))
		}
		class := epcis.CanonicalID(q.EPCClass)
		if old, twice := said[class]; twice {
			return ErrQuantity.With("%s states %s twice, as %s and as %s; state it once, with the sum", e.Path, clip(class, 120), amountText(old.Amount, old.UOM), amountText(q.Amount, q.UOM))
		}
		said[class] = q
	}
	return nil
}

// fewer says whether a plain decimal is below n.
func fewer(amount string, n uint64) bool {
	whole, _, _ := strings.Cut(amount, ".")
	v, err := strconv.ParseUint(whole, 10, 64)
	return err == nil && v < n // a number too long for 64 bits is above any count
}

func amountText(amount, uom string) string {
	switch {
	case amount == "":
		return "an unknown amount"
	case uom == "":
		return amount + " pieces"
	}
	return amount + " " + uom
}
