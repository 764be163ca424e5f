package app_test

import (
	"context"
	"encoding/binary"
	"math/big"
	"strings"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"
	ics23 "github.com/cosmos/ics23/go"
	"github.com/ethereum/go-ethereum/crypto"
	"google.golang.org/protobuf/proto"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	txv1 "github.com/filiera-chain/filiera/api/tx/v1"
	"github.com/filiera-chain/filiera/app"
	"github.com/filiera-chain/filiera/module/statekey"
)

// Every way in which a transaction can be unfit, in CheckTx and in a block.
func TestUnfitTransactionsAreRefusedWithTheirCode(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	c.stage()
	stranger := newSender(99)
	fresh := func() *txv1.TxBody { return producer.body(c.now, batch("L1", 1)) }
	replayed := producer.sign(producer.body(c.now, batch("FIRST", 1)))
	if r := c.block(replayed)[0]; r.Code != 0 {
		t.Fatal(r.Log)
	}
	for name, tx := range map[string]struct {
		raw  []byte
		want string
	}{
		"no bytes":                    {nil, "tx.bad_signature"},
		"bytes that are noise":        {[]byte("\xff\xff\xff noise"), "tx.undecodable"},
		"trailing bytes":              {append(producer.sign(fresh()), 0x1a, 0x00), "tx.undecodable"},
		"a signature cut short":       {resign(t, producer.sign(fresh()), func(s []byte) []byte { return s[:64] }), "tx.bad_signature"},
		"a high S":                    {resign(t, producer.sign(fresh()), highS), "tx.bad_signature"},
		"a V of 27":                   {resign(t, producer.sign(fresh()), func(s []byte) []byte { s[64] += 27; return s }), "tx.bad_signature"},
		"somebody else's signature":   {stranger.sign(fresh()), "tx.unknown_key"},
		"another chain":               {producer.sign(with(fresh(), func(b *txv1.TxBody) { b.ChainId = "other-1" })), "tx.wrong_chain"},
		"no acts":                     {producer.sign(with(fresh(), func(b *txv1.TxBody) { b.Acts = nil })), "tx.no_acts"},
		"an empty act":                {producer.sign(with(fresh(), func(b *txv1.TxBody) { b.Acts = []*txv1.Act{{}} })), "tx.unknown_act"},
		"an act of a later version":   {producer.sign(with(fresh(), func(b *txv1.TxBody) { b.Acts[0].ProtoReflect().SetUnknown(unknownField()) })), "tx.unknown_act"},
		"no expiry":                   {producer.sign(with(fresh(), func(b *txv1.TxBody) { b.ExpiresAt = 0 })), "tx.bad_expiry"},
		"an expiry a year ahead":      {producer.sign(with(fresh(), func(b *txv1.TxBody) { b.ExpiresAt += 366 * 86400 })), "tx.bad_expiry"},
		"an expiry that has passed":   {producer.sign(with(fresh(), func(b *txv1.TxBody) { b.ExpiresAt = c.now.Unix() - 1 })), "tx.expired"},
		"a replay":                    {replayed, "tx.replayed"},
		"the same number, other act":  {producer.sign(with(fresh(), func(b *txv1.TxBody) { b.Sequence = producer.sequenceOf(t, replayed) })), "tx.replayed"},
		"a sequence of zero":          {producer.sign(with(fresh(), func(b *txv1.TxBody) { b.Sequence = 0 })), "tx.replayed"},
		"a memo that is too long":     {producer.sign(with(fresh(), func(b *txv1.TxBody) { b.Memo = strings.Repeat("x", 257) })), "tx.bad_memo"},
		"a memo with control bytes":   {producer.sign(with(fresh(), func(b *txv1.TxBody) { b.Memo = "a\x00b" })), "tx.bad_memo"},
		"over the size limit":         {producer.sign(producer.body(c.now, many(3000)...)), "tx.too_large"},
		"over the act limit":          {producer.sign(producer.body(c.now, many(101)...)), "tx.too_large"},
		"a lot with a forbidden sign": {producer.sign(producer.body(c.now, batch("LOT^1", 1))), "product.bad_lot"},
	} {
		t.Run(name, func(t *testing.T) {
			before := c.hash()
			res, err := c.app.CheckTx(context.Background(), &abci.RequestCheckTx{Tx: tx.raw})
			check(t, err)
			if res.Code == 0 || res.Info != tx.want && !strings.HasPrefix(tx.want, "product.") {
				t.Errorf("CheckTx: %s (%s), want %s", res.Info, res.Log, tx.want)
			}
			if res.Log == "" || res.Codespace == "" {
				t.Errorf("the refusal lacks a sentence or a codespace: %+v", res)
			}
			r := c.block(tx.raw)[0]
			if r.Info != res.Info {
				t.Errorf("the block says %s (%s) and CheckTx %s", r.Info, r.Log, res.Info)
			}
			if c.hash() != before {
				t.Error("a transaction that may not enter changed the state")
			}
		})
	}
}

