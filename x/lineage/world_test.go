package lineage_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	lineagev1 "github.com/filiera-chain/filiera/api/lineage/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/module/moduletest"
	"github.com/filiera-chain/filiera/x/lineage"
	"github.com/filiera-chain/filiera/x/registry"
)

const product = "08031234500013"

var start = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC).Unix()

// world is the real registry and lineage beside a model that knows the graph, the
// recalls and the lifts in the plainest way, and reckons what they mean by a walk.
type world struct {
	*moduletest.World
	lineage *lineage.Lineage
	model   *model
}

func newWorld(t moduletest.T, steps, back uint32) *world {
	t.Helper()
	r := registry.New()
	l := lineage.New(r)
	w := &world{World: moduletest.New(t, module.Block{ChainID: "test-1", Height: 1, Time: start}, l.Module()), lineage: l, model: newModel()}
	params := registry.DefaultParams()
	params.RecallStepsPerBlock, params.RecallStepsBack = steps, back
	w.must(r.SetParams(w.act(), params))
	return w
}

func (w *world) must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatalf("%v", err)
	}
}

func (w *world) act() *module.Context { return w.Context(module.Signer{}) }

func lot(n int) *basev1.BatchID {
	return &basev1.BatchID{Gtin: product, Lot: fmt.Sprintf("L%04d", n)}
}

// model is the independent reckoning.
type model struct {
	made    map[int]map[int]int // what was made of a batch -> how many tell so
	recalls []*call
}

type call struct {
	drill, over bool
	targets     map[int]bool
	alone, cut  map[int]bool
}

func newModel() *model { return &model{made: map[int]map[int]int{}} }

// reached walks from the targets, not through what was let out with what was made of it.
func (m *model) reached(c *call) map[int]bool {
	out := map[int]bool{}
	var queue []int
	for n := range c.targets {
		out[n] = true
		queue = append(queue, n)
	}
	for ; len(queue) > 0; queue = queue[1:] {
		if c.cut[queue[0]] {
			continue
		}
		for n, told := range m.made[queue[0]] {
			if told > 0 && !out[n] {
				out[n] = true
				queue = append(queue, n)
			}
		}
	}
	return out
}

// held says which batches are recalled.
func (m *model) held() map[int]bool {
	out := map[int]bool{}
	for _, c := range m.recalls {
		if c.drill || c.over {
			continue
		}
		for n := range m.reached(c) {
			if !c.alone[n] && !c.cut[n] {
				out[n] = true
			}
		}
	}
	return out
}

func (w *world) join(in, out int, book bool) {
	w.must(w.lineage.Join(w.act(), lot(out), lot(in), book))
	if w.model.made[in] == nil {
		w.model.made[in] = map[int]int{}
	}
	w.model.made[in][out]++
	w.CheckTruths()
}

func (w *world) call(drill bool, targets ...int) {
	c := &call{drill: drill, targets: map[int]bool{}, alone: map[int]bool{}, cut: map[int]bool{}}
	var list []*basev1.BatchID
	for _, n := range targets {
		c.targets[n] = true
		list = append(list, lot(n))
	}
	w.model.recalls = append(w.model.recalls, c)
	w.must(w.lineage.Call(w.act(), uint64(len(w.model.recalls)), drill, list))
	w.CheckTruths()
}

func (w *world) spreading() bool {
	for i := range w.model.recalls {
		s, err := w.lineage.Spread(w.Reader(), uint64(i+1))
		w.must(err)
		if s.GetHead() != s.GetTail() {
			return true
		}
	}
	return false
}

// settle runs blocks until nothing spreads, and gives how many.
func (w *world) settle(most int) int {
	w.T.Helper()
	for n := 0; ; n++ {
		if !w.spreading() {
			return n
		}
		if n == most {
			w.T.Fatalf("recalls have not settled after %d blocks", most)
		}
		w.EndBlock(1)
	}
}

