package product

import (
	"testing"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/x/registry"
)

func TestAMakerRegistersAProductUnderFourteenDigits(t *testing.T) {
	l := newLedger(t).withPasta()
	it, err := l.product.queryProduct(l.reader(), &productv1.ProductRequest{Gtin: "8001234567897"})
	l.must(err)
	if it.GetGtin() != pastaGTIN || it.GetOwner() != pastaMaker || it.GetBaseUnit() != "GRM" || it.GetRegisteredAt() != start {
		t.Errorf("product = %v", it)
	}
}

func TestAnOrdinaryProductNeedsNoSpecification(t *testing.T) {
	l := newLedger(t)
	l.must(l.do(pastaMaker, &productv1.MsgRegisterProduct{Gtin: flourGTIN, Name: "Flour type 00", BaseUnit: "KGM"}))
}

func TestAProductIsRefusedWhen(t *testing.T) {
	type msg = *productv1.MsgRegisterProduct
	l := newLedger(t).withPasta()
	fresh := func() msg { m := pastaProduct(); m.Gtin = flourGTIN; return m }
	refuses(t, l, pastaMaker, fresh, []refusal[msg]{
		{name: "its check digit is wrong", change: func(m msg) { m.Gtin = "8001234567890" }, want: ErrGTIN},
		{name: "its GTIN has letters", change: func(m msg) { m.Gtin = "80012345678x4" }, want: ErrGTIN},
		{name: "its GTIN has eleven digits", change: func(m msg) { m.Gtin = "80012345678" }, want: ErrGTIN},
		{name: "its GTIN is taken, in another spelling", change: func(m msg) { m.Gtin = "8001234567897" }, want: ErrProductTaken},
		{name: "its unit is unknown", change: func(m msg) { m.BaseUnit = "kg" }, want: ErrUnknownUnit},
		{name: "its unit is missing", change: func(m msg) { m.BaseUnit = "" }, want: ErrUnknownUnit},
		{name: "its name is missing", change: func(m msg) { m.Name = "" }, want: ErrShape},
		{name: "its net content is zero", change: func(m msg) { m.NetContent = &basev1.Quantity{Unit: "GRM"} }, want: ErrQuantity},
		{name: "the specification id is malformed", change: func(m msg) { m.Specification = "IGP!" }, want: ErrShape},
		{name: "the specification is not registered", change: func(m msg) { m.Specification = oilSpec }, want: ErrSpecification},
		{name: "the specification is outside the signer's scope", change: func(m msg) { m.Specification = "casciotta-d-urbino-dop" }, want: registry.ErrScope},
		{name: "its signer makes nothing", signer: carrier, want: registry.ErrNotAllowed},
		{name: "its signer is an authority that makes nothing", signer: region, want: registry.ErrNotAllowed},
	})
	l.pass(400)
	refuses(t, l, pastaMaker, fresh, []refusal[msg]{
		{name: "the signer's grant has ended", signer: oilMaker, want: registry.ErrDates},
	})
}
