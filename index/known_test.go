package index

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/ethereum/go-ethereum/crypto"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	matterv1 "github.com/filiera-chain/filiera/api/matter/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	tracev1 "github.com/filiera-chain/filiera/api/trace/v1"
	txv1 "github.com/filiera-chain/filiera/api/tx/v1"
	"github.com/filiera-chain/filiera/app"
	"github.com/filiera-chain/filiera/balance"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/module"
)

const (
	knownGTIN  = "09520000000011"
	knownPlace = "109004"
	knownSteps = 80
)

// ledger is the real application, without an engine, and its blocks as the read
// model gets them.
type ledger struct {
	t      *testing.T
	db     dbm.DB
	app    *app.App
	now    time.Time
	seq    uint64
	blocks []Block
	// was holds what every lot had at the end of each height, from the state.
	was map[int64]map[string]*matterv1.Stock
}

func newLedger(t *testing.T) *ledger {
	l := &ledger{t: t, db: dbm.NewMemDB(), now: time.Date(2026, 11, 23, 23, 59, 0, 0, time.UTC), was: map[int64]map[string]*matterv1.Stock{}}
	l.open()
	g, err := app.NewGenesis("test-1", l.now)
	l.must(err)
	defer g.Close()
	sig, err := crypto.Sign(envelope.KeyProofDigest("test-1", "mill", "main"), testKey)
	l.must(err)
	l.must(g.Enrol(&registryv1.MsgEnrol{
		Id: "mill", Name: "Mill", Key: &registryv1.NewKey{Label: "main", PublicKey: crypto.CompressPubkey(&testKey.PublicKey), Proof: sig},
		Grants: []*registryv1.NewGrant{{Role: registryv1.Role_ROLE_PRODUCER, ValidFrom: l.now.Unix()}},
	}, true))
	l.must(g.AdmitValidator(&registryv1.AdmitValidator{PublicKey: make([]byte, 32), Participant: "mill", Name: "one", Power: 10}))
	state, err := g.Export()
	l.must(err)
	_, err = l.app.InitChain(t.Context(), &abci.RequestInitChain{ChainId: "test-1", InitialHeight: 1, Time: l.now, AppStateBytes: state})
	l.must(err)
	return l
}

func (l *ledger) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

func (l *ledger) open() {
	a, err := app.New(app.Config{DB: l.db, ChainID: "test-1"})
	l.must(err)
	l.app = a
	l.app.SetClock(l.now.Unix())
}

func (l *ledger) block(acts ...proto.Message) {
	var txs [][]byte
	for _, m := range acts {
		a, err := envelope.Act(m)
		l.must(err)
		l.seq++
		raw, err := envelope.Sign(&txv1.TxBody{ChainId: "test-1", Lane: 1, Sequence: l.seq, ExpiresAt: l.now.Unix() + 600, Acts: []*txv1.Act{a}}, testKey)
		l.must(err)
		txs = append(txs, raw)
	}
	height := int64(len(l.blocks) + 1)
	l.now = l.now.Add(2 * time.Second)
	res, err := l.app.FinalizeBlock(l.t.Context(), &abci.RequestFinalizeBlock{Txs: txs, Height: height, Time: l.now})
	l.must(err)
	_, err = l.app.Commit(l.t.Context(), &abci.RequestCommit{})
	l.must(err)
	l.blocks = append(l.blocks, Block{Height: height, Time: l.now, Hash: make([]byte, 32), Txs: txs, Results: res.TxResults, EndEvents: res.Events})
	l.was[height] = map[string]*matterv1.Stock{}
	l.must(l.app.Read(func(rd *module.Reader) error {
		for lot := range knownSteps {
			s, err := l.app.Modules().Matter.Stock(rd, knownGTIN, fmt.Sprint("L", lot))
			if err != nil {
				return err
			}
			if s.GetEntries() > 0 {
				s = proto.Clone(s).(*matterv1.Stock)
				s.CoveredBy = nil
				l.was[height][s.GetBatch().GetLot()] = s
			}
		}
		return nil
	}))
}

