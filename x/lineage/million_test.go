package lineage_test

import (
	"encoding/binary"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	dbm "github.com/cosmos/cosmos-db"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/statekey"
	"github.com/filiera-chain/filiera/store"
	"github.com/filiera-chain/filiera/x/lineage"
	"github.com/filiera-chain/filiera/x/registry"
)

// forest is so many batches that were made of one another, in parts that have
// nothing to do with one another. The first of each part is a lot of flour; every
// other was made of one to three batches of its part before it. Batch 0 went into
// the first of each part.
type forest struct {
	of    [][]int32 // what each batch was made of, ascending
	made  [][]int32 // what was made of each batch, ascending
	roots []int
}

func grow(parts ...int) *forest {
	f := &forest{of: [][]int32{nil}, made: [][]int32{nil}}
	r := splitmix(7)
	for _, size := range parts {
		root := len(f.of)
		f.roots = append(f.roots, root)
		for i := range size {
			n := root + i
			parents := map[int32]bool{}
			if i == 0 {
				parents[0] = true
			} else {
				for range 1 + r.next()%3 {
					// Mostly of what is recent: long chains, as in a real year of production.
					span := uint64(min(i, 1+i/2))
					parents[int32(n-1-int(r.next()%span))] = true
				}
			}
			var of []int32
			for p := range parents {
				of = append(of, p)
			}
			slices.Sort(of)
			f.of, f.made = append(f.of, of), append(f.made, nil)
			for _, p := range of {
				f.made[p] = append(f.made[p], int32(n))
			}
		}
	}
	return f
}

// splitmix is a sequence that is the same on every run.
type splitmix uint64

func (r *splitmix) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// descendants is the independent computation: a plain walk over the lists.
func (f *forest) descendants(root int) (reached []bool, n int) {
	reached = make([]bool, len(f.of))
	reached[root] = true
	for queue := []int32{int32(root)}; len(queue) > 0; queue = queue[1:] {
		n++
		for _, m := range f.made[queue[0]] {
			if !reached[m] {
				reached[m] = true
				queue = append(queue, m)
			}
		}
	}
	return reached, n
}

func lotNumber(n int) *basev1.BatchID {
	return &basev1.BatchID{Gtin: product, Lot: fmt.Sprintf("L%08d", n)}
}

// plant writes the graph, both ways, and the batches into a store, as if all had
// been told at height 1.
func (f *forest) plant(t testing.TB, db dbm.DB) *store.Store {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	im, err := store.NewImporter(db, 1)
	check(err)
	book, err := module.Marshal(&lineagev1.Edge{Book: true})
	check(err)
	join := func(start []byte, other int32) []byte {
		id := lotNumber(int(other))
		return append(append(append(slices.Clone(start), id.GetGtin()...), 0), id.GetLot()...)
	}
	for n, of := range f.of {
		start, _ := statekey.MadeOf(product, lotNumber(n).GetLot())
		for _, p := range of {
			check(im.Add(join(start, p), book))
		}
	}
	for n, made := range f.made {
		start, _ := statekey.WentInto(product, lotNumber(n).GetLot())
		for _, m := range made {
			check(im.Add(join(start, m), []byte{}))
		}
	}
	for n := range f.of {
		lot := lotNumber(n).GetLot()
		b, err := module.Marshal(&productv1.Batch{
			Gtin: product, Lot: lot, Owner: "mulino", Custodian: "bottega", Status: 1, Quantity: &basev1.Quantity{Amount: 1000, Unit: "GRM"},
			ProductionDate: "2026-11-20", ExpiryDate: "2027-11-20", Place: "042021", RegisteredAt: start, RegisteredHeight: 1,
		})
		check(err)
		check(im.Add(statekey.Batch(product, lot), b))
	}
	_, err = im.Finish(nil)
	check(err)
	s, err := store.Open(db, store.Options{})
	check(err)
	return s
}

// land is the real lineage over a planted forest, driven block by block.
type land struct {
	t       testing.TB
	store   *store.Store
	lineage *lineage.Lineage
	last    uint64
	// worst block, and the most marks in one.
	worst time.Duration
	most  int
}

func settleOn(t testing.TB, s *store.Store, steps uint32) *land {
	t.Helper()
	r := registry.New()
	l := &land{t: t, store: s, lineage: lineage.New(r)}
	l.block(func(ctx *module.Context) {
		params := registry.DefaultParams()
		params.RecallStepsPerBlock = steps
		l.check(r.SetParams(ctx, params))
	})
	return l
}

