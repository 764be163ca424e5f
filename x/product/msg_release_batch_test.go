package product

import (
	"testing"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/x/registry"
)

func release() *productv1.MsgReleaseBatch {
	return &productv1.MsgReleaseBatch{Gtin: pastaGTIN, Lot: "24123", Reason: "analysis was clean"}
}

func TestAnAuthorityReleasesWhatWasWithdrawn(t *testing.T) {
	l := newLedger(t).withBatch()
	l.must(l.do(pastaMaker, withdraw()))
	l.must(l.do(region, release()))
	if b := l.batch(); b.GetStatus() != active || b.GetStatusReason() != "analysis was clean" || b.GetStatusBy() != region {
		t.Errorf("batch = %v", b)
	}
}

func TestAReleaseIsRefusedWhen(t *testing.T) {
	type msg = *productv1.MsgReleaseBatch
	l := newLedger(t).withBatch()
	refuses(t, l, region, release, []refusal[msg]{
		{name: "the batch is active", want: ErrState},
		{name: "its signer is the owner", signer: pastaMaker, want: registry.ErrNotAllowed},
		{name: "the batch is unknown", change: func(m msg) { m.Lot = "24124" }, want: ErrBatch},
		{name: "the reason is missing", change: func(m msg) { m.Reason = "" }, want: ErrShape},
	})
}