// some gives an act of the book about any lots; much is refused.
func (l *ledger) some(r *rand.Rand, i int) proto.Message {
	old, fresh, n := fmt.Sprint("L", r.IntN(i+1)), fmt.Sprint("L", i), 1+r.Int64N(400)
	grams := func(n int64) *basev1.Quantity { return &basev1.Quantity{Amount: n, Unit: "GRM"} }
	use := &matterv1.Use{Batch: &basev1.BatchID{Gtin: knownGTIN, Lot: old}, Quantity: grams(n)}
	sell := &matterv1.MsgSell{What: use, Day: "2026-11-22"}
	switch r.IntN(7) {
	case 0, 1:
		return &productv1.MsgRegisterBatch{Gtin: knownGTIN, Lot: fresh, Quantity: grams(1000 + n), ProductionDate: "2026-11-20", Place: knownPlace}
	case 2:
		return &matterv1.MsgSplit{From: use.GetBatch(), Parts: []*matterv1.Part{{Lot: fresh, Quantity: grams(n)}}}
	case 3:
		return &matterv1.MsgTransform{Inputs: []*matterv1.Use{use}, Outputs: []*matterv1.NewBatch{{Gtin: knownGTIN, Lot: fresh, Quantity: grams(n), ProductionDate: "2026-11-21", Place: knownPlace}}}
	case 4:
		return sell
	case 5:
		return &matterv1.MsgReverse{Entry: 1 + r.Uint64N(uint64(i)+1), Reason: "told wrong"}
	}
	m := &matterv1.MsgReverse{Entry: 1 + r.Uint64N(uint64(i)+1), Reason: "told wrong", Sell: sell}
	if r.IntN(2) == 0 {
		m.Sell, m.Transform = nil, l.again(m.GetEntry())
	}
	return m
}

// again tells an entry that made a lot once more, with half of what it took; nil for
// another.
func (l *ledger) again(number uint64) (again *matterv1.MsgTransform) {
	l.must(l.app.Read(func(rd *module.Reader) error {
		e, err := l.app.Modules().Matter.Entry(rd, number)
		if err != nil || e.GetKind() != matterv1.EntryKind_ENTRY_KIND_TRANSFORMATION {
			return err
		}
		again = &matterv1.MsgTransform{}
		for _, p := range e.GetPostings() {
			half := &basev1.Quantity{Amount: max(p.GetAmount(), -p.GetAmount())/2 + 1, Unit: p.GetUnit()}
			switch {
			case p.GetAccount() != matterv1.Account_ACCOUNT_STOCK:
			case p.GetAmount() < 0:
				again.Inputs = append(again.Inputs, &matterv1.Use{Batch: p.GetBatch(), Quantity: half})
			default:
				again.Outputs = append(again.Outputs, &matterv1.NewBatch{Gtin: knownGTIN, Lot: p.GetBatch().GetLot(), Quantity: half, ProductionDate: "2026-11-21", Place: knownPlace})
			}
		}
		return nil
	}))
	return again
}

// What the read model says was known at a height, and at a moment, is what stood in
// the state at that height, whatever was told, taken back and told right since; also
// over restarts.
func TestWhatWasKnownIsWhatStoodInTheState(t *testing.T) {
	corrected, edges := 0, 0
	for seed := range uint64(3) {
		l, r := newLedger(t), rand.New(rand.NewPCG(seed, 4))
		l.block(&productv1.MsgRegisterProduct{Gtin: knownGTIN, Name: "Flour", BaseUnit: "GRM"})
		for i := range knownSteps {
			l.block(l.some(r, i), l.some(r, i))
			if i%20 == 19 {
				l.open()
			}
		}
		eachModel(t, func(t *testing.T, m Model) {
			graphs := map[int64][]*Graph{}
			for _, b := range l.blocks {
				apply(t, m, []Block{b})
				if b.Height%3 == 0 {
					graphs[b.Height] = around(t, b.Height, func(lot Lot, forward bool) (*Graph, error) { return m.Graph(t.Context(), lot, forward, 20, 100) })
				}
			}
			for height, was := range graphs {
				now := around(t, height, func(lot Lot, forward bool) (*Graph, error) {
					return m.GraphAsOf(t.Context(), lot, forward, 20, 100, AsOf{Height: height})
				})
				for i := range was {
					edges += len(was[i].Edges)
					if fmt.Sprint(*now[i]) != fmt.Sprint(*was[i]) {
						t.Errorf("graph %d of height %d: %v, and then it was %v", i, height, *now[i], *was[i])
					}
				}
			}
			for height, b := range l.blocks {
				corrected += l.sameAs(t, m, int64(height)+1, EntryFilter{Height: int64(height) + 1})
				l.sameAs(t, m, int64(height)+1, EntryFilter{Until: b.Time.Unix() + 1})
			}
		})
	}
	if corrected == 0 || edges == 0 {
		t.Errorf("%d entries were told right, %d edges were compared", corrected, edges)
	}
}