func (l *land) check(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

// block carries out what fn does and what time brings, and commits it.
func (l *land) block(fn func(ctx *module.Context)) {
	began := time.Now()
	branch := l.store.Branch()
	height := l.store.Height() + 1
	ctx := module.NewContext(branch, module.Block{ChainID: "test-1", Height: height, Time: start + height}, module.Signer{})
	if fn != nil {
		fn(ctx)
	}
	said := len(ctx.Announcements())
	l.check(l.lineage.Module().EndBlock(ctx))
	marks := 0
	for _, m := range ctx.Announcements()[said:] {
		if _, is := m.(*lineagev1.MarkChanged); is {
			marks++
		}
	}
	_, err := l.store.Prepare(height, branch)
	l.check(err)
	l.check(l.store.Commit())
	l.most = max(l.most, marks)
	l.worst = max(l.worst, time.Since(began))
}

func (l *land) read(fn func(rd *module.Reader)) {
	l.check(l.store.View(func(v *store.View) error {
		fn(module.NewReader(v.Branch(), module.Block{ChainID: "test-1", Height: v.Height()}))
		return nil
	}))
}

// recall calls one lot back and runs blocks until it has reached everything.
func (l *land) recall(root int) (s *lineagev1.Spread, blocks int) {
	l.last++
	l.block(func(ctx *module.Context) {
		l.check(l.lineage.Call(ctx, l.last, false, []*basev1.BatchID{lotNumber(root)}))
	})
	for blocks = 1; ; blocks++ {
		l.read(func(rd *module.Reader) {
			var err error
			s, err = l.lineage.Spread(rd, l.last)
			l.check(err)
		})
		if s.GetHead() == s.GetTail() {
			return s, blocks
		}
		l.block(nil)
	}
}

// agrees holds the list of what was marked, complete as it stands in the state,
// against the plain walk.
func (l *land) agrees(f *forest, root int) {
	l.t.Helper()
	want, n := f.descendants(root)
	from, to := statekey.RecallBatches(l.last)
	got := 0
	l.check(l.store.View(func(v *store.View) error {
		it, err := v.Iterator(from, to)
		if err != nil {
			return err
		}
		defer it.Close()
		for ; it.Valid(); it.Next() {
			if binary.BigEndian.Uint64(it.Key()[len(from)-8:]) != l.last {
				return fmt.Errorf("key %x is of another recall", it.Key())
			}
			var lot int
			if _, err := fmt.Sscanf(string(it.Key()[len(from)+len(product)+1:]), "L%08d", &lot); err != nil {
				return err
			}
			if !want[lot] {
				return fmt.Errorf("lot %d is marked, and was not made of lot %d", lot, root)
			}
			got++
		}
		return it.Error()
	}))
	if got != n {
		l.t.Fatalf("%d batches are marked, and %d were made of lot %d", got, n, root)
	}
}

// A recall from one lot of flour among 20,000 batches reaches all that was made of
// it, a bounded number in each block, and takes the same steps however many other
// batches there are.
func TestARecallCostsWhatItReaches(t *testing.T) {
	const steps = 700
	took := map[int]uint64{}
	for _, others := range []int{1_000, 15_000} {
		f := grow(4_000, others)
		s := f.plant(t, dbm.NewMemDB())
		l := settleOn(t, s, steps)
		spread, blocks := l.recall(f.roots[0])
		l.agrees(f, f.roots[0])
		if l.most > steps {
			t.Errorf("a block marked %d batches, at most %d", l.most, steps)
		}
		if spread.GetReached() != 4_000 || blocks < 4_000/steps {
			t.Errorf("%d reached in %d blocks", spread.GetReached(), blocks)
		}
		took[others] = spread.GetSteps()
		edges := 0
		for _, made := range f.made[f.roots[0] : f.roots[0]+4_000] {
			edges += len(made)
		}
		if least := uint64(4_000 + edges); spread.GetSteps() < least || spread.GetSteps() > least+uint64(blocks) {
			t.Errorf("%d steps for 4,000 batches and %d edges in %d blocks", spread.GetSteps(), edges, blocks)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if took[1_000] != took[15_000] {
		t.Errorf("beside 1,000 others it takes %d steps, beside 15,000 it takes %d", took[1_000], took[15_000])
	}
}

// cpu is what the process has used of the processors: on a machine that others use
// too it says more than the clock does.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkRecall recalls one lot of flour in a graph of a million batches, for
// parts of several sizes, and in a graph of a fiftieth, on goleveldb as a node has it:
// blocks as on a chain, with their roots and commits, 2,000 steps in each. Every recall is held
// against a plain walk.
func BenchmarkRecall(b *testing.B) {
	const steps = 2_000
	for _, g := range []struct {
		name  string
		parts []int
		all   bool
	}{
		{"20000 batches", []int{1_000, 10_000, 8_999}, false},
		{"1000000 batches", []int{1_000, 10_000, 100_000, 888_999}, true},
	} {
		db, err := store.OpenLevelDB("state", b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		f := grow(g.parts...)
		l := settleOn(b, f.plant(b, db), steps)
		run := func(name string, root int) {
			b.Run(g.name+"/"+name, func(b *testing.B) {
				l.t, l.worst = b, 0
				var affected, blocks int
				var spent, worked time.Duration
				for range b.N {
					began, used := time.Now(), cpu()
					s, n := l.recall(root)
					spent, worked = spent+time.Since(began), worked+cpu()-used
					affected, blocks = int(s.GetReached()), n
					b.StopTimer()
					l.agrees(f, root)
					b.StartTimer()
				}
				b.ReportMetric(float64(spent.Nanoseconds())/float64(b.N*affected), "ns/affected")
				b.ReportMetric(float64(worked.Nanoseconds())/float64(b.N*affected), "cpu-ns/affected")
				b.ReportMetric(float64(affected), "affected")
				b.ReportMetric(float64(blocks), "blocks")
				b.ReportMetric(float64(l.worst.Microseconds())/1000, "worst-block-ms")
			})
		}
		for i, size := range g.parts[:len(g.parts)-1] {
			run(fmt.Sprintf("%d affected", size), f.roots[i])
		}
		if g.all {
			run("all affected", 0)
		}
		if err := l.store.Close(); err != nil {
			b.Error(err)
		}
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	}
}
