package cert

import (
	"testing"

	"google.golang.org/protobuf/proto"

	certv1 "github.com/filiera-chain/filiera/api/cert/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/x/registry"
)

func TestTimeEndsAttestationsOldestFirstAndABoundedNumberPerBlock(t *testing.T) {
	l := newLedger(t)
	params := registry.DefaultParams()
	params.ExpiriesPerBlock = 2
	l.must(l.registry.SetParams(module.NewContext(l.kv, l.block, module.Signer{}), params))
	for n := range 5 {
		d := certificate(n, 10)
		d.ValidUntil = start + 100 - int64(n) // the last one ends first
		l.must(l.issue(d))
	}
	l.must(l.do(body, suspending(4)))
	l.must(l.do(body, revoking(3)))
	l.pass(95)
	for n := range 5 {
		if len(l.attestation(urn(n)).GetHistory()) > 2 {
			t.Errorf("attestation %d changed before its time", n)
		}
	}
	written := func() (n int) {
		for i := range 5 {
			h := l.attestation(urn(i)).GetHistory()
			if last := h[len(h)-1]; last.GetStatus() == Expired {
				n++
				if last.GetActor() != "" || last.GetAt() < l.attestation(urn(i)).GetValidUntil() || last.GetReason() == "" {
					t.Errorf("line = %v", last)
				}
			}
		}
		return n
	}
	for i, want := range []int{2, 4, 4} {
		l.pass(100)
		if got := written(); got != want {
			t.Errorf("after block %d, %d are written as expired, want %d", i+1, got, want)
		}
		for n := range 5 {
			if got := l.state(urn(n)); (got == Expired) != (n != 3) {
				t.Errorf("after block %d, attestation %d is %s", i+1, n, got)
			}
		}
		if i == 0 && l.attestation(urn(4)).GetHistory()[2].GetStatus() != Expired {
			t.Error("the one that ended first was not written first")
		}
	}
}

func TestABlockAnnouncesWhatItEnds(t *testing.T) {
	l := newLedger(t)
	l.must(l.issue(certificate(1, 10)))
	l.block.Time += year
	ctx := module.NewContext(l.kv, l.block, module.Signer{})
	l.must(l.cert.endBlock(ctx))
	if got := ctx.Announcements(); len(got) != 1 || !proto.Equal(got[0], &certv1.AttestationChanged{Attestation: l.attestation(urn(1))}) {
		t.Errorf("announced %v", got)
	}
}
