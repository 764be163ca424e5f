package product

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/x/registry"
)

func TestAMakerRegistersABatchBoundToTheVersionOfItsDay(t *testing.T) {
	l := newLedger(t).withBatch()
	b := l.batch()
	if b.GetSpecification() != pastaSpec || b.GetSpecificationVersion() != 1 || b.GetOwner() != pastaMaker || b.GetCustodian() != pastaMaker ||
		b.GetStatus() != active || b.GetRegisteredAt() != start || b.GetRegisteredHeight() != 1 {
		t.Errorf("batch = %v", b)
	}
	if len(l.announced) != 1 || l.announced[0].(*productv1.BatchChanged).GetBatch().GetLot() != "24123" {
		t.Errorf("announced %v", l.announced)
	}
}

func TestABatchBindsToTheVersionInForceOnItsProductionDate(t *testing.T) {
	l := newLedger(t).withPasta()
	ended := publish("2020-01-01")
	ended.Version.InForceTo = "2020-12-31"
	ended.Version.Municipalities = nil
	l.must(l.do(region, ended))
	l.must(l.do(region, publish("2022-01-01")))
	l.must(l.do(region, publish("2024-01-01")))
	for i, c := range []struct {
		day  string
		want uint32 // 0: none in force
	}{
		{"2013-11-12", 0},
		{"2013-11-13", 1},
		{"2019-12-31", 1},
		{"2020-01-01", 2},
		{"2020-12-31", 2},
		{"2021-01-01", 0},
		{"2021-12-31", 0},
		{"2022-01-01", 3},
		{"2023-12-31", 3},
		{"2024-01-01", 4},
		{"2026-11-23", 4},
	} {
		m := pastaBatch()
		m.Lot, m.ProductionDate = fmt.Sprintf("v%d", i), c.day
		err := l.do(pastaMaker, m)
		if c.want == 0 {
			if !errors.Is(err, ErrNotInForce) || !strings.Contains(err.Error(), c.day) {
				t.Errorf("a batch of %s: %v", c.day, err)
			}
			continue
		}
		l.must(err)
		if b, err := l.product.Batch(l.reader(), pastaGTIN, m.Lot); err != nil || b.GetSpecificationVersion() != c.want {
			t.Errorf("a batch of %s is bound to version %d, want %d (%v)", c.day, b.GetSpecificationVersion(), c.want, err)
		}
	}
}

