package index

import (
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	"google.golang.org/protobuf/proto"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
)

func testLog(testing.TB) *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// BenchmarkApply writes blocks of one batch registration per transaction, as
// the load generator makes them; tx/s is what one core keeps up with. Where the
// application does not say who signed, the key is recovered from the signature.
func BenchmarkApply(b *testing.B) {
	for _, shape := range []struct {
		blocks, txs int
		said        bool
	}{{1, 300, true}, {16, 300, true}, {64, 100, true}, {16, 300, false}} {
		b.Run(fmt.Sprintf("%dx%d/said=%v", shape.blocks, shape.txs, shape.said), func(b *testing.B) {
			c := newChain(b, 1, 0)
			n := 0
			for range 10 {
				for range shape.blocks {
					var blk Block
					for range shape.txs {
						n++
						raw, r := c.tx([]proto.Message{&productv1.MsgRegisterBatch{Gtin: gtin(n % 50), Lot: fmt.Sprintf("B%09d", n)}}, 0,
							&productv1.BatchChanged{Batch: &productv1.Batch{
								Gtin: gtin(n % 50), Lot: fmt.Sprintf("B%09d", n), Owner: owner(n), Custodian: owner(n), Status: 1,
								Specification: "maccheroncini", ProductionDate: "2026-11-23", ExpiryDate: "2027-11-23", Place: "044007",
							}})
						if shape.said {
							r.Events = append(r.Events, abci.Event{Type: "tx", Attributes: []abci.EventAttribute{{Key: "signer", Value: "pastificio"}}})
						}
						blk.add(raw, r)
					}
					c.seal(blk)
				}
			}
			db, err := Open(filepath.Join(b.TempDir(), "index.db"))
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			apply(b, db, c.all(1))
			b.ResetTimer()
			at, done := 1, 0
			for range b.N {
				if at+shape.blocks > len(c.blocks) {
					b.StopTimer()
					db.Close()
					if db, err = Open(filepath.Join(b.TempDir(), "index.db")); err != nil {
						b.Fatal(err)
					}
					apply(b, db, c.all(1))
					at = 1
					b.StartTimer()
				}
				apply(b, db, c.blocks[at:at+shape.blocks])
				at += shape.blocks
				done += shape.blocks * shape.txs
			}
			b.ReportMetric(float64(done)/b.Elapsed().Seconds(), "tx/s")
		})
	}
}
