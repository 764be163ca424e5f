package product

import (
	"testing"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
)

func withdraw() *productv1.MsgWithdrawBatch {
	return &productv1.MsgWithdrawBatch{Gtin: "8001234567897", Lot: "24123", Reason: "registered by mistake"}
}

func TestAnOwnerWithdrawsItsBatchEvenAfterItsGrantEnded(t *testing.T) {
	l := newLedger(t).withBatch()
	l.pass(400)
	l.must(l.do(pastaMaker, withdraw()))
	b := l.batch()
	if b.GetStatus() != withdrawn || b.GetStatusReason() != "registered by mistake" || b.GetStatusBy() != pastaMaker || b.GetStatusSince() != l.block.Time {
		t.Errorf("batch = %v", b)
	}
}

func TestAWithdrawalIsRefusedWhen(t *testing.T) {
	type msg = *productv1.MsgWithdrawBatch
	l := newLedger(t).withBatch()
	refuses(t, l, pastaMaker, withdraw, []refusal[msg]{
		{name: "its signer is not the owner", signer: oilMaker, want: ErrNotOwner},
		{name: "its signer is an authority", signer: region, want: ErrNotOwner},
		{name: "the batch is unknown", change: func(m msg) { m.Lot = "24124" }, want: ErrBatch},
		{name: "the GTIN is wrong", change: func(m msg) { m.Gtin = "1" }, want: ErrGTIN},
		{name: "the lot is wrong", change: func(m msg) { m.Lot = "è" }, want: ErrLot},
		{name: "the reason is missing", change: func(m msg) { m.Reason = "" }, want: ErrShape},
	})
	l.must(l.do(pastaMaker, withdraw()))
	refuses(t, l, pastaMaker, withdraw, []refusal[msg]{{name: "it is withdrawn already", want: ErrState}})
}
