package index

import (
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
	txv1 "github.com/filiera-chain/filiera/api/tx/v1"
	"github.com/filiera-chain/filiera/app"
	"github.com/filiera-chain/filiera/balance"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/module"
)

const (
	knownGTIN  = "09520000000011"
	knownPlace = "109004"
	knownSteps = 60
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
	return &matterv1.MsgReverse{Entry: 1 + r.Uint64N(uint64(i)+1), Reason: "told wrong", Sell: sell}
}

// What the read model says was known at a height, and at a moment, is what stood in
// the state at that height, whatever was told, taken back and told right since; also
// over restarts.
func TestWhatWasKnownIsWhatStoodInTheState(t *testing.T) {
	corrected := 0
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
			apply(t, m, l.blocks)
			for height, b := range l.blocks {
				corrected += l.sameAs(t, m, int64(height)+1, EntryFilter{Height: int64(height) + 1})
				l.sameAs(t, m, int64(height)+1, EntryFilter{Until: b.Time.Unix() + 1})
			}
		})
	}
	if corrected == 0 {
		t.Error("no entry was told right")
	}
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