func TestABatchIsRefusedWhen(t *testing.T) {
	type msg = *productv1.MsgRegisterBatch
	l := newLedger(t).withBatch()
	fresh := func() msg { m := pastaBatch(); m.Lot = "24124"; return m }
	amount := func(n int64, unit string) func(msg) {
		return func(m msg) { m.Quantity = &basev1.Quantity{Amount: n, Unit: unit} }
	}
	refuses(t, l, pastaMaker, fresh, []refusal[msg]{
		{name: "its check digit is wrong", change: func(m msg) { m.Gtin = "08001234567890" }, want: ErrGTIN},
		{name: "its product is unknown", change: func(m msg) { m.Gtin = flourGTIN }, want: ErrProduct},
		{name: "its product belongs to somebody else", signer: oilMaker, want: ErrNotOwner},
		{name: "its lot is empty", change: func(m msg) { m.Lot = "" }, want: ErrLot},
		{name: "its lot has a forbidden character", change: func(m msg) { m.Lot = "24 123" }, want: ErrLot},
		{name: "its lot has a zero byte", change: func(m msg) { m.Lot = "24\x00123" }, want: ErrLot},
		{name: "its lot has twenty-one characters", change: func(m msg) { m.Lot = strings.Repeat("1", 21) }, want: ErrLot},
		{name: "its lot is registered", change: func(m msg) { m.Lot = "24123" }, want: ErrBatchTaken},
		{name: "its lot is registered, under another spelling of the GTIN", change: func(m msg) { m.Gtin, m.Lot = "8001234567897", "24123" }, want: ErrBatchTaken},
		{name: "its quantity is missing", change: func(m msg) { m.Quantity = nil }, want: ErrQuantity},
		{name: "its quantity is zero", change: amount(0, "GRM"), want: ErrQuantity},
		{name: "its quantity is negative", change: amount(-1, "GRM"), want: ErrQuantity},
		{name: "its quantity is over 2^53-1", change: amount(1<<53, "GRM"), want: ErrQuantity},
		{name: "its unit is unknown", change: amount(1, "BOX"), want: ErrUnknownUnit},
		{name: "its unit is not the product's", change: amount(250, "KGM"), want: ErrWrongUnit},
		{name: "its unit measures something else", change: amount(250, "LTR"), want: ErrWrongUnit},
		{name: "its production date is no day", change: func(m msg) { m.ProductionDate = "2026-02-30" }, want: ErrDate},
		{name: "its production date is missing", change: func(m msg) { m.ProductionDate = "" }, want: ErrDate},
		{name: "its production date is before 1990", change: func(m msg) { m.ProductionDate = "1989-12-31" }, want: ErrDate},
		{name: "it is made the day after tomorrow", change: func(m msg) { m.ProductionDate = "2026-11-25" }, want: ErrDate},
		{name: "it expires before it is made", change: func(m msg) { m.ExpiryDate = "2026-11-19" }, want: ErrDate},
		{name: "its expiry date is no day", change: func(m msg) { m.ExpiryDate = "2027-13-01" }, want: ErrDate},
		{name: "its place is missing", change: func(m msg) { m.Place = "" }, want: ErrShape},
		{name: "its place is outside the zone", change: func(m msg) { m.Place = fermo }, want: ErrZone},
		{name: "its place is outside the signer's scope", change: func(m msg) { m.Place = "109001" }, want: registry.ErrScope},
		{name: "no version was in force", change: func(m msg) { m.ProductionDate = "2013-11-12" }, want: ErrNotInForce},
	})
	l.must(l.do(region, &registryv1.MsgSuspendParticipant{Participant: pastaMaker, Reason: "late with its books"}))
	refuses(t, l, pastaMaker, fresh, []refusal[msg]{{name: "its owner is suspended", want: registry.ErrInactive}})
}

func TestATwinOfABatchIsToldWhoseItIs(t *testing.T) {
	l := newLedger(t).withBatch()
	l.pass(2)
	got := fmt.Sprint(l.do(pastaMaker, pastaBatch()))
	for _, want := range []string{pastaGTIN, "24123", pastaMaker, "2026-11-23", "height 1"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q does not say %s", got, want)
		}
	}
}

func TestAWrongUnitIsToldHowToConvert(t *testing.T) {
	l := newLedger(t).withPasta()
	m := pastaBatch()
	m.Quantity = &basev1.Quantity{Amount: 250, Unit: "KGM"}
	if got := fmt.Sprint(l.do(pastaMaker, m)); !strings.Contains(got, "250000 GRM") {
		t.Errorf("%q does not say 250000 GRM", got)
	}
}

func TestABatchMayBeOfTomorrowAndTheLargestQuantityFits(t *testing.T) {
	l := newLedger(t).withPasta()
	m := pastaBatch()
	m.ProductionDate, m.ExpiryDate, m.Quantity.Amount = "2026-11-24", "", MaxAmount
	l.must(l.do(pastaMaker, m))
}

func TestAProductWithoutSpecificationHasBatchesAnywhereInScope(t *testing.T) {
	l := newLedger(t)
	l.must(l.do(oilMaker, &productv1.MsgRegisterProduct{Gtin: flourGTIN, Name: "Flour type 00", BaseUnit: "KGM"}))
	m := &productv1.MsgRegisterBatch{Gtin: flourGTIN, Lot: "F1", Quantity: &basev1.Quantity{Amount: 1, Unit: "KGM"}, ProductionDate: "2026-11-01", Place: fermo}
	l.must(l.do(oilMaker, m))
	if b, err := l.product.Batch(l.reader(), flourGTIN, "F1"); err != nil || b.GetSpecificationVersion() != 0 || b.GetSpecification() != "" {
		t.Errorf("batch = %v (%v)", b, err)
	}
}
