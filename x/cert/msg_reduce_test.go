package cert

import (
	"testing"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/module"
)

func reducing(n int, lot string, left int64) *certv1.MsgReduce {
	return &certv1.MsgReduce{
		Attestation: urn(n), Batch: &basev1.BatchID{Gtin: pastaGTIN, Lot: lot}, Quantity: &basev1.Quantity{Amount: left, Unit: "GRM"},
		Reason: "one pallet was broken",
	}
}

func TestReducingFreesWhatIsNoLongerCovered(t *testing.T) {
	l := newLedger(t)
	l.must(l.issue(certificate(1, 1000)))
	refused(t, ErrQuantity, l.issue(certificate(2, 1)))
	l.must(l.do(body, reducing(1, "A", 700)))
	a := l.attestation(urn(1))
	if r := a.GetReductions(); l.state(urn(1)) != Issued || len(r) != 1 || r[0].GetBefore() != 1000 || r[0].GetAfter() != 700 || r[0].GetLine() != 1 || a.GetBatches()[0].GetQuantity().GetAmount() != 700 {
		t.Fatalf("it is %v", a)
	}
	l.must(l.issue(certificate(2, 300)))
	l.must(l.do(body, reducing(1, "A", 1)))
	l.must(l.do(body, suspending(1)))
	refused(t, ErrState, l.do(body, reducing(1, "A", 1)))
	l.must(l.do(body, reinstating(1)))
}

func TestAReductionIsRefusedWhen(t *testing.T) {
	unit := reducing(1, "A", 10)
	unit.Quantity.Unit = "KGM"
	short := reducing(1, "A", 10)
	short.Reason = "x"
	badGTIN := reducing(1, "A", 10)
	badGTIN.Batch.Gtin = "8001234567897"
	badLot := reducing(1, "", 10)
	for _, c := range []struct {
		name string
		who  string
		m    *certv1.MsgReduce
		want *module.Error
	}{
		{"it is no reduction", body, reducing(1, "A", 600), ErrReduction},
		{"it takes back all", body, reducing(1, "A", 0), ErrReduction},
		{"it is below nothing", body, reducing(1, "A", -1), ErrReduction},
		{"the batch is not covered", body, reducing(1, "B", 10), ErrNotCovered},
		{"the unit is another", body, unit, ErrUnit},
		{"it is another body's", otherBody, reducing(1, "A", 10), ErrNotAllowed},
		{"an authority asks", region, reducing(1, "A", 10), ErrNotAllowed},
		{"the attestation is unknown", body, reducing(7, "A", 10), ErrAttestation},
		{"there is no reason", body, short, ErrShape},
		{"the GTIN is not in full", body, badGTIN, ErrShape},
		{"the lot is empty", body, badLot, ErrShape},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLedger(t)
			l.must(l.issue(certificate(1, 600)))
			refused(t, c.want, l.do(c.who, c.m))
		})
	}
}
