package cert

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/filiera-chain/filiera/module"
)

// sell sells, or takes back, in a branch that is kept when it is not refused.
func (l *ledger) sell(lot string, amount int64) error {
	branch := l.kv.Branch()
	ctx := module.NewContext(branch, l.block, module.Signer{})
	do := l.cert.Sell
	if amount < 0 {
		amount, do = -amount, l.cert.TakeBack
	}
	err := do(ctx, pastaGTIN, lot, amount)
	if err == nil {
		branch.Write()
	}
	l.hold()
	return err
}

func (l *ledger) sold(n int) int64 {
	sold, err := l.cert.soldOf(l.reader(), pastaGTIN, "A")
	l.must(err)
	if n == 0 {
		return sold[""]
	}
	return sold[urn(n)]
}

func TestNoMoreIsSoldThanIsAttested(t *testing.T) {
	l := newLedger(t)
	l.must(l.sell("A", 100)) // of 1000, before anybody certified it
	refused(t, ErrQuantity, l.issue(certificate(1, 901)))
	l.must(l.issue(certificate(1, 300)))
	l.must(l.issue(certificate(2, 200)))
	l.must(l.sell("A", 400))
	if l.sold(0) != 100 || l.sold(1) != 300 || l.sold(2) != 100 {
		t.Errorf("sold %d, %d, %d", l.sold(0), l.sold(1), l.sold(2))
	}
	refused(t, ErrSold, l.sell("A", 101))
	// A certificate is not lowered below what is sold under it, nor replaced by less.
	refused(t, ErrSold, l.do(body, reducing(1, "A", 299)))
	less := certificate(3, 99)
	less.Replaces = urn(2)
	refused(t, ErrSold, l.issue(less))
	same := certificate(3, 150)
	same.Replaces = urn(2)
	l.must(l.issue(same))
	if l.sold(2) != 0 || l.sold(3) != 100 {
		t.Errorf("the new one has %d and the old one %d", l.sold(3), l.sold(2))
	}
	// One that is suspended sells nothing more; what was sold under it stays counted.
	l.must(l.do(body, suspending(1)))
	refused(t, ErrSold, l.sell("A", 51))
	l.must(l.sell("A", 50))
	l.must(l.do(body, reinstating(1)))
	l.must(l.do(body, revoking(1)))
	refused(t, ErrQuantity, l.issue(certificate(4, 451))) // 1000 - 100 - 300 - 150
	l.must(l.issue(certificate(4, 450)))
	// What comes back frees what it was sold under.
	l.must(l.sell("A", -500))
	if l.sold(0) != 50 || l.sold(1)+l.sold(3)+l.sold(4) != 0 {
		t.Errorf("after all came back: %d, %d, %d, %d", l.sold(0), l.sold(1), l.sold(3), l.sold(4))
	}
}

// Whatever is issued, reduced, revoked, sold and taken back: the truths hold after
// each act, and of what is sold nothing is lost.
func TestNoStorySellsMoreThanIsAttested(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := newLedger(rt)
		all, issued := int64(0), 0
		for range 25 {
			n := rapid.Int64Range(1, 400).Draw(rt, "amount")
			which := rapid.IntRange(1, max(1, issued)).Draw(rt, "certificate")
			switch rapid.IntRange(0, 5).Draw(rt, "act") {
			case 0:
				issued++ // ids are not used again
				_ = l.issue(certificate(issued, n))
			case 1:
				_ = l.do(body, reducing(which, "A", n))
			case 2:
				_ = l.do(body, revoking(which))
			case 3, 4:
				if all+n <= 1000 && l.sell("A", n) == nil {
					all += n
				}
			case 5:
				if n <= all && l.sell("A", -n) == nil {
					all -= n
				}
			}
		}
		sold, err := l.cert.soldOf(l.reader(), pastaGTIN, "A")
		l.must(err)
		sum := int64(0)
		for _, n := range sold {
			sum += n
		}
		if sum != all {
			rt.Fatalf("%d are counted and %d were sold", sum, all)
		}
	})
}