// agrees holds every mark against the model.
func (w *world) agrees(lots int) {
	w.T.Helper()
	for i, c := range w.model.recalls {
		if c.over {
			continue
		}
		want := w.model.reached(c)
		for n := range lots {
			m, err := w.lineage.Mark(w.Reader(), uint64(i+1), lot(n))
			w.must(err)
			if m.GetReached() != want[n] {
				w.T.Fatalf("recall %d reaches lot %d: %v, want %v (%v)", i+1, n, m.GetReached(), want[n], m)
			}
		}
		s, err := w.lineage.Spread(w.Reader(), uint64(i+1))
		w.must(err)
		if s.GetReached() != uint64(len(want)) {
			w.T.Fatalf("recall %d counts %d, want %d", i+1, s.GetReached(), len(want))
		}
	}
	held := w.model.held()
	for n := range lots {
		if free := w.lineage.Free(w.Reader(), lot(n)) == nil; free == held[n] {
			w.T.Fatalf("lot %d is free: %v, and recalled: %v", n, free, held[n])
		}
	}
}

// nothingSlips checks, while recalls spread, that what is recalled does not move,
// and, where nothing was taken back, that nothing else is held for good.
func (w *world) nothingSlips(lots int, exact bool) {
	w.T.Helper()
	held := w.model.held()
	for n := range lots {
		err := w.lineage.Free(w.Reader(), lot(n))
		if held[n] && err == nil {
			w.T.Fatalf("lot %d is recalled, and moves", n)
		}
		if exact && !held[n] && errors.Is(err, lineage.ErrRecalled) {
			w.T.Fatalf("lot %d is not recalled, and is refused: %v", n, err)
		}
	}
}

// marked counts the marks that the last block made, by its announcements.
func (w *world) marked() int {
	n := 0
	for _, m := range w.Said {
		if _, is := m.(*lineagev1.MarkChanged); is {
			n++
		}
	}
	return n
}

// TestRecallsReachWhatAWalkReaches does random things, recalls and lifts that
// overlap, edges that come and go while they spread, and compares with the walk.
func TestRecallsReachWhatAWalkReaches(t *testing.T) {
	const lots = 24
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.Uint32Range(1, 9).Draw(t, "steps")
		w := newWorld(t, steps, rapid.Uint32Range(1, 40).Draw(t, "back"))
		exact := true
		pair := func() (int, int) {
			in := rapid.IntRange(0, lots-2).Draw(t, "in")
			return in, rapid.IntRange(in+1, lots-1).Draw(t, "out")
		}
		for range rapid.IntRange(5, 40).Draw(t, "edges") {
			in, out := pair()
			w.join(in, out, rapid.Bool().Draw(t, "book") && w.model.made[in][out] == 0)
		}
		acts := map[string]func(*rapid.T){
			"block": func(*rapid.T) {
				w.EndBlock(5)
				if n := w.marked(); n > int(steps) {
					t.Fatalf("a block marked %d batches, at most %d", n, steps)
				}
			},
			"join": func(*rapid.T) {
				in, out := pair()
				w.join(in, out, false)
			},
			"part": func(t *rapid.T) {
				in, out := pair()
				e, err := w.lineage.Edge(w.Reader(), lot(out), lot(in))
				w.must(err)
				if e == nil {
					return
				}
				w.must(w.lineage.Part(w.act(), lot(out), lot(in), e.GetBook()))
				w.model.made[in][out]--
				exact = false
				w.CheckTruths()
			},
			"recall": func(t *rapid.T) {
				if len(w.model.recalls) == 5 {
					return
				}
				w.call(rapid.Bool().Draw(t, "drill"), rapid.SliceOfNDistinct(rapid.IntRange(0, lots-1), 1, 3, rapid.ID).Draw(t, "targets")...)
			},
			"lift": func(t *rapid.T) {
				if len(w.model.recalls) == 0 {
					return
				}
				i := rapid.IntRange(0, len(w.model.recalls)-1).Draw(t, "recall")
				n, with, c := rapid.IntRange(0, lots-1).Draw(t, "lot"), rapid.Bool().Draw(t, "with"), w.model.recalls[i]
				m, err := w.lineage.Mark(w.Reader(), uint64(i+1), lot(n))
				w.must(err)
				ctx := w.act()
				err = w.lineage.Lift(ctx, uint64(i+1), lot(n), with, 1)
				switch {
				case !m.GetReached():
					if !errors.Is(err, lineage.ErrNoMark) {
						t.Fatalf("lift of what is not reached: %v", err)
					}
				case c.cut[n] || c.alone[n] && !with:
					if !errors.Is(err, lineage.ErrLifted) {
						t.Fatalf("lifted twice: %v", err)
					}
				default:
					w.must(err)
					if exact = false; with {
						c.cut[n] = true
					} else {
						c.alone[n] = true
					}
				}
				w.CheckTruths()
			},
			"unfounded": func(t *rapid.T) {
				if len(w.model.recalls) < 3 {
					return
				}
				i := rapid.IntRange(0, len(w.model.recalls)-1).Draw(t, "recall")
				w.must(w.lineage.End(w.act(), uint64(i+1)))
				w.model.recalls[i].over = true
				w.CheckTruths()
			},
			"": func(*rapid.T) { w.nothingSlips(lots, exact) },
		}
		t.Repeat(acts)
		w.settle(10_000)
		w.agrees(lots)
		w.cleared(lots)
		w.agrees(lots)
	})
}

