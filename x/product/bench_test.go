package product

import (
	"fmt"
	"testing"

	"github.com/filiera-chain/filiera/module"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
)

// BenchmarkRegisterBatch measures the act that ledgers do most, as a block does
// it: shape, then the work on a branch that is merged into the block's. The
// zones are those of one municipality and of a whole region.
func BenchmarkRegisterBatch(b *testing.B) {
	for _, zone := range []int{1, 300} {
		b.Run(fmt.Sprintf("zone of %d", zone), func(b *testing.B) {
			l := newLedger(b)
			spec := pastaSpecification()
			for i := 1; i < zone; i++ {
				spec.Version.Municipalities = append(spec.Version.Municipalities, fmt.Sprintf("%06d", 200000+i))
			}
			l.must(l.do(region, spec))
			l.must(l.do(pastaMaker, pastaProduct()))
			act := l.acts["filiera.product.v1.MsgRegisterBatch"]
			messages := make([]*productv1.MsgRegisterBatch, b.N)
			for i := range messages {
				messages[i] = pastaBatch()
				messages[i].Lot = fmt.Sprintf("B%d", i)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for _, m := range messages {
				branch := l.kv.Branch()
				if err := act.Check(m); err != nil {
					b.Fatal(err)
				}
				if _, err := act.Run(module.NewContext(branch, l.block, module.Signer{Participant: pastaMaker}), m); err != nil {
					b.Fatal(err)
				}
				branch.Write()
			}
		})
	}
}