func with(b *txv1.TxBody, change func(*txv1.TxBody)) *txv1.TxBody {
	change(b)
	return b
}

func (s *sender) sequenceOf(t *testing.T, raw []byte) uint64 {
	t.Helper()
	var tx txv1.Tx
	var body txv1.TxBody
	check(t, proto.Unmarshal(raw, &tx))
	check(t, proto.Unmarshal(tx.GetBody(), &body))
	return body.GetSequence()
}

func unknownField() []byte { return binary.AppendUvarint(binary.AppendUvarint(nil, 9999<<3), 1) }

func many(n int) []proto.Message {
	list := make([]proto.Message, n)
	for i := range list {
		m := &registryv1.MsgSuspendParticipant{Participant: "pastificio", Reason: strings.Repeat("r", 400)}
		list[i] = m
	}
	return list
}

func resign(t *testing.T, raw []byte, change func([]byte) []byte) []byte {
	t.Helper()
	var tx txv1.Tx
	check(t, proto.Unmarshal(raw, &tx))
	tx.Signature = change(tx.GetSignature())
	out, err := proto.Marshal(&tx)
	check(t, err)
	return out
}

// highS gives the other signature of the same key over the same bytes.
func highS(sig []byte) []byte {
	s := new(big.Int).Sub(crypto.S256().Params().N, new(big.Int).SetBytes(sig[32:64]))
	s.FillBytes(sig[32:64])
	sig[64] ^= 1
	return sig
}

func TestARefusedActLeavesOnlyItsNumberBehind(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	c.stage()
	c.do(producer, batch("ONE", 1000))
	// The first act is good, the second a duplicate: neither stays.
	raw := producer.sign(producer.body(c.now, batch("TWO", 1000), batch("ONE", 1000)))
	r := c.block(raw)[0]
	if r.Code == 0 || r.Codespace != "product" || !strings.Contains(r.Log, "ONE") || len(r.Events) != 0 {
		t.Fatalf("want a refusal of product that names the lot and announces nothing: %+v", r)
	}
	if v := c.value(statekey.Batch(gtin, "TWO")); v != nil {
		t.Error("the first act of a refused transaction stayed")
	}
	if r := c.block(raw)[0]; r.Info != "tx.replayed" {
		t.Errorf("its number is used: got %s", r.Info)
	}
	check(t, c.app.CheckInvariants())
}

func (c *chain) value(key []byte) []byte {
	c.t.Helper()
	name, rest, _ := strings.Cut(string(key), "/")
	res, err := c.app.Query(context.Background(), &abci.RequestQuery{Path: "/store/" + name + "/key", Data: []byte(rest), Prove: true})
	check(c.t, err)
	if res.Code != 0 {
		c.t.Fatalf("query: %s", res.Log)
	}
	var p ics23.CommitmentProof
	check(c.t, p.Unmarshal(res.ProofOps.Ops[0].Data))
	info, err := c.app.Info(context.Background(), &abci.RequestInfo{})
	check(c.t, err)
	if res.Value != nil && !ics23.VerifyMembership(ics23.TendermintSpec, info.LastBlockAppHash, &p, key, res.Value) {
		c.t.Errorf("the proof of %q does not hold", key)
	}
	if res.Value == nil && !ics23.VerifyNonMembership(ics23.TendermintSpec, info.LastBlockAppHash, &p, key) {
		c.t.Errorf("the proof of absence of %q does not hold", key)
	}
	return res.Value
}

func TestQueries(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	c.stage()
	c.do(producer, batch("ONE", 1000))
	var b productv1.Batch
	check(t, proto.Unmarshal(c.value(statekey.Batch(gtin, "ONE")), &b))
	if b.GetQuantity().GetAmount() != 1000 || b.GetOwner() != "pastificio" {
		t.Errorf("batch: %v", &b)
	}
	if c.value(statekey.Batch(gtin, "NONE")) != nil {
		t.Error("an absent batch has a value")
	}
	data, err := proto.Marshal(&productv1.BatchRequest{Gtin: gtin, Lot: "ONE"})
	check(t, err)
	for path, want := range map[string]string{
		"/filiera.product.v1.Query/Batch":   "",
		"/filiera.product.v1.Query/Nothing": "app.unknown_query",
		"/store/nothing/key":                "app.unknown_query",
		"/store/product/subspace":           "app.unknown_query",
	} {
		res, err := c.app.Query(context.Background(), &abci.RequestQuery{Path: path, Data: data})
		check(t, err)
		if res.Info != want {
			t.Errorf("%s: got %q (%s), want %q", path, res.Info, res.Log, want)
		}
	}
	res, err := c.app.Query(context.Background(), &abci.RequestQuery{Path: "/store/product/key", Height: 1})
	check(t, err)
	if res.Info != "app.height_not_kept" {
		t.Errorf("an old height: %q", res.Info)
	}
}

