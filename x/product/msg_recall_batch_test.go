package product

import (
	"testing"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
)

func recall() *productv1.MsgRecallBatch {
	return &productv1.MsgRecallBatch{Gtin: pastaGTIN, Lot: "24123", Reason: "undeclared allergen"}
}

func TestABatchIsRecalledByItsOwnerOrAnAuthority(t *testing.T) {
	for _, who := range []string{pastaMaker, region} {
		l := newLedger(t).withBatch()
		l.must(l.do(who, recall()))
		if b := l.batch(); b.GetStatus() != recalled || b.GetStatusBy() != who {
			t.Errorf("batch = %v", b)
		}
	}
}

func TestARecallIsRefusedWhen(t *testing.T) {
	type msg = *productv1.MsgRecallBatch
	l := newLedger(t).withBatch()
	refuses(t, l, pastaMaker, recall, []refusal[msg]{
		{name: "its signer is neither owner nor authority", signer: oilMaker, want: ErrNotOwner},
		{name: "the batch is unknown", change: func(m msg) { m.Lot = "24124" }, want: ErrBatch},
		{name: "the reason is two letters", change: func(m msg) { m.Reason = "no" }, want: ErrShape},
	})
	l.must(l.do(region, recall()))
	refuses(t, l, pastaMaker, recall, []refusal[msg]{{name: "it is recalled already", want: ErrState}})
}
