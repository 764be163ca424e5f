package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"
	"google.golang.org/protobuf/proto"

	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	recallv1 "github.com/filiera-chain/filiera/api/recall/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/x/registry"
)

// steps is how many steps recalls take in a block of these tests.
const steps = 9

// weaver makes lots of lots at random, and knows what was made of what in the
// plainest way.
type weaver struct {
	rand *rand.Rand
	lots []string
	made map[string][]string
	// called are the lots that recalls began with; out was let out with what was
	// made of it.
	called, out []string
}

func (w *weaver) pick() string { return w.lots[w.rand.IntN(len(w.lots))] }

// held walks from what was recalled.
func (w *weaver) held() map[string]bool {
	out := map[string]bool{}
	queue := append([]string{}, w.called...)
	for ; len(queue) > 0; queue = queue[1:] {
		lot := queue[0]
		if out[lot] || strings.Contains(" "+strings.Join(w.out, " ")+" ", " "+lot+" ") {
			continue
		}
		out[lot] = true
		queue = append(queue, w.made[lot]...)
	}
	return out
}

// act makes a lot of one or two others, and gives what it is made of.
func (w *weaver) act(fresh string) (proto.Message, []string) {
	a, b := w.pick(), w.pick()
	use := func(lot string) *matterv1.Use { return &matterv1.Use{Batch: lotOf(lot), Quantity: grams(1)} }
	switch {
	case a == b, w.rand.IntN(3) == 0:
		return &matterv1.MsgSplit{From: lotOf(a), Parts: []*matterv1.Part{{Lot: fresh, Quantity: grams(40)}}}, []string{a}
	case w.rand.IntN(2) == 0:
		return &matterv1.MsgMerge{Inputs: []*matterv1.Use{use(a), use(b)}, Lot: fresh}, []string{a, b}
	}
	return &matterv1.MsgTransform{
		Inputs: []*matterv1.Use{use(a), use(b)}, Outside: []*matterv1.OutsideInput{{What: "water", Quantity: grams(100)}},
		Outputs: []*matterv1.NewBatch{{Gtin: gtin, Lot: fresh, Quantity: grams(100), ProductionDate: "2026-11-20", Place: zone}},
	}, []string{a, b}
}

// marked counts the marks that the end of a block made.
func marked(res *abci.ResponseFinalizeBlock) int {
	n := 0
	for _, e := range res.Events {
		genesis := false
		for _, a := range e.Attributes {
			genesis = genesis || a.Key == "genesis"
		}
		if e.Type == "filiera.lineage.v1.MarkChanged" && !genesis {
			n++
		}
	}
	return n
}

// Recalls spread while the chain goes on, is restarted, and is born anew from what
// it exported: no block does more than it may, nothing that is recalled moves, and
// what they reach is what a walk over the plain list reaches.
func TestRecallsSurviveRestartsAndANewChain(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { spread(t, seed) })
	}
}

func spread(t *testing.T, seed uint64) {
	c := newChain(t, dbm.NewMemDB())
	c.stage()
	params := registry.DefaultParams()
	params.RecallStepsPerBlock, params.RecallStepsBack = steps, 60
	c.do(region, &registryv1.MsgSubmitProposal{Reason: "test", Decision: &registryv1.Decision{Kind: &registryv1.Decision_SetParams{SetParams: &registryv1.SetParams{Params: params}}}})
	w := &weaver{rand: rand.New(rand.NewPCG(seed, 3)), made: map[string][]string{}}
	for i := range 6 {
		c.do(producer, batch(fmt.Sprintf("G%d", i), 100_000))
		w.lots = append(w.lots, fmt.Sprintf("G%d", i))
	}
	refused, waited, opened := 0, 0, 0
	for i := range 260 {
		fresh := fmt.Sprintf("N%d", i)
		act, of := w.act(fresh)
		txs := [][]byte{producer.sign(producer.body(c.now, act))}
		if i == 140 || i == 150 {
			targets := []*recallv1.Target{{Kind: recallv1.TargetKind_TARGET_KIND_LOT, Batch: lotOf(w.lots[i/10-9])}}
			txs = append(txs, producer.sign(producer.body(c.now, &recallv1.MsgOpenRecall{Hazard: 1, Reason: "salmonella", Targets: targets, DeadlineAt: c.now.Unix() + 9999})))
		}
		if i == 170 {
			lot := w.made[w.called[0]][0]
			txs = append(txs, region.sign(region.body(c.now, &recallv1.MsgLiftRecall{Recall: 1, Batch: lotOf(lot), WithMade: true, Reason: "clean", EvidenceSha256: make([]byte, 32)})))
			w.out = append(w.out, lot)
		}
		held := w.held()
		if i == 170 { // what it frees is refused until the wave has passed
			held = map[string]bool{}
		}
		res := c.finalize(txs...)
		if n := marked(res); n > steps {
			t.Fatalf("block %d marked %d batches, at most %d", i, n, steps)
		}
		_, err := c.app.Commit(context.Background(), &abci.RequestCommit{})
		check(t, err)
		r := res.TxResults[0]
		isHeld := held[of[0]] || held[of[len(of)-1]]
		switch {
		case r.Code == 0 && isHeld:
			t.Fatalf("block %d: %v is recalled, and %s was made of it", i, of, fresh)
		case r.Code == 0:
			w.lots = append(w.lots, fresh)
			for _, lot := range of {
				w.made[lot] = append(w.made[lot], fresh)
			}
		case r.Info == "lineage.recalled":
			if refused++; !isHeld && len(w.out) == 0 {
				t.Fatalf("block %d: %v is not recalled: %s", i, of, r.Log)
			}
		case r.Info == "lineage.recall_spreading":
			waited++
		case r.Info != "matter.not_enough" && r.Info != "matter.mixed_specifications":
			t.Fatalf("block %d: %s", i, r.Log)
		}
		if len(txs) > 1 {
			if res.TxResults[1].Code != 0 {
				t.Fatalf("block %d: %s", i, res.TxResults[1].Log)
			}
			if i != 170 {
				w.called = append(w.called, w.lots[i/10-9])
				opened++
			}
		}
		switch i {
		case 141, 152, 171:
			c.open() // a restart, with recalls under way
		case 143, 155:
			c = c.reborn()
		}
	}
	for range 200 {
		c.block()
	}
	check(t, c.app.CheckInvariants())
	held := w.held()
	check(t, c.app.Read(func(rd *module.Reader) error {
		l := c.app.Modules().Lineage
		for n := range opened {
			s, err := l.Spread(rd, uint64(n+1))
			if err != nil || s.GetSettledHeight() == 0 {
				t.Errorf("recall %d has not settled: %v %v", n+1, s, err)
			}
		}
		for _, lot := range w.lots {
			if free := l.Free(rd, lotOf(lot)) == nil; free == held[lot] {
				t.Errorf("lot %s is free: %v, recalled: %v", lot, free, held[lot])
			}
		}
		return nil
	}))
	t.Logf("%d lots, %d of them recalled; %d acts refused, %d told to wait", len(w.lots), len(held), refused, waited)
	if len(held) < 10 || len(held) > len(w.lots)-10 || refused < 10 {
		t.Error("the recalls have too little, or too much, to do for this to show anything")
	}
}