func TestSimulationLeavesNoTrace(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	c.stage()
	good := producer.sign(producer.body(c.now, batch("ONE", 1000)))
	bad := producer.sign(producer.body(c.now, batch("ONE", -1)))
	before := c.hash()
	if r, err := c.app.Simulate(good); err != nil || r.Code != 0 {
		t.Errorf("a good transaction: %v %v", r, err)
	}
	if r, err := c.app.Simulate(bad); err != nil || r.Code == 0 {
		t.Errorf("a bad transaction: %v %v", r, err)
	}
	if c.hash() != before {
		t.Error("simulation changed the state")
	}
	if r := c.block(good)[0]; r.Code != 0 {
		t.Errorf("a simulated transaction may still be sent: %s", r.Log)
	}
}

func TestProposals(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	c.stage()
	limit := registryParams(t, c)
	limit.MaxTxsPerSignerPerBlock = 3
	c.do(region, &registryv1.MsgSubmitProposal{Reason: "small blocks", Decision: &registryv1.Decision{
		Kind: &registryv1.Decision_SetParams{SetParams: &registryv1.SetParams{Params: limit}},
	}})
	var txs [][]byte
	for _, lot := range []string{"A", "B", "C", "D", "E"} {
		txs = append(txs, producer.sign(producer.body(c.now, batch(lot, 1))))
	}
	noise := []byte("noise")
	prepared, err := c.app.PrepareProposal(context.Background(), &abci.RequestPrepareProposal{
		Txs: append([][]byte{noise}, txs...), MaxTxBytes: 1 << 20, Height: c.height + 1, Time: c.now,
	})
	check(t, err)
	if len(c.givenUp) != 1 || string(c.givenUp[0]) != "noise" {
		t.Errorf("given up: %q, want the noise alone", c.givenUp)
	}
	if len(prepared.Txs) != 3 {
		t.Fatalf("a proposal holds %d transactions of one key, want 3: the rest wait", len(prepared.Txs))
	}
	process := func(list [][]byte) abci.ResponseProcessProposal_ProposalStatus {
		res, err := c.app.ProcessProposal(context.Background(), &abci.RequestProcessProposal{Txs: list, Height: c.height + 1, Time: c.now})
		check(t, err)
		return res.Status
	}
	if process(prepared.Txs) != abci.ResponseProcessProposal_ACCEPT {
		t.Error("an honest proposal is accepted")
	}
	for name, list := range map[string][][]byte{
		"noise": {noise}, "more than the limit": txs, "a stranger": {newSender(99).sign(newSender(99).body(c.now, batch("X", 1)))},
	} {
		if process(list) != abci.ResponseProcessProposal_REJECT {
			t.Errorf("a proposal with %s is accepted", name)
		}
	}
	// A proposer that ignores the limit cannot make the block break it.
	refused := 0
	for _, r := range c.block(txs...) {
		if r.Info == "tx.too_many_in_block" {
			refused++
		}
	}
	if refused != 2 {
		t.Errorf("%d of 5 were refused in the block, want 2", refused)
	}
	small, err := c.app.PrepareProposal(context.Background(), &abci.RequestPrepareProposal{Txs: txs[3:], MaxTxBytes: int64(len(txs[3])) + 10, Height: c.height + 1, Time: c.now})
	check(t, err)
	if len(small.Txs) != 1 {
		t.Errorf("%d transactions fit, want 1", len(small.Txs))
	}
}

func registryParams(t *testing.T, c *chain) *registryv1.Params {
	t.Helper()
	res, err := c.app.Query(context.Background(), &abci.RequestQuery{Path: "/filiera.registry.v1.Query/Params"})
	check(t, err)
	var p registryv1.Params
	check(t, proto.Unmarshal(res.Value, &p))
	return &p
}

func TestRefusalsAreAllDifferentAndDescribed(t *testing.T) {
	for _, e := range app.Refusals() {
		if e.About == "" || e.Name == "" {
			t.Errorf("%s %d lacks a name or a description", e.Codespace, e.Code)
		}
	}
}

func FuzzCheckTx(f *testing.F) {
	c := newChain(f, dbm.NewMemDB())
	c.stage()
	f.Add(producer.sign(producer.body(c.now, batch("L1", 1))))
	f.Add(region.sign(region.body(c.now, &registryv1.MsgAccredit{Certifier: "amap-apc"})))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		res, err := c.app.CheckTx(context.Background(), &abci.RequestCheckTx{Tx: raw})
		if err != nil {
			t.Fatalf("CheckTx failed instead of refusing: %v", err)
		}
		sim, err := c.app.Simulate(raw)
		if err != nil {
			t.Fatalf("the transaction brought the node down: %v", err)
		}
		if res.Code != 0 && sim.Code == 0 {
			t.Fatalf("CheckTx refuses (%s) what the block carries out", res.Info)
		}
	})
}