// around gives the graphs of a few lots, both ways.
func around(t *testing.T, height int64, of func(Lot, bool) (*Graph, error)) (list []*Graph) {
	t.Helper()
	for _, i := range [...]int64{0, height / 4, height / 2} {
		for _, forward := range [...]bool{false, true} {
			g, err := of(Lot{knownGTIN, fmt.Sprint("L", i)}, forward)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, g)
		}
	}
	return list
}

// An event tells from when it is recorded until it is declared wrong, of its day and
// after.
func TestTheGraphOfEventsAsItWasKnown(t *testing.T) {
	eachModel(t, func(t *testing.T, m Model) {
		c := newChain(t, 1, 0)
		lot := func(name string) Lot { return Lot{gtin(1), name} }
		e := &tracev1.Event{Id: bytes.Repeat([]byte{7}, 32), EventTimeMs: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC).UnixMilli(), RecordedAt: 1000, RecordedHeight: 2, Batches: []*tracev1.Involved{
			{Batch: &basev1.BatchID{Gtin: gtin(1), Lot: "in"}, Part: tracev1.Part_PART_INPUT},
			{Batch: &basev1.BatchID{Gtin: gtin(1), Lot: "out"}, Part: tracev1.Part_PART_OUTPUT, Registered: true},
		}}
		wrong := proto.Clone(e).(*tracev1.Event)
		wrong.Declarations = []*tracev1.Declaration{{RecordedAt: 3000, RecordedHeight: 4}}
		for _, say := range []proto.Message{&tracev1.EventCaptured{Event: e}, &tracev1.EventDeclaredWrong{Event: wrong}} {
			var b Block
			b.add(c.tx([]proto.Message{&tracev1.MsgCapture{Document: []byte(testDocument)}}, 0, say))
			c.seal(b)
		}
		apply(t, m, c.blocks)
		for as, want := range map[AsOf]int{
			{Height: 1}: 0, {Height: 2}: 1, {Height: 3}: 1, {Height: 4}: 0, {}: 0,
			{Until: 1000}: 0, {Until: 1001}: 1, {Until: 3000}: 1, {Until: 3001}: 0,
			{Height: 3, Day: "2026-11-19"}: 0, {Height: 3, Day: "2026-11-20"}: 1, {Day: "2026-11-20"}: 0,
		} {
			for _, from := range []Lot{lot("in"), lot("out")} {
				g, err := m.GraphAsOf(t.Context(), from, from == lot("in"), 20, 100, as)
				if err != nil || len(g.Edges) != want {
					t.Errorf("%+v from %s: %+v, %v; want %d edges", as, from.Lot, g, err, want)
				}
			}
		}
	})
}

// sameAs compares every lot, and counts the entries that tell others right.
func (l *ledger) sameAs(t *testing.T, m Model, height int64, f EntryFilter) (corrected int) {
	t.Helper()
	for lot := range l.was[int64(len(l.blocks))] {
		f.GTIN, f.Lot = knownGTIN, lot
		list, err := m.Entries(t.Context(), f, Page{Limit: MaxLimit})
		if err != nil || list.Next != "" {
			t.Fatalf("%v, more: %q", err, list.Next)
		}
		for _, e := range list.Items {
			if e.GetCorrects() > 0 {
				corrected++
			}
		}
		got, want := balance.Reckon(&basev1.BatchID{Gtin: knownGTIN, Lot: lot}, list.Items), l.was[height][lot]
		if want == nil && got.GetEntries() > 0 || want != nil && !proto.Equal(got, want) {
			t.Errorf("lot %s at height %d, by %+v: %v, and in the state it was %v", lot, height, f, got, want)
		}
	}
	return corrected
}
