package index

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
)

// became is an entry that makes lots of others.
func became(number uint64, out []string, in ...string) *matterv1.Entry {
	e := &matterv1.Entry{Number: number, Kind: matterv1.EntryKind_ENTRY_KIND_TRANSFORMATION}
	for _, lot := range in {
		e.Postings = append(e.Postings, &matterv1.Posting{Account: 1, Batch: &basev1.BatchID{Gtin: gtin(1), Lot: lot}, Amount: -1})
	}
	for _, lot := range out {
		e.Postings = append(e.Postings, &matterv1.Posting{Account: 1, Batch: &basev1.BatchID{Gtin: gtin(1), Lot: lot}, Amount: 1})
	}
	return e
}

func names(list []Lot) (out []string) {
	for _, l := range list {
		out = append(out, l.Lot)
	}
	return out
}

// What is reached is what a walk over the plain list of edges reaches, in both
// directions, page by page, on both engines; circles that events tell end too.
func TestWhatIsReachedIsWhatAPlainWalkReaches(t *testing.T) {
	eachModel(t, func(t *testing.T, m Model) {
		c := newChain(t, 1, 0)
		apply(t, m, c.blocks)
		number := uint64(0)
		for seed := range uint64(25) {
			r := rand.New(rand.NewPCG(seed, 7))
			const n = 12
			name := func(i int) string { return fmt.Sprintf("%d-%02d", seed, i) }
			edges := map[bool]map[string][]string{true: {}, false: {}}
			var say []proto.Message
			for range 16 {
				from, to := r.IntN(n), r.IntN(n)
				if from == to {
					continue
				}
				live := r.IntN(5) > 0
				number++
				if from < to { // the book makes no circles
					e := became(number, []string{name(to)}, name(from))
					if !live {
						e.ReversedBy = 1 << 40
					}
					say = append(say, &matterv1.EntryPosted{Entry: e})
				} else {
					id := sha256.Sum256(fmt.Append(nil, number))
					e := &tracev1.Event{Id: id[:], Batches: []*tracev1.Involved{
						{Batch: &basev1.BatchID{Gtin: gtin(1), Lot: name(from)}, Part: tracev1.Part_PART_INPUT},
						{Batch: &basev1.BatchID{Gtin: gtin(1), Lot: name(to)}, Part: tracev1.Part_PART_OUTPUT, Registered: true},
					}}
					say = append(say, &tracev1.EventCaptured{Event: e})
					if !live {
						wrong := proto.Clone(e).(*tracev1.Event)
						wrong.Declarations = []*tracev1.Declaration{{}}
						say = append(say, &tracev1.EventDeclaredWrong{Event: wrong})
					}
				}
				if live {
					edges[true][name(from)] = append(edges[true][name(from)], name(to))
					edges[false][name(to)] = append(edges[false][name(to)], name(from))
				}
			}
			var b Block
			b.add(c.tx([]proto.Message{&tracev1.MsgCapture{Document: []byte(testDocument)}}, 0, say...))
			c.seal(b)
			apply(t, m, c.blocks[len(c.blocks)-1:])
			for i := range n {
				for _, forward := range []bool{true, false} {
					from := Lot{gtin(1), name(i)}
					got := names(pages(t, 3, func(p Page) (List[Lot], error) { return m.Reach(t.Context(), from, forward, p) }))
					want := walk(edges[forward], name(i))
					if !slices.Equal(got, want) {
						t.Fatalf("from %s forward %v: %v, want %v", name(i), forward, got, want)
					}
					checkGraph(t, m, from, forward, want)
				}
			}
		}
	})
}

// walk gives what is reached from a lot, in order.
func walk(edges map[string][]string, from string) (out []string) {
	seen := map[string]bool{}
	todo := []string{from}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		for _, to := range edges[at] {
			if !seen[to] {
				seen[to] = true
				out, todo = append(out, to), append(todo, to)
			}
		}
	}
	slices.Sort(out)
	return out
}

// checkGraph holds the picture against what is reached: whole where the bounds
// allow it, each node once, and marked where it is cut.
func checkGraph(t *testing.T, m Model, from Lot, forward bool, want []string) {
	t.Helper()
	whole, err := m.Graph(t.Context(), from, forward, 100, 1000)
	if err != nil || whole.More {
		t.Fatalf("%v %v", whole, err)
	}
	got := map[string]bool{}
	for i, n := range whole.Nodes {
		if got[n.Lot.Lot] || n.Open || i > 0 && n.Depth < whole.Nodes[i-1].Depth {
			t.Fatalf("node %d of %v", i, whole.Nodes)
		}
		got[n.Lot.Lot] = true
	}
	for _, lot := range want {
		if !got[lot] {
			t.Fatalf("%s is reached and not in %v", lot, whole.Nodes)
		}
	}
	if len(got) != len(want)+1-flagOf(slices.Contains(want, from.Lot)) {
		t.Fatalf("%d nodes for %v", len(got), want)
	}
	cut, err := m.Graph(t.Context(), from, forward, 100, 2)
	if err != nil || len(cut.Nodes) > 2 || cut.More != (len(whole.Nodes) > 2) {
		t.Fatalf("cut: %+v of %+v, %v", cut, whole, err)
	}
}

func flagOf(b bool) int { return int(flag(b)) }

func TestABoxWithALotOfItsOwnIsMadeOfWhatIsInIt(t *testing.T) {
	eachModel(t, func(t *testing.T, m Model) {
		c := newChain(t, 1, 0)
		in := func(lot string, part tracev1.Part, registered bool) *tracev1.Involved {
			return &tracev1.Involved{Batch: &basev1.BatchID{Gtin: gtin(1), Lot: lot}, Part: part, Registered: registered}
		}
		pack := func(n byte, action string, list ...*tracev1.Involved) proto.Message {
			id := sha256.Sum256([]byte{n})
			return &tracev1.EventCaptured{Event: &tracev1.Event{Id: id[:], Type: "AggregationEvent", Action: action, Batches: list}}
		}
		c.seal(Block{EndEvents: said(
			t, pack(1, "ADD", in("BOX", 4, true), in("A", 5, true), in("BOX", 5, true)), pack(2, "ADD", in("CRATE", 4, false), in("A", 5, true)), pack(3, "OBSERVE", in("CASE", 4, true), in("A", 5, true)),
		)})
		apply(t, m, c.blocks)
		l, err := m.MadeOf(t.Context(), Lot{gtin(1), "A"}, true, Page{})
		if err != nil || fmt.Sprint(names(l.Items)) != "[BOX]" {
			t.Errorf("%v %v", l.Items, err)
		}
	})
}
