package app_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	dbm "github.com/cosmos/cosmos-db"
	"google.golang.org/protobuf/proto"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	unitv1 "github.com/filiera-chain/filiera/api/unit/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/units"
)

const jarGTIN = "08000000000026"

// labeller prints labels for the lots of one product of no specification, and keeps
// the plainest book of them.
type labeller struct {
	rand *rand.Rand
	runs []*labels
	live map[string]int64 // labels that are not void, by lot
	made int
}

type labels struct {
	lot    string
	run    uint32
	leaves []units.Leaf
	names  []string
	hashes []units.Hash
	void   map[int]bool
	opened map[int]int
}

func newLabels(lot, mark string, n int) *labels {
	l := &labels{lot: lot, void: map[int]bool{}, opened: map[int]int{}}
	coder := units.Key{3}.Coder(jarGTIN, lot)
	for i := range n {
		s := fmt.Sprintf("%s-%d", mark, i)
		l.names, l.leaves = append(l.names, s), append(l.leaves, units.LeafOf(jarGTIN, lot, s, coder.Code(s), uint32(i)+1))
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return bytes.Compare(l.leaves[a].ID[:], l.leaves[b].ID[:]) })
	sorted := &labels{lot: lot, void: l.void, opened: l.opened}
	for _, i := range order {
		sorted.names, sorted.leaves, sorted.hashes = append(sorted.names, l.names[i]), append(sorted.leaves, l.leaves[i]), append(sorted.hashes, l.leaves[i].Hash())
	}
	return sorted
}

func (l *labels) commit() *unitv1.MsgCommitUnits {
	root := units.RootOf(l.hashes)
	id := lotOf(l.lot)
	id.Gtin = jarGTIN
	return &unitv1.MsgCommitUnits{Batch: id, Root: root[:], Count: uint32(len(l.names)), Content: 10, Serials: unitv1.SerialKind_SERIAL_KIND_BROUGHT}
}

func (l *labels) acquit(i, n int) *unitv1.MsgAcquitUnit {
	code := units.Key{3}.Coder(jarGTIN, l.lot).Code(l.names[i])
	token := units.TokenOf(l.leaves[i].ID, code, n)
	p := &units.Presence{Run: l.run, Place: units.Place{Index: uint32(i), Path: units.PathOf(l.hashes, i)}, Tip: l.leaves[i].Tip, Number: l.leaves[i].Number}
	id := lotOf(l.lot)
	id.Gtin = jarGTIN
	return &unitv1.MsgAcquitUnit{Batch: id, Serial: l.names[i], Proof: p.Bytes(), Token: token[:]}
}

func (l *labels) voids(i int) *unitv1.MsgVoidUnits {
	id := lotOf(l.lot)
	id.Gtin = jarGTIN
	return &unitv1.MsgVoidUnits{Batch: id, Run: l.run, Spans: []*unitv1.Span{{First: uint32(i), Last: uint32(i)}}, Reason: "torn"}
}

func (p *labeller) pick() (*labels, int) {
	l := p.runs[p.rand.IntN(len(p.runs))]
	return l, p.rand.IntN(len(l.names))
}

func jars(lot string) *productv1.MsgRegisterBatch {
	b := batch(lot, 1000)
	b.Gtin = jarGTIN
	return b
}

// Hundreds of blocks of runs, voids and reveals by two parties, with restarts and a
// new chain from an export in the middle: what is carried out is what the plain book
// allows, and labels never hold more than their lots.
func TestUnitsAreCountedThroughRestarts(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	c.stage()
	c.do(producer, &productv1.MsgRegisterProduct{Gtin: jarGTIN, Name: "Jars of no specification", BaseUnit: "GRM"})
	lots := []string{"A", "B", "C"}
	for _, lot := range lots {
		c.do(producer, jars(lot))
	}
	p := &labeller{rand: rand.New(rand.NewPCG(4, 2)), live: map[string]int64{}}
	try := func(s *sender, act proto.Message, possible bool) {
		t.Helper()
		r := c.block(s.sign(s.body(c.now, act)))[0]
		if (r.Code == 0) != possible {
			t.Fatalf("%T: possible %v, got %s", act, possible, r.Log)
		}
	}
	for block := range 150 {
		p.made++
		switch what := p.rand.IntN(4); {
		case what == 0 || len(p.runs) == 0:
			l := newLabels(lots[p.rand.IntN(3)], fmt.Sprint("R", p.made), 1+p.rand.IntN(40))
			possible := (p.live[l.lot]+int64(len(l.names)))*10 <= 1000
			try(producer, l.commit(), possible)
			if possible {
				for _, other := range p.runs {
					if other.lot == l.lot {
						l.run = max(l.run, other.run)
					}
				}
				l.run++
				p.live[l.lot] += int64(len(l.names))
				p.runs = append(p.runs, l)
			}
		case what == 1:
			l, i := p.pick()
			possible := !l.void[i] && l.opened[i] == 0
			try(producer, l.voids(i), possible)
			if possible {
				l.void[i] = true
				p.live[l.lot]--
			}
		default:
			l, i := p.pick()
			n := 1 + p.rand.IntN(2)
			possible := n == l.opened[i]+1
			try(region, l.acquit(i, n), possible)
			if possible {
				l.opened[i]++
			}
		}
		switch {
		case block == 75:
			c = c.reborn()
		case block%25 == 24:
			c.open() // a restart
		}
	}
	check(t, c.app.CheckInvariants())
	check(t, c.app.Read(func(rd *module.Reader) error {
		for lot, want := range p.live {
			tally, err := c.app.Modules().Unit.Tally(rd, jarGTIN, lot)
			if err != nil || tally.GetContent() != want*10 {
				t.Errorf("lot %s: %v, and %d labels are live (%v)", lot, tally, want, err)
			}
		}
		return nil
	}))
	t.Logf("%d runs", len(p.runs))
}

// Two runs in one block that fit one by one and not together: one is committed. Two
// relays that bring one reveal: it counts once.
func TestUnitsOfOneBlock(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	c.stage()
	c.do(producer, &productv1.MsgRegisterProduct{Gtin: jarGTIN, Name: "Jars of no specification", BaseUnit: "GRM"})
	c.do(producer, jars("A"))
	a, b := newLabels("A", "X", 60), newLabels("A", "Y", 60)
	a.run = 1
	results := c.block(producer.sign(producer.body(c.now, a.commit())), producer.sign(producer.body(c.now, b.commit())))
	if results[0].Code != 0 || results[1].Info != "unit.over_stock" {
		t.Errorf("two runs: %s, %s", results[0].Log, results[1].Log)
	}
	results = c.block(region.sign(region.body(c.now, a.acquit(7, 1))), producer.sign(producer.body(c.now, a.acquit(7, 1))), producer.sign(producer.body(c.now, a.acquit(7, 2))))
	if results[0].Code != 0 || results[1].Info != "unit.reveal_repeated" || results[2].Code != 0 {
		t.Errorf("reveals: %s, %s, %s", results[0].Log, results[1].Log, results[2].Log)
	}
	check(t, c.app.CheckInvariants())
}
