package app_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	"github.com/filiera-chain/filiera/module"
)

// miller does random things to the lots of one product, and knows what is left of
// each in the plainest way.
type miller struct {
	rand *rand.Rand
	lots []string
	left map[string]int64
	sold map[string]int64
	made int
}

func grams(n int64) *basev1.Quantity { return &basev1.Quantity{Amount: n, Unit: "GRM"} }

func lotOf(lot string) *basev1.BatchID { return &basev1.BatchID{Gtin: gtin, Lot: lot} }

func (m *miller) pick() string { return m.lots[m.rand.IntN(len(m.lots))] }

// act gives an act and what it does where it is carried out; the amounts are often
// more than there is.
func (m *miller) act() (proto.Message, bool, func()) {
	m.made++
	lot, fresh := m.pick(), fmt.Sprintf("N%d", m.made)
	n := 1 + m.rand.Int64N(60)
	use := &matterv1.Use{Batch: lotOf(lot), Quantity: grams(n)}
	day := "2026-11-21"
	switch m.rand.IntN(6) {
	case 0:
		return batch(fresh, n*10), true, func() { m.grow(fresh, n*10) }
	case 1:
		return &matterv1.MsgSplit{From: lotOf(lot), Parts: []*matterv1.Part{{Lot: fresh, Quantity: grams(n)}}}, m.left[lot] >= n, func() { m.left[lot] -= n; m.grow(fresh, n) }
	case 2:
		out := &matterv1.NewBatch{Gtin: gtin, Lot: fresh, Quantity: grams(n + 5), ProductionDate: "2026-11-20", Place: zone}
		act := &matterv1.MsgTransform{Inputs: []*matterv1.Use{use}, Outside: []*matterv1.OutsideInput{{What: "water", Quantity: grams(5)}}, Outputs: []*matterv1.NewBatch{out}}
		return act, m.left[lot] >= n, func() { m.left[lot] -= n; m.grow(fresh, n+5) }
	case 3:
		return &matterv1.MsgWriteOff{What: use, Day: day, Reason: "spoiled"}, m.left[lot] >= n, func() { m.left[lot] -= n }
	case 4:
		return &matterv1.MsgSell{What: use, Day: day}, m.left[lot] >= n, func() { m.left[lot] -= n; m.sold[lot] += n }
	}
	return &matterv1.MsgReturn{What: use, Day: day, Reason: "unsold"}, m.sold[lot] >= n, func() { m.left[lot] += n; m.sold[lot] -= n }
}

func (m *miller) grow(lot string, n int64) {
	m.lots = append(m.lots, lot)
	m.left[lot] = n
}

// Thousands of acts, several of them on one batch in one transaction and in one
// block, restarts, and a new chain from what the old one exported: what a batch
// has left is what the plain book says, and every truth holds.
func TestMatterIsConservedThroughRestarts(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { conserve(t, seed) })
	}
}

func conserve(t *testing.T, seed uint64) {
	c := newChain(t, dbm.NewMemDB())
	c.stage()
	m := &miller{rand: rand.New(rand.NewPCG(seed, 1)), left: map[string]int64{}, sold: map[string]int64{}}
	c.do(producer, batch("FIRST", 5000))
	m.grow("FIRST", 5000)
	for block := range 200 {
		var txs [][]byte
		var want []bool
		for range 5 {
			// One transaction is all or nothing, so what it does is known at its end.
			var acts []proto.Message
			possible := true
			undo := m.copy()
			for range 1 + m.rand.IntN(3) {
				act, ok, then := m.act()
				acts = append(acts, act)
				if possible = possible && ok; possible {
					then()
				}
			}
			if !possible {
				undo(m)
			}
			txs, want = append(txs, producer.sign(producer.body(c.now, acts...))), append(want, possible)
		}
		for i, r := range c.block(txs...) {
			if (r.Code == 0) != want[i] {
				t.Fatalf("block %d, transaction %d: possible %v, got %s", block, i, want[i], r.Log)
			}
		}
		switch {
		case block == 100:
			c = c.reborn()
		case block%40 == 39:
			c.open() // a restart
		}
	}
	check(t, c.app.CheckInvariants())
	check(t, c.app.Read(func(rd *module.Reader) error {
		for lot, want := range m.left {
			s, err := c.app.Modules().Matter.Stock(rd, gtin, lot)
			if err != nil || s.GetLeft() != want {
				t.Errorf("lot %s has %v left, and %d in the plain book (%v)", lot, s, want, err)
			}
		}
		return nil
	}))
	t.Logf("%d lots", len(m.lots))
}

// copy gives what puts everything back.
func (m *miller) copy() func(*miller) {
	lots, left, sold := len(m.lots), map[string]int64{}, map[string]int64{}
	for k, v := range m.left {
		left[k] = v
	}
	for k, v := range m.sold {
		sold[k] = v
	}
	return func(m *miller) { m.lots, m.left, m.sold = m.lots[:lots], left, sold }
}

// reborn is a new chain from the state that this one exports.
func (c *chain) reborn() *chain {
	c.t.Helper()
	state, height, err := c.app.Export()
	check(c.t, err)
	n := &chain{t: c.t, db: dbm.NewMemDB(), now: c.now, height: height}
	n.open()
	_, err = n.app.InitChain(context.Background(), &abci.RequestInitChain{ChainId: chainID, InitialHeight: height + 1, Time: c.now, AppStateBytes: state})
	check(c.t, err)
	return n
}

// Two take the same lot at once, in one block: one gets it. In the next block
// nothing has changed.
func TestOneLotIsTakenOnce(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	c.stage()
	c.do(producer, batch("A", 1000))
	take := func(lot string) []byte {
		return producer.sign(producer.body(c.now, &matterv1.MsgSplit{From: lotOf("A"), Parts: []*matterv1.Part{{Lot: lot, Quantity: grams(1000)}}}))
	}
	done := 0
	for _, r := range c.block(take("B"), take("C"), take("D")) {
		if r.Code == 0 {
			done++
		} else if r.Info != "matter.not_enough" || !bytes.Contains([]byte(r.Log), []byte("0 g left of 1 kg")) {
			t.Errorf("%s: %s", r.Info, r.Log)
		}
	}
	if done != 1 {
		t.Errorf("%d of three took the whole lot", done)
	}
	// Two entries on one batch in one transaction do not become one.
	c.do(producer, batch("E", 1000))
	half := &matterv1.MsgWriteOff{What: &matterv1.Use{Batch: lotOf("E"), Quantity: grams(400)}, Day: "2026-11-20", Reason: "spoiled"}
	c.do(producer, half, half)
	if r := c.block(producer.sign(producer.body(c.now, half)))[0]; r.Info != "matter.not_enough" {
		t.Errorf("a third time: %s", r.Log)
	}
	check(t, c.app.CheckInvariants())
}
