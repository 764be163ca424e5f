package app_test

import (
	"context"
	"crypto/ecdsa"
	"fmt"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/ethereum/go-ethereum/crypto"
	"google.golang.org/protobuf/proto"

	basev1 "github.com/filiera-chain/filiera/api/base/v1"
	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	txv1 "github.com/filiera-chain/filiera/api/tx/v1"
	"github.com/filiera-chain/filiera/app"
	"github.com/filiera-chain/filiera/envelope"
)

const (
	chainID = "filiera-test-1"
	zone    = "109004"
	spec    = "maccheroncini-di-campofilone-igp"
	gtin    = "09520000000011"
)

var began = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// sender is a key that numbers what it signs.
type sender struct {
	key      *ecdsa.PrivateKey
	lane     uint64
	sequence uint64
}

func newSender(seed byte) *sender {
	b := make([]byte, 32)
	b[0], b[31] = 1, seed
	k, err := crypto.ToECDSA(b)
	if err != nil {
		panic(err)
	}
	return &sender{key: k, lane: uint64(seed)}
}

func (s *sender) newKey(participant, label string) *registryv1.NewKey {
	sig, err := crypto.Sign(envelope.KeyProofDigest(chainID, participant, label), s.key)
	if err != nil {
		panic(err)
	}
	return &registryv1.NewKey{Label: label, PublicKey: crypto.CompressPubkey(&s.key.PublicKey), Proof: sig}
}

func (s *sender) body(at time.Time, acts ...proto.Message) *txv1.TxBody {
	s.sequence++
	b := &txv1.TxBody{ChainId: chainID, Lane: s.lane, Sequence: s.sequence, ExpiresAt: at.Unix() + 600}
	for _, m := range acts {
		a, err := envelope.Act(m)
		if err != nil {
			panic(err)
		}
		b.Acts = append(b.Acts, a)
	}
	return b
}

func (s *sender) sign(b *txv1.TxBody) []byte {
	raw, err := envelope.Sign(b, s.key)
	if err != nil {
		panic(err)
	}
	return raw
}

var (
	region   = newSender(1)
	producer = newSender(2)
)

// reset gives every test its own numbering.
func reset() { region, producer = newSender(1), newSender(2) }

// chain drives an App as the engine would, without an engine.
type chain struct {
	t      testing.TB
	app    *app.App
	db     dbm.DB
	height int64
	now    time.Time
	// givenUp are the transactions that the application gave up.
	givenUp [][]byte
}

func genesisState(t testing.TB) []byte {
	t.Helper()
	g, err := app.NewGenesis(chainID, began)
	check(t, err)
	defer g.Close()
	check(t, g.Enrol(&registryv1.MsgEnrol{Id: "regione-marche", Name: "Regione Marche", Key: region.newKey("regione-marche", "main")}, true))
	check(t, g.Enrol(&registryv1.MsgEnrol{
		Id: "pastificio", Name: "Pastificio", Key: producer.newKey("pastificio", "main"),
		Grants: []*registryv1.NewGrant{{Role: registryv1.Role_ROLE_PRODUCER, ValidFrom: began.Unix()}},
	}, false))
	check(t, g.AdmitValidator(&registryv1.AdmitValidator{PublicKey: make([]byte, 32), Participant: "regione-marche", Name: "one", Power: 10}))
	check(t, g.Check())
	raw, err := g.Export()
	check(t, err)
	return raw
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newChain(t testing.TB, db dbm.DB) *chain {
	t.Helper()
	reset()
	c := &chain{t: t, db: db, now: began}
	c.open()
	_, err := c.app.InitChain(context.Background(), &abci.RequestInitChain{ChainId: chainID, InitialHeight: 1, Time: began, AppStateBytes: genesisState(t)})
	check(t, err)
	return c
}

func (c *chain) open() {
	c.t.Helper()
	a, err := app.New(app.Config{DB: c.db, ChainID: chainID, OnGiveUp: func(tx []byte) { c.givenUp = append(c.givenUp, tx) }})
	check(c.t, err)
	c.app = a
	c.app.SetClock(c.now.Unix())
}

// block runs a block of transactions and commits it.
func (c *chain) block(txs ...[]byte) []*abci.ExecTxResult {
	c.t.Helper()
	res := c.finalize(txs...)
	_, err := c.app.Commit(context.Background(), &abci.RequestCommit{})
	check(c.t, err)
	return res.TxResults
}

func (c *chain) finalize(txs ...[]byte) *abci.ResponseFinalizeBlock {
	c.t.Helper()
	c.height++
	c.now = c.now.Add(time.Second)
	res, err := c.app.FinalizeBlock(context.Background(), &abci.RequestFinalizeBlock{Txs: txs, Height: c.height, Time: c.now})
	check(c.t, err)
	return res
}

// do runs one block of one transaction, which must be carried out.
func (c *chain) do(s *sender, acts ...proto.Message) {
	c.t.Helper()
	if r := c.block(s.sign(s.body(c.now, acts...)))[0]; r.Code != 0 {
		c.t.Fatalf("%s: %s", r.Info, r.Log)
	}
}

func (c *chain) hash() string {
	info, err := c.app.Info(context.Background(), &abci.RequestInfo{})
	check(c.t, err)
	return fmt.Sprintf("%x", info.LastBlockAppHash)
}

// stage registers the specification and the product.
func (c *chain) stage() {
	c.t.Helper()
	c.do(region, &productv1.MsgRegisterSpecification{
		Id: spec, Name: "Maccheroncini di Campofilone", Scheme: productv1.Scheme_SCHEME_IGP,
		Version: &productv1.NewVersion{
			LegalBasis: "Reg. (UE) 1169/2013", DocumentSha256: make([]byte, 32), Municipalities: []string{zone}, InForceFrom: "2013-11-20",
			Requirements: []*productv1.Requirement{{Id: "eggs", Clause: "art. 2", TextIt: "uova per kg", TextEn: "eggs per kg"}},
		},
	})
	c.do(producer, &productv1.MsgRegisterProduct{Gtin: gtin, Specification: spec, Name: "Maccheroncini 250 g", BaseUnit: "GRM"})
}

func batch(lot string, grams int64) *productv1.MsgRegisterBatch {
	return &productv1.MsgRegisterBatch{
		Gtin: gtin, Lot: lot, Quantity: &basev1.Quantity{Amount: grams, Unit: "GRM"},
		ProductionDate: "2026-11-20", ExpiryDate: "2028-11-20", Place: zone,
	}
}