// cleared runs blocks until nothing is left of what is over.
func (w *world) cleared(lots int) {
	w.T.Helper()
	for range lots * (1 + len(w.model.recalls)) {
		w.EndBlock(1)
	}
	for i, c := range w.model.recalls {
		list, _, err := w.lineage.Marks(w.Reader(), uint64(i+1), nil, 100)
		w.must(err)
		if c.over && len(list) > 0 {
			w.T.Fatalf("recall %d is over, and %d marks are left", i+1, len(list))
		}
	}
}

// TestCirclesEnd lets events draw any graph, circles too.
func TestCirclesEnd(t *testing.T) {
	const lots = 12
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, rapid.Uint32Range(1, 5).Draw(t, "steps"), 500)
		for range rapid.IntRange(1, 40).Draw(t, "edges") {
			in, out := rapid.IntRange(0, lots-1).Draw(t, "in"), rapid.IntRange(0, lots-1).Draw(t, "out")
			if in != out {
				w.join(in, out, false)
			}
		}
		w.call(false, rapid.IntRange(0, lots-1).Draw(t, "target"))
		for w.spreading() {
			w.nothingSlips(lots, true)
			w.EndBlock(1)
		}
		w.agrees(lots)
	})
}

func TestAHubDoesNotHoldUpABlock(t *testing.T) {
	w := newWorld(t, 50, 10)
	for n := 1; n <= 1000; n++ {
		w.must(w.lineage.Join(w.act(), lot(n), lot(0), true))
		w.model.made[0] = map[int]int{}
	}
	for n := 1; n <= 1000; n++ {
		w.model.made[0][n] = 1
	}
	w.call(false, 0)
	w.nothingSlips(1001, true)
	blocks := 0
	for w.spreading() {
		w.EndBlock(1)
		blocks++
		if n := w.marked(); n > 50 {
			t.Fatalf("block %d marked %d batches", blocks, n)
		}
	}
	w.agrees(1001)
	if blocks < 20 || blocks > 50 {
		t.Errorf("%d blocks for 1000 batches and 2000 steps, 50 a block", blocks)
	}
}

func TestDrillsWaitForRecalls(t *testing.T) {
	w := newWorld(t, 4, 10)
	for n := range 30 {
		w.join(n, n+1, true)
		w.join(n+100, n+101, true)
	}
	w.call(true, 100)
	w.EndBlock(1)
	w.call(false, 0)
	for range 40 {
		w.EndBlock(1)
	}
	real, err := w.lineage.Spread(w.Reader(), 2)
	w.must(err)
	drill, err := w.lineage.Spread(w.Reader(), 1)
	w.must(err)
	if real.GetSettledHeight() == 0 || drill.GetSettledHeight() <= real.GetSettledHeight() {
		t.Errorf("the recall settled at %d, the drill at %d", real.GetSettledHeight(), drill.GetSettledHeight())
	}
	w.must(w.lineage.Free(w.Reader(), lot(110)))
}

func TestTheBoundOfLookingBackIsSaid(t *testing.T) {
	w := newWorld(t, 1, 5)
	for n := range 40 {
		w.join(n, n+1, true)
	}
	w.call(false, 0)
	for n, want := range map[int]*module.Error{0: lineage.ErrRecalled, 1: lineage.ErrRecalled, 5: lineage.ErrRecalled, 6: lineage.ErrSpreading, 40: lineage.ErrSpreading} {
		if err := w.lineage.Free(w.Reader(), lot(n)); !errors.Is(err, want) {
			t.Errorf("lot %d: %v, want %s", n, err, want.ID())
		}
	}
	w.must(w.lineage.Free(w.Reader(), lot(100)))
	w.settle(200)
	if err := w.lineage.Free(w.Reader(), lot(40)); !errors.Is(err, lineage.ErrRecalled) {
		t.Errorf("%v", err)
	}
}
