package app_test

import (
	"bytes"
	"fmt"
	"sync"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/ethereum/go-ethereum/crypto"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	txv1 "github.com/filiera-chain/filiera/api/tx/v1"
	"github.com/filiera-chain/filiera/envelope"
)

// unsigned is the transaction without its signature, and the signer's address.
func unsigned(t testing.TB, s *sender, body *txv1.TxBody) (raw, address []byte) {
	t.Helper()
	raw, err := envelope.Unsigned(body)
	check(t, err)
	a := crypto.PubkeyToAddress(s.key.PublicKey)
	return raw, a[:]
}

// What is rehearsed, signed or not, is what then happens, if nothing happens in
// between; and rehearsing changes nothing.
func TestARehearsalTellsWhatHappens(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		reset()
		c := newChain(t, dbm.NewMemDB())
		c.stage()
		for range rapid.IntRange(1, 12).Draw(rt, "transactions") {
			s := rapid.SampledFrom([]*sender{region, producer, producer, producer, newSender(9)}).Draw(rt, "who")
			var acts []proto.Message
			for range rapid.IntRange(1, 3).Draw(rt, "acts") {
				acts = append(acts, someAct(rt))
			}
			body := s.body(c.now, acts...)
			signed := s.sign(body)
			bare, address := unsigned(t, s, body)
			before := c.hash()
			one, err := c.app.Rehearse(signed, nil, 0)
			check(t, err)
			two, err := c.app.Rehearse(bare, address, 0)
			check(t, err)
			if c.hash() != before || one.Height != c.height {
				rt.Fatalf("the rehearsal at %d of %d changed the state", one.Height, c.height)
			}
			got := c.block(signed)[0]
			for name, r := range map[string]*abci.ExecTxResult{"signed": one.Result, "unsigned": two.Result} {
				if r.Code != got.Code || r.Codespace != got.Codespace || r.Info != got.Info || r.Log != got.Log || !bytes.Equal(r.Data, got.Data) {
					rt.Fatalf("%s: rehearsed %+v, happened %+v", name, r, got)
				}
			}
			if (one.Act > 0) != (got.Code != 0 && one.Signer != "") || int(one.Act) > len(acts) {
				rt.Fatalf("act %d of %q for %+v", one.Act, one.Signer, got)
			}
		}
	})
}

func someAct(rt *rapid.T) proto.Message {
	lot := rapid.SampledFrom([]string{"A", "B", "C", " bad "}).Draw(rt, "lot")
	switch rapid.IntRange(0, 5).Draw(rt, "kind") {
	case 0:
		return &productv1.MsgWithdrawBatch{Gtin: batch(lot, 1).GetGtin(), Lot: lot, Reason: "a foreign body"}
	case 1:
		return &registryv1.MsgSuspendParticipant{Participant: "pastificio", Reason: "a reason"}
	case 2:
		return &registryv1.MsgReinstateParticipant{Participant: "pastificio", Reason: "a reason"}
	}
	return batch(lot, rapid.SampledFrom([]int64{1, 1000, -1}).Draw(rt, "grams"))
}

func TestAnUnsignedTransactionIsOnlyRehearsed(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	c.stage()
	raw, address := unsigned(t, producer, producer.body(c.now, batch("ONE", 1000)))
	for name, signer := range map[string][]byte{"none": nil, "too short": address[1:], "too long": append(bytes.Clone(address), 0)} {
		if r, err := c.app.Rehearse(raw, signer, 0); err != nil || r.Result.Info != "tx.bad_signature" {
			t.Errorf("%s: %+v %v", name, r, err)
		}
	}
	if r, err := c.app.Rehearse(raw, address, 0); err != nil || r.Result.Code != 0 || r.Signer != "pastificio" {
		t.Errorf("%+v %v", r, err)
	}
	if r, err := c.app.Rehearse([]byte("noise"), address, 0); err != nil || r.Result.Info != envelope.ErrUndecodable.ID() {
		t.Errorf("noise: %+v %v", r, err)
	}
	if r := c.block(raw)[0]; r.Info != "tx.bad_signature" {
		t.Errorf("a block took it: %+v", r)
	}
}

// The clock of a quiet chain stands still; the present is told.
func TestARehearsalKnowsThePresent(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	c.stage()
	raw := producer.sign(producer.body(c.now, batch("ONE", 1000)))
	for later, want := range map[int64]string{0: "", 1 << 30: "tx.expired"} {
		if r, err := c.app.Rehearse(raw, nil, c.now.Unix()+later); err != nil || r.Result.Info != want {
			t.Errorf("%d s later: %+v %v, want %q", later, r, err, want)
		}
	}
}

func TestRehearsalsStandBesideCommits(t *testing.T) {
	c := newChain(t, dbm.NewMemDB())
	c.stage()
	raw, address := unsigned(t, producer, producer.body(c.now, batch("ONE", 1000), batch("TWO", 1000)))
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				select {
				case <-done:
					return
				default:
				}
				if r, err := c.app.Rehearse(raw, address, 0); err != nil || r.Result.Code != 0 {
					t.Errorf("%+v %v", r, err)
					return
				}
			}
		}()
	}
	for i := range 50 {
		c.block(producer.sign(producer.body(c.now, batch(fmt.Sprintf("L%d", i), 1000))))
	}
	close(done)
	wg.Wait()
}
