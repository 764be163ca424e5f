package index

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
)

// BenchmarkOneBatchAmongAMillion asks the embedded read model for one batch by
// GTIN and lot, among a million of a thousand products; p50-us and p99-us are
// microseconds of single questions.
func BenchmarkOneBatchAmongAMillion(b *testing.B) {
	const million, perBlock = 1_000_000, 10_000
	db, err := Open(filepath.Join(b.TempDir(), "index.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	for n := 0; n < million; {
		blk := Block{Height: int64(n/perBlock) + 1, Time: time.Unix(1_700_000_000+int64(n), 0), Hash: fmt.Appendf(nil, "%032d", n)}
		for range perBlock {
			e, err := Announce(&productv1.BatchChanged{Batch: &productv1.Batch{
				Gtin: gtin(n % 1000), Lot: fmt.Sprintf("L%07d", n), Owner: owner(n), Custodian: owner(n), Status: 1,
				Specification: "maccheroncini", ProductionDate: "2026-11-23", ExpiryDate: "2027-11-23", Place: "109004",
			}})
			if err != nil {
				b.Fatal(err)
			}
			blk.EndEvents = append(blk.EndEvents, abci.Event(e))
			n++
		}
		apply(b, db, []Block{blk})
	}
	var took []time.Duration
	b.ResetTimer()
	for i := range b.N {
		n := (i * 7919) % million
		began := time.Now()
		l, err := db.Batches(b.Context(), BatchFilter{GTIN: gtin(n % 1000), Lot: fmt.Sprintf("L%07d", n)}, Page{})
		took = append(took, time.Since(began))
		if err != nil || len(l.Items) != 1 || l.Items[0].GetLot() != fmt.Sprintf("L%07d", n) {
			b.Fatal(l, err)
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1000, "p50-us")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1000, "p99-us")
}
