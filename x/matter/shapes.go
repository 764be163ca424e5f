package matter

import (
	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/quantity"
)

// Bounds of one act.
const (
	maxLines  = 100
	maxEdges  = 1000 // inputs times outputs
	maxEvents = 16
	maxReason = 500
	maxAmount = 1<<53 - 1
	firstYear = 1990
)

func shape(err error) error {
	if err != nil {
		return ErrShape.With("%v", err)
	}
	return nil
}

func checkQuantity(field string, q *basev1.Quantity) error {
	if q == nil {
		return ErrShape.With("%s is missing", field)
	}
	if _, known := quantity.LookupUnit(q.GetUnit()); !known {
		return ErrUnit.With("%s.unit is %q, which is not a UN/ECE code known here; write one such as KGM, GRM, LTR, MLT or H87", field, clip(q.GetUnit()))
	}
	if q.GetAmount() < 1 || q.GetAmount() > maxAmount {
		return ErrShape.With("%s.amount is %d; it takes 1 to %d", field, q.GetAmount(), int64(maxAmount))
	}
	return nil
}

func checkBatchID(field string, id *basev1.BatchID) error {
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

func checkUse(field string, u *matterv1.Use) error {
	if err := checkBatchID(field+".batch", u.GetBatch()); err != nil {
		return err
	}
	return checkQuantity(field+".quantity", u.GetQuantity())
}

// checkUses refuses a batch that is named twice: one line says the sum.
func checkUses(field string, list []*matterv1.Use, least int) error {
	if len(list) < least || len(list) > maxLines {
		return ErrShape.With("%s has %d lines; it takes %d to %d", field, len(list), least, maxLines)
	}
	seen := map[string]bool{}
	for _, u := range list {
		if err := checkUse(field, u); err != nil {
			return err
		}
		name := u.GetBatch().GetGtin() + " " + u.GetBatch().GetLot()
		if seen[name] {
			return ErrShape.With("%s names lot %s of GTIN %s twice; write one line with the sum", field, u.GetBatch().GetLot(), u.GetBatch().GetGtin())
		}
		seen[name] = true
	}
	return nil
}

func registration(n *matterv1.NewBatch) *productv1.MsgRegisterBatch {
	return &productv1.MsgRegisterBatch{
		Gtin: n.GetGtin(), Lot: n.GetLot(), Quantity: n.GetQuantity(), ProductionDate: n.GetProductionDate(), ExpiryDate: n.GetExpiryDate(), Place: n.GetPlace(),
	}
}

func (m *Matter) checkNew(field string, n *matterv1.NewBatch) error {
	if n == nil {
		return ErrShape.With("%s is missing", field)
	}
	if err := checkBatchID(field, idOf(n.GetGtin(), n.GetLot())); err != nil {
		return err
	}
	return m.products.CheckNewBatch(registration(n))
}

func checkEvents(list [][]byte) error {
	if len(list) > maxEvents {
		return ErrShape.With("events has %d entries; at most %d are named", len(list), maxEvents)
	}
	for _, id := range list {
		if err := shape(module.CheckHash("events", id)); err != nil {
			return err
		}
	}
	return nil
}

// checkReason lets a reason be left out where least is 0.
func checkReason(s string, least int) error {
	return shape(module.CheckText("reason", s, least, maxReason))
}

func checkDay(day string) error {
	if err := module.CheckDate("day", day); err != nil {
		return ErrDate.With("%v", err)
	}
	if day < "1990-01-01" {
		return ErrDate.With("day is %s; it must not be before 1990", day)
	}
	return nil
}

// notTomorrow refuses a day that has not come; one day ahead, because a plant's
// calendar may be ahead of UTC.
func notTomorrow(ctx *module.Context, day string) error {
	if latest := module.Day(ctx.Time + 24*3600); day > latest {
		return ErrDate.With("day is %s, and today is %s; tell what has happened", day, module.Day(ctx.Time))
	}
	return nil
}
